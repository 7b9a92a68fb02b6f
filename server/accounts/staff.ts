import { CONSENT_VERSION } from '#domain/identity/consent.ts'
import { randomBytes } from 'node:crypto'
import type { ExpressionBuilder, Kysely } from 'kysely'
import { sql } from 'kysely'
import { region as regions } from '#domain/code-lists/region.ts'
import { type IdNumber, parseIdNumber } from '#domain/identity/id-number.ts'
import { maskMobile } from '#domain/identity/mobile.ts'
import { type Grant, type Role, scopeOf } from '#domain/lifecycle/roles.ts'
import { ok, type Outcome, refuse } from '#domain/problems.ts'
import { isReason } from '#domain/rules/reason.ts'
import { dateInShanghai } from '#domain/working-days.ts'
import type { Act, Asked, Dependencies } from '#server/platform/environment.ts'
import type { Secrets } from '#server/platform/secrets.ts'
import { act, actAs } from '#server/platform/transaction.ts'
import { type Signed, systemWho } from '#server/platform/who.ts'
import type { Database } from '#server/schema.ts'
import { taken } from './actions.ts'
import { endAllSessions } from './end-sessions.ts'
import { idNumberIndex, sealIdentity } from './identity-seal.ts'
import { hashPassword } from './password-hash.ts'
import { parsePersonalData, type PersonalData } from './personal-data.ts'
import { findByNumberIndex, findCredentials, insertAccount, insertGrant, updateAccount } from './queries.ts'
import { newTemporaryPassword } from './recovery.ts'
import { expectTemporaryPassword, TEMPORARY_PASSWORD_LASTS } from './sign-in.ts'

type Db = Kysely<Database>
const LISTED_AT_MOST = 500

export type StaffRole = Exclude<Role, 'applicant'>

/** A role that is to be held, with the part of the city it reaches. */
export interface StaffGrant {
  readonly role: StaffRole
  readonly region?: string | undefined
  readonly acceptancePoint?: string | undefined
}

/** Who holds a role of the back office; or held one and was locked, which nobody else can lift. */
const isOfOffice = (eb: ExpressionBuilder<Database, 'account'>) =>
  eb.or([
    eb('account.disabledAt', 'is not', null),
    eb.exists(
      eb
        .selectFrom('accountGrant')
        .select('accountGrant.id')
        .whereRef('accountGrant.accountId', '=', 'account.id')
        .where('accountGrant.role', '<>', 'applicant'),
    ),
  ])

/** Who works in the back office, by name, with what each may do. Numbers are masked (E13). */
export async function staff(db: Db, _admin: Signed) {
  const accounts = await db
    .selectFrom('account')
    .where(isOfOffice)
    .select(['account.id', 'account.fullName', 'account.idNumberMasked', 'account.mobile', 'account.disabledAt'])
    .select((eb) =>
      eb
        .selectFrom('session')
        .select(sql<Date | null>`max(session.last_seen_at)`.as('at'))
        .whereRef('session.accountId', '=', 'account.id')
        .as('lastSeenAt'),
    )
    .orderBy('account.fullName')
    .orderBy('account.id')
    .limit(LISTED_AT_MOST)
    .execute()
  const grants = await db
    .selectFrom('accountGrant')
    .select(['id', 'accountId', 'role', 'region', 'acceptancePoint'])
    .where('role', '<>', 'applicant')
    .orderBy('createdAt')
    .orderBy('id')
    .execute()
  return accounts.map(({ mobile, ...account }) => ({
    ...account,
    mobileMasked: maskMobile(mobile),
    grants: grants
      .filter(({ accountId }) => accountId === account.id)
      .map(({ id, role, region, acceptancePoint }) => ({ id, role: role as StaffRole, region, acceptancePoint })),
  }))
}

/** What one account did with its key to the house: sign-ins, refusals, passwords, the latest first. */
export async function accessLog(db: Db, _admin: Signed, accountId: string) {
  const rows = await db
    .selectFrom('auditEvent')
    .select(['at', 'action', 'ip', 'userAgent'])
    .where('subject', '=', `account:${accountId}`)
    .orderBy('at', 'desc')
    .orderBy('id', 'desc')
    .limit(50)
    .execute()
  return rows.map(({ userAgent, ...row }) => ({ ...row, device: userAgent ?? '' }))
}

