/** So long one answer serves everybody who asks, ms. */
const LATELY = 5_000

/**
 * Of several who ask within seconds only the first is asked for: at a start the background and the page on the screen want
 * the same, and each answer is written and read again. Whoever must have what stands now asks without it.
 */
export function lately<Answer>(ask: () => Promise<Answer>, now: () => number = () => performance.now()) {
  let askedAt = -Infinity
  let answer: Promise<Answer> | undefined
  return (): Promise<Answer> => {
    if (answer && now() - askedAt < LATELY) return answer
    askedAt = now()
    answer = ask()
    return answer
  }
}
