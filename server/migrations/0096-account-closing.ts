import { type Kysely, sql } from 'kysely'

/** An account whose owner closes it: the moment until which he may still come back, and the one at which it was emptied. */
export async function up(db: Kysely<any>): Promise<void> {
  await db.schema
    .alterTable('account')
    .addColumn('closing_at', 'timestamptz')
    .addColumn('closed_at', 'timestamptz')
    .execute()
  await sql`create index account_closing on account (closing_at) where closing_at is not null`.execute(db)
}
