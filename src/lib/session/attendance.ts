import { UNATTENDED } from '#domain/identity/unattended.ts'

type Headers = Record<string, string>

const GONE: Headers = { [UNATTENDED]: '1' }
const HERE: Headers = {}

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
  return () => (now() - touchedAt > GONE_AFTER ? GONE : HERE)
}

/** The same of this page. */
export const attended = typeof window === 'undefined' ? () => HERE : attendance(window)