/** The grant as it is stored: a clerk needs his 受理点, a department its region, the others reach what their role reaches. */
async function settled(db: Db, { role, region, acceptancePoint }: StaffGrant): Promise<Outcome<Grant>> {
  const scope = scopeOf(role)
  if (scope === 'acceptancePoint') {
    const known =
      acceptancePoint !== undefined &&
      (await db.selectFrom('acceptancePoint').select('id').where('id', '=', acceptancePoint).executeTakeFirst())
    return known
      ? ok({ role, acceptancePoint: acceptancePoint! })
      : refuse('answer.required', { label: '受理点' }, { path: 'acceptancePoint' })
  }
  if (scope === 'region') {
    return region !== undefined && regions.items.some(({ code }) => code === region)
      ? ok({ role, region })
      : refuse('answer.required', { label: '地区' }, { path: 'region' })
  }
  return ok({ role })
}

export interface NewStaff extends StaffGrant {
  readonly idNumber: string
  readonly fullName: string
  readonly email: string
  readonly mobile: string
}

/**
 * Takes somebody into the back office. A person who is registered as an applicant keeps his account and its data, and is given
 * the role; a new one gets an account without a password, and a temporary one by SMS.
 */
export async function createStaff(
  asked: Asked,
  wish: NewStaff,
): Promise<Outcome<{ id: string; wasRegistered: boolean }>> {
  const { clock, database, secrets } = asked.var.platform
  const identity = parseIdNumber(wish.idNumber, dateInShanghai(await clock.now(database.db)))
  if (!identity.ok) return { ...identity, path: 'idNumber' }
  const personal = parsePersonalData(wish)
  if (!personal.ok) return personal
  // Nobody knows it: he comes in by the temporary one.
  const hashed = await hashPassword(randomBytes(32).toString('base64url'))
  if (!hashed.ok) return hashed
  return act(asked, async (ctx: Act) => {
    const grant = await settled(ctx.db, wish)
    if (!grant.ok) return grant
    const index = idNumberIndex(secrets, identity.value.number)
    const account = await accountFor(ctx, secrets, identity.value, personal.value, hashed.value)
    if (!account.ok) return account
    const { id, wasRegistered } = account.value
    if (!wasRegistered) await ctx.enqueue({ name: 'accounts.recover', data: { numberIndex: index } })
    const given = await give(ctx, id, grant.value)
    return given.ok ? ok({ id, wasRegistered }) : given
  })
}

/** The account of a number, or a new one behind a password that nobody knows. */
async function accountFor(
  ctx: Act,
  secrets: Secrets,
  identity: IdNumber,
  personal: PersonalData,
  passwordHash: string,
): Promise<Outcome<{ id: string; wasRegistered: boolean }>> {
  const index = idNumberIndex(secrets, identity.number)
  const known = await findCredentials(ctx.db, index)
  if (known) return ok({ id: known.id, wasRegistered: true })
  const id = ctx.newId()
  const isNew = await insertAccount(ctx.db, {
    id,
    ...personal,
    ...sealIdentity(secrets, identity, id),
    passwordHash,
    temporaryPasswordHash: null,
    temporaryPasswordExpiresAt: null,
    lockedUntil: null,
    disabledAt: null,
    consentVersion: CONSENT_VERSION,
    consentAt: null,
    createdAt: ctx.now,
  })
  if (!isNew) return taken(await findByNumberIndex(ctx.db, index))
  // Who works here may apply like everybody else (A41).
  await insertGrant(ctx.db, ctx.newId(), id, { role: 'applicant' })
  return ok({ id, wasRegistered: false })
}

/** Whether somebody can take others into the back office. */
export const hasAdministrator = async (db: Db): Promise<boolean> =>
  (await db.selectFrom('accountGrant').select('id').where('role', '=', 'admin').limit(1).executeTakeFirst()) !==
  undefined

/**
 * Lets the first administrator in, who takes in all others: a new installation has nobody, and no SMS yet that could be trusted to
 * arrive. Refused where there is an administrator.
 * @returns a temporary password, to be changed at the first sign-in
 */
export async function createFirstAdministrator(
  platform: Dependencies,
  wish: Omit<NewStaff, keyof StaffGrant>,
): Promise<Outcome<{ password: string; until: Date }>> {
  const { clock, database, secrets } = platform
  const identity = parseIdNumber(wish.idNumber, dateInShanghai(await clock.now(database.db)))
  if (!identity.ok) return { ...identity, path: 'idNumber' }
  const personal = parsePersonalData(wish)
  if (!personal.ok) return personal
  const password = newTemporaryPassword()
  const [unknown, temporary] = [await hashPassword(randomBytes(32).toString('base64url')), await hashPassword(password)]
  if (!unknown.ok) return unknown
  if (!temporary.ok) return temporary
  return actAs(platform, systemWho('first-administrator'), async (ctx: Act) => {
    // Of two that are asked for at once, one.
    await sql`lock table account_grant in share row exclusive mode`.execute(ctx.db)
    if (await hasAdministrator(ctx.db)) return refuse('account.administrator-exists')
    const account = await accountFor(ctx, secrets, identity.value, personal.value, unknown.value)
    if (!account.ok) return account
    const { id } = account.value
    const until = new Date(ctx.now.getTime() + TEMPORARY_PASSWORD_LASTS)
    await updateAccount(ctx.db, id, { temporaryPasswordHash: temporary.value, temporaryPasswordExpiresAt: until })
    const given = await give(ctx, id, { role: 'admin' })
    return given.ok ? ok({ password, until }) : given
  })
}

