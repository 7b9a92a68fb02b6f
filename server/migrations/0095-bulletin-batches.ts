import { type Kysely, sql } from 'kysely'

/** For whose applicants an announcement is: none: for all of them. Who they are is asked when it is read. */
export async function up(db: Kysely<any>): Promise<void> {
  await db.schema
    .createTable('bulletin_batch')
    .addColumn('bulletin_id', sql`uuid`, (c) => c.notNull().references('bulletin.id').onDelete('cascade'))
    .addColumn('batch_id', sql`uuid`, (c) => c.notNull().references('batch.id'))
    .addPrimaryKeyConstraint('bulletin_batch_pk', ['bulletin_id', 'batch_id'])
    .execute()
  await db.schema.createIndex('bulletin_batch_batch').on('bulletin_batch').column('batch_id').execute()
}
