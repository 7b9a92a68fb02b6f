import { parseIdNumber } from '#domain/identity/id-number.ts'
import type { Role } from '#domain/lifecycle/roles.ts'
import type { Outcome } from '#domain/problems.ts'
import { ok, refuse } from '#domain/problems.ts'
import { dateInShanghai } from '#domain/working-days.ts'
import type { Act, Asked } from '#server/platform/environment.ts'
import type { Limit } from '#server/platform/limits.ts'
import { act } from '#server/platform/transaction.ts'
import type { Signed } from '#server/platform/who.ts'
import { idNumberIndex } from './identity-seal.ts'
import { endAllSessions, endOneSession } from './end-sessions.ts'
import { findAccount, findByNumberIndex, listSessions } from './queries.ts'

/** Look-ups by ID number: enough for whoever is called for help, too few to go through a list. */
const lookUps: Limit = { name: 'account.sessions-of', atMost: 60, seconds: 3600 }

export interface AccountSessions {
  readonly accountId: string
  readonly fullName: string
  readonly idNumberMasked: string
  readonly roles: readonly Role[]
  readonly sessions: Awaited<ReturnType<typeof listSessions>>
}

/**
 * Where the account with this ID number is signed in, for an administrator whom its owner asked for help (ASVS 7.4.5). The look
 * is on record. Refused: a number that is none, or of no account.
 */
export async function sessionsOf(asked: Asked, who: Signed, typed: string): Promise<Outcome<AccountSessions>> {
  const { clock, database, limiter, secrets } = asked.var.platform
  const identity = parseIdNumber(typed, dateInShanghai(await clock.now(database.db)))
  if (!identity.ok) return { ...identity, path: 'idNumber' }
  const taken = await limiter.take(lookUps, who.accountId)
  if (!taken.allowed) return refuse('request.too-many', { seconds: taken.retryAfter })
  return act(asked, async (ctx: Act) => {
    const found = await findByNumberIndex(ctx.db, idNumberIndex(secrets, identity.value.number))
    if (!found) return refuse('request.not-found', undefined, { path: 'idNumber' })
    const { fullName, idNumberMasked, roles } = (await findAccount(ctx.db, found.id))!
    ctx.audit({ action: 'account.sessions-viewed', role: 'admin', subject: `account:${found.id}` })
    return ok({
      accountId: found.id,
      fullName,
      idNumberMasked,
      roles: roles.map(({ role }) => role),
      sessions: await listSessions(ctx.db, found.id),
    })
  })
}

/** Ends one session of an account. Refused: a session that is not of this account, or is over already. */
export async function endSessionOf(ctx: Act, accountId: string, id: string): Promise<Outcome<undefined>> {
  if (!(await endOneSession(ctx, accountId, id))) return refuse('request.not-found')
  const details = { session: id }
  ctx.audit({ action: 'account.session-ended-by-admin', role: 'admin', subject: `account:${accountId}`, details })
  return ok()
}

/** Ends all sessions of an account; whoever knows its password can sign in again. Refused: no such account. */
export async function endSessionsOf(ctx: Act, accountId: string): Promise<Outcome<undefined>> {
  if (!(await findAccount(ctx.db, accountId))) return refuse('request.not-found')
  await endAllSessions(ctx, accountId)
  ctx.audit({ action: 'account.sessions-ended-by-admin', role: 'admin', subject: `account:${accountId}` })
  return ok()
}
