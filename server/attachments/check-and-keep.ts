import { ok, type Outcome, refuse } from '#domain/problems.ts'
import { hasVirus, ScanFailed } from '#server/platform/clamd.ts'
import type { Dependencies } from '#server/platform/environment.ts'
import { eachToItsEnd } from '#server/platform/each-to-its-end.ts'
import { contentKey } from '#server/platform/files/file-store.ts'
import { type InspectedContent, type Inspection, inspect } from './inspection.ts'

/** What was kept of a file: a PDF as it came, a photo made anew. Its digest is where it lies. */
export type Kept = Pick<InspectedContent, 'sha256' | 'size' | 'mediaType' | 'pages'>

/** A whole file, and what the log calls it. */
export interface WholeFile extends Inspection {
  readonly id: string
}

/**
 * Keeps whole files, each if it is without a virus, where somebody looks for them, and what it says it is. `request.unavailable` of
 * one of which nobody knows yet whether it is clean: it is to be asked again. Throws what the store says.
 * Ends when nobody reads the bytes any more, also where it throws.
 * @returns what became of each, in their order
 */
export async function checkAndKeepAll(
  { config, files: store, log }: Pick<Dependencies, 'config' | 'files' | 'log'>,
  files: readonly WholeFile[],
): Promise<Outcome<Kept>[]> {
  const { clamd } = config
  const scanned = clamd ? await eachToItsEnd(files.map((file) => scan(clamd, file, log))) : files.map(() => ok())
  const clean = files.filter((_, at) => scanned[at]!.ok)
  const verdicts = await inspect(
    clean.map(({ what, bytes, sha256 }) => ({ what, bytes, sha256 })),
    store.folder,
  )
  return eachToItsEnd(
    files.map(async (file, at): Promise<Outcome<Kept>> => {
      const found = scanned[at]!
      if (!found.ok) return found
      const verdict = verdicts[clean.indexOf(file)]!
      if (!('content' in verdict)) return refuse(verdict.refusal.code, verdict.refusal.params)
      const { anew, isKept, ...kept } = verdict.content
      if (!isKept) await store.put(contentKey(kept.sha256), anew ?? file.bytes)
      return ok(kept)
    }),
  )
}

/** The same for one. */
export const checkAndKeep = async (
  platform: Pick<Dependencies, 'config' | 'files' | 'log'>,
  file: WholeFile,
): Promise<Outcome<Kept>> => (await checkAndKeepAll(platform, [file]))[0]!

async function scan(
  clamd: NonNullable<Dependencies['config']['clamd']>,
  { bytes, id }: WholeFile,
  log: Dependencies['log'],
): Promise<Outcome<undefined>> {
  try {
    return (await hasVirus(clamd, bytes)) ? refuse('attachment.virus') : ok()
  } catch (error) {
    if (!(error instanceof ScanFailed)) throw error
    log.error({ err: error, uploadId: id }, 'an upload could not be scanned')
    return refuse('request.unavailable')
  }
}
