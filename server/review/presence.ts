import type { Kysely } from 'kysely'
import { ok, type Outcome, refuse } from '#domain/problems.ts'
import { PRESENCE_LASTS } from '#domain/rules/presence.ts'
import type { Act, Dependencies } from '#server/platform/environment.ts'
import type { Signed } from '#server/platform/who.ts'
import type { Database } from '#server/schema.ts'
import { findCase } from './queries.ts'

/** Who else has the case open, and how the case stands by now. */
export interface Presence {
  readonly version: number
  readonly others: readonly string[]
}

/**
 * Says that the person has the case open, for the next minute or so, and hears who else has. The rows live in the database, so
 * colleagues see each other whichever node answers them. Refused outside the scope, and for one's own application.
 */
export async function seeCase(ctx: Act, who: Signed, applicationId: string): Promise<Outcome<Presence>> {
  const application = await findCase(ctx.db, who, applicationId)
  if (!application) return refuse('request.not-found')
  if (application.accountId === who.accountId) return refuse('account.own-application')
  await ctx.db
    .insertInto('casePresence')
    .values({ applicationId, accountId: who.accountId, seenAt: ctx.now })
    .onConflict((conflict) => conflict.columns(['applicationId', 'accountId']).doUpdateSet({ seenAt: ctx.now }))
    .execute()
  return ok({ version: application.version, others: await othersAt(ctx.db, who, applicationId, ctx.now) })
}

/** The person has closed the case; it does not matter whether he ever said that he opened it. */
export async function leaveCase(ctx: Act, who: Signed, applicationId: string): Promise<Outcome<undefined>> {
  await ctx.db
    .deleteFrom('casePresence')
    .where('applicationId', '=', applicationId)
    .where('accountId', '=', who.accountId)
    .execute()
  return ok()
}

async function othersAt(db: Kysely<Database>, who: Signed, applicationId: string, now: Date): Promise<string[]> {
  const rows = await db
    .selectFrom('casePresence')
    .innerJoin('account', 'account.id', 'casePresence.accountId')
    .select('account.fullName')
    .where('casePresence.applicationId', '=', applicationId)
    .where('casePresence.accountId', '<>', who.accountId)
    .where('casePresence.seenAt', '>', new Date(now.getTime() - PRESENCE_LASTS))
    .orderBy('account.fullName')
    .execute()
  return rows.map(({ fullName }) => fullName)
}

/** Removes those who left without a word. */
export async function sweepPresence({ clock, database: { db } }: Dependencies): Promise<void> {
  const now = await clock.now(db)
  await db
    .deleteFrom('casePresence')
    .where('seenAt', '<', new Date(now.getTime() - PRESENCE_LASTS))
    .execute()
}
