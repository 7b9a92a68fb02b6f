import { refuse, type Refused, wordsOf } from '#domain/problems.ts'
import type { PhoneDatabase } from './database.ts'

const LOST = ['DatabaseClosedError', 'OpenFailedError', 'InvalidStateError', 'UnknownError', 'AbortError']

/** An error, what it wraps, and what failed of a write of many rows. */
function* causesOf(error: unknown): Generator<{ name?: string; message?: string }> {
  if (!(error instanceof Object)) return
  yield error
  const { inner, failures } = error as { inner?: unknown; failures?: unknown }
  yield* causesOf(inner)
  if (Array.isArray(failures)) for (const one of failures) yield* causesOf(one)
}
const isNamed = (error: unknown, names: readonly string[]): boolean =>
  [...causesOf(error)].some(({ name }) => names.includes(name ?? ''))

/** Chromium's words where not the quota but the disk itself is full: the connection ends, and a new one does not open. */
const DISK_FULL = /NO_SPACE|no space left|opening backing store/i
const isDiskFull = (error: unknown): boolean =>
  [...causesOf(error)].some(({ message }) => DISK_FULL.test(message ?? ''))
/** Whether a write failed because the phone is full. */
export const isStorageFull = (error: unknown): boolean => isNamed(error, ['QuotaExceededError']) || isDiskFull(error)

/** In words a person can act on: the phone is full, its store does not open, or something is wrong on our side. */
export function storeProblemOf(error: unknown): Refused {
  if (isStorageFull(error)) return refuse('storage.full')
  return isNamed(error, LOST) ? refuse('storage.unavailable') : refuse('request.failed', { reference: 'IDB' })
}

/** Whether this phone's store is what refuses, so that more room, or a moment, may help. */
export const isOfStore = ({ code }: Refused): boolean => code === 'storage.full' || code === 'storage.unavailable'

/** What was thrown while a page was opened, in words; what a page throws itself has its words already. */
export const faultInWords = (fault: unknown): string =>
  isStorageFull(fault) || isNamed(fault, LOST)
    ? wordsOf(storeProblemOf(fault)).detail
    : fault instanceof Error
      ? fault.message
      : String(fault)

/** Runs one piece of work on the store; when the connection was lost under it, opens again and runs it once more. */
export async function steadily<T>(db: PhoneDatabase, work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    if (isNamed(error, ['QuotaExceededError']) || !isNamed(error, LOST)) throw error
    db.close({ disableAutoOpen: false })
    try {
      await db.open()
      return await work()
    } catch (again) {
      // Which of the two says that the disk is full depends on where it broke.
      throw isDiskFull(error) ? error : again
    }
  }
}

/** Like `steadily`, but a full phone, or a store that does not open, is a refusal in words. */
export async function written<T>(db: PhoneDatabase, work: () => Promise<T>): Promise<{ ok: true; value: T } | Refused> {
  try {
    return { ok: true, value: await steadily(db, work) }
  } catch (error) {
    if (isStorageFull(error) || isNamed(error, LOST)) return storeProblemOf(error)
    throw error
  }
}
