import type { PhoneDatabase } from './database.ts'
import { eraseAccount, eraseOthers, ownerOf, type Unsent, unsentOf } from './eraser.ts'
import { eraseShared } from './shared-files.ts'

export type { Unsent }

/** What of a session stays on the phone; `Kept` is the session's own shape. */
export interface SessionStore<Kept> {
  /** who was here last */
  kept(): Promise<Kept | null>
  /** Somebody is here: kept for the next visit, and whoever was here before is erased where nothing of theirs is unsent. */
  keep(kept: Kept, accountId: string): Promise<void>
  /** signed out without a network: the server does not know yet */
  signOutLeft(): Promise<boolean>
  leaveSignOut(left: boolean): Promise<void>
  erase(accountId: string): Promise<void>
  unsent(accountId: string): Promise<Unsent>
  /** everything unsent, as a file */
  rescue(accountId: string, now: number): Promise<File>
}

/** The session's place in the store of the phone. */
export function sessionStore<Kept>(db: PhoneDatabase): SessionStore<Kept> {
  return {
    kept: async () => ((await db.meta.get('session'))?.value as Kept | undefined) ?? null,
    keep: async (kept, accountId) => {
      // What another app shared has no name on it: it was meant for who was here before (A35).
      const before = await db.meta.get('session')
      if (before && ownerOf(before) !== accountId) await eraseShared()
      await db.meta.put({ key: 'session', accountId, value: kept })
      await db.meta.delete('signOutLeft')
      await eraseOthers(db, accountId)
    },
    signOutLeft: async () => (await db.meta.get('signOutLeft')) !== undefined,
    leaveSignOut: async (left) => {
      if (left) await db.meta.put({ key: 'signOutLeft', value: true })
      else await db.meta.delete('signOutLeft')
    },
    erase: (accountId) => eraseAccount(db, accountId),
    unsent: (accountId) => unsentOf(db, accountId),
    rescue: async (accountId, now) => (await import('./rescue.ts')).rescueFile(db, accountId, now),
  }
}
