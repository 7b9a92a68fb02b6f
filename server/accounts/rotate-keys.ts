import { sql } from 'kysely'
import type { Kysely, Transaction } from 'kysely'
import { resealRecords } from '#server/integrity/actions.ts'
import { resealText } from '#server/notices/sms-text.ts'
import { appendAudit } from '#server/platform/audit.ts'
import type { Secrets } from '#server/platform/secrets.ts'
import { systemWho } from '#server/platform/who.ts'
import type { Database } from '#server/schema.ts'
import { idNumberIndex, openIdNumber, sealIdNumber } from './identity-seal.ts'
import { resealMobile } from './mobile.ts'

const PAGE = 1000

/** Whether what is sealed in this database opens with the key; true where nothing is sealed yet. */
export async function opensWith(db: Kysely<Database>, secrets: Secrets): Promise<boolean> {
  const account = await db
    .selectFrom('account')
    // of one that was closed and left no record there is no number
    .where('idNumberCipher', '!=', '')
    .select(['id', 'idNumberCipher'])
    .limit(1)
    .executeTakeFirst()
  if (!account) return true
  try {
    openIdNumber(secrets, account)
    return true
  } catch {
    return false
  }
}

/**
 * Seals everything anew: ID numbers with their blind indexes, and what waits to be sent or decided. All or nothing, in one transaction;
 * no node may run meanwhile, because it would look numbers up by the old index. Codes, captchas and limits are left to begin anew.
 * Returns how many accounts.
 */
export async function rotateKeys(
  db: Kysely<Database>,
  { from, to, now }: { readonly from: Secrets; readonly to: Secrets; readonly now: Date },
): Promise<number> {
  return db.transaction().execute(async (transaction) => {
    await sql`set local statement_timeout = 0`.execute(transaction)
    const accounts = await rotateAccounts(transaction, from, to)
    await rotateMobileChanges(transaction, from, to)
    await rotateMessages(transaction, from, to)
    await resealRecords(transaction, from, to)
    for (const table of ['captcha', 'accountChallenge', 'rateLimit'] as const) {
      await transaction.deleteFrom(table).execute()
    }
    await appendAudit(transaction, systemWho('keys.rotate'), now, [
      { action: 'keys.rotated', subject: 'job:keys.rotate', details: { accounts } },
    ])
    return accounts
  })
}

async function rotateAccounts(db: Transaction<Database>, from: Secrets, to: Secrets): Promise<number> {
  let count = 0
  let after = '00000000-0000-0000-0000-000000000000'
  for (;;) {
    const page = await db
      .selectFrom('account')
      .select(['id', 'idNumberCipher'])
      .where('id', '>', after)
      .orderBy('id')
      .limit(PAGE)
      .execute()
    if (page.length === 0) return count
    const rows = page
      .filter(({ idNumberCipher }) => idNumberCipher !== '')
      .map((account) => {
        const number = openIdNumber(from, account)
        return { id: account.id, index: idNumberIndex(to, number), cipher: sealIdNumber(to, number, account.id) }
      })
    await sql`update account set id_number_index = given.index, id_number_cipher = given.cipher
      from json_to_recordset(${JSON.stringify(rows)}::json) as given(id uuid, index text, cipher text)
      where account.id = given.id`.execute(db)
    count += page.length
    after = page.at(-1)!.id
  }
}

async function rotateMobileChanges(db: Transaction<Database>, from: Secrets, to: Secrets): Promise<void> {
  // the number goes when a change is decided
  const changes = await db.selectFrom('mobileChange').where('mobile', '!=', '').select(['id', 'mobile']).execute()
  for (const { id, mobile } of changes) {
    await db
      .updateTable('mobileChange')
      .set({ mobile: resealMobile(from, to, { id, mobile }) })
      .where('id', '=', id)
      .execute()
  }
}

async function rotateMessages(db: Transaction<Database>, from: Secrets, to: Secrets): Promise<void> {
  const messages = await db.selectFrom('smsMessage').select(['id', 'purpose', 'text']).where('text', '!=', '').execute()
  for (const message of messages) {
    const text = resealText(from, to, message)
    if (text !== message.text) {
      await db.updateTable('smsMessage').set({ text }).where('id', '=', message.id).execute()
    }
  }
}
