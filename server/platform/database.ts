import { PGlite } from '@electric-sql/pglite'
import { CamelCasePlugin, Kysely } from 'kysely'
import { PostgresJSDialect } from 'kysely-postgres-js'
import { mkdirSync } from 'node:fs'
import { dirname } from 'node:path'
import type { Config } from './config.ts'
import { holdDirectory } from './data-lock.ts'
import { PGliteDialect, Turns } from './dialect-pglite.ts'
import { postgresAt, PostgresPool } from './postgres-pool.ts'
import { SlowStatements } from './slow-statements.ts'

export type DatabaseKind = 'pglite' | 'postgres'

/** Runs a statement as node-postgres would, for libraries that bring their own SQL (pg-boss). Without values it may be a script. */
export type ExecuteSql = (text: string, values?: readonly unknown[]) => Promise<{ rows: any[] }>

/**
 * An open database. The same SQL gives the same values on both kinds (tests/contracts/database.ts):
 * json and jsonb are written as JSON text or as a value that is not text, and read as values; bigint and count(*) numbers, timestamptz a Date, date and numeric text,
 * bytea a Uint8Array.
 */
export interface OpenDatabase<DB> {
  readonly kind: DatabaseKind
  /** Columns are camelCase here and snake_case there; keys inside jsonb are left alone. */
  readonly db: Kysely<DB>
  readonly executeSql: ExecuteSql
  /** how many are open, and how many ask for one and wait */
  connections(): { readonly open: number; readonly waiting: number }
  /** what took too long on this node */
  readonly slow: SlowStatements
  /** Calls back on each NOTIFY of the channel until the returned function is called. */
  listen(channel: string, heard: (payload: string) => void): Promise<() => Promise<void>>
  close(): Promise<void>
}

/** Connections of one node: with N nodes PostgreSQL must allow N × (this + 4 for jobs). */
const CONNECTIONS = 10

/** PostgreSQL's own 128 MB would be cleared at every start, which takes longer than all the rest of it together. */
const EMBEDDED_BUFFERS = '16MB'

const INT8 = 20
const DATE = 1082
/** The type that the server says it is. */
const DESCRIBED = 0
const JSON_TYPES = [114, 3802]

const BEGINS = /^(begin|start transaction)\b/
const ENDS = /^(commit|rollback)$/

const plugins = () => [new CamelCasePlugin({ maintainNestedObjectKeys: true })]

/**
 * Opens PostgreSQL or the embedded database. Nothing is migrated here.
 * @param name under which PostgreSQL lists the connections
 */
export async function openDatabase<DB>(
  config: Config['database'],
  { slow = new SlowStatements(), name = 'zhicheng' }: { readonly slow?: SlowStatements; readonly name?: string } = {},
): Promise<OpenDatabase<DB>> {
  if (config.kind === 'postgres') return openPostgres<DB>(config.url, slow, name)
  mkdirSync(dirname(config.directory), { recursive: true })
  const release = await holdDirectory(config.directory)
  const pglite = await PGlite.create(pgliteOptions({ dataDir: config.directory }))
  return wrapPGlite<DB>(pglite, release, slow)
}

/** How we open PGlite: with our rules for values, small WAL segments (16 MB each would be most of a small database). */
export function pgliteOptions(where: { dataDir?: string; loadDataDir?: Blob }) {
  return {
    ...where,
    initDbStartParams: ['--wal-segsize=1'],
    startParams: [...PGlite.defaultStartParams, '-c', `shared_buffers=${EMBEDDED_BUFFERS}`, '-c', 'TimeZone=UTC'],
    parsers: { [DATE]: (text: string) => text, [INT8]: toNumber },
    serializers: Object.fromEntries(JSON_TYPES.map((type) => [type, toJson])),
  }
}

/** Makes an open PGlite one of ours. `closed` is called after it was closed. */
export function wrapPGlite<DB>(
  pglite: PGlite,
  closed: () => void | Promise<void> = () => {},
  slow = new SlowStatements(),
): OpenDatabase<DB> {
  const turns = new Turns()
  const timed = slow.stopwatch()
  const db = new Kysely<DB>({ dialect: new PGliteDialect(pglite, turns, timed), plugins: plugins() })
  return {
    kind: 'pglite',
    db,
    connections: () => ({ open: 1, waiting: turns.waiting }),
    slow,
    executeSql: async (text, values) => {
      await turns.take()
      try {
        if (values && values.length > 0) return await timed(text, () => pglite.query(text, [...values]))
        return (await timed(text, () => pglite.exec(text))).at(-1) ?? { rows: [] }
      } finally {
        turns.give()
      }
    },
    listen: async (channel, heard) => {
      await turns.take()
      try {
        const unlisten = await pglite.listen(channel, heard)
        return async () => {
          await turns.take()
          await unlisten().finally(() => turns.give())
        }
      } finally {
        turns.give()
      }
    },
    close: async () => {
      await db.destroy()
      await closed()
    },
  }
}

