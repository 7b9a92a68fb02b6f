import type { AccountFact } from '#domain/forms/field.ts'
import type { Grant } from '#domain/lifecycle/roles.ts'
import type { Outcome, Refused } from '#domain/problems.ts'
import { CONSENT_VERSION } from '#domain/identity/consent.ts'
import { ok, refuse } from '#domain/problems.ts'
import { dateInShanghai } from '#domain/working-days.ts'
import type { Act, Asked, Dependencies } from '#server/platform/environment.ts'
import type { Limit } from '#server/platform/limits.ts'
import type { Secrets } from '#server/platform/secrets.ts'
import { act } from '#server/platform/transaction.ts'
import type { Signed } from '#server/platform/who.ts'
import type { SessionView } from './account-view.ts'
import { sessionView } from './account-view.ts'
import { spendCaptcha } from './captcha.ts'
import { idNumberIndex, openIdNumber, sealIdentity } from './identity-seal.ts'
import { emptyOldMobileChanges } from './mobile.ts'
import { hashPassword } from './password-hash.ts'
import type { PersonalDataTyped, RegistrationTyped } from './personal-data.ts'
import { ACCOUNTS_PER_MOBILE, parsePersonalData, parseRegistration } from './personal-data.ts'
import {
  countAccountsWithMobile,
  deleteExpired,
  findAccount,
  findByNumberIndex,
  findConsent,
  insertAccount,
  insertGrant,
  lockAccount,
  updateAccount,
} from './queries.ts'
import type { Opened } from './sign-in.ts'
import { openSession } from './sign-in.ts'

/**
 * Whether somebody agreed to the notice as it is now. Who was given an account to work with never did, nor did who registered under
 * an earlier edition: both are asked before they apply.
 */
export async function hasConsented({ db }: Act, { accountId }: Signed): Promise<boolean> {
  const found = await findConsent(db, accountId)
  return found !== undefined && found.consentAt !== null && found.consentVersion === CONSENT_VERSION
}

/**
 * Notes that he agrees now. Refused: he does not, or to what a page has shown that was loaded before there was another notice.
 * @param shown the edition that he agrees to; null where he does not; undefined from a page that does not know how to ask
 */
export async function consent(
  ctx: Act,
  { accountId }: Signed,
  shown: string | null | undefined,
): Promise<Outcome<undefined>> {
  if (shown === null) return refuse('account.consent-required', undefined, { path: 'consent' })
  if (shown !== CONSENT_VERSION) return refuse('client.outdated')
  await updateAccount(ctx.db, accountId, { consentVersion: CONSENT_VERSION, consentAt: ctx.now })
  ctx.audit({ action: 'account.consented', subject: `account:${accountId}`, details: { version: CONSENT_VERSION } })
  return ok()
}

/** Registrations from one address: a whole company may register behind one. The captcha is what stops machines. */
const registrations: Limit = { name: 'account.registrations', atMost: 600, seconds: 3600 }

/**
 * R6 has a registered number told as such, so registering is a way to ask for one at the price of a captcha each: after so many such
 * answers the address is not answered for a while.
 */
const alreadyRegistered: Limit = { name: 'account.already-registered', atMost: 60, seconds: 3600 }

export interface Registration extends RegistrationTyped {
  readonly captchaId: string
  readonly captcha: string
  readonly consent: boolean
  /** the edition that was shown */
  readonly consentVersion?: string
}

/**
 * Registers a person and signs him in (R5–R11): the ID number is the login name, once and for ever.
 * Refused with every faulty field at once, before the captcha is spent; a number already registered is told as such (R6).
 */
export async function registerAccount(asked: Asked, typed: Registration): Promise<Outcome<Opened>> {
  const { clock, database, limiter, secrets } = asked.var.platform
  if (!typed.consent) return refuse('account.consent-required', undefined, { path: 'consent' })
  // Pages of before do not say what they have shown.
  if (typed.consentVersion !== undefined && typed.consentVersion !== CONSENT_VERSION) return refuse('client.outdated')
  const read = parseRegistration(typed, dateInShanghai(await clock.now(database.db)))
  if (!read.ok) return read
  const captcha = await spendCaptcha(asked, typed.captchaId, typed.captcha)
  if (!captcha.ok) return captcha
  const counted = await limiter.take(registrations, asked.var.who.ip)
  if (!counted.allowed) return refuse('request.too-many', { seconds: counted.retryAfter })
  if ((await limiter.hits(alreadyRegistered, asked.var.who.ip)) >= alreadyRegistered.atMost) {
    return refuse('request.too-many', { seconds: alreadyRegistered.seconds })
  }
  const hashed = await hashPassword(read.value.password)
  if (!hashed.ok) return hashed

  const { identity, password: _, ...personal } = read.value
  const outcome = await act(asked, async (ctx: Act) => {
    if ((await countAccountsWithMobile(ctx.db, personal.mobile)) >= ACCOUNTS_PER_MOBILE) {
      return refuse('account.mobile-used', { atMost: ACCOUNTS_PER_MOBILE }, { path: 'mobile' })
    }
    const id = ctx.newId()
    const isNew = await insertAccount(ctx.db, {
      id,
      ...personal,
      ...sealIdentity(secrets, identity, id),
      passwordHash: hashed.value,
      temporaryPasswordHash: null,
      temporaryPasswordExpiresAt: null,
      lockedUntil: null,
      disabledAt: null,
      consentVersion: CONSENT_VERSION,
      consentAt: ctx.now,
      createdAt: ctx.now,
    })
    if (!isNew) return taken(await findByNumberIndex(ctx.db, idNumberIndex(secrets, identity.number)))
    await insertGrant(ctx.db, ctx.newId(), id, { role: 'applicant' })
    ctx.audit({ action: 'account.registered', subject: `account:${id}` })
    return openSession(ctx, secrets, id)
  })
  if (!outcome.ok && (outcome.code === 'account.already-registered' || outcome.code === 'account.closed-on-record')) {
    await limiter.take(alreadyRegistered, asked.var.who.ip)
  }
  return outcome
}

