import { type Kysely, sql } from 'kysely'

/** Whoever works in the back office may apply like everybody else (A41): accounts that were made for it lacked the role. */
export async function up(db: Kysely<any>): Promise<void> {
  await sql`insert into account_grant (id, account_id, role)
    select gen_random_uuid(), account.id, 'applicant' from account
    where closed_at is null and not exists (
      select from account_grant own where own.account_id = account.id and own.role = 'applicant')`.execute(db)
}
