import { Hono } from 'hono'
import * as v from 'valibot'
import { refuse } from '#domain/problems.ts'
import type { SignedEnv } from '#server/platform/environment.ts'
import { bodyFor, contentKey } from '#server/platform/files/file-store.ts'
import { guarded } from '#server/platform/files/guarded.ts'
import { signedIn } from '#server/platform/permit.ts'
import { problem, respond } from '#server/platform/problem-response.ts'
import { json, param } from '#server/platform/validate.ts'
import { knownRequest } from './announcement.ts'
import { noteOpened } from './openings.ts'
import { receive } from './receive.ts'
import { receiveTogether } from './receive-together.ts'
import { bringsWhole, receiveWhole } from './receive-whole.ts'
import { openable, pageImage, readRange } from './serve.ts'
import { reuseKnown } from './settle.ts'

/** What Node's adapter knows of a request; nothing where a test asks without a connection. */
interface Connection {
  readonly incoming?: AsyncIterable<Uint8Array>
}

/** The body as the connection brings it: a request's own stream copies the bytes once more. */
const bodyOf = (request: Request, env: unknown): AsyncIterable<Uint8Array> =>
  (env as Connection | undefined)?.incoming ?? (request.body as unknown as AsyncIterable<Uint8Array>)

/** tus 1.0: mounted under /uploads. */
export const uploadRoutes = new Hono<SignedEnv>()
  .use(signedIn)
  .post('/known', json(knownRequest), async (c) => {
    const file = c.req.valid('json')
    return respond(c, await reuseKnown(c.var.platform, c.var.who, file))
  })
  .post('/together', async (c) => {
    const { platform, who } = c.var
    const length = Number(c.req.header('content-length'))
    return respond(c, await receiveTogether(platform, who, length, bodyOf(c.req.raw, c.env)))
  })
  // Hono asks the handler of GET for a HEAD; a GET itself tus does not know.
  .on(['POST', 'GET', 'PATCH', 'DELETE', 'OPTIONS'], ['/', '/:id'], async (c) => {
    const { platform, who } = c.var
    if (c.req.method === 'GET') return problem(refuse('request.not-found'))
    const request = c.req.raw
    if (!bringsWhole(request)) return receive(platform, who, request)
    return receiveWhole(platform, who, request, bodyOf(request, c.env))
  })

const byId = v.object({ attachmentId: v.pipe(v.string(), v.uuid()) })

/** Files by the id of their attachment: mounted under /files. */
export const fileRoutes = new Hono<SignedEnv>()
  .use(signedIn)
  .get('/:attachmentId', param(byId), async (c) => {
    const { platform, who } = c.var
    const found = await openable(platform, who, c.req.valid('param').attachmentId)
    if (!found.ok) return problem(found)
    const file = found.value
    const range = readRange(c.req.header('range'), file.size)
    const headers = {
      ...guarded,
      'content-type': file.mediaType,
      'content-disposition': `inline; filename="file.${file.mediaType === 'application/pdf' ? 'pdf' : 'jpg'}"; filename*=UTF-8''${encodeURIComponent(file.name)}`,
      'accept-ranges': 'bytes',
    }
    if (range === null) return c.body(null, 416, { ...headers, 'content-range': `bytes */${file.size}` })
    // Before the file is open: what throws then would leave it so. To a HEAD nothing of it is shown.
    if (c.req.method !== 'HEAD') await noteOpened(c, who, file, range && range.from > 0 ? 'further' : 'beginning')
    const stored = await bodyFor(c.req, platform.files, contentKey(file.sha256), range)
    if (!stored) throw new Error(`The bytes of attachment ${file.id} are gone`)
    const partial = range && {
      'content-range': `bytes ${range.from}-${range.to}/${file.size}`,
    }
    return c.body(stored.stream, range ? 206 : 200, {
      ...headers,
      ...partial,
      'content-length': String(stored.length),
    })
  })
  .get(
    '/:attachmentId/pages/:file{[0-9]{1,4}\\.png}',
    param(v.object({ ...byId.entries, file: v.string() })),
    async (c) => {
      const { platform, who } = c.var
      const { attachmentId, file: name } = c.req.valid('param')
      const found = await openable(platform, who, attachmentId)
      if (!found.ok) return problem(found)
      const page = parseInt(name, 10)
      const image = await pageImage(platform, found.value, page)
      if (!image.ok) return problem(image)
      if (c.req.method !== 'HEAD') await noteOpened(c, who, found.value, { page })
      return c.body(image.value as Uint8Array<ArrayBuffer>, 200, { ...guarded, 'content-type': 'image/png' })
    },
  )
