import { type Kysely, sql } from 'kysely'

/** Views of the queue that a person keeps under a name. */
export async function up(db: Kysely<any>): Promise<void> {
  await db.schema
    .createTable('saved_view')
    .addColumn('id', sql`uuid`, (c) => c.primaryKey())
    .addColumn('account_id', sql`uuid`, (c) => c.notNull().references('account.id').onDelete('cascade'))
    .addColumn('name', 'text', (c) => c.notNull())
    .addColumn('search', 'text', (c) => c.notNull())
    .addColumn('created_at', 'timestamptz', (c) => c.notNull())
    .addUniqueConstraint('saved_view_name', ['account_id', 'name'])
    .execute()
}
