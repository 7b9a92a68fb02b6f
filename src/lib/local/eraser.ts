import type { Meta, PhoneDatabase } from './database.ts'
import { bulletinKey, erasedKey } from './erasure.ts'
import { countWishes, wishPrefix } from './education-wish-key.ts'
import { conflictsKey, fileTables, syncedKey, tickKey, truthKey } from './outbox.ts'
import { eraseShared } from './shared-files.ts'

export { eraseShared }

/** What would be lost if this person's data were erased now. */
export interface Unsent {
  /** changes waiting, held back or refused, and requests to change an education that were begun */
  readonly mutations: number
  readonly files: number
  readonly total: number
}

export async function unsentOf(db: PhoneDatabase, accountId: string): Promise<Unsent> {
  const changes = await db.outbox
    .where('[accountId+state]')
    .anyOf([accountId, 'waiting'], [accountId, 'held'], [accountId, 'refused'])
    .count()
  const mutations = changes + (await countWishes(db, accountId))
  // One that was refused before a byte was sent still stands on the person's own disk.
  const files = await db.uploads
    .where({ accountId })
    .filter(({ state }) => state !== 'refused')
    .count()
  const scans = await db.scans
    .where({ accountId })
    .filter(({ pages }) => pages.length > 0)
    .count()
  return { mutations, files: files + scans, total: mutations + files + scans }
}

/** Whose session or announcements were kept; earlier versions said so only in the value. */
export function ownerOf({ accountId, value }: Meta): string | undefined {
  const kept = value as { account?: { id?: string }; accountId?: string } | null
  return accountId ?? kept?.account?.id ?? kept?.accountId
}

/**
 * Erases everything personal of one account on this phone (A35): a shared phone keeps nothing of who was here before.
 * Public data (batches, catalogues) stays.
 */
export async function eraseAccount(db: PhoneDatabase, accountId: string): Promise<void> {
  await db.transaction('rw', [db.applications, db.outbox, ...fileTables(db), db.notices, db.meta], async () => {
    const applications = await db.applications.where({ accountId }).primaryKeys()
    await db.meta.bulkDelete(applications.flatMap((id) => [tickKey(id), truthKey(id)]))
    await db.meta.bulkDelete([syncedKey(accountId), conflictsKey(accountId), `unread:${accountId}`])
    await db.meta.where('key').startsWith(wishPrefix(accountId)).delete()
    for (const key of ['session', bulletinKey]) {
      const kept = await db.meta.get(key)
      if (kept && ownerOf(kept) === accountId) await db.meta.delete(key)
    }
    await db.applications.where({ accountId }).delete()
    await db.outbox.where('[accountId+state]').between([accountId, ''], [accountId, '\uffff']).delete()
    await db.uploads.where({ accountId }).delete()
    await db.uploadBytes.where({ accountId }).delete()
    await db.scans.where({ accountId }).delete()
    await db.scanPictures.where({ accountId }).delete()
    await db.notices.where({ accountId }).delete()
    // A page that still has a form open does not take this for a loss.
    await db.meta.put({ key: erasedKey, value: crypto.randomUUID() })
  })
  // The key last: what the browser's files still hold of the rows says nothing from here on.
  await db.keys.forget(accountId)
  await eraseShared()
}

/** Erases who was here before this person, where nothing of theirs is still unsent. */
export async function eraseOthers(db: PhoneDatabase, accountId: string): Promise<void> {
  const others = new Set((await db.applications.toArray()).map((one) => one.accountId))
  for (const one of await db.notices.toArray()) others.add(one.accountId)
  others.delete(accountId)
  for (const other of others) if ((await unsentOf(db, other)).total === 0) await eraseAccount(db, other)
}
