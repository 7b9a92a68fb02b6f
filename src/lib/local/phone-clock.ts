/** What a class of this floor needs of the world besides the store: handed in, so that a test can move it. */
export interface PhoneClock {
  /** the server's time as this phone reckons it, ms */
  now(): number
  /** today in Asia/Shanghai, YYYY-MM-DD */
  readonly today: string
  /** changes every second while somebody looks: what depends on a deadline reads it, so that it turns with the clock */
  readonly second?: number
}

export type NewId = () => string
