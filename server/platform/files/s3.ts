import { createHash, createHmac } from 'node:crypto'
import type { S3Config } from '../config.ts'
import { assertKey, digestOf, rangeWithin, WrongDigest } from './file-store.ts'
import type { FileFacts, FileStore } from './file-store.ts'

const EMPTY = createHash('sha256').digest('hex')

/** The store answered with something else than yes or "not there". */
export class S3Failed extends Error {
  override readonly name = 'S3Failed'
}

const hmac = (key: Uint8Array | string, text: string) => createHmac('sha256', key).update(text).digest()
const sha256 = (bytes: Uint8Array | string) => createHash('sha256').update(bytes).digest('hex')

/** RFC 3986: what encodeURIComponent leaves and S3 does not. */
const escape = (text: string) =>
  encodeURIComponent(text).replace(/[!'()*]/g, (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`)

export interface Signing {
  readonly method: string
  readonly url: URL
  readonly headers: Readonly<Record<string, string>>
  /** SHA-256 of the body in hex. */
  readonly digest: string
  readonly at: Date
}

/** The headers of a request signed by AWS Signature Version 4. */
export function signed(config: S3Config, { method, url, headers, digest, at }: Signing): Record<string, string> {
  const time = at.toISOString().replace(/[-:]|\.\d{3}/g, '')
  const scope = `${time.slice(0, 8)}/${config.region}/s3/aws4_request`
  const all: Record<string, string> = { ...headers, host: url.host, 'x-amz-content-sha256': digest, 'x-amz-date': time }
  const names = Object.keys(all).sort()
  const query = [...url.searchParams]
    .map(([name, value]) => `${escape(name)}=${escape(value)}`)
    .sort()
    .join('&')
  const canonical = [
    method,
    url.pathname,
    query,
    ...names.map((name) => `${name}:${all[name]!.trim()}`),
    '',
    names.join(';'),
    digest,
  ].join('\n')
  const toSign = `AWS4-HMAC-SHA256\n${time}\n${scope}\n${sha256(canonical)}`
  const key = [time.slice(0, 8), config.region, 's3', 'aws4_request'].reduce<Uint8Array | string>(
    hmac,
    `AWS4${config.secretKey}`,
  )
  const { host: _, ...sent } = all
  return {
    ...sent,
    authorization:
      `AWS4-HMAC-SHA256 Credential=${config.accessKey}/${scope}, SignedHeaders=${names.join(';')}, ` +
      `Signature=${hmac(key, toSign).toString('hex')}`,
  }
}

/** A bucket of any S3-compatible store, by the five plain verbs and path-style addresses, which all of them understand. */
export function createS3Files(config: S3Config): FileStore {
  async function ask(
    method: string,
    key: string,
    {
      query = {},
      headers = {},
      body,
    }: { query?: Record<string, string>; headers?: Record<string, string>; body?: Uint8Array<ArrayBuffer> } = {},
  ): Promise<Response> {
    const url = new URL(`/${config.bucket}/${key}`, config.endpoint)
    for (const [name, value] of Object.entries(query)) url.searchParams.set(name, value)
    const digest = body ? sha256(body) : EMPTY
    const answer = await fetch(url, {
      method,
      headers: signed(config, { method, url, headers, digest, at: new Date() }),
      ...(body && { body }),
      signal: AbortSignal.timeout(60_000),
    }).catch((cause: unknown) => {
      throw new S3Failed(`${method} got no answer`, { cause })
    })
    if (answer.ok || answer.status === 404) return answer
    const says = /<Code>(\w+)<\/Code>/.exec(await answer.text())?.[1] ?? ''
    throw new S3Failed(`${method} answered ${answer.status} ${says}`)
  }

  const factsOf = (key: string, headers: Headers): FileFacts => ({
    key,
    size: Number(headers.get('content-length')),
    modifiedAt: new Date(headers.get('last-modified') ?? 0),
  })

  const head = async (key: string): Promise<FileFacts | undefined> => {
    assertKey(key)
    const answer = await ask('HEAD', key)
    return answer.status === 404 ? undefined : factsOf(key, answer.headers)
  }

  return {
    put: async (key, content) => {
      assertKey(key)
      const body = await wholeOf(content)
      const promised = digestOf(key)
      if (promised !== undefined && sha256(body) !== promised)
        throw new WrongDigest('The bytes are not those announced.')
      const answer = await ask('PUT', key, { body })
      if (answer.status === 404) throw new S3Failed('PUT answered 404: does the bucket exist?')
      await answer.body?.cancel()
    },
    get: async (key, range) => {
      assertKey(key)
      const facts = await head(key)
      if (!facts) return undefined
      const { from, to, length } = rangeWithin(facts.size, range)
      const partly = length !== facts.size
      const answer = await ask('GET', key, { headers: partly ? { range: `bytes=${from}-${to}` } : {} })
      if (answer.status === 404) return undefined
      if (partly && answer.status !== 206) throw new S3Failed('GET ignored the range')
      const stream = answer.body ?? new Blob([]).stream()
      return { ...facts, length, stream }
    },
    head,
    delete: async (key) => {
      assertKey(key)
      const answer = await ask('DELETE', key)
      await answer.body?.cancel()
    },
    list: async function* (prefix) {
      let token: string | undefined
      do {
        const answer = await ask('GET', '', {
          query: { 'list-type': '2', prefix, ...(token !== undefined && { 'continuation-token': token }) },
        })
        const page = readPage(await answer.text())
        yield* page.files
        token = page.next
      } while (token !== undefined)
    },
    check: async () => {
      const answer = await ask('HEAD', '')
      await answer.body?.cancel()
      if (answer.status === 404) throw new S3Failed('There is no such bucket')
    },
  }
}

/** S3 wants the length and the digest before the first byte. Our files are at most 10 MB, chunks of uploads less. */
async function wholeOf(content: Uint8Array | AsyncIterable<Uint8Array>): Promise<Uint8Array<ArrayBuffer>> {
  if (content instanceof Uint8Array) {
    // `fetch` takes no memory that others may write.
    return content.buffer instanceof SharedArrayBuffer ? content.slice() : (content as Uint8Array<ArrayBuffer>)
  }
  const chunks: Uint8Array[] = []
  for await (const chunk of content) chunks.push(chunk)
  return Buffer.concat(chunks) as Uint8Array<ArrayBuffer>
}

const entities: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" }
const unescape = (text: string) => text.replace(/&(\w+);/g, (whole, name: string) => entities[name] ?? whole)

/** One page of ListObjectsV2. The answer is flat and its keys are ours, so that three tags are enough. */
export function readPage(xml: string): { files: FileFacts[]; next: string | undefined } {
  const tag = (inner: string, name: string) => new RegExp(`<${name}>([^<]*)</${name}>`).exec(inner)?.[1]
  const files = [...xml.matchAll(/<Contents>([\s\S]*?)<\/Contents>/g)].map(([, inner]) => ({
    key: unescape(tag(inner!, 'Key') ?? ''),
    size: Number(tag(inner!, 'Size')),
    modifiedAt: new Date(tag(inner!, 'LastModified') ?? 0),
  }))
  const next = tag(xml, 'IsTruncated') === 'true' ? tag(xml, 'NextContinuationToken') : undefined
  return { files, next: next === undefined ? undefined : unescape(next) }
}
