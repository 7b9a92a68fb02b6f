import type { PhoneDatabase } from './database.ts'

/** Names the last time that somebody's data were erased here on purpose. */
export const erasedKey = 'erased'

/** The last erasure: taken before a request whose answer is written when it comes. */
export async function lastErasure(db: PhoneDatabase): Promise<unknown> {
  return (await db.meta.get(erasedKey))?.value
}

/**
 * Whether something was erased since: what was known or asked for before is not written after it (A35). Call it in the transaction of the
 * write, over `meta`.
 */
export async function wasErasedSince(db: PhoneDatabase, known: unknown): Promise<boolean> {
  const last = await lastErasure(db)
  return last !== undefined && last !== known
}

/** Where the announcements lie that somebody has seen: here, so that to erase them none of the code that shows them is needed. */
export const bulletinKey = 'bulletin'
