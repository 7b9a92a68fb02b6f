import type { Kysely, Selectable } from 'kysely'
import type { AttachedFile, Cell } from '#domain/sync/cell.ts'
import { type Application, filesText } from '#server/applications/actions/content.ts'
import type { ApplicationConflictTable } from '#server/applications/tables.ts'
import { recordsText } from '#server/education/actions.ts'
import { fromJson, rowsAsJson, run } from '#server/platform/statements.ts'
import type { Signed } from '#server/platform/who.ts'
import type { Database } from '#server/schema.ts'

type Db = Kysely<Database>

/** The person's applications with their versions: what a phone compares itself with. */
export const listVersions = (db: Db, who: Signed) =>
  run<Application>(db, {
    text: 'select * from application where account_id = $1 and deleted_at is null order by created_at, id',
    values: [who.accountId],
  })

/**
 * What a phone may not have of an application, in one statement: cells above a version, files, conflicts, and the rows that
 * another application has locked. `$1` is the application, `$2` its owner, `$3` the version.
 */
const NEWS = `
  select
    (select coalesce(json_agg(json_build_array(path, value, version)), '[]'::json) from application_cell
      where application_id = $1 and version > $3) as cells,
    ${rowsAsJson(filesText)} as files,
    ${rowsAsJson('select * from application_conflict where application_id = $1 order by version, mutation_id')} as conflicts,
    ${rowsAsJson(`select row_id, locked_by from (${recordsText('$2')}) as record where application_id <> $1
      and row_id::text in (select split_part(path, '/', 2) from application_cell
        where application_id = $1 and path like '%/%')`)} as locks`

export async function findNews(db: Db, who: Signed, applicationId: string, after: number) {
  const [row] = await run<{
    cells: readonly [string, Cell['value'], number][]
    files: AttachedFile[]
    conflicts: Readonly<Record<string, unknown>>[]
    locks: { readonly row_id: string; readonly locked_by: string }[]
  }>(db, { text: NEWS, values: [applicationId, who.accountId, after] })
  const { cells, files, conflicts, locks } = row!
  return {
    cells: Object.fromEntries(cells.map(([path, value, version]) => [path, { value, version }])),
    files,
    conflicts: fromJson<Selectable<ApplicationConflictTable>>(conflicts, ['at']),
    lockedRows: Object.fromEntries(locks.map(({ row_id: id, locked_by: words }) => [id, words])),
  }
}

/**
 * Answers given to these mutations before (S1), and which of them belong to somebody else: those can be neither answered nor
 * stored again.
 */
export async function findAnswered(db: Db, who: Signed, ids: readonly string[]) {
  const rows = await run<{ id: string; applicationId: string; accountId: string; result: Record<string, unknown> }>(
    db,
    {
      text: `select id, application_id, account_id, result from application_mutation
      where id = any (array(select jsonb_array_elements_text($1::jsonb)::uuid))`,
      values: [JSON.stringify(ids)],
    },
  )
  const own = rows.filter(({ accountId }) => accountId === who.accountId)
  return {
    before: new Map(own.map(({ id, applicationId, result }) => [id, { applicationId, result }])),
    foreign: new Set(rows.filter(({ accountId }) => accountId !== who.accountId).map(({ id }) => id)),
  }
}

/** Attachment ids that another application has, or a file that was removed: a phone makes each id once. */
export async function findTakenAttachments(
  db: Db,
  _who: Signed,
  applicationId: string,
  ids: readonly string[],
): Promise<Set<string>> {
  if (ids.length === 0) return new Set()
  const rows = await run<{ id: string }>(db, {
    text: `select id from attachment where id = any (array(select jsonb_array_elements_text($1::jsonb)::uuid))
      and (application_id <> $2 or removed_at is not null)`,
    values: [JSON.stringify(ids), applicationId],
  })
  return new Set(rows.map(({ id }) => id))
}

export async function countUnread(db: Db, who: Signed): Promise<number> {
  const [row] = await run<{ count: number }>(db, {
    text: 'select count(*)::int as count from notice where account_id = $1 and read_at is null',
    values: [who.accountId],
  })
  return row!.count
}
