import { randomInt, randomUUID } from 'node:crypto'
import type { Kysely } from 'kysely'
import { parseIdNumber } from '#domain/identity/id-number.ts'
import { maskMobile, parseMobile } from '#domain/identity/mobile.ts'
import { type Grant, isStaff } from '#domain/lifecycle/roles.ts'
import type { Outcome } from '#domain/problems.ts'
import { ok, refuse } from '#domain/problems.ts'
import { isReason } from '#domain/rules/reason.ts'
import { dateInShanghai } from '#domain/working-days.ts'
import { sendSms } from '#server/notices/actions.ts'
import { accountText } from '#server/notices/sms-text.ts'
import type { Act, Asked } from '#server/platform/environment.ts'
import type { Limit } from '#server/platform/limits.ts'
import type { Secrets } from '#server/platform/secrets.ts'
import { act } from '#server/platform/transaction.ts'
import type { Signed } from '#server/platform/who.ts'
import type { Database } from '#server/schema.ts'
import type { SessionView } from './account-view.ts'
import { sessionView } from './account-view.ts'
import { deleteChallenges, insertChallenge, takeChallenge, tryChallenge } from './challenges.ts'
import { endAllSessions } from './end-sessions.ts'
import { idNumberIndex } from './identity-seal.ts'
import { ACCOUNTS_PER_MOBILE } from './personal-data.ts'
import { countAccountsWithMobile, findAccount, findByNumberIndex, reopen, updateAccount } from './queries.ts'
import { checkCurrentPassword } from './sign-in.ts'

const CODE_LASTS = 10 * 60_000
/** Six digits and five tries: one in two hundred thousand (ASVS 6.6.2, 6.6.3). */
const CODE_TRIES = 5
const codesPerMinute: Limit = { name: 'mobile.code.minute', atMost: 1, seconds: 60 }
const codesPerDay: Limit = { name: 'mobile.code.day', atMost: 10, seconds: 86_400 }
/** Nobody's phone is made to ring all day by accounts of others. */
const codesToNumber: Limit = { name: 'mobile.code.number', atMost: 5, seconds: 86_400 }
/** Look-ups by ID number at the counter: enough for a long day, too few to go through a list. */
const counterLookUps: Limit = { name: 'mobile.counter', atMost: 60, seconds: 3600 }

const SEAL = 'account.mobile-change'
const digest = (secrets: Secrets, id: string, code: string) => secrets.mac(SEAL, `${id}:${code}`)

/** The new mobile of a change, sealed with another key. */
export const resealMobile = (from: Secrets, to: Secrets, { id, mobile }: { id: string; mobile: string }): string =>
  to.seal(SEAL, from.open(SEAL, mobile, id), id)

async function numberIsFree(db: Kysely<Database>, mobile: string, accountId: string): Promise<Outcome<undefined>> {
  return (await countAccountsWithMobile(db, mobile, accountId)) >= ACCOUNTS_PER_MOBILE
    ? refuse('account.mobile-used', { atMost: ACCOUNTS_PER_MOBILE }, { path: 'mobile' })
    : ok()
}

/** First step of changing the mobile (R8): a code goes to the new number. The password is asked for again, because SMS open the account. */
export async function startMobileChange(
  asked: Asked,
  who: Signed,
  typed: { readonly mobile: string; readonly password: string },
): Promise<Outcome<{ readonly challengeId: string; readonly mobileMasked: string; readonly resendAfter: number }>> {
  const { database, limiter, secrets } = asked.var.platform
  const mobile = parseMobile(typed.mobile)
  if (!mobile.ok) return { ...mobile, path: 'mobile' }
  const fits = await checkCurrentPassword(asked, who, typed.password, 'password')
  if (!fits.ok) return fits
  const free = await numberIsFree(database.db, mobile.value, who.accountId)
  if (!free.ok) return free
  for (const [limit, key] of [
    [codesPerMinute, who.accountId],
    [codesPerDay, who.accountId],
    [codesToNumber, mobile.value],
  ] as const) {
    const taken = await limiter.take(limit, key)
    if (!taken.allowed) return refuse('request.too-many', { seconds: taken.retryAfter })
  }
  const id = randomUUID()
  const code = String(randomInt(1_000_000)).padStart(6, '0')
  return act(asked, async (ctx: Act) => {
    // The newest code is the only one.
    await deleteChallenges(ctx.db, who.accountId, 'mobile.change')
    await insertChallenge(ctx.db, {
      id,
      purpose: 'mobile.change',
      accountId: who.accountId,
      digest: digest(secrets, id, code),
      subject: secrets.seal(SEAL, mobile.value, id),
      expiresAt: new Date(ctx.now.getTime() + CODE_LASTS),
    })
    await sendSms(ctx, secrets, {
      mobile: mobile.value,
      text: accountText('mobile-code', { code }),
      purpose: 'mobile-code',
    })
    ctx.audit({ action: 'account.mobile-code-sent', subject: `account:${who.accountId}` })
    return ok({ challengeId: id, mobileMasked: maskMobile(mobile.value), resendAfter: codesPerMinute.seconds })
  })
}