/** Why a number cannot be registered: it is somebody's, or was, and there is a record that holds for him. */
export const taken = (holder: { readonly closedAt: Date | null } | undefined): Refused =>
  refuse(holder?.closedAt ? 'account.closed-on-record' : 'account.already-registered', undefined, { path: 'idNumber' })

/** What the application forms take from the account (R7, R8, R34, R59); throws if there is no such account. */
export async function getAccountFacts(
  ctx: Pick<Act, 'db'>,
  secrets: Secrets,
  accountId: string,
): Promise<Record<AccountFact, string>> {
  const account = await findAccount(ctx.db, accountId)
  if (!account) throw new Error(`No account ${accountId}`)
  const { fullName, gender, birthDate, mobile, email } = account
  return { fullName, idNumber: openIdNumber(secrets, account), gender, birthDate, mobile, email }
}

/** What an account may do and where its SMS go; nobody else changes what belongs to it until the act is over. Throws if there is none. */
export async function lockedOwner(
  ctx: Pick<Act, 'db'>,
  accountId: string,
): Promise<{ readonly roles: readonly Grant[]; readonly mobile: string }> {
  await lockAccount(ctx.db, accountId)
  const account = await findAccount(ctx.db, accountId)
  if (!account) throw new Error(`No account ${accountId}`)
  return account
}

/** Who is signed in; undefined where the account has gone. */
export async function getSessionView(asked: Asked, who: Signed): Promise<SessionView | undefined> {
  const { clock, database, secrets } = asked.var.platform
  const account = await findAccount(database.db, who.accountId)
  return account && sessionView(secrets, account, await clock.now(database.db))
}

export type PersonalDataChanges = {
  readonly [Field in keyof PersonalDataTyped]?: PersonalDataTyped[Field] | undefined
} & {
  /** Named only to be refused (R7). */
  readonly idNumber?: unknown
}

/**
 * Corrects name, mail or contact (R8); the ID number never (R7), and the mobile only by a code to the new one (`mobile.ts`), because
 * passwords are sent there.
 */
export async function updatePersonalData(
  ctx: Act,
  secrets: Secrets,
  accountId: string,
  changes: PersonalDataChanges,
): Promise<Outcome<SessionView>> {
  if (changes.idNumber !== undefined) return refuse('account.id-number-immutable', undefined, { path: 'idNumber' })
  const stored = await findAccount(ctx.db, accountId)
  if (!stored) return refuse('request.not-found')
  const read = parsePersonalData({
    fullName: changes.fullName ?? stored.fullName,
    email: changes.email ?? stored.email,
    mobile: changes.mobile ?? stored.mobile,
    contactName: changes.contactName ?? stored.contactName ?? undefined,
    contactMobile: changes.contactMobile ?? stored.contactMobile ?? undefined,
  })
  if (!read.ok) return read
  if (read.value.mobile !== stored.mobile) return refuse('account.mobile-needs-code', undefined, { path: 'mobile' })
  await updateAccount(ctx.db, accountId, read.value)
  const fields = Object.keys(read.value).filter(
    (field) => read.value[field as keyof typeof read.value] !== stored[field as keyof typeof read.value],
  )
  ctx.audit({ action: 'account.changed', subject: `account:${accountId}`, details: { fields } })
  return ok(sessionView(secrets, { ...stored, ...read.value }, ctx.now))
}

/** Removes expired captchas, sessions and temporary passwords. */
export async function sweepAccounts({ clock, database }: Dependencies): Promise<void> {
  const now = await clock.now(database.db)
  await deleteExpired(database.db, now)
  await emptyOldMobileChanges(database.db, now)
}
