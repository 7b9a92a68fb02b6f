import type { Outcome, Refused } from '#domain/problems.ts'

/** Something a page asks the server for: what came last, or what stands against it. A slow older answer replaces no newer one. */
export class Loaded<T> {
  #value: T | null = $state.raw(null)
  #problem: Refused | null = $state.raw(null)
  #asked = 0
  readonly #ask: () => Promise<Outcome<T>>

  constructor(ask: () => Promise<Outcome<T>>) {
    this.#ask = ask
  }
  get value(): T | null {
    return this.#value
  }
  get problem(): Refused | null {
    return this.#problem
  }
  async load(): Promise<void> {
    const mine = ++this.#asked
    const found = await this.#ask()
    if (mine !== this.#asked) return
    this.#problem = found.ok ? null : found
    if (found.ok) this.#value = found.value
  }
}
