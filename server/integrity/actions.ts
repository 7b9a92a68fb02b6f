import type { Kysely, Transaction } from 'kysely'
import { maskIdNumber, parseIdNumber } from '#domain/identity/id-number.ts'
import { parsePersonName } from '#domain/identity/person-name.ts'
import { plainText } from '#domain/identity/typed-text.ts'
import { ok, type Outcome, refuse } from '#domain/problems.ts'
import { type Bar, type barringTransitions, integrityEnd } from '#domain/rules/integrity.ts'
import { dateInShanghai } from '#domain/working-days.ts'
import { idNumberIndex, openIdNumber, sealIdNumber } from '#server/accounts/identity-seal.ts'
import type { Act } from '#server/platform/environment.ts'
import type { Secrets } from '#server/platform/secrets.ts'
import type { Signed } from '#server/platform/who.ts'
import type { Database } from '#server/schema.ts'
import {
  endStandingRecord,
  findStandingDecision,
  findStandingRecord,
  LISTED_AT_MOST,
  listDecisions,
  listRecords,
  releaseDecision,
} from './queries.ts'

export interface IntegrityEntry {
  readonly idNumber: string
  readonly fullName: string
  readonly reason: string
  readonly documentNumber: string
  /** the last day, YYYY-MM-DD */
  readonly until: string
}

/** What stands in the register: an entry of the office, or what was decided about an application. */
export interface RegisterRow extends Bar {
  readonly id: string
  readonly fullName: string
  readonly idNumberMasked: string
  readonly createdAt: Date
  readonly by: string
  /** the application that was decided about; null for an entry of the office */
  readonly applicationId: string | null
  readonly applicationNumber: string | null
  readonly endedAt: Date | null
  readonly endedReason: string | null
}

/**
 * Whoever is or was barred from applying, the latest first: whom the office entered, and whom a revocation or an upheld objection
 * bars by itself (T19, T22, E15). Searched by name, document, 申报编号, or ID number (whole, or its last four).
 */
export async function register(
  db: Kysely<Database>,
  secrets: Secrets,
  who: Signed,
  words: string,
): Promise<RegisterRow[]> {
  const sought = { words, index: idNumberIndex(secrets, plainText(words).replace(/\s/g, '').toUpperCase()) }
  const [records, decisions] = await Promise.all([listRecords(db, who, sought), listDecisions(db, who, sought)])
  return [
    ...records.map((one) => ({ ...one, source: 'entered' as const, applicationId: null, applicationNumber: null })),
    ...decisions.map(({ transition, ...one }) => ({
      ...one,
      source: transition as (typeof barringTransitions)[number],
      until: integrityEnd(one.createdAt),
      by: one.by ?? '',
    })),
  ]
    .sort((a, b) => b.createdAt.getTime() - a.createdAt.getTime())
    .slice(0, LISTED_AT_MOST)
}

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

/**
 * Lets somebody go before his time, e.g. after an appeal: an entry of the office, or the bar that follows from a revocation or an
 * upheld objection, which itself stays as it is. Both stay in the register with the reason. Refused: one's own (E11).
 */
export async function endRecord(ctx: Act, who: Signed, id: string, reason: string): Promise<Outcome<undefined>> {
  const record = await findStandingRecord(ctx.db, who, id)
  const decision = record ? undefined : await findStandingDecision(ctx.db, who, id)
  const about = record ?? decision
  if (!about) return refuse('request.not-found')
  if (about.accountId === who.accountId) return refuse('account.own-application')
  const ended = { endedBy: who.accountId, endedAt: ctx.now, endedReason: reason.trim() }
  // Two who let go at the same moment: the second finds nothing left to end.
  const isDone = decision
    ? await releaseDecision(ctx.db, who, id, ended)
    : await endStandingRecord(ctx.db, who, id, ended)
  if (!isDone) return refuse('request.not-found')
  ctx.audit({
    action: 'integrity.ended',
    subject: `integrity:${id}`,
    ...(decision && { applicationId: decision.applicationId }),
  })
  return ok()
}

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
