import type { BatchOffer, KeptApplication, KeptEdition, Meta, Waiting } from './database.ts'
import { type Snapshot, tickKey, truthKey } from './outbox.ts'
import { isSealed, keysNameOf, type KeptKey, type Row, rowOf, textOfSealed } from './sealed-row.ts'

export const STORE = 'zhicheng'
/** The version of `PhoneDatabase`. Dexie counts in tenths. */
export const STORE_VERSION = 2
const native = (version: number): number => version * 10

/** What a page asks of the store before it can stand. */
export interface StoreReader {
  meta(key: string): Promise<Meta | undefined>
  application(id: string): Promise<KeptApplication | undefined>
  batch(id: string): Promise<BatchOffer | undefined>
  edition(id: string): Promise<KeptEdition | undefined>
  /** One application with all that waits; the large part only when it is not the one that is known already. */
  snapshot(id: string, known: Snapshot | null): Promise<Snapshot>
}

const answerOf = <T>(request: IDBRequest<T>): Promise<T> =>
  new Promise((done, failed) => {
    request.onsuccess = () => done(request.result)
    request.onerror = () => failed(request.error as DOMException)
  })

/** A database as it lies there; null where there is none, where it is of another version, or where it cannot be opened. */
function opened(factory: IDBFactory, name: string, version: number): Promise<IDBDatabase | null> {
  return new Promise((done) => {
    const request = factory.open(name)
    // There is none: whoever writes first makes it, with everything that belongs into it.
    request.onupgradeneeded = () => request.transaction?.abort()
    request.onerror = (event) => {
      event.preventDefault()
      done(null)
    }
    request.onsuccess = () => {
      const db = request.result
      // In the way of nobody who makes it a newer one.
      db.onversionchange = () => db.close()
      if (db.version === native(version)) return done(db)
      db.close()
      done(null)
    }
  })
}

/**
 * Reads the store without Dexie, whose size is a quarter of the JavaScript that a form takes: what stands on the phone is
 * drawn first, and what writes it comes behind. Reads only, and only a store of this version.
 */
export class FirstLook implements StoreReader {
  readonly #factory: IDBFactory
  readonly #name: string
  readonly #db: IDBDatabase
  readonly #keys = new Map<string, Promise<CryptoKey | null>>()

  private constructor(factory: IDBFactory, name: string, db: IDBDatabase) {
    this.#factory = factory
    this.#name = name
    this.#db = db
  }

  /** null: only Dexie can say what is there. */
  static async at(name = STORE, factory: IDBFactory | undefined = globalThis.indexedDB): Promise<FirstLook | null> {
    if (!factory) return null
    try {
      const db = await opened(factory, name, STORE_VERSION)
      return db && new FirstLook(factory, name, db)
    } catch {
      // a private window that has no databases
      return null
    }
  }

  close(): void {
    this.#db.close()
  }

  meta(key: string): Promise<Meta | undefined> {
    return this.#one('meta', key)
  }
  application(id: string): Promise<KeptApplication | undefined> {
    return this.#one('applications', id)
  }
  batch(id: string): Promise<BatchOffer | undefined> {
    return this.#one('batches', id)
  }
  edition(id: string): Promise<KeptEdition | undefined> {
    return this.#one('editions', id)
  }

  async snapshot(id: string): Promise<Snapshot> {
    const transaction = this.#db.transaction(['meta', 'applications', 'outbox'])
    const meta = transaction.objectStore('meta')
    const [tick, truth, application, rows] = await Promise.all([
      answerOf<Meta | undefined>(meta.get(tickKey(id))),
      answerOf<Meta | undefined>(meta.get(truthKey(id))),
      answerOf<Row | undefined>(transaction.objectStore('applications').get(id)),
      answerOf<Row[]>(transaction.objectStore('outbox').index('applicationId').getAll(id)),
    ])
    const waiting = (await Promise.all(rows.map((row) => this.#open('outbox', row)))) as (Waiting | undefined)[]
    return {
      application: (await this.#open('applications', application)) as KeptApplication | undefined,
      rows: waiting.filter((row) => row !== undefined).sort((a, b) => (a.seq as number) - (b.seq as number)),
      tick: (tick?.value as number | undefined) ?? 0,
      truth: (truth?.value as number | undefined) ?? 0,
    }
  }

  async #one<T>(table: string, key: string): Promise<T | undefined> {
    const row = await answerOf<Row | undefined>(this.#db.transaction(table).objectStore(table).get(key))
    return (await this.#open(table, row)) as T | undefined
  }

  /** A row whose key is gone, or that was put here from elsewhere, is none. */
  async #open(table: string, row: Row | undefined): Promise<Row | undefined> {
    if (!isSealed(row)) return row
    const key = await this.#keyOf(row['accountId'] as string)
    if (!key) return undefined
    try {
      return rowOf(row, await textOfSealed(key, table, row))
    } catch {
      return undefined
    }
  }

  #keyOf(accountId: string): Promise<CryptoKey | null> {
    const asked = this.#keys.get(accountId) ?? this.#findKey(accountId)
    this.#keys.set(accountId, asked)
    return asked
  }

  async #findKey(accountId: string): Promise<CryptoKey | null> {
    const db = await opened(this.#factory, keysNameOf(this.#name), 1)
    if (!db) return null
    try {
      const kept = await answerOf<KeptKey | undefined>(db.transaction('keys').objectStore('keys').get(accountId))
      return kept?.key ?? null
    } finally {
      db.close()
    }
  }
}
