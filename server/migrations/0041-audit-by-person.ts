import type { Kysely } from 'kysely'

/** What is on record about one person is found by him, for the copy that he may ask for (PIPL 45). */
export async function up(db: Kysely<any>): Promise<void> {
  await db.schema.createIndex('audit_event_account').on('audit_event').column('account_id').execute()
  await db.schema.createIndex('audit_event_subject').on('audit_event').column('subject').execute()
}
