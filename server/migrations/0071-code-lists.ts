import { type Kysely, sql } from 'kysely'

/** The office's lists: every version of each as it was written, none ever changed or removed. */
export async function up(db: Kysely<any>): Promise<void> {
  await db.schema
    .createTable('code_list_version')
    .addColumn('list', 'text', (c) => c.notNull())
    .addColumn('version', 'integer', (c) => c.notNull())
    .addColumn('items', 'jsonb', (c) => c.notNull())
    .addColumn('changed_by', sql`uuid`, (c) => c.notNull().references('account.id'))
    .addColumn('changed_at', 'timestamptz', (c) => c.notNull())
    .addPrimaryKeyConstraint('code_list_version_pk', ['list', 'version'])
    .execute()
}
