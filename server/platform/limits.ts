import { sql } from 'kysely'
import type { Kysely } from 'kysely'
import type { Clock } from './clock.ts'
import type { Secrets } from './secrets.ts'
import { run } from './statements.ts'
import type { PlatformTables } from './tables.ts'

/** A limit, declared once by the room that needs it: at most so many tries in so many seconds. */
export interface Limit {
  readonly name: string
  readonly atMost: number
  readonly seconds: number
}

export type Taken =
  | { readonly allowed: true; readonly left: number }
  /** Seconds until the window is over, at least 1. */
  | { readonly allowed: false; readonly retryAfter: number }

/** Tries that are not counted yet, for whoever asks something else in the same statement (`TAKING`). */
export interface Taking {
  /** the values of `TAKING` */
  readonly values: readonly unknown[]
  /** What its one row says. */
  read(row: { readonly count: number; readonly seconds: number }): Taken
}

/**
 * Counts in the database, so that all nodes count together, and outside any transaction, so that a refused act counts too:
 * ask before `act`, never inside.
 */
export interface Limiter {
  /** Counts one try for the key (an address, an account, a number: only its HMAC is stored). */
  take(limit: Limit, key: string): Promise<Taken>
  /** The same, not sent yet. */
  taking(limit: Limit, key: string, tries?: number): Taking
  /** How many tries stand in the current window, without counting one. */
  hits(limit: Limit, key: string): Promise<number>
  /** Forgets the key, e.g. the failures after a success. */
  forget(limit: Limit, key: string): Promise<void>
  /** Removes what no longer counts; returns how many rows. */
  sweep(): Promise<number>
}

/** `$1` is the row, `$2` the clock's offset and `$3` the window, both in seconds; `$4` how many tries. */
export const TAKING = `
  insert into rate_limit as taken (key, count, resets_at)
  values ($1, $4, clock_timestamp() + make_interval(secs => $2) + make_interval(secs => $3))
  on conflict (key) do update set
    count = case when taken.resets_at <= excluded.resets_at - make_interval(secs => $3) then excluded.count
      else taken.count + excluded.count end,
    resets_at = case when taken.resets_at <= excluded.resets_at - make_interval(secs => $3) then excluded.resets_at
      else taken.resets_at end
  returning count, ceil(extract(epoch from resets_at - (clock_timestamp() + make_interval(secs => $2))))::int as seconds`

/** A fixed window that begins with the first try: one statement, no lock held, no row for those who never come back after the sweep. */
export function createLimiter(anyDb: Kysely<any>, secrets: Secrets, clock: Clock): Limiter {
  const db = anyDb as unknown as Kysely<PlatformTables>
  const rowOf = (limit: Limit, key: string) => `${limit.name}:${secrets.mac(`limit ${limit.name}`, key)}`
  const now = () => sql<Date>`clock_timestamp() + make_interval(secs => ${clock.offset / 1000})`
  const taking = (limit: Limit, key: string, tries = 1): Taking => ({
    values: [rowOf(limit, key), clock.offset / 1000, limit.seconds, tries],
    read: ({ count, seconds }) =>
      count <= limit.atMost
        ? { allowed: true, left: limit.atMost - count }
        : { allowed: false, retryAfter: Math.max(1, seconds) },
  })
  return {
    take: async (limit, key) => {
      const { values, read } = taking(limit, key)
      const [row] = await run<{ count: number; seconds: number }>(db, { text: TAKING, values })
      return read(row!)
    },
    taking,
    hits: async (limit, key) => {
      const row = await db
        .selectFrom('rateLimit')
        .select('count')
        .where('key', '=', rowOf(limit, key))
        .where('resetsAt', '>', now())
        .executeTakeFirst()
      return row?.count ?? 0
    },
    forget: async (limit, key) => {
      await db.deleteFrom('rateLimit').where('key', '=', rowOf(limit, key)).execute()
    },
    sweep: async () => {
      const { numDeletedRows } = await db
        .deleteFrom('rateLimit')
        .where('resetsAt', '<', now())
        .executeTakeFirstOrThrow()
      return Number(numDeletedRows)
    },
  }
}
