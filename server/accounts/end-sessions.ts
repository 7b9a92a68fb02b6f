import { forgetBrowsers } from '#server/notices/actions.ts'
import type { Act } from '#server/platform/environment.ts'
import { deleteSessionsOf } from './queries.ts'

/**
 * Ends every session of a person, and with them what is pushed to his browsers: a lock screen must not show what a session would
 * have to be opened for. The only way all sessions of somebody end.
 */
export async function endAllSessions(ctx: Act, accountId: string): Promise<void> {
  await deleteSessionsOf(ctx.db, accountId)
  await forgetBrowsers(ctx, accountId)
}
