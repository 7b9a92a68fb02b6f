/** A statement that took longer than it should, by its text without values. */
export interface SlowStatement {
  readonly statement: string
  /** how often it was slow since the process began */
  readonly times: number
  readonly mostMs: number
  readonly lastAt: Date
}

/** Times the statements of one connection. */
export type Stopwatch = <T>(text: string, work: () => Promise<T>) => Promise<T>

/** Different statements that are remembered; the one that was slow longest ago makes room. */
const KEPT = 20
/** A database that is slow as a whole makes every statement slow: one line for each in so many ms says as much. */
const SAID_EVERY = 10_000
const LONGEST = 400

/**
 * A statement without what was asked about: our own have `$1` for every value, and what a library wrote into its text goes
 * too. Lists of any length are one statement.
 */
export const withoutValues = (text: string): string =>
  text
    .replace(/'(?:[^']|'')*'/g, '?')
    .replace(/(?<![\w$.])\d+(?:\.\d+)?/g, '?')
    .replace(/\$\d+(?:\s*,\s*\$\d+)+/g, '$…')
    .replace(/\(\$…\)(?:\s*,\s*\(\$…\))+/g, '($…), …')
    .replace(/\s+/g, ' ')
    .trim()
    .slice(0, LONGEST)

/** Remembers which statements took `over` ms or more on this node, and tells of them. */
export class SlowStatements {
  readonly over: number
  readonly #tell: (slow: SlowStatement) => void
  #count = 0
  /** the one that was slow last comes last */
  readonly #kept = new Map<string, SlowStatement & { readonly saidAt: number }>()

  constructor(over = 500, tell: (slow: SlowStatement) => void = () => {}) {
    this.over = over
    this.#tell = tell
  }

  /** all of them since the process began */
  get count(): number {
    return this.#count
  }

  /** Slowest first. */
  list(): SlowStatement[] {
    return [...this.#kept.values()]
      .map(({ statement, times, mostMs, lastAt }) => ({ statement, times, mostMs, lastAt }))
      .sort((one, other) => other.mostMs - one.mostMs)
  }

  /** A connection does one statement after another: what a statement waits for those before it is none of its own time. */
  stopwatch(): Stopwatch {
    let answered = 0
    return async (text, work) => {
      const sent = performance.now()
      try {
        return await work()
      } finally {
        const now = performance.now()
        this.took(text, now - Math.max(sent, answered))
        answered = now
      }
    }
  }

  took(text: string, milliseconds: number): void {
    if (milliseconds < this.over) return
    this.#count += 1
    const statement = withoutValues(text)
    const before = this.#kept.get(statement)
    const now = Date.now()
    const silent = before !== undefined && now - before.saidAt < SAID_EVERY
    const slow = {
      statement,
      times: (before?.times ?? 0) + 1,
      mostMs: Math.max(before?.mostMs ?? 0, Math.round(milliseconds)),
      lastAt: new Date(now),
    }
    this.#kept.delete(statement)
    this.#kept.set(statement, { ...slow, saidAt: silent ? before.saidAt : now })
    const [oldest] = this.#kept.keys()
    if (this.#kept.size > KEPT && oldest !== undefined) this.#kept.delete(oldest)
    if (!silent) this.#tell(slow)
  }
}
