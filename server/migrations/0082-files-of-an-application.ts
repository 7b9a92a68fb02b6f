import { type Kysely, sql } from 'kysely'

/** The queue counts the files of fifty applications that somebody has not opened yet: in the index, without their rows. */
export async function up(db: Kysely<any>): Promise<void> {
  await sql`create index attachment_to_open on attachment (application_id, id) where removed_at is null and path <> 'photo'`.execute(
    db,
  )
}
