import type { Outcome } from '#domain/problems.ts'
import { ok, refuse } from '#domain/problems.ts'

/** Costly work, a few at a time: the next ones wait in order, and who comes when too many wait is told so at once. */
export interface WorkInTurns {
  /** The work's result, or `request.unavailable` where too many wait. What the work throws is thrown. */
  run<T>(work: () => Promise<T>): Promise<Outcome<T>>
  readonly running: number
  readonly waiting: number
}

/**
 * @param atOnce pieces of work that run at the same time
 * @param waitingAtMost pieces that wait; more are refused rather than left to wait for nothing
 */
export function workInTurns(atOnce: number, waitingAtMost: number): WorkInTurns {
  let running = 0
  const waiting: (() => void)[] = []
  return {
    get running() {
      return running
    },
    get waiting() {
      return waiting.length
    },
    run: async (work) => {
      if (running >= atOnce) {
        if (waiting.length >= waitingAtMost) return refuse('request.unavailable')
        await new Promise<void>((resolve) => waiting.push(resolve))
      } else running++
      try {
        return ok(await work())
      } finally {
        // the turn goes to the next one, or is given back
        const next = waiting.shift()
        if (next) next()
        else running--
      }
    },
  }
}
