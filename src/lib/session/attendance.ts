type Headers = Record<string, string>

/** Said with a request that the page makes by itself while nobody is there: it keeps no session from ending (ASVS 7.3.1). */
const UNATTENDED: Headers = { 'x-unattended': '1' }
const ATTENDED: Headers = {}

/** After so long without a touch or a key nobody is there, ms. */
const GONE_AFTER = 60_000

/**
 * What a page says of whoever sits before it, with what it asks by itself. It goes on asking as long as it can be seen: without
 * this, a desk that somebody has left would stay signed in.
 * @param page where touches and keys arrive
 */
export function attendance(page: EventTarget, now: () => number = Date.now): () => Headers {
  let touchedAt = now()
  for (const kind of ['pointerdown', 'pointermove', 'keydown', 'wheel'])
    page.addEventListener(kind, () => (touchedAt = now()), { capture: true, passive: true })
  return () => (now() - touchedAt > GONE_AFTER ? UNATTENDED : ATTENDED)
}

/** The same of this page. */
export const attended = typeof window === 'undefined' ? () => ATTENDED : attendance(window)
