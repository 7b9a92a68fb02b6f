import { statfs } from 'node:fs/promises'
import { sql } from 'kysely'
import type { Dependencies } from './platform/environment.ts'

/**
 * Figures of the whole that every node gives alike, and those of its own connections and disk; asked at every scrape and by
 * the administrator's page.
 */
export function registerGauges(platform: Dependencies): void {
  const { database, metrics, config } = platform
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
    'jobs_oldest_seconds',
    'How long the job that is due longest has waited, of all nodes together.',
    counted(() =>
      sql<{
        count: number
      }>`select coalesce(extract(epoch from clock_timestamp() - min(start_after)), 0)::float8 as count
        from pgboss.job where state in ('created', 'retry') and start_after <= clock_timestamp()`.execute(database.db),
    ),
  )
  metrics.gauges(
    'jobs',
    'Jobs by kind and state, of all nodes together; those that were given up stand here for 14 days.',
    ['name', 'state'],
    async () => {
      const found = sql<{ name: string; state: string; count: number }>`select name, state::text as state,
        count(*)::int as count from pgboss.job where state in ('created', 'retry', 'active', 'failed')
        group by name, state`.execute(database.db)
      return (await found.catch(() => ({ rows: [] }))).rows.map(({ name, state, count }) => ({
        name,
        state,
        value: count,
      }))
    },
  )
  metrics.gauge(
    'submissions_last_hour',
    'Applications whose last submission was within the hour, of all nodes together.',
    counted(() =>
      sql<{ count: number }>`select count(*)::int as count from application
        where first_submitted_at is not null and deleted_at is null
          and submitted_at > clock_timestamp() + make_interval(secs => ${platform.clock.offset / 1000}) - interval '1 hour'`.execute(
        database.db,
      ),
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
  metrics.gauge(
    'slow_statements',
    'Statements of this node that took SLOW_QUERY_MS or more, since it started.',
    () => database.slow.count,
  )
  metrics.gauge(
    'database_bytes',
    'Size of the database.',
    counted(() =>
      sql<{ count: number }>`select pg_database_size(current_database())::float8 as count`.execute(database.db),
    ),
  )
  const disk = () => statfs(config.dataDir).catch(() => undefined)
  metrics.gauge('disk_free_bytes', 'What this node may still write to the disk of DATA_DIR.', async () => {
    const found = await disk()
    return found ? found.bavail * found.bsize : Number.NaN
  })
  metrics.gauge('disk_bytes', 'The disk of DATA_DIR.', async () => {
    const found = await disk()
    return found ? found.blocks * found.bsize : Number.NaN
  })
}
