import { createHash, randomUUID } from 'node:crypto'
import { Server } from '@tus/server'
import * as v from 'valibot'
import { ok, type Outcome, type ProblemCode, refuse, type Refused } from '#domain/problems.ts'
import type { Act, Dependencies } from '#server/platform/environment.ts'
import { bytesOf, contentKey } from '#server/platform/files/file-store.ts'
import { problem, problemBody } from '#server/platform/problem-response.ts'
import { insertion } from '#server/platform/statements.ts'
import { actAs } from '#server/platform/transaction.ts'
import { isUnavailable } from '#server/platform/unavailable.ts'
import type { Signed } from '#server/platform/who.ts'
import { checkBytes } from './check-bytes.ts'
import { fileName } from './file-name.ts'
import type { Inspected } from './inspection.ts'
import { findKnown, findUpload, storedNoted, type Upload, uploadNoted, writeVerdict } from './queries.ts'
import { acceptsPhoto, type AnnouncedFile, checkAnnounced } from './slot-check.ts'
import { type AllowedFile, PART, rowsAreTheLock, UploadStore } from './upload-store.ts'

const UPLOADS = '/api/uploads'

const uuid = v.pipe(v.string(), v.uuid())
const slotPath = v.pipe(
  v.string(),
  v.maxLength(200),
  v.regex(/^[A-Za-z][A-Za-z0-9]*(\/[0-9a-f-]{36}\/[A-Za-z][A-Za-z0-9]*)?$/),
)
const digest = v.pipe(v.string(), v.regex(/^[0-9a-f]{64}$/))
const announcement = v.object({ applicationId: uuid, path: slotPath, name: fileName, sha256: digest })
/** The body of POST /uploads/known. */
export const knownRequest = v.object({
  ...announcement.entries,
  size: v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(100_000_000)),
})

/** Carries a refusal through the tus library, which knows only statuses and bodies. */
class UploadRefused extends Error {
  readonly status_code = 422
  readonly body = ''
  readonly refused: Refused

  constructor(refused: Refused) {
    super(refused.code)
    this.refused = refused
  }
}

/** Reads a body of known length into a buffer of its own. Throws where it ends before. */
async function readBody(pieces: AsyncIterable<Uint8Array>, length: number): Promise<Uint8Array> {
  const bytes = Buffer.allocUnsafeSlow(length)
  let at = 0
  for await (const piece of pieces) {
    bytes.set(piece, at)
    at += piece.length
  }
  if (at < length) throw new Error('The connection was cut.')
  return bytes
}

/**
 * Answers one request of the tus 1.0 protocol: POST creates (with the first bytes), PATCH goes on, HEAD tells how far it
 * came, DELETE forgets. Refusals are problems like everywhere else.
 * @param incoming the body as the connection brings it, where there is one: `request` copies it once more on the way
 */
