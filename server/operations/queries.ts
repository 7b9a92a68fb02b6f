import { type Kysely, sql } from 'kysely'
import type { Signed } from '#server/platform/who.ts'
import type { Database } from '#server/schema.ts'

type Db = Kysely<Database>

/** Where `backup.ts` notes what it did. */
export const BACKUP = { action: 'operations.backed-up', subject: 'backup:whole' } as const

export interface LastBackup {
  readonly at: Date
  readonly applications: number
  readonly files: number
  readonly bytes: number
}

export async function findLastBackup(db: Db, _admin: Signed): Promise<LastBackup | null> {
  const found = await db
    .selectFrom('auditEvent')
    .select(['at', 'details'])
    .where('subject', '=', BACKUP.subject)
    .where('action', '=', BACKUP.action)
    .orderBy('id', 'desc')
    .limit(1)
    .executeTakeFirst()
  return found ? { at: found.at, ...(found.details as unknown as Omit<LastBackup, 'at'>) } : null
}

/** Programs that hold connections to the database now, by the name that each gives itself (`nodeName`). */
export async function listConnected(db: Db, _admin: Signed) {
  const { rows } = await sql<{ name: string; connections: number; since: Date }>`
    select application_name as name, count(*)::int as connections, min(backend_start) as since
    from pg_stat_activity where datname = current_database() and application_name like 'zhicheng %'
    group by application_name order by application_name`.execute(db)
  return rows
}
