import { sql } from 'kysely'
import type { Kysely } from 'kysely'

/**
 * The clock that decides deadlines is the database's, so that all nodes agree (DESIGN §5).
 * An offset exists only for tests and for a server started with E2E=1.
 */
export interface Clock {
  /** Milliseconds added to the database's time. 0 in production. */
  readonly offset: number
  /** The database's time now, with the offset. */
  now(db: Kysely<any>): Promise<Date>
  /** What it showed so many milliseconds before it showed `now`. */
  before(now: Date, milliseconds: number): Date
}

const earlier = (now: Date, milliseconds: number) => new Date(now.getTime() - milliseconds)

/** A clock that a test moves. */
export interface MovableClock extends Clock {
  /** From now on `now` goes on from this instant. */
  moveTo(instant: Date): void
  /** Moves on by so many milliseconds. */
  advanceBy(milliseconds: number): void
}

async function databaseTime(db: Kysely<any>): Promise<number> {
  // clock_timestamp, not now(): a transaction that waited long for its first row must not judge by the time it began.
  const { rows } = await sql<{ now: Date }>`select clock_timestamp() as now`.execute(db)
  return rows[0]!.now.getTime()
}

export const systemClock: Clock = {
  offset: 0,
  now: async (db) => new Date(await databaseTime(db)),
  before: earlier,
}

export function createMovableClock(start?: Date): MovableClock {
  let offset = start ? start.getTime() - Date.now() : 0
  return {
    get offset() {
      return offset
    },
    now: async (db) => new Date((await databaseTime(db)) + offset),
    before: earlier,
    moveTo: (instant) => {
      offset = instant.getTime() - Date.now()
    },
    advanceBy: (milliseconds) => {
      offset += milliseconds
    },
  }
}
