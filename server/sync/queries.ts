import { type Kysely, sql } from 'kysely'
import type { Signed } from '#server/platform/who.ts'
import type { Database } from '#server/schema.ts'

type Db = Kysely<Database>

/** The person's applications with their versions: what a phone compares itself with. */
export const listVersions = (db: Db, who: Signed) =>
  db
    .selectFrom('application')
    .selectAll()
    .where('accountId', '=', who.accountId)
    .where('deletedAt', 'is', null)
    .orderBy('createdAt')
    .orderBy('id')
    .execute()

/** Ids of the rows an application holds or held. */
export async function findRowIds(db: Db, _who: Signed, applicationId: string): Promise<Set<string>> {
  const rows = await db
    .selectFrom('applicationCell')
    .select(sql<string>`split_part(path, '/', 2)`.as('rowId'))
    .distinct()
    .where('applicationId', '=', applicationId)
    .where('path', 'like', '%/%')
    .execute()
  return new Set(rows.map(({ rowId }) => rowId))
}

/** Answers given to these mutations before (S1), of this person alone. */
export async function findResults(db: Db, who: Signed, ids: readonly string[]) {
  if (ids.length === 0) return new Map<string, { applicationId: string; result: Record<string, unknown> }>()
  const rows = await db
    .selectFrom('applicationMutation')
    .select(['id', 'applicationId', 'accountId', 'result'])
    .where('id', 'in', ids)
    .execute()
  return new Map(
    rows
      .filter(({ accountId }) => accountId === who.accountId)
      .map(({ id, applicationId, result }) => [id, { applicationId, result }]),
  )
}

/** Ids of mutations that belong to somebody else: they can be neither answered nor stored again. */
export async function findForeign(db: Db, who: Signed, ids: readonly string[]): Promise<Set<string>> {
  if (ids.length === 0) return new Set()
  const rows = await db
    .selectFrom('applicationMutation')
    .select('id')
    .where('id', 'in', ids)
    .where('accountId', '!=', who.accountId)
    .execute()
  return new Set(rows.map(({ id }) => id))
}

/** Attachment ids that another application has, or a file that was removed: a phone makes each id once. */
export async function findTakenAttachments(
  db: Db,
  _who: Signed,
  applicationId: string,
  ids: readonly string[],
): Promise<Set<string>> {
  if (ids.length === 0) return new Set()
  const rows = await db
    .selectFrom('attachment')
    .select('id')
    .where('id', 'in', ids)
    .where((eb) => eb.or([eb('applicationId', '!=', applicationId), eb('removedAt', 'is not', null)]))
    .execute()
  return new Set(rows.map(({ id }) => id))
}

export async function countUnread(db: Db, who: Signed): Promise<number> {
  const { count } = await db
    .selectFrom('notice')
    .select(sql<number>`count(*)::int`.as('count'))
    .where('accountId', '=', who.accountId)
    .where('readAt', 'is', null)
    .executeTakeFirstOrThrow()
  return count
}