export async function receive(
  platform: Dependencies,
  who: Signed,
  request: Request,
  incoming?: AsyncIterable<Uint8Array>,
): Promise<Response> {
  let announced: AllowedFile | undefined
  let announcedAt = 0
  let refused: Refused | undefined
  const orThrow = <T>(outcome: Outcome<T>): T => {
    if (outcome.ok) return outcome.value
    refused = outcome
    throw new UploadRefused(outcome)
  }
  let failed: unknown
  const { headers } = request
  const length = Number(headers.get('content-length'))
  const bringsAll = request.method === 'POST' && headers.get('content-length') === headers.get('upload-length')
  const isSmall = bringsAll && length > 0 && length < PART
  const readWhole = () => readBody(incoming ?? (request.body as unknown as AsyncIterable<Uint8Array>), length)
  const store = new UploadStore(platform, who, () => announced, isSmall ? readWhole : undefined)
  const server = new Server({
    path: UPLOADS,
    relativeLocation: true,
    locker: rowsAreTheLock,
    allowedOrigins: [platform.config.publicOrigin],
    datastore: store,
    namingFunction: () => randomUUID(),
    onUploadCreate: async (_request, upload) => {
      const read = v.safeParse(announcement, upload.metadata)
      if (!read.success) orThrow(refuse('request.invalid', undefined, { path: 'Upload-Metadata' }))
      const file = { ...(read.output as v.InferOutput<typeof announcement>), size: upload.size ?? 0 }
      const { accept, now } = orThrow(await checkAnnounced(platform, who, file))
      announced = { ...file, accept, now }
      announcedAt = performance.now()
      return {}
    },
    onResponseError: (_request, error) => {
      // tus answers its own faults and our refusals by itself; anything else is a failure of what we stand on, or ours.
      if (error instanceof Error && !(error instanceof UploadRefused)) failed = error
      return undefined
    },
    onIncomingRequest: async (incoming, id) => {
      if (incoming.method !== 'HEAD') return
      const upload = await findUpload(platform.database.db, who, id)
      if (upload) orThrow(await settled(platform, who, upload))
    },
    onUploadFinish: async (_request, { id }) => {
      const { whole, unwritten } = store
      const upload = unwritten ?? (await findUpload(platform.database.db, who, id))
      if (!upload) return {}
      const verdict = await settled(
        platform,
        who,
        upload,
        whole && {
          bytes: whole,
          accept: announced!.accept,
          unwritten,
          clock: () => platform.clock.before(announced!.now, announcedAt - performance.now()),
        },
      )
      // Nobody knows yet whether it is clean: the next question about the upload finds it here and asks again.
      if (!verdict.ok && verdict.code === 'request.unavailable') await store.keepWhole(id)
      orThrow(verdict)
      return {}
    },
  })
  // What is read whole does not take the library's way: there it would be copied four times, and each copy is garbage.
  const handled = isSmall ? new Request(request.url, { method: 'POST', headers }) : request
  const response = await server.handleWeb(handled)
  if (response.status < 400) return response
  if (response.status >= 500) platform.log.error({ requestId: who.requestId, err: failed }, 'an upload failed')
  const away = failed !== undefined && isUnavailable(failed) ? refuse('request.unavailable') : undefined
  const refusal = refused ?? away
  const answer = refusal ? problem(refusal) : protocolProblem(response.status)
  for (const name of ['tus-resumable', 'upload-offset']) {
    const value = response.headers.get(name)
    if (value !== null) answer.headers.set(name, value)
  }
  return request.method === 'HEAD' ? new Response(null, answer) : answer
}

/** A fault of the protocol as a problem, with the status that tus gives it: clients act by it. */
function protocolProblem(status: number): Response {
  const code: ProblemCode =
    status === 404 || status === 410
      ? 'request.not-found'
      : status >= 500
        ? 'attachment.upload-failed'
        : 'request.invalid'
  return new Response(JSON.stringify({ ...problemBody(refuse(code)), status }), {
    status,
    headers: { 'content-type': 'application/problem+json; charset=utf-8', 'cache-control': 'no-store' },
  })
}

/** All bytes of a file, as one request brought them. */
interface Whole {
  /** empty once they were looked at */
  readonly bytes: Uint8Array
  /** what the slot takes */
  readonly accept: AllowedFile['accept']
  /** the row, where it is written with the verdict */
  readonly unwritten: Upload | undefined
  /** the database's time, which was asked for when the file was announced */
  readonly clock: () => Date
}

/**
 * Checks an upload whose bytes are all there, once. A node that died between the last byte and the check leaves it to the
 * next question about the upload.
 * @param whole the bytes, where this request brought all of them
 */
async function settled(
  platform: Dependencies,
  who: Signed,
  upload: Upload,
  whole?: Whole,
): Promise<Outcome<undefined>> {
  if (upload.state === 'refused') return refusalOf(upload)
  if (upload.state === 'verified' || (!whole && upload.received < upload.length)) return ok()
  const end = (inspected: Inspected) => settle(platform, who, upload, inspected, whole)
  const bytes = whole?.bytes ?? (await assemble(platform, upload))
  if (bytes === undefined || createHash('sha256').update(bytes).digest('hex') !== upload.sha256) {
    return end({ refusal: { code: 'attachment.wrong-digest' } })
  }
  const photo = whole
    ? whole.accept === 'photo'
    : await acceptsPhoto(platform.database.db, who, upload.applicationId, upload.path)
  const checked = await checkBytes(platform, photo ? 'photo' : 'pdf', bytes, upload.id)
  if (!checked.ok && checked.code === 'request.unavailable') return checked
  return end(checked.ok ? { content: checked.value } : { refusal: checked })
}

