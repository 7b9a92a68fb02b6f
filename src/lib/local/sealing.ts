import {
  Dexie,
  type DBCore,
  type DBCoreCursor,
  type DBCoreMutateRequest,
  type DBCoreTable,
  type DBCoreTransaction,
  type Middleware,
  type ObservabilitySet,
  type PromiseExtended,
  type Table,
} from 'dexie'
import type { PhoneDatabase } from './database.ts'
import { reopening } from './reopening.ts'
import {
  cipherOf,
  isSealed,
  type KeptKey,
  NONCE,
  placeOf,
  type Row,
  rowOf,
  type Sealed,
  textOfSealed,
} from './sealed-row.ts'

/** Texts are kept opened, so that a keystroke does not open every row that waits and the application below them: of so many bytes each, so many bytes together. */
const LONGEST = 1_000_000
const ROOM = 16_000_000

const isPersonal = (row: unknown): row is Row & { accountId: string } =>
  typeof (row as Row | undefined)?.['accountId'] === 'string'

/** Fields that stand in clear: the primary key, those of an index, and whose it is. */
function clearFields({ schema }: DBCoreTable): ReadonlySet<string> {
  const paths = [schema.primaryKey, ...schema.indexes].map(({ keyPath }) => keyPath ?? [])
  return new Set(['accountId', ...paths.flat()])
}

/** The row without what is in clear, as bytes: its length in JSON, the JSON, and the bytes of a file where there are some. */
function textOf(row: Row, clear: ReadonlySet<string>): Uint8Array<ArrayBuffer> {
  const rest = Object.entries(row).filter(([name]) => !clear.has(name) && name !== 'bytes')
  const json = new TextEncoder().encode(JSON.stringify(Object.fromEntries(rest)))
  const bytes = row['bytes'] instanceof ArrayBuffer ? new Uint8Array(row['bytes']) : null
  const text = new Uint8Array(4 + json.length + (bytes?.length ?? 0))
  // The highest bit says that bytes follow, be they none.
  new DataView(text.buffer).setUint32(0, json.length + (bytes ? 0x80000000 : 0))
  text.set(json, 4)
  if (bytes) text.set(bytes, 4 + json.length)
  return text
}

/** Texts as they were last opened or sealed, by nonce and place. The oldest go where there is no more room. */
export class OpenedTexts {
  readonly #texts = new Map<string, Uint8Array>()
  #bytes = 0

  get(nonce: Uint8Array, place: string): Uint8Array | undefined {
    return this.#texts.get(keyOf(nonce, place))
  }

