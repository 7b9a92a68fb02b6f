import type { StoreAccess } from './phone-store.ts'

/** Reads a meta value, or makes and keeps it the first time. */
export async function metaOnce<T>(store: StoreAccess, key: string, make: () => T): Promise<T> {
  // Read by itself first: a transaction that may write is on the disk before it ends, and the first page waits for it.
  const before = await store.read((reader) => reader.meta(key))
  if (before) return before.value as T
  const db = await store.open()
  return db.transaction('rw', db.meta, async () => {
    const kept = await db.meta.get(key)
    if (kept) return kept.value as T
    const value = make()
    await db.meta.put({ key, value })
    return value
  })
}
