import { CompiledQuery, PostgresAdapter, PostgresIntrospector, PostgresQueryCompiler } from 'kysely'
import type { DatabaseConnection, Dialect, Driver, Kysely, QueryResult, TransactionSettings } from 'kysely'
import type { PGlite } from '@electric-sql/pglite'
import type { Stopwatch } from './slow-statements.ts'

/** How long a query waits for the one connection before it says so. */
const PATIENCE = 30_000

/**
 * Turns for the one connection: whoever holds it keeps it to the end of his query or transaction, the others wait in order.
 * A query on the outer database made *inside* a transaction and awaited there would wait for itself; it gets an error that says so.
 */
export class Turns {
  #held = false
  readonly #waiting: (() => void)[] = []
  readonly #patience: number

  constructor(patience = PATIENCE) {
    this.#patience = patience
  }

  /** how many ask for the connection and wait */
  get waiting(): number {
    return this.#waiting.length
  }

  async take(): Promise<void> {
    if (!this.#held) {
      this.#held = true
      return
    }
    await new Promise<void>((resolve, reject) => {
      const turn = () => {
        clearTimeout(timer)
        resolve()
      }
      const timer = setTimeout(() => {
        this.#waiting.splice(this.#waiting.indexOf(turn), 1)
        reject(
          new Error(
            `Waited ${this.#patience} ms for the embedded database's one connection. ` +
              'Is a query made on the outer database inside a transaction? Use the transaction.',
          ),
        )
      }, this.#patience)
      this.#waiting.push(turn)
    })
  }

  give(): void {
    const next = this.#waiting.shift()
    if (next) next()
    else this.#held = false
  }
}

class PGliteConnection implements DatabaseConnection {
  readonly #pglite: PGlite
  readonly #timed: Stopwatch

  constructor(pglite: PGlite, timed: Stopwatch) {
    this.#pglite = pglite
    this.#timed = timed
  }

  async executeQuery<Row>({ sql, parameters }: CompiledQuery): Promise<QueryResult<Row>> {
    const { rows, affectedRows } = await this.#timed(sql, () => this.#pglite.query<Row>(sql, [...parameters]))
    return affectedRows === undefined ? { rows } : { rows, numAffectedRows: BigInt(affectedRows) }
  }

  async *streamQuery<Row>(query: CompiledQuery): AsyncIterableIterator<QueryResult<Row>> {
    // PGlite has no cursor in its interface; everything it holds is in this process anyway.
    yield await this.executeQuery<Row>(query)
  }
}

class PGliteDriver implements Driver {
  readonly #pglite: PGlite
  readonly #turns: Turns
  readonly #connection: PGliteConnection

  constructor(pglite: PGlite, turns: Turns, timed: Stopwatch) {
    this.#pglite = pglite
    this.#turns = turns
    this.#connection = new PGliteConnection(pglite, timed)
  }

  async init(): Promise<void> {
    await this.#pglite.waitReady
  }

  async acquireConnection(): Promise<DatabaseConnection> {
    await this.#turns.take()
    return this.#connection
  }

  async beginTransaction(
    connection: DatabaseConnection,
    { isolationLevel, accessMode }: TransactionSettings,
  ): Promise<void> {
    const level = isolationLevel ? ` isolation level ${isolationLevel}` : ''
    await connection.executeQuery(CompiledQuery.raw(`start transaction${level}${accessMode ? ` ${accessMode}` : ''}`))
  }

  async commitTransaction(connection: DatabaseConnection): Promise<void> {
    await connection.executeQuery(CompiledQuery.raw('commit'))
  }

  async rollbackTransaction(connection: DatabaseConnection): Promise<void> {
    await connection.executeQuery(CompiledQuery.raw('rollback'))
  }

  async releaseConnection(): Promise<void> {
    this.#turns.give()
  }

  async destroy(): Promise<void> {
    // Whoever is in the middle of something ends it first.
    await this.#turns.take()
    await this.#pglite.close()
  }
}

/** PGlite (PostgreSQL in this process) for Kysely 0.28; Kysely 0.29 brings its own, but asks for Node 22. */
export class PGliteDialect implements Dialect {
  readonly #pglite: PGlite
  readonly #turns: Turns
  readonly #timed: Stopwatch

  constructor(pglite: PGlite, turns: Turns, timed: Stopwatch) {
    this.#pglite = pglite
    this.#turns = turns
    this.#timed = timed
  }

  createAdapter = () => new PostgresAdapter()
  createDriver = (): Driver => new PGliteDriver(this.#pglite, this.#turns, this.#timed)
  createIntrospector = (db: Kysely<any>) => new PostgresIntrospector(db)
  createQueryCompiler = () => new PostgresQueryCompiler()
}
