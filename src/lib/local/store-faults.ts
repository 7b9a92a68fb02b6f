import { refuse, type Refused } from '#domain/problems.ts'
import type { PhoneDatabase } from './database.ts'

const LOST = ['DatabaseClosedError', 'OpenFailedError', 'InvalidStateError', 'UnknownError', 'AbortError']
const isNamed = (error: unknown, names: readonly string[]): boolean => {
  for (let one = error; one instanceof Object; one = (one as { inner?: unknown }).inner) {
    if (names.includes((one as { name?: string }).name ?? '')) return true
  }
  return false
}

/** Chromium's words where not the quota but the disk itself is full: the connection ends, and a new one does not open. */
const DISK_FULL = /NO_SPACE|no space left|opening backing store/i
/** Whether a write failed because the phone is full. */
export const isStorageFull = (error: unknown): boolean => isNamed(error, ['QuotaExceededError']) || isDiskFull(error)
function isDiskFull(error: unknown): boolean {
  for (let one = error; one instanceof Object; one = (one as { inner?: unknown }).inner)
    if (DISK_FULL.test((one as { message?: string }).message ?? '')) return true
  return false
}

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

/** Like `steadily`, but a full phone is a refusal in words. */
export async function written<T>(db: PhoneDatabase, work: () => Promise<T>): Promise<{ ok: true; value: T } | Refused> {
  try {
    return { ok: true, value: await steadily(db, work) }
  } catch (error) {
    if (isStorageFull(error)) return refuse('storage.full')
    throw error
  }
}
