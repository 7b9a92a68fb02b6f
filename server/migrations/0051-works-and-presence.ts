import { type Kysely, sql } from 'kysely'

/** The works that applications name, so that one named twice is found; and who has which case open. */
export async function up(db: Kysely<any>): Promise<void> {
  await db.schema
    .createTable('application_work')
    .addColumn('application_id', sql`uuid`, (c) => c.notNull().references('application.id').onDelete('cascade'))
    .addColumn('path', 'text', (c) => c.notNull())
    .addColumn('key', 'text', (c) => c.notNull())
    .addPrimaryKeyConstraint('application_work_pk', ['application_id', 'path'])
    .execute()
  for (let after = '00000000-0000-0000-0000-000000000000'; ;) {
    const { rows } = await sql<{ id: string; rows: Record<string, { id: string; values: Record<string, unknown> }[]> }>`
      select application.id, snapshot.content->'answers'->'rows' as rows from application
      join application_snapshot snapshot on snapshot.application_id = application.id and snapshot.round = application.round
      where application.id > ${after}::uuid order by application.id limit 500`.execute(db)
    if (rows.length === 0) break
    const values = rows.flatMap(({ id, rows: lists }) =>
      worksOf(lists ?? {}).map(({ path, key }) => sql`(${id}::uuid, ${path}, ${key})`),
    )
    if (values.length > 0) {
      await sql`insert into application_work (application_id, path, key) values ${sql.join(values)}`.execute(db)
    }
    after = rows.at(-1)!.id
  }
  await db.schema.createIndex('application_work_key').on('application_work').column('key').execute()

  await db.schema
    .createTable('case_presence')
    .addColumn('application_id', sql`uuid`, (c) => c.notNull().references('application.id').onDelete('cascade'))
    .addColumn('account_id', sql`uuid`, (c) => c.notNull().references('account.id').onDelete('cascade'))
    .addColumn('seen_at', 'timestamptz', (c) => c.notNull())
    .addPrimaryKeyConstraint('case_presence_pk', ['application_id', 'account_id'])
    .execute()
  await db.schema.createIndex('case_presence_seen').on('case_presence').column('seen_at').execute()
}

/** As works were compared on the day of this migration. */
function worksOf(lists: Record<string, { id: string; values: Record<string, unknown> }[]>) {
  const fields = { achievements: 'projectName', publications: 'publicationTitle' }
  return Object.entries(fields).flatMap(([list, field]) =>
    (lists[list] ?? []).flatMap(({ id, values }) => {
      const key = String(values[field] ?? '')
        .normalize('NFKC')
        .toLowerCase()
        .replaceAll(/[^\p{L}\p{N}]/gu, '')
      return [...key].length < 6 ? [] : [{ path: `${list}/${id}/${field}`, key }]
    }),
  )
}
