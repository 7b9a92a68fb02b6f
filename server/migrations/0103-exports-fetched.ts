import { type Kysely, sql } from 'kysely'

/** A digit and what stands between the groups of a number. */
const NUMBER = /(?:\d[\s-]*){7,}((?:\d[\s-]*){3}[\dXx])/g

const withoutNumber = (words: string): string => words.replace(NUMBER, (_, end: string) => end.replace(/[^\dXx]/g, ''))

/** Takes out of the orders and views kept until now the ID numbers that were typed into a search: their last four stay (A40). */
export async function forgetNumbers(db: Kysely<any>): Promise<void> {
  const orders = await sql<{ id: string; q: string }>`
    select id, filter ->> 'q' as q from export_order where filter ->> 'q' ~ '[0-9]{4}'`.execute(db)
  for (const { id, q } of orders.rows) {
    if (withoutNumber(q) === q) continue
    await sql`update export_order set filter = jsonb_set(filter, '{q}', to_jsonb(${withoutNumber(q)}::text))
      where id = ${id}`.execute(db)
  }
  const views = await sql<{ id: string; search: string }>`
    select id, search from saved_view where search ~ '[?&]q='`.execute(db)
  for (const { id, search } of views.rows) {
    const said = new URLSearchParams(search)
    const words = said.get('q') ?? ''
    if (withoutNumber(words) === words) continue
    said.set('q', withoutNumber(words))
    const cleaned = `?${said}`
    await sql`update saved_view set search = ${cleaned} where id = ${id}`.execute(db)
  }
}

/** How often the file of an export was fetched. What people typed into a search is looked up by its last four alone: no more is kept. */
export async function up(db: Kysely<any>): Promise<void> {
  await db.schema
    .alterTable('export_order')
    .addColumn('fetches', 'integer', (c) => c.notNull().defaultTo(0))
    .addColumn('fetched_at', 'timestamptz')
    .execute()
  await forgetNumbers(db)
}
