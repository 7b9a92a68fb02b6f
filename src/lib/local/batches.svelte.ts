import type { ApplicationType } from '#domain/forms/application-type.ts'
import { canonicalJson } from '#domain/forms/edition.ts'
import { windowState, type WindowState } from '#domain/rules/window.ts'
import { ok, type Outcome, refuse } from '#domain/problems.ts'
import type { BatchOffer, KeptEdition, PhoneDatabase } from './database.ts'
import { lately } from './lately.ts'
import { Live } from './live-query.svelte.ts'
import type { PhoneClock } from './phone-clock.ts'
import type { StoreAccess } from './phone-store.ts'
import { written } from './store-faults.ts'

/** What the public part of the API offers here; `session/api.ts` fills it. */
export interface BatchSource {
  batches(): Promise<Outcome<readonly BatchOffer[]>>
  edition(id: string): Promise<Outcome<ApplicationType>>
}

/** Open and recent batches and the catalogues they name: kept, so that a form opens and starts without a network. */
export class Batches {
  readonly #store: StoreAccess
  readonly #clock: PhoneClock
  readonly #source: BatchSource
  readonly #live: Live<readonly BatchOffer[]>

  constructor(deps: { store: StoreAccess; clock: PhoneClock; source: BatchSource }) {
    this.#store = deps.store
    this.#clock = deps.clock
    this.#source = deps.source
    this.#live = new Live<readonly BatchOffer[]>(
      deps.store.open,
      async (db) =>
        (await db.batches.toArray()).sort((a, b) =>
          a.opensAt < b.opensAt ? 1 : a.opensAt > b.opensAt ? -1 : a.id < b.id ? -1 : 1,
        ),
      [],
    )
  }

  get list(): readonly BatchOffer[] {
    return this.#live.current
  }
  /** Whether the list is what lies on the phone, and no longer merely empty. */
  get isRead(): boolean {
    return this.#live.isRead
  }

  /** `refresh`, for who is content with an answer of a moment ago. */
  readonly freshen = lately(() => this.refresh())

  /** Asks the server again, and for each edition that is not here yet. What is here stays when there is no network. */
  async refresh(): Promise<Outcome<undefined>> {
    const answered = await this.#source.batches()
    if (!answered.ok) return answered
    const db = await this.#store.open()
    const kept = await written(db, () => this.#keep(db, answered.value))
    if (!kept.ok) return kept
    for (const id of new Set(answered.value.map(({ editionId }) => editionId))) {
      const edition = await this.editionOf(id)
      if (!edition.ok) return edition
    }
    return ok()
  }

  /** Writes what is not here as it is: every write has all that was read drawn again, and these are many words. */
  async #keep(db: PhoneDatabase, batches: readonly BatchOffer[]): Promise<void> {
    const here = await db.batches.bulkGet(batches.map(({ id }) => id))
    const changed = batches.filter((batch, at) => canonicalJson(batch) !== canonicalJson(here[at]))
    if (changed.length > 0) await db.batches.bulkPut(changed)
  }

  /** A batch from the store, or from the server where it was never seen. */
  async batchOf(id: string): Promise<Outcome<BatchOffer>> {
    const find = () => this.#store.read((reader) => reader.batch(id))
    const kept = await find()
    if (kept) return ok(kept)
    const answered = await this.refresh()
    const found = await find()
    if (found) return ok(found)
    return answered.ok ? refuse('request.not-found') : answered
  }

  /** A catalogue from the store, or from the server. An edition never changes, so it is asked for once. */
  async editionOf(id: string): Promise<Outcome<ApplicationType>> {
    const kept = await this.#store.read((reader) => reader.edition(id))
    if (kept) return ok(kept.catalogue)
    const answered = await this.#source.edition(id)
    if (!answered.ok) return answered
    const row: KeptEdition = { id, catalogue: answered.value }
    const db = await this.#store.open()
    const stored = await written(db, () => db.editions.put(row))
    return stored.ok ? ok(answered.value) : stored
  }

  /** Whether a batch takes applications now, by the server's time; both ends belong to it (A4). */
  windowOf(batch: Pick<BatchOffer, 'opensAt' | 'closesAt'>): WindowState {
    return windowState({ ...batch, now: new Date(this.#clock.now()) })
  }
}
