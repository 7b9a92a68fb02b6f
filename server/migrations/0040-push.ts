import { type Kysely, sql } from 'kysely'

const uuid = sql`uuid`

/** Web Push: where the browsers of a person can be reached, and what became of each message to each of them. */
export async function up(db: Kysely<any>): Promise<void> {
  await db.schema
    .createTable('push_subscription')
    .addColumn('id', uuid, (c) => c.primaryKey())
    .addColumn('account_id', uuid, (c) => c.notNull().references('account.id').onDelete('cascade'))
    .addColumn('endpoint', 'text', (c) => c.notNull().unique())
    .addColumn('p256dh', 'text', (c) => c.notNull())
    .addColumn('auth', 'text', (c) => c.notNull())
    .addColumn('created_at', 'timestamptz', (c) => c.notNull())
    .addColumn('seen_at', 'timestamptz', (c) => c.notNull())
    .execute()
  await db.schema.createIndex('push_subscription_account').on('push_subscription').column('account_id').execute()

  await db.schema
    .createTable('push_message')
    .addColumn('id', uuid, (c) => c.primaryKey())
    .addColumn('notice_id', uuid, (c) => c.notNull().references('notice.id').onDelete('cascade'))
    .addColumn('subscription_id', uuid, (c) => c.references('push_subscription.id').onDelete('set null'))
    .addColumn('state', 'text', (c) => c.notNull())
    .addColumn('error', 'text')
    .addUniqueConstraint('push_message_once', ['notice_id', 'subscription_id'])
    .execute()
}
