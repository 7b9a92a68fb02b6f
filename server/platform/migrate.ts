import { Migrator, sql } from 'kysely'
import type { Kysely, Migration } from 'kysely'

/** A migration failed: nothing of the run is kept, the database is as before. */
export class MigrationFailed extends Error {
  override readonly name = 'MigrationFailed'
}

/**
 * Brings the database to the newest migration, all in one transaction under one advisory lock: of several nodes that start
 * together one migrates and the others wait. Returns the names of those it ran.
 * @param upTo stops after this one; only tests ask for that
 */
export async function migrate(
  db: Kysely<any>,
  migrations: Readonly<Record<string, Migration>>,
  upTo?: string,
): Promise<string[]> {
  return db.connection().execute(async (connection) => {
    // Waiting for the other node, and a migration of much data, may take longer than any query may.
    await sql`set statement_timeout = 0`.execute(connection)
    const migrator = new Migrator({
      db: connection,
      provider: { getMigrations: async () => ({ ...migrations }) },
      migrationTableName: 'migration',
      migrationLockTableName: 'migration_lock',
      // Numbers are given out in ranges, so a lower one may land after a higher one: it still has to run.
      allowUnorderedMigrations: true,
    })
    const { error, results = [] } = await (upTo ? migrator.migrateTo(upTo) : migrator.migrateToLatest())
    await sql`reset statement_timeout`.execute(connection)
    if (error) {
      const failed = results.find(({ status }) => status === 'Error')?.migrationName
      throw new MigrationFailed(`数据库升级失败${failed ? `：${failed}` : ''}。Migration failed.`, { cause: error })
    }
    return results.filter(({ status }) => status === 'Success').map(({ migrationName }) => migrationName)
  })
}
