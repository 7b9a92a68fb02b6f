/** Time, timers and the page's visibility, as the clock of the reading gate needs them. */
export interface ReadingWorld {
  /** ms, never going back */
  now(): number
  isVisible(): boolean
  /** Calls `tick` some times a second and when visibility changes; returns what stops it. */
  watch(tick: () => void): () => void
}

const browser: ReadingWorld = {
  now: () => performance.now(),
  isVisible: () => document.visibilityState === 'visible',
  watch(tick) {
    const timer = setInterval(tick, 200)
    document.addEventListener('visibilitychange', tick)
    return () => {
      clearInterval(timer)
      document.removeEventListener('visibilitychange', tick)
    }
  },
}

/**
 * How long a text must still be read (R28–R30, A11). It begins with what the server still asks for, and runs only while
 * the page is seen, so it is never ahead of the server, which has the last word.
 */
export class ReadingTime {
  readonly #world: ReadingWorld
  #left = $state(Infinity)
  #seen = 0
  #visible = false
  #stop: (() => void) | null = null

  constructor(world: ReadingWorld = browser) {
    this.#world = world
  }

  /** Whole seconds still to go; Infinity before the server has answered. */
  get seconds(): number {
    return Math.ceil(this.#left / 1000)
  }
  get isOver(): boolean {
    return this.#left <= 0
  }

  /** @param seconds what the server still asks for */
  ask(seconds: number): void {
    this.#left = Math.max(0, seconds * 1000)
    this.#seen = this.#world.now()
    this.#visible = this.#world.isVisible()
    this.#stop ??= this.#world.watch(() => this.#tick())
  }

  stop(): void {
    this.#stop?.()
    this.#stop = null
  }

  #tick(): void {
    const now = this.#world.now()
    // A timer that slept says nothing about what was seen: the time counts only between two looks at a visible page.
    if (this.#visible) this.#left = Math.max(0, this.#left - (now - this.#seen))
    this.#seen = now
    this.#visible = this.#world.isVisible()
    if (this.isOver) this.stop()
  }
}

/** Seconds that the server still asks for, from when it delivered the text and its own time (A11). */
export const secondsLeft = (seconds: number, deliveredAt: string, now: string): number =>
  Math.max(0, seconds - (Date.parse(now) - Date.parse(deliveredAt)) / 1000)
