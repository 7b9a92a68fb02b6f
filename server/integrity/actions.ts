import type { Kysely, Transaction } from 'kysely'
import { maskIdNumber, parseIdNumber } from '#domain/identity/id-number.ts'
import { parsePersonName } from '#domain/identity/person-name.ts'
import { ok, type Outcome, refuse } from '#domain/problems.ts'
import { dateInShanghai } from '#domain/working-days.ts'
import { idNumberIndex, openIdNumber, sealIdNumber } from '#server/accounts/identity-seal.ts'
import type { Act } from '#server/platform/environment.ts'
import type { Secrets } from '#server/platform/secrets.ts'
import type { Signed, Who } from '#server/platform/who.ts'
import type { Database } from '#server/schema.ts'
import { findRecordOf, listRecords } from './queries.ts'

export interface IntegrityEntry {
  readonly idNumber: string
  readonly fullName: string
  readonly reason: string
  readonly documentNumber: string
  /** the last day, YYYY-MM-DD */
  readonly until: string
}

/** The register, the latest first; searched by name, document, or ID number (whole, or its last four). */
export const register = (db: Kysely<Database>, secrets: Secrets, who: Signed, words: string) =>
  listRecords(db, who, { words, index: idNumberIndex(secrets, words.toUpperCase()) })

/**
 * Enters somebody, registered or not: until the end of the last day he can neither begin nor submit an application (E15).
 * Refused: an ID number or a name that cannot be, a day that is over.
 */
export async function enterRecord(
  ctx: Act,
  secrets: Secrets,
  who: Signed,
  entry: IntegrityEntry,
): Promise<Outcome<{ id: string }>> {
  const today = dateInShanghai(ctx.now)
  const identity = parseIdNumber(entry.idNumber, today)
  if (!identity.ok) return { ...identity, path: 'idNumber' }
  const fullName = parsePersonName(entry.fullName)
  if (!fullName.ok) return { ...fullName, path: 'fullName' }
  if (entry.until < today) return refuse('answer.before', { label: '截止日期', other: '今天' }, { path: 'until' })
  const id = ctx.newId()
  const { number } = identity.value
  await ctx.db
    .insertInto('integrityRecord')
    .values({
      id,
      idNumberIndex: idNumberIndex(secrets, number),
      idNumberCipher: sealIdNumber(secrets, number, id),
      idNumberMasked: maskIdNumber(number),
      fullName: fullName.value,
      reason: entry.reason.trim(),
      documentNumber: entry.documentNumber.trim(),
      until: new Date(`${entry.until}T23:59:59.999+08:00`),
      createdBy: who.accountId,
      createdAt: ctx.now,
      endedBy: null,
      endedAt: null,
      endedReason: null,
    })
    .execute()
  ctx.audit({ action: 'integrity.entered', subject: `integrity:${id}`, details: { until: entry.until } })
  return ok({ id })
}

/** Ends an entry before its time, e.g. after an appeal; it stays in the register with the reason. */
export async function endRecord(ctx: Act, who: Signed, id: string, reason: string): Promise<Outcome<undefined>> {
  const ended = await ctx.db
    .updateTable('integrityRecord')
    .set({ endedBy: who.accountId, endedAt: ctx.now, endedReason: reason.trim() })
    .where('id', '=', id)
    .where('endedAt', 'is', null)
    .executeTakeFirst()
  if (ended.numUpdatedRows === 0n) return refuse('request.not-found')
  ctx.audit({ action: 'integrity.ended', subject: `integrity:${id}` })
  return ok()
}

/** The entry under which a person stands, or undefined; one that has run out is told as such by its end. */
export { type RecordOfPerson, recordOfText } from './queries.ts'

export const recordOf = (db: Kysely<Database>, who: Who, accountId: string) => findRecordOf(db, who, accountId)

/** Seals the numbers of the register anew (`rotateKeys`). */
export async function resealRecords(db: Transaction<Database>, from: Secrets, to: Secrets): Promise<void> {
  const records = await db.selectFrom('integrityRecord').select(['id', 'idNumberCipher']).execute()
  for (const record of records) {
    const number = openIdNumber(from, record)
    await db
      .updateTable('integrityRecord')
      .set({ idNumberIndex: idNumberIndex(to, number), idNumberCipher: sealIdNumber(to, number, record.id) })
      .where('id', '=', record.id)
      .execute()
  }
}
