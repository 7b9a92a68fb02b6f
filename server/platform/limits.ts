import { sql } from 'kysely'
import type { Kysely } from 'kysely'
import type { Clock } from './clock.ts'
import type { Secrets } from './secrets.ts'
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

/**
 * Counts in the database, so that all nodes count together, and outside any transaction, so that a refused act counts too:
 * ask before `act`, never inside.
 */
export interface Limiter {
  /** Counts one try for the key (an address, an account, a number: only its HMAC is stored). */
  take(limit: Limit, key: string): Promise<Taken>
  /** How many tries stand in the current window, without counting one. */
  hits(limit: Limit, key: string): Promise<number>
  /** Forgets the key, e.g. the failures after a success. */
  forget(limit: Limit, key: string): Promise<void>
  /** Removes what no longer counts; returns how many rows. */
  sweep(): Promise<number>
}

/** A fixed window that begins with the first try: one statement, no lock held, no row for those who never come back after the sweep. */
export function createLimiter(anyDb: Kysely<any>, secrets: Secrets, clock: Clock): Limiter {
  const db = anyDb as unknown as Kysely<PlatformTables>
  const rowOf = (limit: Limit, key: string) => `${limit.name}:${secrets.mac(`limit ${limit.name}`, key)}`
  const now = () => sql<Date>`clock_timestamp() + make_interval(secs => ${clock.offset / 1000})`
  return {
    take: async (limit, key) => {
      const over = sql<boolean>`rate_limit.resets_at <= excluded.resets_at - make_interval(secs => ${limit.seconds})`
      const { count, seconds } = await db
        .insertInto('rateLimit')
        .values({
          key: rowOf(limit, key),
          count: 1,
          resetsAt: sql<Date>`${now()} + make_interval(secs => ${limit.seconds})`,
        })
        .onConflict((conflict) =>
          conflict.column('key').doUpdateSet({
            count: sql<number>`case when ${over} then 1 else rate_limit.count + 1 end`,
            resetsAt: sql<Date>`case when ${over} then excluded.resets_at else rate_limit.resets_at end`,
          }),
        )
        .returning(['count', sql<number>`ceil(extract(epoch from resets_at - (${now()})))::int`.as('seconds')])
        .executeTakeFirstOrThrow()
      return count <= limit.atMost
        ? { allowed: true, left: limit.atMost - count }
        : { allowed: false, retryAfter: Math.max(1, seconds) }
    },
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
