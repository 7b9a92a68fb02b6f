/*
 * What somebody typed at a desk of the office and has not saved outlives a closed or reloaded page of this tab. A browser may
 * forbid to keep it: then it lasts as long as the page.
 */

/** What lies in the drawer, as it was put there; null where there is nothing. */
export function typedBefore(drawer: string): string | null {
  try {
    return sessionStorage.getItem(drawer)
  } catch {
    return null
  }
}

/** Puts it there instead of what was; null empties the drawer. */
export function keepTyped(drawer: string, typed: string | null): void {
  try {
    if (typed === null) sessionStorage.removeItem(drawer)
    else sessionStorage.setItem(drawer, typed)
  } catch {
    // forbidden, see above
  }
}
