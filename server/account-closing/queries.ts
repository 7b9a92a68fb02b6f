import { type Kysely, sql } from 'kysely'
import type { Database } from '#server/schema.ts'

type Db = Kysely<Database>

export async function setClosingAt(db: Db, accountId: string, closingAt: Date): Promise<void> {
  await db.updateTable('account').set({ closingAt }).where('id', '=', accountId).execute()
}

/** Accounts whose time to come back is over at this moment. */
export async function listDue(db: Db, now: Date): Promise<{ id: string; closingAt: Date }[]> {
  const rows = await db
    .selectFrom('account')
    .where('closingAt', '<=', now)
    .select(['id', 'closingAt'])
    .orderBy('closingAt')
    .execute()
  return rows.map(({ id, closingAt }) => ({ id, closingAt: closingAt! }))
}

/**
 * Whether the account is still to be closed; nobody signs in until the transaction is over. One whose owner signed in after he asked stays,
 * also where a node of an older version let him in, which knows nothing of closing.
 */
export async function lockDue(db: Db, accountId: string, now: Date, asked: Date): Promise<boolean> {
  const locked = await db
    .selectFrom('account')
    .where('id', '=', accountId)
    .where('closingAt', '<=', now)
    .select('id')
    .forUpdate()
    .executeTakeFirst()
  if (!locked) return false
  const cameBack = await db
    .selectFrom('auditEvent')
    .where('subject', '=', `account:${accountId}`)
    .where('action', 'like', 'account.signed-in%')
    .where('at', '>', asked)
    .select('id')
    .limit(1)
    .executeTakeFirst()
  if (cameBack) await db.updateTable('account').set({ closingAt: null }).where('id', '=', accountId).execute()
  return cameBack === undefined
}

/** Whether the person ever had a role in the office: then his name stands in the records of others. */
export async function wasStaff(db: Db, accountId: string): Promise<boolean> {
  const given = await db
    .selectFrom('auditEvent')
    .where('subject', '=', `account:${accountId}`)
    .where('action', '=', 'account.role-granted')
    .select('id')
    .limit(1)
    .executeTakeFirst()
  return given !== undefined
}

/** Where the account's notices are no part of a record: those of no application, and of drafts. */
async function deleteNotices(db: Db, accountId: string, onRecord: readonly string[]): Promise<void> {
  // What became of the SMS stands in the delivery; the number and the text go with all of them.
  const sent = db
    .selectFrom('noticeDelivery')
    .innerJoin('notice', 'notice.id', 'noticeDelivery.noticeId')
    .where('notice.accountId', '=', accountId)
    .select('noticeDelivery.id')
  await db.deleteFrom('smsMessage').where('id', 'in', sent).execute()
  const gone = db
    .selectFrom('notice')
    .where('accountId', '=', accountId)
    .where((eb) =>
      eb.or([eb('applicationId', 'is', null), sql<boolean>`application_id <> all(${sql.val(onRecord)}::uuid[])`]),
    )
    .select('id')
  await db.deleteFrom('pushMessage').where('noticeId', 'in', gone).execute()
  await db.deleteFrom('noticeDelivery').where('noticeId', 'in', gone).execute()
  await db.deleteFrom('notice').where('id', 'in', gone).execute()
}

/** Everything that hangs at an account and is no part of a record. */
export async function deleteBelongings(db: Db, accountId: string, onRecord: readonly string[]): Promise<void> {
  await deleteNotices(db, accountId, onRecord)
  await db.deleteFrom('educationChange').where('accountId', '=', accountId).where('state', '=', 'pending').execute()
  for (const table of ['accountChallenge', 'passkey', 'mobileChange', 'bulletinReader', 'savedView', 'upload'] as const)
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
 * Empties the row of an account, to which nobody can sign in any more. Where there is a record, who it is of stays with it: name, sealed
 * number, sex and birthday, and the number is not free: whatever holds for the person would begin anew with another account.
 * @param passwordHash of a password that nobody knows
 */
export async function emptyAccount(
  db: Db,
  accountId: string,
  { hasRecord, passwordHash, now }: { readonly hasRecord: boolean; readonly passwordHash: string; readonly now: Date },
): Promise<void> {
  if (!hasRecord) await db.deleteFrom('accountGrant').where('accountId', '=', accountId).execute()
  await db
    .updateTable('account')
    .set({
      email: '',
      mobile: '',
      contactName: null,
      contactMobile: null,
      passwordHash,
      temporaryPasswordHash: null,
      temporaryPasswordExpiresAt: null,
      closingAt: null,
      closedAt: now,
      ...(!hasRecord && {
        // found by no number: an index is the digest of one
        idNumberIndex: `closed:${accountId}`,
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
