import { type Kysely, sql } from 'kysely'

/** Parts of the text that a search looks through, in an index: among a hundred thousand a name is found at once. */
export async function up(db: Kysely<any>): Promise<void> {
  await db.schema
    .createTable('application_search')
    .addColumn('application_id', sql`uuid`, (c) => c.primaryKey().references('application.id').onDelete('cascade'))
    .addColumn('parts', sql`text[]`, (c) => c.notNull())
    .execute()
  for (let after = '00000000-0000-0000-0000-000000000000'; ;) {
    const { rows } = await sql<{ id: string; text: string }>`
      select id, search_text as text from application where id > ${after}::uuid order by id limit 1000`.execute(db)
    if (rows.length === 0) break
    const values = rows.map(
      ({ id, text }) =>
        sql`(${id}::uuid, array(select jsonb_array_elements_text(${JSON.stringify(partsOf(text))}::jsonb)))`,
    )
    await sql`insert into application_search (application_id, parts) values ${sql.join(values)}`.execute(db)
    after = rows.at(-1)!.id
  }
  await sql`create index application_search_parts on application_search using gin (parts)`.execute(db)
}

/** As the parts were made on the day of this migration: two characters of Chinese, four letters or digits. */
function partsOf(text: string): string[] {
  const runs = text.toLowerCase().match(/[a-z0-9]+|[^a-z0-9\s\p{P}\p{S}]+/gu) ?? []
  const cut = (run: string, size: number) => {
    const all = [...run]
    return all.length < size ? [] : all.slice(size - 1).map((_, at) => all.slice(at, at + size).join(''))
  }
  return [...new Set(runs.flatMap((run) => cut(run, /^[a-z0-9]/.test(run) ? 4 : 2)))]
}
