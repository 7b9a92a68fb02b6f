import { sql } from 'kysely'
import type { Kysely } from 'kysely'

/** What messages cost in a day, and when the gateway was last asked what became of one. */
export async function up(db: Kysely<any>): Promise<void> {
  await db.schema.alterTable('sms_message').addColumn('receipt_at', 'timestamptz').execute()
  await db.schema
    .createTable('sms_day')
    .addColumn('day', 'text', (c) => c.primaryKey())
    .addColumn('pieces', 'integer', (c) => c.notNull())
    .execute()
  await sql`create index sms_message_sent on sms_message (sent_at) where state = 'sent'`.execute(db)
}
