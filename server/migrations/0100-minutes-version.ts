import type { Kysely } from 'kysely'

/** Minutes are written over what their writer has seen: a second tab undoes nothing. A node of before counts nothing, and is refused nothing. */
export async function up(db: Kysely<any>): Promise<void> {
  await db.schema
    .alterTable('committee_session')
    .addColumn('minutes_version', 'integer', (c) => c.notNull().defaultTo(0))
    .execute()
}
