import { openAgainIfServerAnswers } from './open-again.ts'

/** What did not come, e.g. a part of the app on a network that breaks off, is asked for again after so long, ms. */
const AGAIN = 2000

/** What Chromium, Safari and Firefox say of a module that did not come, and the bundler of a style sheet. */
const NOT_FETCHED = /dynamically imported module|importing a module script failed|unable to preload css/i

/** Whether this is a part of the app that did not come: the network or the server is away, and nothing is wrong with the part. */
export const isNotFetched = (fault: unknown): boolean => fault instanceof Error && NOT_FETCHED.test(fault.message)

/** What is typed while the store did not come yet stands nowhere else. */
let isTyped = false
globalThis.addEventListener?.('input', () => (isTyped = true), { capture: true, once: true })

/**
 * A part of the app, asked for until it comes. Many browsers remember for as long as a page stands that a part of it did not come, and
 * answer from that: then the page is opened anew, unless something was typed in it. Throws what is a fault of the part itself.
 */
export const comes = <Part>(part: () => Promise<Part>): Promise<Part> =>
  untilItWorks(part, isNotFetched, async (times) => {
    if (times > 1 && !isTyped) await openAgainIfServerAnswers()
  })

/**
 * Does something until it works. Throws what does not pass.
 * @param passes whether trying again may help
 * @param between is told after each failure how many there were
 */
export async function untilItWorks<Result>(
  work: () => Promise<Result>,
  passes: (fault: unknown) => boolean,
  between: (times: number) => Promise<void> = async () => {},
): Promise<Result> {
  for (let times = 1; ; times += 1) {
    try {
      return await work()
    } catch (fault) {
      if (!passes(fault)) throw fault
      await between(times)
      await new Promise((done) => setTimeout(done, AGAIN))
    }
  }
}
