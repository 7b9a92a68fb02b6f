import { randomUUID } from 'node:crypto'
import { Metadata, TUS_RESUMABLE } from '@tus/utils'
import { REQUEST_BYTES } from '#domain/files-together.ts'
import { type Outcome, refuse } from '#domain/problems.ts'
import type { Dependencies } from '#server/platform/environment.ts'
import { problem } from '#server/platform/problem-response.ts'
import type { Signed } from '#server/platform/who.ts'
import { readAnnouncement } from './announcement.ts'
import { protocolProblem, UPLOADS } from './receive.ts'
import { settleWhole } from './settle.ts'
import { borrow, fill } from './shared-buffers.ts'
import { type AnnouncedFile, checkAnnounced } from './slot-check.ts'
import { begun, UploadStore } from './upload-store.ts'

/** Whether one request announces a file and brings all of it, and that is not much: most files of a phone. */
export function bringsWhole({ method, headers }: Request): boolean {
  const length = Number(headers.get('content-length'))
  return (
    method === 'POST' &&
    length > 0 &&
    length <= REQUEST_BYTES &&
    headers.get('content-length') === headers.get('upload-length') &&
    headers.get('tus-resumable') === TUS_RESUMABLE &&
    headers.get('content-type') === 'application/offset+octet-stream' &&
    !headers.has('upload-concat')
  )
}

/**
 * Answers such a request as the tus library would, which copies the bytes four times and stores them before anybody has looked.
 * Here they are in the store when they have passed, and the row is written with the verdict: until then nobody was told of
 * them, so that a cut connection leaves nothing that anybody could go on with.
 * @param body as the connection brings it
 */
export async function receiveWhole(
  platform: Dependencies,
  who: Signed,
  { headers }: Request,
  body: AsyncIterable<Uint8Array>,
): Promise<Response> {
  const announced = announcementOf(headers)
  if (!announced.ok) return said(problem(announced))
  const allowed = await checkAnnounced(platform, who, announced.value, { counts: true })
  if (!allowed.ok) return said(problem(allowed))
  const { accept, now } = allowed.value
  const since = performance.now()
  const id = randomUUID()
  const upload = begun(who, id, { ...announced.value, accept, now })
  const { bytes, giveBack } = await borrow(upload.length)
  try {
    if (!(await fill(bytes, body))) return said(protocolProblem(400))
    const verdict = (await settleWhole(platform, who, [{ upload, bytes, accept }], since))[0]!
    if (!verdict.ok && verdict.code === 'request.unavailable') {
      // Nobody knows yet whether it is clean: the next question about the upload finds it here and asks again.
      const store = new UploadStore(platform, who)
      await store.begin(upload)
      await store.append(id, 0, bytes)
    }
    if (!verdict.ok) return said(problem(verdict))
  } finally {
    giveBack()
  }
  return said(
    new Response(null, {
      status: 201,
      headers: { location: `${UPLOADS}/${id}`, 'upload-offset': String(upload.length) },
    }),
  )
}

function announcementOf(headers: Headers): Outcome<AnnouncedFile> {
  let metadata
  try {
    metadata = Metadata.parse(headers.get('upload-metadata') ?? '')
  } catch {
    return refuse('request.invalid', undefined, { path: 'Upload-Metadata' })
  }
  return readAnnouncement(metadata, Number(headers.get('upload-length')))
}

/** Every answer says which protocol it speaks. */
function said(response: Response): Response {
  response.headers.set('tus-resumable', TUS_RESUMABLE)
  return response
}
