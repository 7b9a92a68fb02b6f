import { parseIdNumber } from '#domain/identity/id-number.ts'
import { normalizePassword, parsePassword } from '#domain/identity/password.ts'
import type { Ok, Outcome } from '#domain/problems.ts'
import { ok, refuse } from '#domain/problems.ts'
import { dateInShanghai } from '#domain/working-days.ts'
import { notify } from '#server/notices/actions.ts'
import type { Act, Asked } from '#server/platform/environment.ts'
import type { Limit } from '#server/platform/limits.ts'
import type { Secrets } from '#server/platform/secrets.ts'
import { act } from '#server/platform/transaction.ts'
import type { Signed } from '#server/platform/who.ts'
import type { SessionView } from './account-view.ts'
import { sessionView } from './account-view.ts'
import { spendCaptcha } from './captcha.ts'
import { deviceName } from './device.ts'
import { endAllSessions, endOneSession } from './end-sessions.ts'
import { idNumberIndex, openIdNumber } from './identity-seal.ts'
import { hashPassword, verifyPassword } from './password-hash.ts'
import * as queries from './queries.ts'
import { newToken, sessionEnd, SESSIONS_AT_MOST, tokenHash } from './session.ts'

/**
 * Wrong passwords for one ID number, whether it is registered or not. Ten lock it for the rest of a quarter of an hour, twenty for the
 * rest of an hour; never longer, because anyone can type another's number (ASVS 6.3.1).
 */
export const WRONG_FOR_NUMBER: readonly Limit[] = [
  { name: 'sign-in.number.quarter', atMost: 10, seconds: 900 },
  { name: 'sign-in.number.hour', atMost: 20, seconds: 3600 },
]

/** Wrong passwords from one address. Wide: many share one. Signing in rightly does not count. */
export const WRONG_FROM_ADDRESS: Limit = { name: 'sign-in.address', atMost: 100, seconds: 900 }

/** A12 */
export const TEMPORARY_PASSWORD_LASTS = 10 * 60_000

/**
 * How long after 找回密码, by himself or by the administrator, the temporary password is tried for a number that is locked,
 * registered or not: else whoever goes on typing wrong passwords could keep the owner out.
 */
const recoveryUnderWay: Limit = {
  name: 'recovery.under-way',
  atMost: 1,
  seconds: TEMPORARY_PASSWORD_LASTS / 1000,
}

/** Tries to change a password with a wrong one. */
const WRONG_CURRENT: Limit = { name: 'account.password-change', atMost: 10, seconds: 900 }

export interface Opened {
  readonly token: string
  readonly expiresAt: Date
  readonly view: SessionView
}

/** A new session with a new token; the oldest go when there are too many. An account that its owner was closing stays, and he is told. */
export async function openSession(ctx: Act, secrets: Secrets, accountId: string): Promise<Ok<Opened>> {
  await queries.lockAccount(ctx.db, accountId)
  const account = (await queries.findAccount(ctx.db, accountId))!
  if (await queries.stopClosing(ctx.db, accountId)) {
    await notify(ctx, { accountId, notice: 'closingStopped', params: {}, link: '/account', sms: false })
    ctx.audit({ action: 'account.closing-stopped', subject: `account:${accountId}` })
  }
  const standing = await queries.listSessions(ctx.db, accountId)
  for (const { id } of standing.slice(SESSIONS_AT_MOST - 1)) await endOneSession(ctx, accountId, id)
  const token = newToken()
  const expiresAt = sessionEnd(ctx.now, account.roles)
  await queries.insertSession(ctx.db, {
    id: ctx.newId(),
    tokenHash: tokenHash(token),
    accountId,
    createdAt: ctx.now,
    lastSeenAt: ctx.now,
    expiresAt,
    device: deviceName(ctx.who.userAgent),
    ip: ctx.who.ip,
  })
  return ok({ token, expiresAt, view: sessionView(secrets, account, ctx.now) })
}

export interface SignIn {
  readonly idNumber: string
  readonly password: string
  readonly captchaId: string
  readonly captcha: string
}