  keep(nonce: Uint8Array, place: string, text: Uint8Array): void {
    if (text.length > LONGEST) return
    const key = keyOf(nonce, place)
    if (this.#texts.has(key)) return
    this.#texts.set(key, text)
    this.#bytes += text.length
    for (const [oldest, { length }] of this.#texts) {
      if (this.#bytes <= ROOM) return
      this.#texts.delete(oldest)
      this.#bytes -= length
    }
  }

  clear(): void {
    this.#texts.clear()
    this.#bytes = 0
  }
}
const keyOf = (nonce: Uint8Array, place: string): string => String.fromCharCode(...nonce) + place

/**
 * The keys of the accounts on this phone, in a database of their own: one is made or looked up in the middle of a write
 * transaction of the other, and a browser may let only one of those into a database at a time (Chromium on SQLite).
 */
export class AccountKeys extends Dexie {
  keys!: Table<KeptKey, string>
  readonly #known = new Map<string, Promise<CryptoKey | null>>()
  /** They go with the keys. */
  readonly opened = new OpenedTexts()

  constructor(name: string, options?: ConstructorParameters<typeof Dexie>[1]) {
    super(name, { ...options, chromeTransactionDurability: 'strict' })
    this.version(1).stores({ keys: 'accountId' })
    reopening(this)
    // The browser took the store away, perhaps with all that was in it: what is sealed from here on needs a key that lies there.
    this.on('close', () => this.#forgetAll())
    // Another tab has made one, or signed out: what this tab remembers is asked for anew.
    Dexie.on('storagemutated', (parts: ObservabilitySet) => {
      if (Object.keys(parts).some((part) => part.startsWith(`idb://${name}/keys/`))) this.#forgetAll()
    })
  }

  /**
   * The key of an account; may be asked for inside a transaction of another database.
   * @param make where there is none yet. null: none; or a browser that can keep no key: then rows stay in clear
   */
  of(accountId: string, make: boolean): Promise<CryptoKey | null> {
    const known = this.#known.get(accountId)
    if (known) return known.then((key) => (key === null && make ? this.#ask(accountId, make) : key))
    return this.#ask(accountId, make)
  }

  #ask(accountId: string, make: boolean): Promise<CryptoKey | null> {
    const asked = Promise.resolve(Dexie.ignoreTransaction(() => this.#find(accountId, make)))
    this.#known.set(accountId, asked)
    asked.catch(() => this.#known.delete(accountId))
    return asked
  }

  async #find(accountId: string, make: boolean): Promise<CryptoKey | null> {
    const kept = await this.keys.get(accountId)
    if (kept || !make || !globalThis.crypto?.subtle) return kept?.key ?? null
    const key = await crypto.subtle.generateKey({ name: 'AES-GCM', length: 256 }, false, ['encrypt', 'decrypt'])
    try {
      return await this.transaction('rw', this.keys, async () => {
        const other = await this.keys.get(accountId)
        if (!other) await this.keys.add({ accountId, key })
        return other?.key ?? key
      })
    } catch (error) {
      // A browser that cannot keep a key (some private windows): better in clear than lost. A full phone is another matter.
      if (['DataCloneError', 'DataError'].includes((error as { name?: string }).name ?? '')) return null
      throw error
    }
  }

  #forgetAll(): void {
    this.#known.clear()
    this.opened.clear()
  }

  /** At log-out, after the rows of the account are gone. */
  async forget(accountId: string): Promise<void> {
    await this.keys.delete(accountId)
    this.#forgetAll()
  }
}

/**
 * Waits for something that is not the store, and keeps the transaction open meanwhile by asking it for nothing. Dexie's own
 * `waitFor` hangs where of two that wait in one transaction the second is done first.
 */
function holding<T>(trans: DBCoreTransaction, table: string, work: Promise<T>): PromiseExtended<T> {
  return new Dexie.Promise<T>((resolve, reject) => {
    let done: (() => void) | undefined
    work.then(
      (value) => (done = () => resolve(value)),
      (error) => (done = () => reject(error)),
    )
    const store = (trans as unknown as IDBTransaction).objectStore(table)
    const turn = (): void => {
      if (done) return done()
      try {
        const asking = store.get(-Infinity)
        asking.onsuccess = turn
        // The transaction was aborted by something else.
        asking.onerror = () => reject(asking.error)
      } catch (error) {
        reject(error)
      }
    }
    turn()
  }) as PromiseExtended<T>
}

/** Seals what goes into a table and opens what comes out, below everything else that Dexie does. */
class SealingTable {
  readonly #table: DBCoreTable
  readonly #keys: AccountKeys
  readonly #clear: ReadonlySet<string>

  constructor(table: DBCoreTable, keys: AccountKeys) {
    this.#table = table
    this.#keys = keys
    this.#clear = clearFields(table)
  }

  mutate(request: DBCoreMutateRequest): ReturnType<DBCoreTable['mutate']> {
    if ((request.type !== 'add' && request.type !== 'put') || !request.values.some(isPersonal))
      return this.#table.mutate(request)
    const sealing = Promise.all(request.values.map((row: unknown) => (isPersonal(row) ? this.#seal(row) : row)))
    return holding(request.trans, this.#table.name, sealing).then((values) =>
      this.#table.mutate({ ...request, values }),
    )
  }

  async #seal(row: Row & { accountId: string }): Promise<Row> {
    const key = await this.#keys.of(row.accountId, true)
    if (!key) return row
    const text = textOf(row, this.#clear)
    const nonce = crypto.getRandomValues(new Uint8Array(NONCE))
    const place = placeOf(this.#table.name, row)
    const secret = new Uint8Array(await crypto.subtle.encrypt(cipherOf(nonce, place), key, text))
    const sealed = new Uint8Array(NONCE + secret.length)
    sealed.set(nonce)
    sealed.set(secret, NONCE)
    if (row['bytes'] === undefined) this.#keys.opened.keep(nonce, place, text)
    return { ...Object.fromEntries(Object.entries(row).filter(([name]) => this.#clear.has(name))), sealed }
  }

  #known(row: Sealed): Row | null {
    const text = this.#keys.opened.get(row.sealed.subarray(0, NONCE), placeOf(this.#table.name, row))
    return text ? rowOf(row, text) : null
  }

  /** A row whose key is gone, or that was put here from elsewhere, is none. */
  async #open(row: Sealed): Promise<Row | undefined> {
    const key = await this.#keys.of(row['accountId'] as string, false)
    if (!key) return undefined
    const nonce = row.sealed.slice(0, NONCE)
    const place = placeOf(this.#table.name, row)
    try {
      const text = await textOfSealed(key, this.#table.name, row)
      const opened = rowOf(row, text)
      // The bytes of a file are read once, and would leave no room for anything else.
      if (opened['bytes'] === undefined) this.#keys.opened.keep(nonce, place, text)
      return opened
    } catch {
      return undefined
    }
  }

  openAll(trans: DBCoreTransaction, rows: readonly unknown[]): PromiseExtended<unknown[]> {
    // What is remembered needs no waiting: no extra turn of the transaction.
    const found = rows.map((row) => (isSealed(row) ? this.#known(row) : row))
    if (found.every((row) => row !== null)) return Dexie.Promise.resolve(found) as PromiseExtended<unknown[]>
    const opening = rows.map((row, at) => (isSealed(row) ? (found[at] ?? this.#open(row)) : row))
    return holding(trans, this.#table.name, Promise.all(opening))
  }

  /** A cursor that stands on opened rows, and passes over those that cannot be opened. */
  overOpened(trans: DBCoreTransaction, cursor: DBCoreCursor): DBCoreCursor {
    let value: unknown
    const start = (onNext: () => void): Promise<unknown> =>
      cursor.start(() => {
        this.openAll(trans, [cursor.value])
          .then(([row]) => {
            value = row
            if (row === undefined) cursor.continue()
            else onNext()
          })
          .catch((error: Error) => cursor.fail(error))
      })
    // A native cursor gives its keys to itself only, not to what is made from it.
    return Object.create(cursor, {
      key: { get: () => cursor.key },
      primaryKey: { get: () => cursor.primaryKey },
      value: { get: () => value },
      start: { value: start },
    }) as DBCoreCursor
  }
}

/** Dexie's middleware of the above. Below -1, where Dexie keeps rows for a transaction: those are opened ones. */
export function sealing(keys: AccountKeys): Middleware<DBCore> {
  return {
    stack: 'dbcore',
    name: 'sealing',
    level: -2,
    create: (core) => ({
      ...core,
      table: (name) => {
        const table = core.table(name)
        const sealed = new SealingTable(table, keys)
        return {
          ...table,
          mutate: (request) => sealed.mutate(request),
          get: (request) => table.get(request).then((row) => sealed.openAll(request.trans, [row]).then(([one]) => one)),
          getMany: (request) => table.getMany(request).then((rows) => sealed.openAll(request.trans, rows)),
          query: (request) =>
            table.query(request).then((answer) =>
              request.values
                ? sealed.openAll(request.trans, answer.result).then((rows) => ({
                    ...answer,
                    result: rows.filter((row) => row !== undefined),
                  }))
                : answer,
            ),
          openCursor: (request) =>
            table
              .openCursor(request)
              .then((cursor) => (cursor && request.values ? sealed.overOpened(request.trans, cursor) : cursor)),
        }
      },
    }),
  }
}

const DONE = 'sealed'

/**
 * Seals what an earlier version left in clear, row by row, each in a transaction of its own: may be ended at any moment and
 * goes on at the next start; until then both kinds are read alike.
 */
export async function sealOldRows(db: PhoneDatabase): Promise<void> {
  if (await db.meta.get(DONE)) return
  // Bytes last: what they belong to is sealed soon, however many there are.
  const { applications, outbox, uploads, scans, notices, uploadBytes, scanPictures } = db
  await sealOldMeta(db)
  for (const table of [applications, outbox, uploads, scans, notices, uploadBytes, scanPictures]) {
    for (const key of await table.toCollection().primaryKeys()) {
      await db.transaction('rw', table, async () => {
        const row = await (table as Dexie.Table<unknown, unknown>).get(key)
        if (row) await (table as Dexie.Table<unknown, unknown>).put(row)
      })
    }
  }
  await db.meta.put({ key: DONE, value: 1 })
}

/** Rows of `meta` that speak of a person say of whom since they are sealed. */
async function sealOldMeta(db: PhoneDatabase): Promise<void> {
  await db.transaction('rw', db.meta, async () => {
    for (const row of await db.meta.toArray()) {
      if (row.accountId !== undefined) continue
      const [kind, owner] = row.key.split(':')
      const value = row.value as { account?: { id?: string } } | null
      const accountId = row.key === 'session' ? value?.account?.id : kind === 'educationWish' ? owner : undefined
      if (accountId !== undefined) await db.meta.put({ ...row, accountId })
    }
  })
}