async function assemble(platform: Dependencies, upload: Upload): Promise<Uint8Array | undefined> {
  const bytes = new Uint8Array(upload.length)
  let at = 0
  for (const { key, size } of upload.parts) {
    const part = await platform.files.get(key)
    if (!part || at + size > upload.length) return undefined
    bytes.set(await bytesOf(part), at)
    at += size
  }
  return at === upload.length ? bytes : undefined
}

/**
 * Writes the verdict. Bytes that passed lie in the store under their own digest before the row says so.
 * @param whole where the request brought all of it; its row, where it is not written yet, is written with the verdict
 */
async function settle(
  platform: Dependencies,
  who: Signed,
  upload: Upload,
  inspected: Inspected,
  whole: Whole | undefined,
): Promise<Outcome<undefined>> {
  let verdict: Outcome<undefined> = ok()
  let stored: { sha256: string; size: number; mediaType: string; pages: number } | undefined
  if ('content' in inspected) {
    const { bytes, mediaType, pages } = inspected.content
    // A PDF is kept as it came; a photo is made anew.
    const sha256 = mediaType === 'application/pdf' ? upload.sha256 : createHash('sha256').update(bytes).digest('hex')
    await platform.files.put(contentKey(sha256), bytes)
    stored = { sha256, size: bytes.byteLength, mediaType, pages }
  } else verdict = refuse(inspected.refusal.code, inspected.refusal.params)
  const decide = async (ctx: Act) => {
    if (stored) ctx.write(storedNoted({ ...stored, checkedAt: ctx.now }))
    const written = {
      state: stored ? ('verified' as const) : ('refused' as const),
      refusal: verdict.ok ? null : JSON.stringify({ code: verdict.code, params: verdict.params }),
      contentSha256: stored?.sha256 ?? null,
      received: upload.length,
      updatedAt: ctx.now,
    }
    if (whole?.unwritten) ctx.write(uploadNoted({ ...upload, ...written }))
    else if (!(await writeVerdict(ctx.db, who, upload.id, written))) return ok(false)
    ctx.audit({
      action: stored ? 'attachment.uploaded' : 'attachment.refused',
      applicationId: upload.applicationId,
      subject: `upload:${upload.id}`,
      details: { path: upload.path, size: upload.length, ...(!verdict.ok && { code: verdict.code }) },
    })
    return ok(true)
  }
  const first = await actAs(platform, who, decide, { ...(whole && { clock: whole.clock }) })
  if (!first.value) {
    // Another node was asked about the same upload and was faster: its verdict counts. It may have removed the parts while
    // they were read here, so that ours says nothing.
    const settledBy = await findUpload(platform.database.db, who, upload.id)
    return settledBy?.state === 'refused' ? refusalOf(settledBy) : ok()
  }
  for (const { key } of upload.parts) await platform.files.delete(key)
  return verdict
}

function refusalOf(upload: Upload): Refused {
  const { code, params } = JSON.parse(upload.refusal ?? '{"code":"attachment.damaged"}') as Refused
  return refuse(code, params)
}

/**
 * Whether this person has sent identical bytes before: then a new upload stands finished at once and nothing is sent. null
 * where they are not known, or not of the kind that the slot takes.
 */
export async function reuseKnown(
  platform: Dependencies,
  who: Signed,
  file: AnnouncedFile,
): Promise<Outcome<{ uploadId: string } | null>> {
  const { db } = platform.database
  const allowed = await checkAnnounced(platform, who, file)
  if (!allowed.ok) return allowed
  const stored = await findKnown(db, who, file.sha256, file.size)
  const wanted = allowed.value.accept === 'photo' ? 'image/jpeg' : 'application/pdf'
  if (!stored || stored.mediaType !== wanted) return ok(null)
  return actAs(platform, who, async (ctx) => {
    const id = randomUUID()
    ctx.write(storedNoted({ ...stored, checkedAt: ctx.now }))
    ctx.write(
      insertion('upload', {
        id,
        accountId: who.accountId,
        applicationId: file.applicationId,
        path: file.path,
        name: file.name,
        sha256: file.sha256,
        length: file.size,
        received: file.size,
        state: 'verified',
        refusal: null,
        contentSha256: stored.sha256,
        createdAt: ctx.now,
        updatedAt: ctx.now,
      }),
    )
    ctx.audit({ action: 'attachment.reused', applicationId: file.applicationId, subject: `upload:${id}` })
    return ok({ uploadId: id })
  })
}