/** Counts a try for the number; the lock in minutes when it is one too many. */
async function countTry(asked: Asked, key: string): Promise<Outcome<undefined>> {
  const { limiter } = asked.var.platform
  for (const limit of WRONG_FOR_NUMBER) {
    const taken = await limiter.take(limit, key)
    if (!taken.allowed) return refuse('account.locked', { minutes: Math.ceil(taken.retryAfter / 60) })
  }
  return ok()
}

/** Lifts the lock of a number. */
async function forgetTries(asked: Asked, index: string): Promise<void> {
  for (const limit of WRONG_FOR_NUMBER) await asked.var.platform.limiter.forget(limit, index)
}

/** Lets the owner of a number in with the temporary password that is sent to him now, whoever goes on typing wrong ones (A12). */
export async function expectTemporaryPassword(asked: Asked, index: string): Promise<void> {
  const { limiter } = asked.var.platform
  await forgetTries(asked, index)
  await limiter.forget(recoveryUnderWay, index)
  await limiter.take(recoveryUnderWay, index)
}

/**
 * Signs in with ID number, password and captcha, all three right (R14). A wrong password and an unknown number take the same way, the
 * same time and the same words (ASVS 6.3.8). A temporary password is spent by it: it becomes the password, every other session ends,
 * and it must be changed before anything else (A12).
 * @param replaces the token the browser came with; its session ends
 */
export async function signIn(asked: Asked, typed: SignIn, replaces: string | undefined): Promise<Outcome<Opened>> {
  const { clock, database, limiter, secrets } = asked.var.platform
  const captcha = await spendCaptcha(asked, typed.captchaId, typed.captcha)
  if (!captcha.ok) return captcha
  const { ip } = asked.var.who
  if ((await limiter.hits(WRONG_FROM_ADDRESS, ip)) >= WRONG_FROM_ADDRESS.atMost) {
    const taken = await limiter.take(WRONG_FROM_ADDRESS, ip)
    if (!taken.allowed) return refuse('request.too-many', { seconds: taken.retryAfter })
  }

  const now = await clock.now(database.db)
  const read = parseIdNumber(typed.idNumber, dateInShanghai(now))
  // a number that cannot be one is counted and refused like any other
  const index = idNumberIndex(secrets, read.ok ? read.value.number : typed.idNumber.slice(0, 64))
  const counted = await countTry(asked, index)
  const locked = counted.ok ? undefined : counted
  if (locked && (await limiter.hits(recoveryUnderWay, index)) === 0) return locked

  const account = await queries.findCredentials(database.db, index)
  const password = normalizePassword(typed.password)
  const temporary =
    account?.temporaryPasswordExpiresAt && account.temporaryPasswordExpiresAt > now
      ? account.temporaryPasswordHash
      : null
  // A locked number is no way to try passwords, only to use the one that went to its owner's phone.
  const own = locked ? ok(false) : await verifyPassword(account?.passwordHash, password)
  if (!own.ok) return own
  // asked also where there is none: the time must not tell that one is on its way
  const spent = own.value ? ok(false) : await verifyPassword(temporary, password)
  if (!spent.ok) return spent

  if (!account || !(own.value || spent.value)) {
    await limiter.take(WRONG_FROM_ADDRESS, ip)
    await act(asked, async (ctx: Act) => {
      ctx.audit({
        action: 'account.sign-in-refused',
        ...(account && { subject: `account:${account.id}` }),
      })
      return ok()
    })
    return locked ?? refuse('account.credentials-wrong')
  }
  if (account.disabledAt) return refuse('account.not-allowed')

  await forgetTries(asked, index)
  return act(asked, async (ctx: Act) => {
    if (spent.value) {
      if (!(await queries.consumeTemporaryPassword(ctx.db, account.id, temporary!, ctx.now))) {
        return refuse('account.credentials-wrong')
      }
      await endAllSessions(ctx, account.id)
    } else if (!(await queries.isPasswordStill(ctx.db, account.id, account.passwordHash))) {
      // Changed while it was compared: the change has ended every session, and this one would have come after it.
      return refuse('account.credentials-wrong')
    }
    if (replaces !== undefined) await queries.deleteSessionOfToken(ctx.db, tokenHash(replaces))
    ctx.audit({
      action: spent.value ? 'account.signed-in-with-temporary-password' : 'account.signed-in',
      subject: `account:${account.id}`,
    })
    return openSession(ctx, secrets, account.id)
  })
}

