import { type Kysely, type Selectable, sql } from 'kysely'
import type { CellValue } from '#domain/forms/answers.ts'
import type { State } from '#domain/lifecycle/states.ts'
import { run } from '#server/platform/statements.ts'
import type { Signed, Who } from '#server/platform/who.ts'
import type { Database } from '#server/schema.ts'
import type { EducationRecordTable } from './tables.ts'

type Db = Kysely<Database>

/**
 * The newest version of each education row of a person, in the person's order. Only rows that were submitted once stand here
 * (A15).
 * @param account what stands for the person's id in the statement
 */
export const recordsText = (account: string) => `
  select record.* from education_record as record
  where record.account_id = ${account} and not exists (
    select from education_record as later
    where later.row_id = record.row_id and later.account_id = record.account_id and later.version > record.version
  )
  order by record.position, record.row_id`

export const listRecords = (db: Db, _who: Who, accountId: string) =>
  run<Selectable<EducationRecordTable>>(db, { text: recordsText('$1'), values: [accountId] })

/** One education row of a person, locked until the transaction ends: two that ask to change it wait for each other. */
export async function lockRecord(db: Db, _who: Who, accountId: string, rowId: string): Promise<void> {
  await db
    .selectFrom('educationRecord')
    .select('version')
    .where('accountId', '=', accountId)
    .where('rowId', '=', rowId)
    .where('version', '=', 1)
    .forUpdate()
    .execute()
}

/** What an application holds of the rows of a list, by path. */
export async function cellsOfRows(
  db: Db,
  _who: Who,
  applicationId: string,
  list: string,
): Promise<ReadonlyMap<string, CellValue>> {
  const cells = await db
    .selectFrom('applicationCell')
    .select(['path', 'value'])
    .where('applicationId', '=', applicationId)
    .where('path', 'like', `${list}/%`)
    .execute()
  return new Map(cells.map(({ path, value }) => [path, value]))
}

/** Requests of one person, newest first. */
export const listOwnChanges = (db: Db, who: Signed) =>
  db
    .selectFrom('educationChange')
    .selectAll()
    .where('accountId', '=', who.accountId)
    .orderBy('createdAt', 'desc')
    .orderBy('id')
    .execute()

const changesWithPerson = (db: Db) =>
  db
    .selectFrom('educationChange')
    .innerJoin('account', 'account.id', 'educationChange.accountId')
    .selectAll('educationChange')
    .select(['account.fullName', 'account.idNumberMasked'])

/** The approval queue. Education is a person's, not a 受理点's, so only the office sees it (DOMAIN §6). */
export const listChanges = (
  db: Db,
  _office: Signed,
  filter: {
    readonly state?: 'pending' | 'approved' | 'rejected' | undefined
    readonly page: number
    readonly pageSize: number
  },
) =>
  changesWithPerson(db)
    .$if(filter.state !== undefined, (query) => query.where('educationChange.state', '=', filter.state!))
    .select((eb) => [
      // What stood before it was decided: for a waiting request what stands now.
      eb
        .selectFrom('educationRecord as before')
        .select('before.cells')
        .whereRef('before.accountId', '=', 'educationChange.accountId')
        .whereRef('before.rowId', '=', 'educationChange.rowId')
        .where((inner) =>
          inner.or([
            inner('educationChange.decidedAt', 'is', null),
            inner('before.createdAt', '<', inner.ref('educationChange.decidedAt')),
          ]),
        )
        .orderBy('before.version', 'desc')
        .limit(1)
        .as('before'),
    ])
    .select(sql<number>`(count(*) over ())::int`.as('total'))
    .orderBy('educationChange.createdAt')
    .orderBy('educationChange.id')
    .limit(filter.pageSize)
    .offset((filter.page - 1) * filter.pageSize)
    .execute()

/** A proof of a request, for the person himself and for the office. */
export async function findProof(db: Db, who: Signed, id: string, fileId: string) {
  const mayRead = who.roles.some(({ role }) => role === 'office')
  const change = await db
    .selectFrom('educationChange')
    .select('proof')
    .where('id', '=', id)
    .$if(!mayRead, (query) => query.where('accountId', '=', who.accountId))
    .executeTakeFirst()
  return change?.proof.find((file) => file.id === fileId)
}

/** One request, locked until the transaction ends. */
export const lockChange = (db: Db, _office: Signed, id: string) =>
  db.selectFrom('educationChange').selectAll().where('id', '=', id).forUpdate().executeTakeFirst()

/** Whether a change of one of these rows waits for a decision. */
export async function hasPendingChange(
  db: Db,
  _who: Who,
  accountId: string,
  rowIds: readonly string[],
): Promise<boolean> {
  if (rowIds.length === 0) return false
  const found = await db
    .selectFrom('educationChange')
    .select('id')
    .where('accountId', '=', accountId)
    .where('state', '=', 'pending')
    .where('rowId', 'in', rowIds)
    .limit(1)
    .executeTakeFirst()
  return found !== undefined
}

/** Drafts and returned applications of the person that hold the row, locked in one order for all. */
export const lockOpenApplicationsWith = (
  db: Db,
  _who: Who,
  accountId: string,
  rowPath: string,
  editable: readonly State[],
) =>
  db
    .selectFrom('application')
    .select(['application.id', 'application.version'])
    .where('accountId', '=', accountId)
    .where('deletedAt', 'is', null)
    .where('state', 'in', editable)
    .where((eb) =>
      eb.exists(
        eb
          .selectFrom('applicationCell')
          .select('applicationCell.path')
          .whereRef('applicationCell.applicationId', '=', 'application.id')
          .where('applicationCell.path', '=', rowPath),
      ),
    )
    .orderBy('application.id')
    .forUpdate()
    .execute()
