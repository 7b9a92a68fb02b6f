import { manifestBytes } from '#domain/files-together.ts'
import { ok, type Outcome, refuse } from '#domain/problems.ts'
import { refusedFrom } from './problem-body.ts'
import type { UploadTransport } from './uploads.svelte.ts'

/** So long without a byte moved, the connection is taken for gone, ms. */
const SILENCE = 30_000

/** Small files in one request, as `files-together.ts` says. By XMLHttpRequest: `fetch` tells nobody how far it has come. */
export function sendTogether(
  endpoint: string,
  ...[applicationId, files, on]: Parameters<UploadTransport['together']>
): ReturnType<UploadTransport['together']> {
  const described = files.map(({ path, name, sha256, bytes }) => ({ path, name, sha256, size: bytes.byteLength }))
  const head = manifestBytes({ applicationId, files: described })
  return new Promise((resolve) => {
    const request = new XMLHttpRequest()
    let silence: ReturnType<typeof setTimeout> | undefined
    const end = (outcome: Awaited<ReturnType<UploadTransport['together']>>) => {
      clearTimeout(silence)
      resolve(outcome)
    }
    const moved = () => {
      clearTimeout(silence)
      silence = setTimeout(() => request.abort(), SILENCE)
    }
    request.open('POST', endpoint)
    request.setRequestHeader('content-type', 'application/octet-stream')
    request.upload.addEventListener('progress', ({ loaded }) => {
      moved()
      let before = head.length
      for (const [place, { size }] of described.entries()) {
        if (loaded > before) on.progress(place, Math.min(size, loaded - before))
        before += size
      }
    })
    request.addEventListener('load', () => end(answersOf(request, files.length)))
    request.addEventListener('error', () => end(refuse('network.offline')))
    request.addEventListener('abort', () => end(refuse('network.offline')))
    on.signal.addEventListener('abort', () => request.abort())
    if (on.signal.aborted) return end(refuse('network.offline'))
    moved()
    request.send(new Blob([head, ...files.map(({ bytes }) => bytes)]))
  })
}

function answersOf({ status, responseText }: XMLHttpRequest, count: number): Outcome<readonly Outcome<string>[]> {
  if (status !== 200) return refusedFrom(responseText) ?? refuse('attachment.upload-failed')
  try {
    const { files } = JSON.parse(responseText) as { files: { uploadId?: unknown; problem?: unknown }[] }
    const answers = files.map(({ uploadId, problem }) =>
      typeof uploadId === 'string' ? ok(uploadId) : (refusedFrom(problem) ?? refuse('attachment.upload-failed')),
    )
    if (answers.length === count) return ok(answers)
  } catch {
    // Not an answer of ours: something stands between.
  }
  return refuse('attachment.upload-failed')
}
