/** Waits for all, also where one fails, and then throws the first reason: what they work on is in nobody's hands afterwards. */
export async function eachToItsEnd<Result>(works: readonly Promise<Result>[]): Promise<Result[]> {
  const ended = await Promise.allSettled(works)
  return ended.map((one) => {
    if (one.status === 'rejected') throw one.reason
    return one.value
  })
}
