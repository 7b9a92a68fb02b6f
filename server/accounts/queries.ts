import type { Insertable, Kysely, Updateable } from 'kysely'
import { sql } from 'kysely'
import type { Grant } from '#domain/lifecycle/roles.ts'
import { run } from '#server/platform/statements.ts'
import type { Database } from '#server/schema.ts'
import type { AccountTable } from './tables.ts'

type Db = Kysely<Database>

interface StoredGrant {
  readonly role: Grant['role']
  readonly region: string | null
  readonly acceptancePoint: string | null
}

const grantOf = ({ role, region, acceptancePoint }: StoredGrant): Grant => ({
  role,
  ...(region !== null && { region }),
  ...(acceptancePoint !== null && { acceptancePoint }),
})

/** The grants of the account whose id stands in the reference, as JSON. */
const grantsText = (accountId: string) => `(select coalesce(json_agg(json_build_object(
    'role', account_grant.role, 'region', account_grant.region, 'acceptancePoint', account_grant.acceptance_point)
    order by account_grant.created_at, account_grant.id), '[]'::json)
    from account_grant where account_grant.account_id = ${accountId})`

const grantsJson = (accountId: 'account.id') => sql<StoredGrant[]>`${sql.raw(grantsText(accountId))}`

const SESSION = `
  select session.id, session.account_id, session.last_seen_at, session.expires_at, account.must_change_password,
    ${grantsText('session.account_id')} as grants, clock_timestamp() as database_time
  from session join account on account.id = session.account_id
  where session.token_hash = $1 and account.disabled_at is null and account.closed_at is null`

/** The session of a token with what every request needs to know of its person, and the database's time, in one question. */
export async function findSession(db: Db, tokenHash: string, clockOffset: number) {
  const [row] = await run<{
    id: string
    accountId: string
    lastSeenAt: Date
    expiresAt: Date
    mustChangePassword: boolean
    grants: StoredGrant[]
    databaseTime: Date
  }>(db, { text: SESSION, values: [tokenHash] })
  if (!row) return undefined
  const { grants, databaseTime, ...found } = row
  return { ...found, roles: grants.map(grantOf), now: new Date(databaseTime.getTime() + clockOffset) }
}

export async function touchSession(db: Db, id: string, now: Date): Promise<void> {
  await db.updateTable('session').set({ lastSeenAt: now }).where('id', '=', id).execute()
}

// ---- captchas

export async function insertCaptcha(db: Db, captcha: { id: string; answerHash: string; expiresAt: Date }) {
  await db.insertInto('captcha').values(captcha).execute()
}

export async function deleteCaptcha(db: Db, id: string) {
  await db.deleteFrom('captcha').where('id', '=', id).execute()
}

/** The captcha, gone from the table by the same statement: two tries at once cannot both have it. */
export const takeCaptcha = (db: Db, id: string) =>
  db.deleteFrom('captcha').where('id', '=', id).returning(['answerHash', 'expiresAt']).executeTakeFirst()

// ---- accounts

/** What signing in needs of the account with this blind index; none of one that was closed. */
export const findCredentials = (db: Db, idNumberIndex: string) =>
  db
    .selectFrom('account')
    .where('idNumberIndex', '=', idNumberIndex)
    .where('closedAt', 'is', null)
    .select([
      'id',
      'passwordHash',
      'temporaryPasswordHash',
      'temporaryPasswordExpiresAt',
      'disabledAt',
      'mobile',
      'mustChangePassword',
    ])
    .executeTakeFirst()

/** Whose number has this blind index. */
export const findByNumberIndex = (db: Db, idNumberIndex: string) =>
  db
    .selectFrom('account')
    .where('idNumberIndex', '=', idNumberIndex)
    .select(['id', 'fullName', 'idNumberMasked', 'closedAt'])
    .executeTakeFirst()

/** Everything of one account but its secrets, with its grants. */
export async function findAccount(db: Db, id: string) {
  const row = await db
    .selectFrom('account')
    .where('account.id', '=', id)
    .select([
      'account.id',
      'account.idNumberCipher',
      'account.idNumberMasked',
      'account.fullName',
      'account.gender',
      'account.birthDate',
      'account.email',
      'account.mobile',
      'account.contactName',
      'account.contactMobile',
      'account.mustChangePassword',
      grantsJson('account.id').as('grants'),
    ])
    .executeTakeFirst()
  if (!row) return undefined
  const { grants, ...account } = row
  return { ...account, roles: grants.map(grantOf) }
}

/** To which edition of the notice on personal data he agreed, and when. */
export const findConsent = (db: Db, id: string) =>
  db.selectFrom('account').where('id', '=', id).select(['consentVersion', 'consentAt']).executeTakeFirst()

/** Nobody else changes what belongs to the account until the act is over. */
export async function lockAccount(db: Db, id: string): Promise<void> {
  await db.selectFrom('account').where('id', '=', id).select('id').forUpdate().executeTakeFirst()
}

