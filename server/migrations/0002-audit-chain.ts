import { sql } from 'kysely'
import type { Kysely } from 'kysely'

/** The audit becomes a set of hash chains: who acted in what way, and the hash of the row before. */
export async function up(db: Kysely<any>): Promise<void> {
  await db.schema
    .alterTable('audit_event')
    .addColumn('actor_kind', 'text', (c) => c.notNull())
    .addColumn('user_agent', 'text')
    .addColumn('chain', 'smallint', (c) => c.notNull())
    .addColumn('sequence', 'bigint', (c) => c.notNull())
    .addColumn('hash', 'bytea', (c) => c.notNull())
    .execute()
  await db.schema.createIndex('audit_event_chain').on('audit_event').columns(['chain', 'sequence']).unique().execute()
  await db.schema
    .createTable('audit_chain')
    .addColumn('chain', 'smallint', (c) => c.primaryKey())
    .addColumn('sequence', 'bigint', (c) => c.notNull())
    .addColumn('hash', 'bytea', (c) => c.notNull())
    .execute()
  await sql`insert into audit_chain (chain, sequence, hash) select n, 0, decode(repeat('00', 32), 'hex') from generate_series(0, 15) n`.execute(
    db,
  )
}
