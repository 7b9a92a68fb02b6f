import type { StoreAccess } from './phone-store.ts'

/** The part of Web Locks that is used. */
export interface Locks {
  request<T>(
    name: string,
    options: { mode?: 'exclusive'; ifAvailable?: boolean; steal?: boolean; signal?: AbortSignal },
    run: (lock: unknown) => Promise<T>,
  ): Promise<T>
}

/** A tab that the system froze in the middle of an exchange must not stop the others for ever, ms. */
const PATIENCE = 45_000
const LEASE = 40_000

/**
 * Lets one tab at a time do a piece of work: by Web Locks, or where there are none (old WeChat) by a lease in the store.
 * The work is safe to be done twice (S1); this only keeps it from being done in vain.
 * @param wait false: leave it to the other tab at once
 * @returns null when another tab does it
 */
export function createLead(store: StoreAccess, me: string, now: () => number, locks: Locks | undefined) {
  return async function lead<T>(name: string, work: () => Promise<T>, wait = true): Promise<T | null> {
    if (locks) {
      if (!wait) return locks.request(name, { ifAvailable: true }, async (lock) => (lock ? work() : null))
      let isBegun = false
      const begin = () => {
        isBegun = true
        return work()
      }
      try {
        return await locks.request(name, { signal: AbortSignal.timeout(PATIENCE) }, begin)
      } catch (error) {
        // Another tab took it over because this one stood still: taking it back would go on for ever.
        if (isBegun && (error as { name?: string }).name === 'AbortError') return null
        if ((error as { name?: string }).name !== 'TimeoutError' && (error as { name?: string }).name !== 'AbortError')
          throw error
        return locks.request(name, { steal: true }, work)
      }
    }
    const db = await store.open()
    const key = `lease:${name}`
    const mine = await db.transaction('rw', db.meta, async () => {
      const held = (await db.meta.get(key))?.value as { by: string; until: number } | undefined
      if (held && held.by !== me && held.until > now()) return false
      await db.meta.put({ key, value: { by: me, until: now() + LEASE } })
      return true
    })
    if (!mine) return null
    // Work longer than a lease (a large file) keeps it alive.
    const renew = setInterval(() => void db.meta.put({ key, value: { by: me, until: now() + LEASE } }), LEASE / 2)
    try {
      return await work()
    } finally {
      clearInterval(renew)
      await db.meta.delete(key)
    }
  }
}

export type Lead = ReturnType<typeof createLead>
