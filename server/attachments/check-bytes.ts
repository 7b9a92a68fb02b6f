import { ok, type Outcome, refuse } from '#domain/problems.ts'
import { hasVirus, ScanFailed } from '#server/platform/clamd.ts'
import type { Dependencies } from '#server/platform/environment.ts'
import { type InspectedContent, inspect } from './inspection.ts'

/**
 * Whether a whole file may be kept: without a virus where somebody looks for them, and what it says it is. `request.unavailable`
 * where nobody knows yet whether it is clean: it is to be asked again.
 * @param bytes handed over, unless the answer is `request.unavailable`: what is kept of them comes with the answer
 * @param id what the log calls it
 */
export async function checkBytes(
  platform: Pick<Dependencies, 'config' | 'log'>,
  what: 'pdf' | 'photo',
  bytes: Uint8Array,
  id: string,
): Promise<Outcome<InspectedContent>> {
  const { clamd } = platform.config
  if (clamd) {
    try {
      if (await hasVirus(clamd, bytes)) return refuse('attachment.virus')
    } catch (error) {
      if (!(error instanceof ScanFailed)) throw error
      platform.log.error({ err: error, uploadId: id }, 'an upload could not be scanned')
      return refuse('request.unavailable')
    }
  }
  const inspected = await inspect({ what, bytes })
  return 'content' in inspected ? ok(inspected.content) : refuse(inspected.refusal.code, inspected.refusal.params)
}
