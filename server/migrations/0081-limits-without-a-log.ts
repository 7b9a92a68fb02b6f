import { type Kysely, sql } from 'kysely'

/**
 * How often something was tried is counted at each upload and each sign-in, outside of any transaction: every count waited for
 * the disk. It holds for minutes; after a crash of the database everybody begins anew.
 */
export async function up(db: Kysely<any>): Promise<void> {
  await sql`alter table rate_limit set unlogged`.execute(db)
}