/** Writes the grant; refused where the person holds it already. */
async function give(ctx: Act, accountId: string, grant: Grant): Promise<Outcome<undefined>> {
  const same = await ctx.db
    .selectFrom('accountGrant')
    .select('id')
    .where('accountId', '=', accountId)
    .where('role', '=', grant.role)
    .where(sql<boolean>`region is not distinct from ${grant.region ?? null}`)
    .where(sql<boolean>`acceptance_point is not distinct from ${grant.acceptancePoint ?? null}`)
    .executeTakeFirst()
  if (same) return refuse('answer.duplicate', { label: '角色' }, { path: 'role' })
  await insertGrant(ctx.db, ctx.newId(), accountId, grant)
  const { role, region, acceptancePoint } = grant
  ctx.audit({
    action: 'account.role-granted',
    subject: `account:${accountId}`,
    details: { role, ...(region && { region }), ...(acceptancePoint && { acceptancePoint }) },
  })
  return ok()
}

/** Somebody whom the office knows as its own, locked against another administrator's hand. */
async function lockStaff(ctx: Act, id: string) {
  return ctx.db
    .selectFrom('account')
    .select(['id', 'idNumberIndex'])
    .where('id', '=', id)
    .where(isOfOffice)
    .forUpdate()
    .executeTakeFirst()
}

export async function grantRole(ctx: Act, _admin: Signed, id: string, wish: StaffGrant): Promise<Outcome<undefined>> {
  const account = await lockStaff(ctx, id)
  if (!account) return refuse('request.not-found')
  const grant = await settled(ctx.db, wish)
  return grant.ok ? give(ctx, id, grant.value) : grant
}

/** Takes a role back; it holds from the person's next request on. Refused: one's own role of administrator. */
export async function withdrawRole(ctx: Act, admin: Signed, id: string, grantId: string): Promise<Outcome<undefined>> {
  const grant = await ctx.db
    .selectFrom('accountGrant')
    .select(['role', 'region', 'acceptancePoint'])
    .where('id', '=', grantId)
    .where('accountId', '=', id)
    .where('role', '<>', 'applicant')
    .forUpdate()
    .executeTakeFirst()
  if (!grant) return refuse('request.not-found')
  if (id === admin.accountId && grant.role === 'admin') return refuse('account.own-access')
  await ctx.db.deleteFrom('accountGrant').where('id', '=', grantId).execute()
  ctx.audit({ action: 'account.role-withdrawn', subject: `account:${id}`, details: { ...grant } })
  return ok()
}

/** Locks an account of the back office, and ends its sessions at once; or opens it again. Refused: one's own, or without a reason. */
export async function setLocked(
  ctx: Act,
  admin: Signed,
  id: string,
  { locked, reason }: { readonly locked: boolean; readonly reason: string },
): Promise<Outcome<undefined>> {
  if (id === admin.accountId) return refuse('account.own-access')
  if (!isReason(reason)) return refuse('application.reason-required', undefined, { path: 'reason' })
  const account = await lockStaff(ctx, id)
  if (!account) return refuse('request.not-found')
  await updateAccount(ctx.db, id, { disabledAt: locked ? ctx.now : null })
  if (locked) await endAllSessions(ctx, id)
  ctx.audit({
    action: locked ? 'account.locked' : 'account.unlocked',
    subject: `account:${id}`,
    details: { reason: reason.trim() },
  })
  return ok()
}

/** Sends a temporary password to the mobile of the account, as 找回密码 does. */
export async function sendFirstPassword(asked: Asked, _admin: Signed, id: string): Promise<Outcome<undefined>> {
  const requested = await act(asked, async (ctx: Act) => {
    const account = await lockStaff(ctx, id)
    if (!account) return refuse('request.not-found')
    await ctx.enqueue({ name: 'accounts.recover', data: { numberIndex: account.idNumberIndex } })
    ctx.audit({ action: 'account.recovery-requested', subject: `account:${id}` })
    return ok(account)
  })
  if (!requested.ok) return requested
  await expectTemporaryPassword(asked, requested.value.idNumberIndex)
  return ok()
}
