import type { Kysely } from 'kysely'
import type { Database } from '#server/schema.ts'

/** What a challenge is for: one made for one purpose is worth nothing for another. */
export type ChallengePurpose = 'passkey.add' | 'passkey.sign-in' | 'mobile.change'

interface NewChallenge {
  readonly id: string
  readonly purpose: ChallengePurpose
  readonly accountId: string | null
  readonly digest: string
  readonly subject?: string
  readonly expiresAt: Date
}

export async function insertChallenge(db: Kysely<Database>, challenge: NewChallenge): Promise<void> {
  await db
    .insertInto('accountChallenge')
    .values({ subject: null, ...challenge })
    .execute()
}

/** The challenge, gone from the table by the same statement: two answers at once cannot both have it. Undefined where it is over. */
export const takeChallenge = (
  db: Kysely<Database>,
  { id, purpose, accountId, now }: { id: string; purpose: ChallengePurpose; accountId: string | null; now: Date },
) =>
  db
    .deleteFrom('accountChallenge')
    .where('id', '=', id)
    .where('purpose', '=', purpose)
    .where('accountId', 'is not distinct from', accountId)
    .where('expiresAt', '>', now)
    .returning(['digest', 'subject'])
    .executeTakeFirst()

/** Counts one try at a code and gives it; undefined where it is over, or was tried too often. */
export const tryChallenge = (
  db: Kysely<Database>,
  {
    id,
    purpose,
    accountId,
    now,
    atMost,
  }: { id: string; purpose: ChallengePurpose; accountId: string; now: Date; atMost: number },
) =>
  db
    .updateTable('accountChallenge')
    .set((eb) => ({ tries: eb('tries', '+', 1) }))
    .where('id', '=', id)
    .where('purpose', '=', purpose)
    .where('accountId', '=', accountId)
    .where('expiresAt', '>', now)
    .where('tries', '<', atMost)
    .returning(['digest', 'subject'])
    .executeTakeFirst()

export async function deleteChallenges(db: Kysely<Database>, accountId: string, purpose: ChallengePurpose) {
  await db.deleteFrom('accountChallenge').where('accountId', '=', accountId).where('purpose', '=', purpose).execute()
}
