/** What did not come, e.g. a part of the app on a network that breaks off, is asked for again after so long, ms. */
const AGAIN = 2000

/** What Chromium, Safari and Firefox say of a module that did not come, and the bundler of a style sheet. */
const NOT_FETCHED = /dynamically imported module|importing a module script failed|unable to preload css/i

/** Whether this is a part of the app that did not come: the network or the server is away, and nothing is wrong with the part. */
export const isNotFetched = (fault: unknown): boolean => fault instanceof Error && NOT_FETCHED.test(fault.message)

/**
 * A part of the app, asked for until it comes. Throws what is a fault of the part itself.
 * @param passes whether asking again may help
 */
export async function comes<Part>(part: () => Promise<Part>, passes = isNotFetched): Promise<Part> {
  for (;;) {
    try {
      return await part()
    } catch (fault) {
      if (!passes(fault)) throw fault
      await new Promise((done) => setTimeout(done, AGAIN))
    }
  }
}
