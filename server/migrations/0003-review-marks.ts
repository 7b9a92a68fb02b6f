import type { Kysely } from 'kysely'

/** Places of an application that the office has ticked off as right, round by round. */
export async function up(db: Kysely<any>): Promise<void> {
  await db.schema
    .createTable('review_mark')
    .addColumn('application_id', 'uuid', (c) => c.notNull().references('application.id'))
    .addColumn('round', 'integer', (c) => c.notNull())
    .addColumn('path', 'text', (c) => c.notNull())
    .addColumn('account_id', 'uuid', (c) => c.notNull().references('account.id'))
    .addColumn('at', 'timestamptz', (c) => c.notNull())
    .addPrimaryKeyConstraint('review_mark_pk', ['application_id', 'round', 'path'])
    .execute()
}
