/**
 * Does for many at once what is asked for one by one in the same turn of the event loop: jobs that were fetched together
 * then read and write with one statement.
 * @param work gives an answer for each, in their order; where it fails, it has failed for all of them
 */
export function gathered<Wish, Answer>(
  work: (wishes: readonly Wish[]) => Promise<readonly Answer[]>,
): (wish: Wish) => Promise<Answer> {
  let waiting: { readonly wish: Wish; resolve(answer: Answer): void; reject(reason: unknown): void }[] = []
  const begin = () => {
    const taken = waiting
    waiting = []
    work(taken.map(({ wish }) => wish)).then(
      (answers) => taken.forEach(({ resolve }, at) => resolve(answers[at]!)),
      (error: unknown) => taken.forEach(({ reject }) => reject(error)),
    )
  }
  return (wish) =>
    new Promise((resolve, reject) => {
      if (waiting.length === 0) setImmediate(begin)
      waiting.push({ wish, resolve, reject })
    })
}