/** Ends the session of this request. */
export async function signOut(ctx: Act, who: Signed): Promise<Outcome<undefined>> {
  await endOneSession(ctx, who.accountId, who.sessionId)
  ctx.audit({ action: 'account.signed-out', subject: `account:${who.accountId}` })
  return ok()
}

/** Ends every session of the person, this one too. */
export async function signOutEverywhere(ctx: Act, who: Signed): Promise<Outcome<undefined>> {
  await endAllSessions(ctx, who.accountId)
  ctx.audit({ action: 'account.signed-out-everywhere', subject: `account:${who.accountId}` })
  return ok()
}

/** Ends one session of the person, e.g. that of a lost phone. */
export async function endSession(ctx: Act, who: Signed, id: string): Promise<Outcome<undefined>> {
  if (!(await endOneSession(ctx, who.accountId, id))) return refuse('request.not-found')
  ctx.audit({ action: 'account.session-ended', subject: `account:${who.accountId}` })
  return ok()
}

/**
 * Whether this is the person's password, asked for again before something that a stranger at an open phone must not do (ASVS 7.5.1).
 * @param path where the form asks for it
 * @returns the hash with which it was compared
 */
export async function checkCurrentPassword(
  asked: Asked,
  who: Signed,
  typed: string,
  path: string,
): Promise<Outcome<string>> {
  const { database, limiter } = asked.var.platform
  const stored = await queries.findPasswordHash(database.db, who.accountId)
  if (!stored) return refuse('account.not-signed-in')
  const taken = await limiter.take(WRONG_CURRENT, who.accountId)
  if (!taken.allowed) return refuse('request.too-many', { seconds: taken.retryAfter })
  const fits = await verifyPassword(stored.passwordHash, normalizePassword(typed))
  if (!fits.ok) return fits
  if (!fits.value) return refuse('account.credentials-wrong', undefined, { path })
  await limiter.forget(WRONG_CURRENT, who.accountId)
  return ok(stored.passwordHash)
}

/** Changes the password by the current one. Every other session ends, this one goes on under a new token (ASVS 7.4.3). */
export async function changePassword(
  asked: Asked,
  who: Signed,
  typed: { readonly current: string; readonly next: string },
): Promise<Outcome<Opened>> {
  const { database, secrets } = asked.var.platform
  const account = await queries.findAccount(database.db, who.accountId)
  if (!account) return refuse('account.not-signed-in')
  const owner = { ...account, idNumber: openIdNumber(secrets, account) }
  const next = parsePassword(typed.next, owner)
  if (!next.ok) return { ...next, path: 'next' }
  const fits = await checkCurrentPassword(asked, who, typed.current, 'current')
  if (!fits.ok) return fits
  if (next.value === normalizePassword(typed.current)) {
    return refuse('identity.password-weak', { reason: '与现在的密码一样' }, { path: 'next' })
  }
  const hashed = await hashPassword(next.value)
  if (!hashed.ok) return hashed
  return act(asked, async (ctx: Act) => {
    // Changed while it was compared: whoever changed it did not want what was known before to count any more.
    if (!(await queries.isPasswordStill(ctx.db, who.accountId, fits.value)))
      return refuse('account.credentials-wrong', undefined, { path: 'current' })
    await queries.updateAccount(ctx.db, who.accountId, {
      passwordHash: hashed.value,
      mustChangePassword: false,
      temporaryPasswordHash: null,
      temporaryPasswordExpiresAt: null,
    })
    await endAllSessions(ctx, who.accountId)
    ctx.audit({ action: 'account.password-changed', subject: `account:${who.accountId}` })
    return openSession(ctx, secrets, who.accountId)
  })
}