/** Second step: the code read on the new phone. The old number is told. */
export async function finishMobileChange(
  asked: Asked,
  who: Signed,
  typed: { readonly challengeId: string; readonly code: string },
): Promise<Outcome<SessionView>> {
  const { clock, database, secrets } = asked.var.platform
  // Counted outside the act, so that a wrong code counts although it is refused.
  const found = await tryChallenge(database.db, {
    id: typed.challengeId,
    purpose: 'mobile.change',
    accountId: who.accountId,
    now: await clock.now(database.db),
    atMost: CODE_TRIES,
  })
  const code = typed.code.normalize('NFKC').replace(/\s/g, '')
  if (!found || found.digest !== digest(secrets, typed.challengeId, code)) {
    return refuse('account.code-wrong', undefined, { path: 'code' })
  }
  const mobile = secrets.open(SEAL, found.subject!, typed.challengeId)
  return act(asked, async (ctx: Act) => {
    // Spent in the same transaction: of two answers at once, or beside a newer code, only one changes anything.
    const spent = await takeChallenge(ctx.db, {
      id: typed.challengeId,
      purpose: 'mobile.change',
      accountId: who.accountId,
      now: ctx.now,
    })
    if (!spent) return refuse('account.code-wrong', undefined, { path: 'code' })
    const free = await numberIsFree(ctx.db, mobile, who.accountId)
    if (!free.ok) return free
    const account = (await findAccount(ctx.db, who.accountId))!
    await changeMobile(ctx, secrets, account, mobile)
    ctx.audit({ action: 'account.mobile-changed', subject: `account:${who.accountId}` })
    return ok(sessionView(secrets, { ...account, mobile }, ctx.now))
  })
}

async function changeMobile(ctx: Act, secrets: Secrets, account: { id: string; mobile: string }, mobile: string) {
  await updateAccount(ctx.db, account.id, { mobile, temporaryPasswordHash: null, temporaryPasswordExpiresAt: null })
  // of one that was closed nothing is left to be told
  if (account.mobile === '') return
  await sendSms(ctx, secrets, {
    mobile: account.mobile,
    text: accountText('mobile-changed'),
    purpose: 'mobile-changed',
  })
}

// ---- at the counter (A12): who has lost his phone comes with his ID card

export interface MobileChangeView {
  readonly id: string
  readonly fullName: string
  readonly idNumberMasked: string
  readonly mobileMasked: string
  readonly reason: string
  readonly askedBy: string
  readonly askedAt: Date
  /** whether the person who asks may be the second one */
  readonly mayDecide: boolean
}

/** A change that nobody confirmed for so long is over: the person comes again, and is looked at again. */
const REQUEST_LASTS = 7 * 24 * 60 * 60_000
const oldestWaiting = (now: Date) => new Date(now.getTime() - REQUEST_LASTS)

/**
 * Whether this person at the counter may have to do with the mobile of that account. SMS open an account: a clerk must not get
 * into one that may do more than his own, so that the back office's are served by the office or an administrator alone.
 */
const mayBeServed = (who: Signed, roles: readonly Grant[]): boolean =>
  !isStaff(roles) || who.roles.some(({ role }) => role === 'office' || role === 'admin')

/** Changes that wait for a second person. */
export async function listMobileChanges(db: Kysely<Database>, who: Signed, now: Date): Promise<MobileChangeView[]> {
  const rows = await db
    .selectFrom('mobileChange')
    .innerJoin('account', 'account.id', 'mobileChange.accountId')
    .innerJoin('account as clerk', 'clerk.id', 'mobileChange.askedBy')
    .where('mobileChange.state', '=', 'waiting')
    .where('mobileChange.askedAt', '>', oldestWaiting(now))
    .select([
      'mobileChange.id',
      'mobileChange.accountId',
      'mobileChange.mobileMasked',
      'mobileChange.reason',
      'mobileChange.askedAt',
      'mobileChange.askedBy as clerkId',
      'account.fullName',
      'account.idNumberMasked',
      'clerk.fullName as askedBy',
    ])
    .orderBy('mobileChange.askedAt')
    .orderBy('mobileChange.id')
    .execute()
  return rows.map(({ clerkId, accountId, ...row }) => ({
    ...row,
    mayDecide: clerkId !== who.accountId && accountId !== who.accountId,
  }))
}

