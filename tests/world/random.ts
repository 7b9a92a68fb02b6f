/** A sequence of chances that a seed repeats (mulberry32), so that what broke something can be tried again. */
export function random(seed: number) {
  let state = seed >>> 0
  const next = (): number => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
  const below = (limit: number): number => Math.floor(next() * limit)
  return {
    /** from 0 to below 1 */
    next,
    chance: (probability: number): boolean => next() < probability,
    /** an integer from 0 to below the limit */
    below,
    pick: <T>(from: readonly T[]): T => from[below(from.length)] as T,
    /** so many different numbers from 1 to the limit, in order */
    some: (count: number, limit: number): number[] => {
      const taken = new Set<number>()
      while (taken.size < Math.min(count, limit)) taken.add(1 + below(limit))
      return [...taken].sort((a, b) => a - b)
    },
  }
}

export type Random = ReturnType<typeof random>
