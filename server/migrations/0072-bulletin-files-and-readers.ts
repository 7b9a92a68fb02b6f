import { type Kysely, sql } from 'kysely'

/** What hangs at an announcement, and who has opened it: once for each account. */
export async function up(db: Kysely<any>): Promise<void> {
  await db.schema
    .createTable('bulletin_file')
    .addColumn('id', sql`uuid`, (c) => c.primaryKey())
    .addColumn('bulletin_id', sql`uuid`, (c) => c.notNull().references('bulletin.id').onDelete('cascade'))
    .addColumn('name', 'text', (c) => c.notNull())
    .addColumn('sha256', 'text', (c) => c.notNull().references('stored_file.sha256'))
    .addColumn('size', 'integer', (c) => c.notNull())
    .addColumn('pages', 'integer', (c) => c.notNull())
    .addColumn('created_at', 'timestamptz', (c) => c.notNull())
    .addColumn('removed_at', 'timestamptz')
    .execute()
  await db.schema.createIndex('bulletin_file_bulletin').on('bulletin_file').column('bulletin_id').execute()
  await db.schema.createIndex('bulletin_file_sha256').on('bulletin_file').column('sha256').execute()

  await db.schema
    .createTable('bulletin_reader')
    .addColumn('bulletin_id', sql`uuid`, (c) => c.notNull().references('bulletin.id').onDelete('cascade'))
    .addColumn('account_id', sql`uuid`, (c) => c.notNull().references('account.id').onDelete('cascade'))
    .addColumn('at', 'timestamptz', (c) => c.notNull())
    .addPrimaryKeyConstraint('bulletin_reader_pk', ['bulletin_id', 'account_id'])
    .execute()
  await db.schema.createIndex('bulletin_reader_account').on('bulletin_reader').column('account_id').execute()
}
