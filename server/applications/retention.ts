import type { Act, Dependencies } from '#server/platform/environment.ts'
import { actAs } from '#server/platform/transaction.ts'
import { systemWho } from '#server/platform/who.ts'
import { ok } from '#domain/problems.ts'
import { emptied, lockToForget, toForget } from './queries.ts'

const DAY = 24 * 60 * 60 * 1000
/** A draft thrown away can be asked back for at the counter for so long. */
const THROWN_AWAY_FOR = 30 * DAY
/** A draft that was never sent is of use as a start for the next years' (A28), and then to nobody. */
const NEVER_SENT_FOR = 2 * 365 * DAY
const AT_ONCE = 200

/** What was typed and attached in a draft goes. The application is locked, and was never submitted. */
export async function forget(ctx: Act, id: string): Promise<void> {
  await emptied(ctx.db, id)
  ctx.audit({ action: 'application.forgotten', applicationId: id })
}

/**
 * Forgets what was typed and attached in drafts that were thrown away or never sent (PIPL 47): cells, changes, conflicts and
 * files go, the bare row stays so that its id is never used again. What was once submitted is a record and stays.
 * @returns how many were forgotten
 */
export async function forgetDrafts(platform: Dependencies): Promise<number> {
  const { clock, database } = platform
  const now = (await clock.now(database.db)).getTime()
  const since = { thrownAway: new Date(now - THROWN_AWAY_FOR), neverSent: new Date(now - NEVER_SENT_FOR) }
  let forgotten = 0
  for (const { id } of await toForget(database.db, since).limit(AT_ONCE).execute()) {
    await actAs(platform, systemWho('applications.retention'), async (ctx) => {
      // Looked up again under the lock: its owner may have gone on writing in the meantime.
      if (!(await lockToForget(ctx.db, since, id))) return ok()
      await forget(ctx, id)
      forgotten++
      return ok()
    })
  }
  return forgotten
}
