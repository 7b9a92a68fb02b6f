/** So long the page on the screen has the phone to itself at most, ms; and for as long where the browser (Safari) cannot say that it rests. */
const FIRST = 400

/** Runs this when the phone has nothing better to do, which is when the page that was asked for stands. @returns gives it up */
export function whenIdle(work: () => void): () => void {
  if (typeof requestIdleCallback !== 'function') {
    const timer = setTimeout(work, FIRST)
    return () => clearTimeout(timer)
  }
  const handle = requestIdleCallback(work, { timeout: FIRST })
  return () => cancelIdleCallback(handle)
}