function openPostgres<DB>(url: string, slow: SlowStatements, name: string): OpenDatabase<DB> {
  const options = {
    onnotice: () => {},
    connection: {
      application_name: name,
      TimeZone: 'UTC',
      idle_in_transaction_session_timeout: 60_000,
      // PostgreSQL's own 4 is meant for disks that turn (docs/performance.md).
      random_page_cost: 1.1,
    },
    types: {
      int8: { to: INT8, from: [INT8], serialize: String, parse: toNumber },
      json: { to: JSON_TYPES[0]!, from: JSON_TYPES, serialize: toJson, parse: JSON.parse },
      // A date is a day, not an instant: it stays the text it is.
      day: { to: DATE, from: [DATE], serialize: String, parse: (text: string) => text },
    },
  }
  const pool = new PostgresPool(url, CONNECTIONS, options)
  // Listens only: the driver listens again by itself when its connection was lost.
  const ears = postgresAt(url, { ...options, max: 1 })
  // Named statements: parsed and described once a connection instead of once a query. Kysely's SQL is always the same text.
  const reserve = async () => {
    const held = await pool.reserve()
    const timed = slow.stopwatch()
    let begun: string | undefined
    return {
      unsafe: async (text: string, values: readonly unknown[] = []) => {
        // A transaction begins with its first statement: the two make one journey.
        if (BEGINS.test(text)) {
          begun = text
          return []
        }
        if (begun !== undefined) {
          const first = begun
          begun = undefined
          if (ENDS.test(text)) return []
          // Where it fails, the statement behind it on the same connection fails too, and tells.
          held.unsafe(first, [], { prepare: true, simple: false }).catch(() => {})
        }
        const given = values.map((value) => (isBoolean(value) ? held.sql.typed(value as never, DESCRIBED) : value))
        // Also where there is nothing to fill in: as a script it would be planned each time.
        return timed(text, () => held.unsafe(text, given, { prepare: true, simple: false }))
      },
      release: held.release,
    }
  }
  const db = new Kysely<DB>({
    dialect: new PostgresJSDialect({ postgres: { reserve, end: () => pool.end() } as never }),
    plugins: plugins(),
  })
  return {
    kind: 'postgres',
    db,
    connections: () => pool.use,
    slow,
    executeSql: async (text, values) => {
      // A script may hold a transaction of its own, so it keeps one connection.
      const held = await pool.reserve()
      const timed = slow.stopwatch()
      try {
        if (values && values.length > 0) {
          const given = values.map((value) => value ?? null)
          return { rows: [...(await timed(text, () => held.unsafe(text, given, { prepare: true })))] }
        }
        const result: readonly unknown[] = await timed(text, () => held.simple(text))
        const last = result.findLast((part) => Array.isArray(part)) ?? result
        return { rows: [...(last as any[])] }
      } finally {
        held.release()
      }
    },
    listen: async (channel, heard) => {
      const { unlisten } = await ears.listen(channel, heard)
      return unlisten
    },
    close: async () => {
      await db.destroy()
      await ears.end({ timeout: 5 })
    },
  }
}

/** Sizes and counts stay far below 2^53; a number above would be silently wrong, so it is loudly wrong. */
function toNumber(text: string): number {
  const number = Number(text)
  if (!Number.isSafeInteger(number)) throw new RangeError(`bigint out of safe range: ${text}`)
  return number
}

/** postgres.js would declare a boolean by its value; a json column needs it declared by the column. */
const isBoolean = (value: unknown) => typeof (Array.isArray(value) ? value[0] : value) === 'boolean'

/** The rooms' tables take json as text (JSONColumnType), the audit as a value: text goes as it is, anything else is put into it. */
const toJson = (value: unknown) => (typeof value === 'string' ? value : JSON.stringify(value))
