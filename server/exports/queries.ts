import { type Kysely, sql } from 'kysely'
import type { Row } from '#domain/forms/answers.ts'
import type { CellValue } from '#domain/forms/answers.ts'
import { rosterFields, rosterLists } from '#domain/rosters/roster.ts'
import type { Signed } from '#server/platform/who.ts'
import { type QueueFilter, selectionInStates, selectionWithAccount } from '#server/review/selection.ts'
import type { Database } from '#server/schema.ts'

type Db = Kysely<Database>

const picked = (from: string, ids: readonly string[]) =>
  sql.join(ids.flatMap((id) => [sql.lit(id), sql`${sql.raw(from)} -> ${sql.lit(id)}`]))

/** The part of a submission that a register reads. The snapshot is opened once for all of it. */
const submission = sql<{
  fields: Record<string, CellValue>
  rows: Record<string, readonly Row[] | null>
}>`(select jsonb_build_object(
    'fields', jsonb_build_object(${picked('answers.fields', rosterFields)}),
    'rows', jsonb_build_object(${picked('answers.rows', rosterLists)}))
  from (select content -> 'answers' -> 'fields' as fields, content -> 'answers' -> 'rows' as rows
    from application_snapshot
    where application_snapshot.application_id = application.id and application_snapshot.round = application.round
    offset 0) answers)`

/** The next part of a register, in the order of 申报编号, which no decision changes while it is read. */
export const listRoster = (
  db: Db,
  who: Signed,
  filter: QueueFilter,
  part: { readonly after: string; readonly limit: number },
) =>
  selectionWithAccount(db, who, filter)
    .innerJoin('batch', 'batch.id', 'application.batchId')
    .leftJoin('acceptancePoint', 'acceptancePoint.id', 'application.acceptancePoint')
    .select([
      'application.id',
      'application.type',
      'application.number',
      'application.state',
      'application.round',
      'application.accountId',
      'application.fullName',
      'application.employerName',
      'application.region',
      'application.specialty',
      'application.targetTitle',
      'application.exceptionType',
      'application.isRecognition',
      'application.firstSubmittedAt',
      'application.certificateNumber',
      'application.batchId',
      'account.gender',
      'account.birthDate',
      'account.idNumberMasked',
      'account.idNumberCipher',
      'account.mobile',
      'acceptancePoint.label as pointLabel',
    ])
    .select(submission.as('submission'))
    .where('application.number', '>', part.after)
    .orderBy('application.number')
    .limit(part.limit)
    .execute()

/** An export that the person asked for himself, not longer ago than `since`. */
export const findOrder = (db: Db, who: Signed, id: string, since: Date) =>
  db
    .selectFrom('exportOrder')
    .selectAll()
    .where('id', '=', id)
    .where('accountId', '=', who.accountId)
    .where('createdAt', '>=', since)
    .executeTakeFirst()

/** Counts that the file of an order was fetched. */
export const countFetch = (db: Db, who: Signed, id: string, at: Date) =>
  db
    .updateTable('exportOrder')
    .set((eb) => ({ fetches: eb('fetches', '+', 1), fetchedAt: at }))
    .where('id', '=', id)
    .where('accountId', '=', who.accountId)
    .execute()

/** The newest exports with who ordered them. */
export const listOrders = (db: Db, _who: Signed, limit: number) =>
  db
    .selectFrom('exportOrder')
    .innerJoin('account', 'account.id', 'exportOrder.accountId')
    .select([
      'exportOrder.id',
      'exportOrder.kind',
      'exportOrder.filter',
      'exportOrder.fullIdNumbers',
      'exportOrder.reason',
      'exportOrder.createdAt',
      'exportOrder.fetches',
      'exportOrder.fetchedAt',
      'account.fullName as by',
    ])
    .orderBy('exportOrder.createdAt', 'desc')
    .orderBy('exportOrder.id')
    .limit(limit)
    .execute()

/** The next applications of an archive, in the order of 申报编号. */
export const listArchived = (
  db: Db,
  who: Signed,
  filter: QueueFilter,
  part: { readonly after: string; readonly limit: number },
) =>
  selectionInStates(db, who, filter)
    .selectAll('application')
    .where('application.number', '>', part.after)
    .orderBy('application.number')
    .limit(part.limit)
    .execute()
