import { type DatabaseConnection, Kysely, Transaction } from 'kysely'

/*
 * Statements that are started together (`Promise.all`) are sent together here: PostgreSQL does them in the order in which they
 * were started, and one journey over the wire does for all. Kysely by itself waits for the answer to each before it sends the
 * next one on the same connection, which was most of the time that a submission took (docs/performance.md).
 */

type Made = ConstructorParameters<typeof Transaction>[0]

/**
 * What Kysely is made of, with another way to its connection. It neither connects, nor describes itself, nor ends the pool.
 * When the work is over, nothing more is sent: behind the commit it would be done outside the transaction, or in another's.
 */
async function sending<DB, Result>(serial: Kysely<DB>, work: (made: Made) => Promise<Result>): Promise<Result> {
  const held = await serial.getExecutor().provideConnection(async (one) => one)
  let over = false
  const connection: DatabaseConnection = {
    executeQuery: (query) =>
      over ? Promise.reject(new Error('The work with this connection is over.')) : held.executeQuery(query),
    streamQuery: (query, size) => held.streamQuery(query, size),
  }
  const executor = serial.getExecutor().withConnectionProvider({ provideConnection: (use) => use(connection) })
  try {
    return await work({ config: {}, driver: {}, dialect: {}, executor } as unknown as Made)
  } finally {
    over = true
  }
}

/** One transaction, as `db.transaction().execute` makes it. */
export const inTransaction = <DB, Result>(
  db: Kysely<DB>,
  work: (transaction: Transaction<DB>) => Promise<Result>,
): Promise<Result> => db.transaction().execute((serial) => sending(serial, (made) => work(new Transaction<DB>(made))))

/** Some questions on one connection, without a transaction. Inside, nothing but the `db` given is asked. */
export const onOneConnection = <DB, Result>(
  db: Kysely<DB>,
  work: (db: Kysely<DB>) => Promise<Result>,
): Promise<Result> => db.connection().execute((serial) => sending(serial, (made) => work(new Kysely<DB>(made))))
