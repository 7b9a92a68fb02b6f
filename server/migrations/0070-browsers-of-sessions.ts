import type { Kysely } from 'kysely'
import { sql } from 'kysely'

/** A browser that is pushed to says in which session it asked for it: ending the session of a lost phone ends its pushes. */
export async function up(db: Kysely<any>): Promise<void> {
  await db.schema
    .alterTable('push_subscription')
    .addColumn('session_id', sql`uuid`, (c) => c.references('session.id').onDelete('set null'))
    .execute()
  await db.schema.createIndex('push_subscription_session').on('push_subscription').column('session_id').execute()
}