export const findPasswordHash = (db: Db, id: string) =>
  db.selectFrom('account').where('id', '=', id).select('passwordHash').executeTakeFirst()

/** Whether this is the stored password still: the account is locked, so that nobody changes it before the act is done. */
export async function isPasswordStill(db: Db, id: string, hash: string): Promise<boolean> {
  const found = await db
    .selectFrom('account')
    .where('id', '=', id)
    .where('passwordHash', '=', hash)
    .select('id')
    .forUpdate()
    .executeTakeFirst()
  return found !== undefined
}

/** False where the ID number is already taken, also when two registrations run at the same time (R6). */
export async function insertAccount(db: Db, account: Insertable<AccountTable>): Promise<boolean> {
  const inserted = await db
    .insertInto('account')
    .values(account)
    .onConflict((conflict) => conflict.column('idNumberIndex').doNothing())
    .returning('id')
    .executeTakeFirst()
  return inserted !== undefined
}

export async function insertGrant(db: Db, id: string, accountId: string, grant: Grant) {
  await db
    .insertInto('accountGrant')
    .values({
      id,
      accountId,
      role: grant.role,
      region: grant.region ?? null,
      acceptancePoint: grant.acceptancePoint ?? null,
    })
    .execute()
}

export async function updateAccount(db: Db, id: string, changes: Updateable<AccountTable>) {
  await db.updateTable('account').set(changes).where('id', '=', id).execute()
}

/** Its owner has come back before it was closed: it stays. False where nobody closes it. */
export async function stopClosing(db: Db, id: string): Promise<boolean> {
  const stopped = await db
    .updateTable('account')
    .set({ closingAt: null })
    .where('id', '=', id)
    .where('closingAt', 'is not', null)
    .returning('id')
    .executeTakeFirst()
  return stopped !== undefined
}

/** An account that was closed is its owner's again. False where it was not. */
export async function reopen(db: Db, id: string): Promise<boolean> {
  const reopened = await db
    .updateTable('account')
    .set({ closedAt: null })
    .where('id', '=', id)
    .where('closedAt', 'is not', null)
    .returning('id')
    .executeTakeFirst()
  return reopened !== undefined
}

/** How many accounts other than this one receive their SMS at the number (A14). */
export async function countAccountsWithMobile(db: Db, mobile: string, exceptId?: string): Promise<number> {
  let counting = db
    .selectFrom('account')
    .where('mobile', '=', mobile)
    .select(({ fn }) => fn.countAll<string>().as('count'))
  if (exceptId !== undefined) counting = counting.where('id', '!=', exceptId)
  return Number((await counting.executeTakeFirstOrThrow()).count)
}

/** Makes the temporary password the password; false when it was used, replaced or past its time in the meantime (A12: single use). */
export async function consumeTemporaryPassword(db: Db, id: string, hash: string, now: Date): Promise<boolean> {
  const changed = await db
    .updateTable('account')
    .set({
      passwordHash: hash,
      temporaryPasswordHash: null,
      temporaryPasswordExpiresAt: null,
      mustChangePassword: true,
    })
    .where('id', '=', id)
    .where('temporaryPasswordHash', '=', hash)
    .where('temporaryPasswordExpiresAt', '>', now)
    .returning('id')
    .executeTakeFirst()
  return changed !== undefined
}

// ---- sessions

export async function insertSession(db: Db, session: Insertable<Database['session']>) {
  await db.insertInto('session').values(session).execute()
}

export const listSessions = (db: Db, accountId: string) =>
  db
    .selectFrom('session')
    .where('accountId', '=', accountId)
    .select(['id', 'device', 'ip', 'createdAt', 'lastSeenAt', 'expiresAt'])
    .orderBy('lastSeenAt', 'desc')
    .orderBy('id', 'desc')
    .execute()

/** True if there was such a session of this account. */
export async function deleteSession(db: Db, accountId: string, id: string): Promise<boolean> {
  const gone = await db
    .deleteFrom('session')
    .where('id', '=', id)
    .where('accountId', '=', accountId)
    .returning('id')
    .executeTakeFirst()
  return gone !== undefined
}

export async function deleteSessionOfToken(db: Db, hash: string) {
  await db.deleteFrom('session').where('tokenHash', '=', hash).execute()
}

export async function deleteSessionsOf(db: Db, accountId: string) {
  await db.deleteFrom('session').where('accountId', '=', accountId).execute()
}

// ---- sweeping

/** Removes what time has made worthless. */
export async function deleteExpired(db: Db, now: Date) {
  await db.deleteFrom('captcha').where('expiresAt', '<=', now).execute()
  await db.deleteFrom('session').where('expiresAt', '<=', now).execute()
  await db.deleteFrom('accountChallenge').where('expiresAt', '<=', now).execute()
  await db
    .updateTable('account')
    .set({ temporaryPasswordHash: null, temporaryPasswordExpiresAt: null })
    .where('temporaryPasswordExpiresAt', '<=', now)
    .execute()
}
