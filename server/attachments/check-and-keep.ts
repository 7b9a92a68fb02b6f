import { ok, type Outcome, refuse } from '#domain/problems.ts'
import { hasVirus, ScanFailed } from '#server/platform/clamd.ts'
import type { Dependencies } from '#server/platform/environment.ts'
import { contentKey } from '#server/platform/files/file-store.ts'
import { type InspectedContent, type Inspection, inspect } from './inspection.ts'

/** What was kept of a file: a PDF as it came, a photo made anew. Its digest is where it lies. */
export type Kept = Pick<InspectedContent, 'sha256' | 'size' | 'mediaType' | 'pages'>

/**
 * Keeps a whole file if it is without a virus, where somebody looks for them, and what it says it is. `request.unavailable` where
 * nobody knows yet whether it is clean: it is to be asked again. Throws what the store says.
 * @param id what the log calls it
 */
export async function checkAndKeep(
  { config, files, log }: Pick<Dependencies, 'config' | 'files' | 'log'>,
  file: Omit<Inspection, 'folder' | 'passed'>,
  id: string,
): Promise<Outcome<Kept>> {
  if (config.clamd) {
    try {
      if (await hasVirus(config.clamd, file.bytes)) return refuse('attachment.virus')
    } catch (error) {
      if (!(error instanceof ScanFailed)) throw error
      log.error({ err: error, uploadId: id }, 'an upload could not be scanned')
      return refuse('request.unavailable')
    }
  }
  const verdict = await inspect({ ...file, folder: files.folder })
  if (!('content' in verdict)) return refuse(verdict.refusal.code, verdict.refusal.params)
  const { anew, isKept, ...kept } = verdict.content
  if (!isKept) await files.put(contentKey(kept.sha256), anew ?? file.bytes)
  return ok(kept)
}
