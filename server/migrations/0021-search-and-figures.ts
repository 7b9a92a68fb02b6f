import { type Kysely, sql } from 'kysely'

/**
 * What the office searches and counts by stands in the application's own row, written when it is frozen: the text that a
 * search looks through, the nature of the employer, and the education marked as 本专业最高学历. So neither a search nor a
 * statistic has to open a snapshot or an account. The indexes are for the orders and counts of the queue.
 */
export async function up(db: Kysely<any>): Promise<void> {
  await db.schema
    .alterTable('application')
    .addColumn('employer_nature', 'text')
    .addColumn('education_level', 'text')
    .addColumn('search_text', 'text', (c) => c.notNull().defaultTo(''))
    .execute()
  await sql`
    update application set
      search_text = lower(concat_ws(E'\n', application.full_name, application.employer_name, application.number,
        right(account.id_number_masked, 4))),
      employer_nature = newest.answers -> 'fields' ->> 'employerNature',
      education_level = (
        select one -> 'values' ->> 'eduLevel'
        from jsonb_array_elements(coalesce(newest.answers -> 'rows' -> 'educations', '[]'::jsonb)) one
        where (one -> 'values' -> 'isTopInSpecialty') = 'true'::jsonb limit 1)
    from account, (
      select distinct on (application_id) application_id, content -> 'answers' as answers
      from application_snapshot order by application_id, round desc) newest
    where account.id = application.account_id and newest.application_id = application.id`.execute(db)

  const submitted = sql`first_submitted_at is not null and deleted_at is null`
  const order = (name: string, columns: readonly string[]) =>
    sql`create index ${sql.raw(name)} on application (${sql.raw(columns.join(', '))}) where ${submitted}`.execute(db)
  await order('application_by_submission', ['submitted_at', 'id'])
  await order('application_by_waiting', ['state_since', 'id'])
  await order('application_by_name', ['full_name', 'id'])
  await order('application_of_batch', ['batch_id', 'state', 'submitted_at', 'id'])
}
