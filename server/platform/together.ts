import { Kysely, Transaction } from 'kysely'

/*
 * Statements that are started together (`Promise.all`) are sent together here: PostgreSQL does them in the order in which they
 * were started, and one journey over the wire does for all. Kysely by itself waits for the answer to each before it sends the
 * next one on the same connection, which was most of the time that a submission took (docs/performance.md).
 */

/** What Kysely is made of, with another way to its connection. It neither connects, nor describes itself, nor ends the pool. */
async function sending<DB>(serial: Kysely<DB>) {
  const connection = await serial.getExecutor().provideConnection(async (held) => held)
  const executor = serial.getExecutor().withConnectionProvider({ provideConnection: (use) => use(connection) })
  return { config: {}, driver: {}, dialect: {}, executor } as unknown as ConstructorParameters<typeof Transaction>[0]
}

/** One transaction, as `db.transaction().execute` makes it. */
export const inTransaction = <DB, Result>(
  db: Kysely<DB>,
  work: (transaction: Transaction<DB>) => Promise<Result>,
): Promise<Result> => db.transaction().execute(async (serial) => work(new Transaction<DB>(await sending(serial))))

/** Some questions on one connection, without a transaction. Inside, nothing but the `db` given is asked. */
export const onOneConnection = <DB, Result>(
  db: Kysely<DB>,
  work: (db: Kysely<DB>) => Promise<Result>,
): Promise<Result> => db.connection().execute(async (serial) => work(new Kysely<DB>(await sending(serial))))
