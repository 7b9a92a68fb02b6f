import { sql } from 'kysely'
import type { Dependencies } from './platform/environment.ts'

/** Figures of the whole that every node gives alike, and those of its own connections; asked at every scrape. */
export function registerGauges({ database, metrics }: Dependencies): void {
  // A scrape while the database is away still tells the rest.
  const counted = (query: () => Promise<{ rows: { count: number }[] }>) => () =>
    query().then(
      ({ rows }) => rows[0]!.count,
      () => Number.NaN,
    )
  metrics.gauge(
    'jobs_waiting',
    'Jobs that are due and not taken yet, of all nodes together.',
    counted(() =>
      sql<{ count: number }>`select count(*)::int as count from pgboss.job
        where state in ('created', 'retry') and start_after <= clock_timestamp()`.execute(database.db),
    ),
  )
  metrics.gauge(
    'uploads_unfinished',
    'Uploads whose last byte or check is still to come, of all nodes together.',
    counted(() =>
      sql<{ count: number }>`select count(*)::int as count from upload where state = 'receiving'`.execute(database.db),
    ),
  )
  metrics.gauge('database_connections', 'Connections of this node to its database.', () => database.connections().open)
  metrics.gauge(
    'database_waiting',
    'Requests of this node that wait for a connection to the database.',
    () => database.connections().waiting,
  )
}
