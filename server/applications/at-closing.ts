import { type ApplicationAtClosing, isOnRecord } from '#domain/lifecycle/closing-hindrance.ts'
import type { Act } from '#server/platform/environment.ts'
import { deleteUnsent, lockAllOf, throwAway } from './queries.ts'
import { forget } from './retention.ts'
import { shownState } from './shown-state.ts'

export interface OwnApplication extends ApplicationAtClosing {
  readonly id: string
}

/** All applications of who closes his account, in the states that he may know (A30); nobody changes one until the act is over. */
export async function lockedAtClosing(ctx: Pick<Act, 'db'>, accountId: string): Promise<OwnApplication[]> {
  const rows = await lockAllOf(ctx.db, accountId)
  return rows.map(({ id, number, state, released }) => ({
    id,
    number,
    // who decides is of no account here: either way it is under way
    state: shownState({ state, decidedBy: 'committee' }, released),
  }))
}

/**
 * A draft whose owner closes his account loses what it holds and is gone for everybody; what was submitted stays, without what
 * was never sent of it. The application is locked.
 */
export async function leaveAtClosing(ctx: Act, application: OwnApplication): Promise<void> {
  if (isOnRecord(application)) return deleteUnsent(ctx.db, application.id)
  await forget(ctx, application.id)
  await throwAway(ctx.db, application.id, ctx.now)
}
