/** A part of the app that did not come, on a network that breaks off, is asked for again after so long, ms. */
const AGAIN = 2000

/** A part of the app, asked for until it comes. */
export async function comes<Part>(part: () => Promise<Part>): Promise<Part> {
  for (;;) {
    try {
      return await part()
    } catch (fault) {
      // The browser's words for a module that did not come; anything else is a fault of ours.
      if (!(fault instanceof TypeError)) throw fault
      await new Promise((done) => setTimeout(done, AGAIN))
    }
  }
}
