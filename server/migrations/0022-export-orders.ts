import { type Kysely, sql } from 'kysely'

/** Exports are ordered and then fetched: who took which people's data out of the house, and why, stays on record. */
export async function up(db: Kysely<any>): Promise<void> {
  await db.schema
    .createTable('export_order')
    .addColumn('id', sql`uuid`, (c) => c.primaryKey())
    .addColumn('account_id', sql`uuid`, (c) => c.notNull().references('account.id'))
    .addColumn('kind', 'text', (c) => c.notNull())
    .addColumn('filter', 'jsonb', (c) => c.notNull())
    .addColumn('full_id_numbers', 'boolean', (c) => c.notNull())
    .addColumn('reason', 'text', (c) => c.notNull())
    .addColumn('created_at', 'timestamptz', (c) => c.notNull())
    .execute()
  await db.schema.createIndex('export_order_created').on('export_order').column('created_at').execute()
}
