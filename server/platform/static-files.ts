import { createHash } from 'node:crypto'
import { readFileSync, readdirSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { extname, join, sep } from 'node:path'
import type { MiddlewareHandler } from 'hono'
import { refuse } from '#domain/problems.ts'
import { problem } from './problem-response.ts'
import { pageHeaders } from './secure-headers.ts'

const types: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.mjs': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.json': 'application/json; charset=utf-8',
  '.webmanifest': 'application/manifest+json; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.jpg': 'image/jpeg',
  '.webp': 'image/webp',
  '.ico': 'image/x-icon',
  '.woff2': 'font/woff2',
  '.wasm': 'application/wasm',
  '.pdf': 'application/pdf',
  '.txt': 'text/plain; charset=utf-8',
}

const endings = { br: '.br', gzip: '.gz' } as const
type Encoding = keyof typeof endings

type Body = Uint8Array<ArrayBuffer>

interface Asset {
  readonly type: string
  readonly caching: string
  readonly encodings: readonly Encoding[]
  /** Read when first asked for and kept: the whole client is a few megabytes. */
  read(encoding: Encoding | 'identity'): Promise<{ body: Body; tag: string }>
}

/** All files by their path: a path that is no key here cannot reach any other file. */
function listAssets(folder: string): Map<string, Asset> {
  const names = new Set(
    readdirSync(folder, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name).slice(folder.length).split(sep).join('/')),
  )
  const assets = new Map<string, Asset>()
  for (const name of names) {
    if (/\.(br|gz)$/.test(name)) continue
    const kept = new Map<string, Promise<{ body: Body; tag: string }>>()
    assets.set(name, {
      type: types[extname(name)] ?? 'application/octet-stream',
      // Names under immutable/ carry their digest. Everything else is asked for again: the page, the worker, the manifest decide what is new.
      caching: name.startsWith('/_app/immutable/') ? 'public, max-age=31536000, immutable' : 'no-cache',
      encodings: (Object.keys(endings) as Encoding[]).filter((encoding) => names.has(name + endings[encoding])),
      read: (encoding) => {
        const ending = encoding === 'identity' ? '' : endings[encoding]
        const body = kept.get(ending) ?? readTagged(join(folder, name + ending))
        kept.set(ending, body)
        return body
      },
    })
  }
  return assets
}

async function readTagged(file: string): Promise<{ body: Body; tag: string }> {
  const body = new Uint8Array(await readFile(file))
  // Each encoding has bytes of its own and so a tag of its own (RFC 9110 §8.8.3).
  return { body, tag: `"${createHash('sha256').update(body).digest('base64url').slice(0, 22)}"` }
}

/** The best encoding that the browser names and that we have; q-values other than 0 are all the same to us. */
function chooseEncoding(accept: string, asset: Asset): Encoding | 'identity' {
  const accepted = accept
    .toLowerCase()
    .split(',')
    .map((part) => part.trim())
    .filter((part) => !/;\s*q=0(\.0*)?$/.test(part))
    .map((part) => part.split(';')[0]!.trim())
  return asset.encodings.find((encoding) => accepted.includes(encoding)) ?? 'identity'
}

/**
 * Serves the built pages: files by their name, a page that was drawn at the build by its address, and for every other address a person
 * opens, the one page (its router knows what is there).
 * An unknown file is 404, so that a stale page does not take HTML for a script.
 */
export function staticFiles(folder: string, publicOrigin: string): MiddlewareHandler {
  const assets = listAssets(folder)
  const index = assets.get('/index.html')
  if (!index) throw new Error(`No built pages in ${folder}: run npm run build`)
  // Each page has its own inline script and so a policy of its own; every other file takes that of the one page.
  const headers = new Map(
    [...assets.keys()]
      .filter((path) => path.endsWith('.html'))
      .map((path) => [path, pageHeaders(readFileSync(join(folder, path), 'utf8'), publicOrigin)]),
  )

  return async (c, next) => {
    if (c.req.method !== 'GET' && c.req.method !== 'HEAD') return next()
    // a page that was drawn at the build, by its address
    const drawn = `${c.req.path}.html`
    const path = c.req.path === '/' ? '/index.html' : assets.has(drawn) ? drawn : c.req.path
    const isPage = extname(path) === '' || (c.req.header('accept') ?? '').includes('text/html')
    const asset = assets.get(path) ?? (isPage && !path.startsWith('/_app/') ? index : undefined)
    const policy = headers.get(path) ?? headers.get('/index.html')
    if (!asset) return problem(refuse('request.not-found'))

    const encoding = chooseEncoding(c.req.header('accept-encoding') ?? '', asset)
    const { body, tag } = await asset.read(encoding)
    const known = (c.req.header('if-none-match') ?? '').split(',').some((one) => one.trim().replace(/^W\//, '') === tag)
    const about = {
      ...policy,
      'content-type': asset.type,
      'cache-control': asset.caching,
      etag: tag,
      vary: 'accept-encoding',
    }
    if (known) return new Response(null, { status: 304, headers: about })
    return new Response(c.req.method === 'HEAD' ? null : body, {
      headers: {
        ...about,
        'content-length': String(body.byteLength),
        ...(encoding !== 'identity' && { 'content-encoding': encoding }),
      },
    })
  }
}
