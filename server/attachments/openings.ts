import { ok } from '#domain/problems.ts'
import type { Asked } from '#server/platform/environment.ts'
import { act } from '#server/platform/transaction.ts'
import type { Signed } from '#server/platform/who.ts'
import type { OpenableFile } from './serve.ts'

/** How long a viewer may go on fetching parts of what was opened, in milliseconds. */
const VIEWED_FOR = 10 * 60_000
/** Openings that a node remembers; of one that it has forgotten the next part is one more on record, never one less. */
const REMEMBERED = 10_000

/** When somebody opened a file here, the one opened longest ago first. */
const opened = new Map<string, number>()

/** What of a file is asked for: all from the beginning, a range that begins further on, a page as a picture. */
export type Part = 'beginning' | 'further' | { readonly page: number }

/**
 * Every opening is on record (E14). Parts that a viewer fetches afterwards are not, but whoever begins with one has opened the file.
 */
export async function noteOpened(c: Asked, who: Signed, file: OpenableFile, part: Part): Promise<void> {
  const key = `${who.accountId} ${file.id}`
  const begins = part === 'beginning' || (part !== 'further' && part.page === 1)
  const now = performance.now()
  if (!begins && now - (opened.get(key) ?? -Infinity) < VIEWED_FOR) return
  // Remembered before it is written: the pages of a viewer come side by side.
  opened.delete(key)
  opened.set(key, now)
  if (opened.size > REMEMBERED) opened.delete(opened.keys().next().value!)
  try {
    await act(c, async (ctx) => {
      ctx.audit({
        action: 'attachment.opened',
        applicationId: file.applicationId,
        subject: `attachment:${file.id}`,
        ...(typeof part === 'object' && { details: { page: part.page } }),
      })
      return ok()
    })
  } catch (error) {
    opened.delete(key)
    throw error
  }
}
