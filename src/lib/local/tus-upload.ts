import { type DetailedError, type HttpResponse, Upload } from 'tus-js-client'
import { REQUEST_BYTES } from '#domain/files-together.ts'
import { ok, type Outcome, refuse, type Refused } from '#domain/problems.ts'
import { refusedFrom } from './problem-body.ts'
import type { UploadTransport } from './uploads.svelte.ts'

const RETRIES = [500, 2_000, 5_000, 10_000]

/** One file by tus 1.0, from where the server has it. @returns the upload's id */
export function sendByTus(
  endpoint: string,
  ...[file, on]: Parameters<UploadTransport['send']>
): Promise<Outcome<string>> {
  return new Promise<Outcome<string>>((resolve) => {
    const upload: Upload = new Upload(file.bytes, {
      endpoint,
      uploadUrl: file.url,
      chunkSize: REQUEST_BYTES,
      retryDelays: RETRIES,
      uploadDataDuringCreation: true,
      // Where it goes on stands in Dexie, beside the bytes.
      storeFingerprintForResuming: false,
      metadata: { applicationId: file.applicationId, path: file.path, name: file.name, sha256: file.sha256 },
      onUploadUrlAvailable: () => upload.url !== null && on.url(upload.url),
      onProgress: (sent) => on.progress(sent),
      onShouldRetry: (error) => shouldRetry(statusOf(error)),
      onSuccess: () => resolve(upload.url === null ? refuse('attachment.upload-failed') : ok(idOf(upload.url))),
      onError: (error) => resolve(refusalOf(error as Error | DetailedError)),
    })
    on.signal.addEventListener('abort', () => {
      void upload.abort().catch(() => {})
      resolve(refuse('attachment.upload-failed'))
    })
    // × was tapped before it began: nobody would say that it is over.
    if (on.signal.aborted) resolve(refuse('attachment.upload-failed'))
    else upload.start()
  })
}

export const forgetByTus = (url: string): Promise<void> => Upload.terminate(url, { retryDelays: [] })

const responseOf = (error: Error | DetailedError): HttpResponse | null =>
  'originalResponse' in error ? (error.originalResponse ?? null) : null
const statusOf = (error: Error | DetailedError): number => responseOf(error)?.getStatus() ?? 0

/**
 * No answer, locked by our own cut request, or broken over there: worth another attempt. A refusal is not; nor are 429 and 503, by
 * which the server says how long it wishes to be left alone: the line waits for that and says so meanwhile.
 */
export const shouldRetry = (status: number): boolean =>
  status === 0 || status === 409 || status === 423 || (status >= 500 && status !== 503)

function refusalOf(error: Error | DetailedError): Refused {
  const response = responseOf(error)
  if (!response || response.getStatus() === 0) return refuse('network.offline')
  const problem = refusedFrom(response.getBody())
  if (problem) return problem
  if (response.getStatus() === 413) return refuse('request.too-large')
  return response.getStatus() === 401 ? refuse('account.not-signed-in') : refuse('attachment.upload-failed')
}

/** tus names an upload by the last part of its address. */
export const idOf = (url: string): string =>
  decodeURIComponent(url.split(/[?#]/)[0]?.split('/').filter(Boolean).at(-1) ?? '')
