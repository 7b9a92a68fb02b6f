import { type Kysely, sql } from 'kysely'

/**
 * What the statistics count by stands in the application's row: gender and year of birth of the applicant, which never
 * change, and when the 受理点 first decided. And the files that a reviewer has opened are found by application.
 */
export async function up(db: Kysely<any>): Promise<void> {
  await db.schema
    .alterTable('application')
    .addColumn('gender', 'text')
    .addColumn('birth_year', 'integer')
    .addColumn('point_decided_at', 'timestamptz')
    .execute()
  await sql`
    update application set gender = account.gender, birth_year = left(account.birth_date, 4)::integer,
      point_decided_at = decided.at
    from account, application itself
    left join (select application_id, min(at) as at from application_transition where from_state = 'SUBMITTED'
      group by application_id) decided on decided.application_id = itself.id
    where account.id = application.account_id and itself.id = application.id and application.number is not null`.execute(
    db,
  )
  await db.schema
    .createIndex('file_opening_application')
    .on('file_opening')
    .columns(['application_id', 'account_id'])
    .execute()
}
