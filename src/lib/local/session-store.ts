import { ok, type Outcome } from '#domain/problems.ts'
import type { Unsent } from './eraser.ts'
import type { StoreAccess } from './phone-store.ts'
import { storeProblemOf, written } from './store-faults.ts'

export type { Unsent }

/** An account's id: its data is still to be erased; true: only the server does not know yet. */
export type SignOutLeft = string | true

/** What of a session stays on the phone; `Kept` is the session's own shape. */
export interface SessionStore<Kept> {
  /** who was here last */
  kept(): Promise<Kept | null>
  /** Somebody is here: kept for the next visit, and whoever was here before is erased where nothing of theirs is unsent. */
  keep(kept: Kept, accountId: string): Promise<Outcome<undefined>>
  /** What of a sign-out is still to be done; undefined: nothing. */
  signOutLeft(): Promise<SignOutLeft | undefined>
  leaveSignOut(left: SignOutLeft | undefined): Promise<void>
  /** Erases what is of this account, after which only the server need hear of the sign-out. Refused where the store does not do it. */
  erase(accountId: string): Promise<Outcome<undefined>>
  unsent(accountId: string): Promise<Unsent>
  /** everything unsent, as a file */
  rescue(accountId: string, now: number): Promise<File>
}

/**
 * The session's place in the store of the phone.
 * @param eraser fetched when somebody else is here than before, or leaves
 */
export function sessionStore<Kept>(
  store: StoreAccess,
  eraser: () => Promise<typeof import('./eraser.ts')>,
): SessionStore<Kept> {
  const meta = (key: string) => store.read((reader) => reader.meta(key))
  return {
    kept: async () => ((await meta('session'))?.value as Kept | undefined) ?? null,
    keep: async (kept, accountId) => {
      const [{ eraseAccount, eraseOthers, eraseShared, ownerOf }, db] = await Promise.all([eraser(), store.open()])
      const stored = await written(db, async () => {
        // What another app shared has no name on it: it was meant for who was here before (A35).
        const before = await db.meta.get('session')
        if (before && ownerOf(before) !== accountId) await eraseShared()
        // Who signed out before, and could not be erased then, is erased whatever of his was unsent.
        const left = (await db.meta.get('signOutLeft'))?.value
        if (typeof left === 'string' && left !== accountId) await eraseAccount(db, left)
        await db.meta.put({ key: 'session', accountId, value: kept })
        await db.meta.delete('signOutLeft')
        await eraseOthers(db, accountId)
      })
      return stored.ok ? ok() : stored
    },
    signOutLeft: async () => (await meta('signOutLeft'))?.value as SignOutLeft | undefined,
    leaveSignOut: async (left) => {
      const db = await store.open()
      if (left === undefined) await db.meta.delete('signOutLeft')
      else await db.meta.put({ key: 'signOutLeft', value: left })
    },
    erase: async (accountId) => {
      try {
        const db = await store.open()
        await (await eraser()).eraseAccount(db, accountId)
        await db.meta.put({ key: 'signOutLeft', value: true })
        return ok()
      } catch (fault) {
        console.error(fault)
        return storeProblemOf(fault)
      }
    },
    unsent: async (accountId) => (await eraser()).unsentOf(await store.open(), accountId),
    rescue: async (accountId, now) => (await import('./rescue.ts')).rescueFile(await store.open(), accountId, now),
  }
}
