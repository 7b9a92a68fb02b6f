import { forgetBrowserOf, forgetBrowsers } from '#server/notices/actions.ts'
import type { Act } from '#server/platform/environment.ts'
import { deleteSession, deleteSessionsOf } from './queries.ts'

/**
 * Ends every session of a person, and with them what is pushed to his browsers: a lock screen must not show what a session would
 * have to be opened for. The only way all sessions of somebody end.
 */
export async function endAllSessions(ctx: Act, accountId: string): Promise<void> {
  await deleteSessionsOf(ctx.db, accountId)
  await forgetBrowsers(ctx, accountId)
}

/** Ends one session of a person and what is pushed to its browser: a lost phone must stay silent. False: no such session of his. */
export async function endOneSession(ctx: Act, accountId: string, id: string): Promise<boolean> {
  await forgetBrowserOf(ctx, accountId, id)
  return deleteSession(ctx.db, accountId, id)
}
