import type { PhoneDatabase } from './database.ts'
import { FirstLook, type StoreReader } from './first-look.ts'
import { readSnapshot } from './outbox.ts'
import { steadily } from './store-faults.ts'

/** Where those who work on the store get it. */
export interface StoreAccess {
  /** The store, at once: something is to be written, or listed. */
  open(): Promise<PhoneDatabase>
  /** The store, when the page that was asked for stands. */
  calm(): Promise<PhoneDatabase>
  /** What a page waits for, read by whatever is here. */
  read<T>(look: (reader: StoreReader) => Promise<T>): Promise<T>
}

/** A store that is open. */
export function openStore(db: PhoneDatabase): StoreAccess {
  const reader: StoreReader = {
    meta: (key) => steadily(db, () => db.meta.get(key)),
    application: (id) => steadily(db, () => db.applications.get(id)),
    batch: (id) => steadily(db, () => db.batches.get(id)),
    edition: (id) => steadily(db, () => db.editions.get(id)),
    snapshot: (id, known) => steadily(db, () => readSnapshot(db, id, known)),
  }
  return { open: async () => db, calm: async () => db, read: (look) => look(reader) }
}

/** A page that does not say that it stands is believed to after so long, ms. */
const STANDS_AT_LAST = 3000
/** Safari has left an opening without an answer before (WebKit 226547). */
const LONGEST_LOOK = 1000

/** The store of this phone: read at once, and fetched with all that writes it when that is needed or the page stands. */
export class PhoneStore implements StoreAccess {
  readonly #fetch: () => Promise<PhoneDatabase>
  readonly #looking: Promise<FirstLook | null>
  readonly #first: Promise<FirstLook | null>
  #opening: Promise<StoreAccess> | null = null
  #isOpen = false
  #stands: () => void = () => {}
  readonly #calm: Promise<void>

  constructor(fetch: () => Promise<PhoneDatabase>, looking = FirstLook.at()) {
    this.#fetch = fetch
    this.#looking = looking
    const tooLong = new Promise<null>((done) => setTimeout(() => done(null), LONGEST_LOOK))
    this.#first = Promise.race([this.#looking, tooLong])
    this.#calm = new Promise((done) => {
      this.#stands = done
      setTimeout(done, STANDS_AT_LAST)
    })
  }

  /** The page that was asked for is drawn. */
  stands(): void {
    this.#stands()
  }

  readonly open = async (): Promise<PhoneDatabase> => (await this.#access()).open()

  readonly calm = async (): Promise<PhoneDatabase> => {
    await this.#calm
    return this.open()
  }

  readonly read = async <T>(look: (reader: StoreReader) => Promise<T>): Promise<T> => {
    const first = this.#isOpen ? null : await this.#first
    try {
      if (first && !this.#isOpen) return await look(first)
    } catch {
      // The connection was taken away: the whole store opens it again, or says what is wrong.
    }
    return (await this.#access()).read(look)
  }

  #access(): Promise<StoreAccess> {
    this.#opening ??= this.#open().catch((fault: unknown) => {
      this.#opening = null
      throw fault
    })
    return this.#opening
  }

  async #open(): Promise<StoreAccess> {
    const store = openStore(await this.#fetch())
    this.#isOpen = true
    void this.#looking.then((first) => first?.close())
    return store
  }
}
