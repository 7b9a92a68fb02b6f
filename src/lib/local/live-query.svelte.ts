import { liveQuery, type Subscription } from 'dexie'
import { createSubscriber } from 'svelte/reactivity'

/**
 * The only bridge from Dexie to runes: a query that runs again when what it read has changed, in this tab or another.
 * It listens while an effect reads `current`, or between `start()` and `stop()`.
 */
export class Live<T> {
  readonly #query: () => Promise<T>
  readonly #read: () => void
  #current = $state.raw() as T
  #isRead = $state(false)
  #subscription: Subscription | null = null
  #listeners = 0
  readonly #onvalue: ((value: T) => void) | undefined

  /** @param onvalue called with each result, before `current` changes; for classes that take part in it outside of effects */
  constructor(query: () => Promise<T>, initially: T, onvalue?: (value: T) => void) {
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
    if (this.#subscription) return
    this.#subscription = liveQuery(this.#query).subscribe({
      next: (value) => {
        this.#onvalue?.(value)
        this.#current = value
        this.#isRead = true
      },
      // The connection was lost under the query: the next change of a listener starts it anew.
      error: () => {
        this.#subscription = null
        if (this.#listeners > 0) {
          this.#listeners -= 1
          setTimeout(() => this.start(), 1000)
        }
      },
    })
  }

  stop(): void {
    this.#listeners = Math.max(0, this.#listeners - 1)
    if (this.#listeners > 0) return
    this.#subscription?.unsubscribe()
    this.#subscription = null
  }
}
