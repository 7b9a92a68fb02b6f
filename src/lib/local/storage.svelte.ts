/** The part of `navigator.storage` that is used. */
export type StorageApi = Pick<StorageManager, 'estimate' | 'persist' | 'persisted'>

/** Above this share of what the browser grants, the person is told before it is full. */
const LOW = 0.7
const EVERY = 60_000

/** How much room this phone gives us, and whether it promised to keep what is here. */
export class StorageWatch {
  readonly #storage: StorageApi | undefined
  #persisted: boolean | null = $state(null)
  #used = $state(0)
  #quota = $state(0)
  #timer: ReturnType<typeof setInterval> | null = null

  constructor(storage: StorageApi | undefined = typeof navigator === 'undefined' ? undefined : navigator.storage) {
    this.#storage = storage
  }

  /** null: the browser does not say. */
  get persisted(): boolean | null {
    return this.#persisted
  }
  /** bytes */
  get used(): number {
    return this.#used
  }
  /** bytes; 0 where the browser does not say */
  get quota(): number {
    return this.#quota
  }
  get isLow(): boolean {
    return this.#quota > 0 && this.#used > this.#quota * LOW
  }

  start(): void {
    void this.look()
    this.#timer ??= setInterval(() => void this.look(), EVERY)
  }
  stop(): void {
    if (this.#timer !== null) clearInterval(this.#timer)
    this.#timer = null
  }

  async look(): Promise<void> {
    try {
      const { usage = 0, quota = 0 } = (await this.#storage?.estimate?.()) ?? {}
      this.#used = usage
      this.#quota = quota
      this.#persisted = (await this.#storage?.persisted?.()) ?? null
    } catch {
      // An embedded browser that has the API but refuses it.
      this.#persisted = null
    }
  }

  /** Asks the browser to keep our data under pressure. It may say no; everything works without. */
  async keep(): Promise<boolean> {
    try {
      this.#persisted = (await this.#storage?.persist?.()) ?? null
    } catch {
      this.#persisted = null
    }
    return this.#persisted === true
  }
}
