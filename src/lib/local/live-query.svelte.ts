import { createSubscriber } from 'svelte/reactivity'
import type { PhoneDatabase } from './database.ts'

/**
 * The only bridge from Dexie to runes: a query that runs again when what it read has changed, in this tab or another.
 * It listens while an effect reads `current`, or between `start()` and `stop()`.
 */
export class Live<T> {
  readonly #store: () => Promise<PhoneDatabase>
  readonly #query: (db: PhoneDatabase) => Promise<T>
  readonly #read: () => void
  #current = $state.raw() as T
  #isRead = $state(false)
  #subscription: { unsubscribe(): void } | null = null
  #listeners = 0
  readonly #onvalue: ((value: T) => void) | undefined

  /**
   * @param store asked for when somebody listens
   * @param onvalue called with each result, before `current` changes; for classes that take part in it outside of effects
   */
  constructor(
    store: () => Promise<PhoneDatabase>,
    query: (db: PhoneDatabase) => Promise<T>,
    initially: T,
    onvalue?: (value: T) => void,
  ) {
    this.#store = store
    this.#query = query
    this.#current = initially
    this.#onvalue = onvalue
    this.#read = createSubscriber(() => {
      this.start()
      return () => this.stop()
    })
  }

  get current(): T {
    this.#read()
    return this.#current
  }

  /** Whether the store has answered: until then `current` is only what it was begun with. */
  get isRead(): boolean {
    this.#read()
    return this.#isRead
  }

  start(): void {
    this.#listeners += 1
    if (this.#listeners === 1) void this.#listen()
  }

  async #listen(): Promise<void> {
    let db: PhoneDatabase
    try {
      db = await this.#store()
    } catch {
      return this.#again()
    }
    // everybody has left meanwhile, or somebody who came then was faster
    if (this.#listeners === 0 || this.#subscription) return
    this.#subscription = db
      .watch(() => this.#query(db))
      .subscribe({
        next: (value) => {
          this.#onvalue?.(value)
          this.#current = value
          this.#isRead = true
        },
        // The connection was lost under the query.
        error: () => {
          this.#subscription = null
          this.#again()
        },
      })
  }

  #again(): void {
    setTimeout(() => {
      if (this.#listeners > 0 && !this.#subscription) void this.#listen()
    }, 1000)
  }

  stop(): void {
    this.#listeners = Math.max(0, this.#listeners - 1)
    if (this.#listeners > 0) return
    this.#subscription?.unsubscribe()
    this.#subscription = null
  }
}
