import { gzipSync } from 'node:zlib'
import type { Page, Response } from '@playwright/test'

/** JavaScript, bytes after gzip. */
export interface ScriptBytes {
  /** come when the page had drawn its first text */
  readonly paint: number
  /** come when the page could be used; what is fetched behind a page that stands is not among it */
  readonly usable: number
}

/** Run in the page from its first moment: notes when what is waited for stands. */
const noting = (selector: string): string => `
  const observer = new MutationObserver(() => {
    if (!document.querySelector(${JSON.stringify(selector)})) return
    globalThis.usableAt = performance.now()
    observer.disconnect()
  })
  observer.observe(document, { subtree: true, childList: true, attributes: true })`

/** What came and when, as the page's own clock says it. */
const TIMES = `({
  came: performance.getEntriesByType('resource').map(({ name, responseEnd }) => ({ url: name, at: responseEnd })),
  paintedAt: performance.getEntriesByName('first-contentful-paint')[0]?.startTime ?? Infinity,
  usableAt: globalThis.usableAt,
})`
interface Times {
  readonly came: readonly { readonly url: string; readonly at: number }[]
  readonly paintedAt: number
  readonly usableAt: number
}

/**
 * How much JavaScript comes until a page can be used, in a context without a service worker that has it already.
 * @param usable selects what is on the page only when it can be used; when that is, the page itself notes
 */
export async function scriptBytes(page: Page, path: string, usable: string): Promise<ScriptBytes> {
  const scripts = new Map<string, Response>()
  const hear = (response: Response) => {
    if (response.url().endsWith('.js')) scripts.set(response.url(), response)
  }
  page.on('response', hear)
  await page.addInitScript(noting(usable))
  await page.goto(path)
  await page.locator(usable).first().waitFor({ state: 'attached' })
  const { came, paintedAt, usableAt } = (await page.evaluate(TIMES)) as Times
  page.off('response', hear)
  const until = async (end: number): Promise<number> => {
    const here = came.flatMap(({ url, at }) => (at <= end ? (scripts.get(url) ?? []) : []))
    const sizes = await Promise.all(here.map(async (response) => gzipSync(await response.body()).length))
    return sizes.reduce((sum, size) => sum + size, 0)
  }
  return { paint: await until(paintedAt), usable: await until(usableAt) }
}

/** The button sends nothing before our code runs. */
export const LOGIN_USABLE = 'form button[type="submit"]'
/** A field of a form stands. */
export const FORM_USABLE = '.form .field'
