import { dateInShanghai } from '#domain/working-days.ts'

/** From here on a person is told that the phone's clock is wrong, ms. */
export const SKEW_TOLD = 5 * 60_000

/**
 * What time it is at the server: the phone's clock corrected by what the server's answers say. Deadlines are the
 * server's (DESIGN §5); this only shows them rightly on a phone whose clock is a day off.
 */
export class ServerClock {
  readonly #phone: () => number
  #offset = $state(0)
  #second = $state(0)
  #minute = $state(0)
  #today = $state('')
  #best = Infinity
  #learntAt = -Infinity
  #timer: ReturnType<typeof setInterval> | null = null

  constructor(phone: () => number = () => Date.now()) {
    this.#phone = phone
    this.#tick()
  }

  /** ms. An arrow function, so that it can be handed on: `<Countdown now={clock.now}>`. */
  readonly now = (): number => this.#phone() + this.#offset

  /** YYYY-MM-DD in Asia/Shanghai */
  get today(): string {
    return this.#today
  }
  /** ms of the server's time, changes every second while started */
  get second(): number {
    return this.#second
  }
  /** ms of the server's time, changes every minute while started */
  get minute(): number {
    return this.#minute
  }
  /** by how many ms this phone's clock is ahead of the server's (negative: behind) */
  get skew(): number {
    return 0 - this.#offset
  }
  get isSkewed(): boolean {
    return Math.abs(this.#offset) >= SKEW_TOLD
  }

  /**
   * Learns from an answer's `now`. The server's clock was read between sending and receiving; the answer that took the
   * shortest says it best, and a later one replaces it after a while, or when it proves that the phone's clock was moved.
   * @param sentAt, receivedAt by the phone's clock, ms
   */
  learn(now: string | number | Date, sentAt: number, receivedAt: number = this.#phone()): void {
    const server = new Date(now).getTime()
    const travelled = receivedAt - sentAt
    if (Number.isNaN(server) || travelled < 0) return
    const offset = server - (sentAt + receivedAt) / 2
    const moved = Math.abs(offset - this.#offset) > travelled / 2 + this.#best / 2
    if (travelled > this.#best && !moved && receivedAt - this.#learntAt < 10 * 60_000) return
    this.#best = travelled
    this.#learntAt = receivedAt
    this.#offset = offset
    this.#tick()
  }

  #tick(): void {
    const now = this.now()
    this.#second = Math.floor(now / 1000) * 1000
    this.#minute = Math.floor(now / 60_000) * 60_000
    const today = dateInShanghai(now)
    if (today !== this.#today) this.#today = today
  }

  start(): void {
    this.#timer ??= setInterval(() => this.#tick(), 1000)
  }
  stop(): void {
    if (this.#timer !== null) clearInterval(this.#timer)
    this.#timer = null
  }
}