/** A clerk has seen the person's ID card and notes the new number; nothing changes before a second person agrees. */
export async function askMobileChange(
  asked: Asked,
  who: Signed,
  typed: { readonly idNumber: string; readonly mobile: string; readonly reason: string },
): Promise<Outcome<MobileChangeView>> {
  const { clock, database, limiter, secrets } = asked.var.platform
  const identity = parseIdNumber(typed.idNumber, dateInShanghai(await clock.now(database.db)))
  if (!identity.ok) return { ...identity, path: 'idNumber' }
  const mobile = parseMobile(typed.mobile)
  if (!mobile.ok) return { ...mobile, path: 'mobile' }
  if (!isReason(typed.reason)) return refuse('application.reason-required', undefined, { path: 'reason' })
  const taken = await limiter.take(counterLookUps, who.accountId)
  if (!taken.allowed) return refuse('request.too-many', { seconds: taken.retryAfter })
  return act(asked, async (ctx: Act) => {
    const found = await findByNumberIndex(ctx.db, idNumberIndex(secrets, identity.value.number))
    if (!found) return refuse('request.not-found', undefined, { path: 'idNumber' })
    if (found.id === who.accountId) return refuse('account.second-person')
    if (!mayBeServed(who, (await findAccount(ctx.db, found.id))!.roles)) return refuse('account.not-allowed')
    const free = await numberIsFree(ctx.db, mobile.value, found.id)
    if (!free.ok) return free
    // A new request takes the place of one that still waits.
    const id = ctx.newId()
    const superseded = await ctx.db
      .updateTable('mobileChange')
      .set({ state: 'refused', decidedBy: who.accountId, decidedAt: ctx.now, mobile: '' })
      .where('accountId', '=', found.id)
      .where('state', '=', 'waiting')
      .returning('id')
      .execute()
    for (const { id: change } of superseded) {
      const details = { change, by: id }
      ctx.audit({ action: 'account.mobile-change-superseded', subject: `account:${found.id}`, details })
    }
    const clerk = (await findAccount(ctx.db, who.accountId))!
    const view = { id, mobileMasked: maskMobile(mobile.value), reason: typed.reason.trim(), askedAt: ctx.now }
    await ctx.db
      .insertInto('mobileChange')
      .values({
        ...view,
        accountId: found.id,
        mobile: secrets.seal(SEAL, mobile.value, id),
        state: 'waiting',
        askedBy: who.accountId,
        decidedBy: null,
        decidedAt: null,
      })
      .execute()
    ctx.audit({ action: 'account.mobile-change-asked', subject: `account:${found.id}`, details: { change: id } })
    const { fullName, idNumberMasked } = found
    return ok({ ...view, fullName, idNumberMasked, askedBy: clerk.fullName, mayDecide: false })
  })
}

/** Empties the numbers of changes that nobody decided while they were good. */
export async function emptyOldMobileChanges(db: Kysely<Database>, now: Date): Promise<void> {
  await db
    .updateTable('mobileChange')
    .set({ mobile: '' })
    .where('mobile', '!=', '')
    .where('askedAt', '<=', oldestWaiting(now))
    .execute()
}

/** The second person agrees or does not; neither who asked nor the person himself may (A12: logged, two-person). */
export async function decideMobileChange(
  ctx: Act,
  secrets: Secrets,
  who: Signed,
  { id, agrees }: { readonly id: string; readonly agrees: boolean },
): Promise<Outcome<undefined>> {
  const change = await ctx.db.selectFrom('mobileChange').where('id', '=', id).selectAll().forUpdate().executeTakeFirst()
  if (!change) return refuse('request.not-found')
  if (change.state !== 'waiting') return refuse('account.change-decided')
  if (change.askedBy === who.accountId || change.accountId === who.accountId) return refuse('account.second-person')
  if (change.askedAt <= oldestWaiting(ctx.now)) return refuse('account.change-too-old')
  const account = (await findAccount(ctx.db, change.accountId))!
  if (!mayBeServed(who, account.roles)) return refuse('account.not-allowed')
  // The number is of no more use here: it is the account's now, or nobody's.
  const decided = { state: agrees ? 'done' : 'refused', decidedBy: who.accountId, decidedAt: ctx.now, mobile: '' }
  await ctx.db.updateTable('mobileChange').set(decided).where('id', '=', id).execute()
  if (agrees) {
    const mobile = secrets.open(SEAL, change.mobile, id)
    const free = await numberIsFree(ctx.db, mobile, change.accountId)
    if (!free.ok) return free
    await changeMobile(ctx, secrets, account, mobile)
    // Seen in person by two people: one that was closed is his again, by 找回密码.
    if (await reopen(ctx.db, change.accountId)) {
      ctx.audit({ action: 'account.reopened', subject: `account:${change.accountId}`, details: { change: id } })
    }
    // Whoever holds the old phone may still be signed in on it.
    await endAllSessions(ctx, change.accountId)
  }
  ctx.audit({
    action: agrees ? 'account.mobile-changed-at-counter' : 'account.mobile-change-refused',
    subject: `account:${change.accountId}`,
    details: { change: id, askedBy: change.askedBy },
  })
  return ok()
}
