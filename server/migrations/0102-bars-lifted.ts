import { type Kysely, sql } from 'kysely'

/**
 * Whoever a revocation or an upheld objection bars can be let go (T19, T22). A node of before does not know of it: there he stays
 * barred until it is replaced.
 */
export async function up(db: Kysely<any>): Promise<void> {
  await db.schema
    .createTable('integrity_release')
    .addColumn('transition_id', sql`uuid`, (c) => c.primaryKey().references('application_transition.id'))
    .addColumn('ended_by', sql`uuid`, (c) => c.notNull().references('account.id'))
    .addColumn('ended_at', 'timestamptz', (c) => c.notNull())
    .addColumn('ended_reason', 'text', (c) => c.notNull())
    .execute()
  // A few among hundreds of thousands, which the register lists.
  await sql`create index application_transition_barring on application_transition (at)
    where transition in ('revoke', 'upholdObjection')`.execute(db)
}
