import { randomUUID } from 'node:crypto'
import { Server } from '@tus/server'
import { type Outcome, type ProblemCode, refuse, type Refused } from '#domain/problems.ts'
import type { Dependencies } from '#server/platform/environment.ts'
import { problem, problemBody } from '#server/platform/problem-response.ts'
import { isUnavailable } from '#server/platform/unavailable.ts'
import type { Signed } from '#server/platform/who.ts'
import { readAnnouncement } from './announcement.ts'
import { findUpload } from './queries.ts'
import { settled } from './settle.ts'
import { checkAnnounced } from './slot-check.ts'
import { type AllowedFile, rowsAreTheLock, UploadStore } from './upload-store.ts'

/** Where uploads lie on this server. */
export const UPLOADS = '/api/uploads'

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

/**
 * Answers one request of the tus 1.0 protocol: POST creates (with the first bytes), PATCH goes on, HEAD tells how far it
 * came, DELETE forgets. Refusals are problems like everywhere else.
 */
export async function receive(platform: Dependencies, who: Signed, request: Request): Promise<Response> {
  let announced: AllowedFile | undefined
  let refused: Refused | undefined
  const orThrow = <T>(outcome: Outcome<T>): T => {
    if (outcome.ok) return outcome.value
    refused = outcome
    throw new UploadRefused(outcome)
  }
  let failed: unknown
  const server = new Server({
    path: UPLOADS,
    relativeLocation: true,
    locker: rowsAreTheLock,
    allowedOrigins: [platform.config.publicOrigin],
    datastore: new UploadStore(platform, who, () => announced),
    namingFunction: () => randomUUID(),
    onUploadCreate: async (_request, upload) => {
      const file = orThrow(readAnnouncement(upload.metadata, upload.size ?? 0))
      const { accept, now } = orThrow(await checkAnnounced(platform, who, file, { counts: true }))
      announced = { ...file, accept, now }
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
      const upload = await findUpload(platform.database.db, who, id)
      if (upload) orThrow(await settled(platform, who, upload))
      return {}
    },
  })
  const response = await server.handleWeb(request)
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
export function protocolProblem(status: number): Response {
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
