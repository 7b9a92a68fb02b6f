import { type Kysely, sql } from 'kysely'
import type { ApplicationAtClosing } from '#domain/lifecycle/account-closing.ts'
import type { Database } from '#server/schema.ts'

type Db = Kysely<Database>

export interface OwnApplication extends ApplicationAtClosing {
  readonly id: string
}

/** All applications of a person, thrown away ones too; nobody changes one until the transaction is over. */
export const lockApplicationsOf = (db: Db, accountId: string): Promise<OwnApplication[]> =>
  db
    .selectFrom('application')
    .where('accountId', '=', accountId)
    .select(['id', 'state', 'number'])
    .orderBy('id')
    .forUpdate()
    .execute()

export async function setClosingAt(db: Db, accountId: string, closingAt: Date): Promise<void> {
  await db.updateTable('account').set({ closingAt }).where('id', '=', accountId).execute()
}

/** Accounts whose time to come back is over at this moment. */
export const listDue = (db: Db, now: Date) =>
  db.selectFrom('account').where('closingAt', '<=', now).select('id').orderBy('closingAt').execute()

/** Whether the account is still to be closed; nobody signs in until the transaction is over. */
export async function lockDue(db: Db, accountId: string, now: Date): Promise<boolean> {
  const locked = await db
    .selectFrom('account')
    .where('id', '=', accountId)
    .where('closingAt', '<=', now)
    .select('id')
    .forUpdate()
    .executeTakeFirst()
  return locked !== undefined
}

/** Where the account's notices are no part of a record: those of no application, and of drafts. */
async function deleteNotices(db: Db, accountId: string, onRecord: readonly string[]): Promise<void> {
  const gone = db
    .selectFrom('notice')
    .where('accountId', '=', accountId)
    .where((eb) =>
      eb.or([eb('applicationId', 'is', null), sql<boolean>`application_id <> all(${sql.val(onRecord)}::uuid[])`]),
    )
    .select('id')
  // The message of a delivery has its id.
  const deliveries = db.selectFrom('noticeDelivery').where('noticeId', 'in', gone).select('id')
  await db.deleteFrom('smsMessage').where('id', 'in', deliveries).execute()
  await db.deleteFrom('pushMessage').where('noticeId', 'in', gone).execute()
  await db.deleteFrom('noticeDelivery').where('noticeId', 'in', gone).execute()
  await db.deleteFrom('notice').where('id', 'in', gone).execute()
}

/** Everything that hangs at an account and is no part of a record. */
export async function deleteBelongings(db: Db, accountId: string, onRecord: readonly string[]): Promise<void> {
  await deleteNotices(db, accountId, onRecord)
  await db.deleteFrom('educationChange').where('accountId', '=', accountId).where('state', '=', 'pending').execute()
  for (const table of [
    'accountGrant',
    'accountChallenge',
    'passkey',
    'mobileChange',
    'bulletinReader',
    'savedView',
    'upload',
  ] as const)
    await db.deleteFrom(table).where('accountId', '=', accountId).execute()
}

/** What was sent to a mobile that no other account has. */
export async function deleteMessagesTo(db: Db, mobile: string): Promise<void> {
  const others = db.selectFrom('account').where('mobile', '=', mobile).select('id')
  await db
    .deleteFrom('smsMessage')
    .where('mobile', '=', mobile)
    .where(({ not, exists }) => not(exists(others)))
    .execute()
}

/**
 * Empties the row of an account. Nobody can sign in to it, and its number may be registered anew. Where there is a record, who it
 * is of stays with it: name, sealed number, sex and birthday.
 */
export async function emptyAccount(db: Db, accountId: string, hasRecord: boolean, now: Date): Promise<void> {
  await db
    .updateTable('account')
    .set({
      // found by no number: an index is the digest of one
      idNumberIndex: `closed:${accountId}`,
      email: '',
      mobile: '',
      contactName: null,
      contactMobile: null,
      passwordHash: '',
      temporaryPasswordHash: null,
      temporaryPasswordExpiresAt: null,
      closingAt: null,
      closedAt: now,
      ...(!hasRecord && {
        idNumberCipher: '',
        idNumberMasked: '',
        fullName: '',
        gender: '',
        // the column wants a day
        birthDate: '1900-01-01',
      }),
    })
    .where('id', '=', accountId)
    .execute()
}
