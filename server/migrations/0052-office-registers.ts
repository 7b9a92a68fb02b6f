import { type Kysely, sql } from 'kysely'

/** Words that reviewers use day after day, and the register of those who cheated (诚信档案). */
export async function up(db: Kysely<any>): Promise<void> {
  await db.schema
    .createTable('stock_phrases')
    .addColumn('place', 'text', (c) => c.primaryKey())
    .addColumn('texts', 'jsonb', (c) => c.notNull())
    .addColumn('changed_by', sql`uuid`, (c) => c.notNull().references('account.id'))
    .addColumn('changed_at', 'timestamptz', (c) => c.notNull())
    .execute()

  await db.schema
    .createTable('integrity_record')
    .addColumn('id', sql`uuid`, (c) => c.primaryKey())
    .addColumn('id_number_index', 'text', (c) => c.notNull())
    .addColumn('id_number_cipher', 'text', (c) => c.notNull())
    .addColumn('id_number_masked', 'text', (c) => c.notNull())
    .addColumn('full_name', 'text', (c) => c.notNull())
    .addColumn('reason', 'text', (c) => c.notNull())
    .addColumn('document_number', 'text', (c) => c.notNull())
    .addColumn('until', 'timestamptz', (c) => c.notNull())
    .addColumn('created_by', sql`uuid`, (c) => c.notNull().references('account.id'))
    .addColumn('created_at', 'timestamptz', (c) => c.notNull())
    .addColumn('ended_by', sql`uuid`, (c) => c.references('account.id'))
    .addColumn('ended_at', 'timestamptz')
    .addColumn('ended_reason', 'text')
    .execute()
  await db.schema.createIndex('integrity_record_number').on('integrity_record').column('id_number_index').execute()
}
