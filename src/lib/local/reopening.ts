import type { Dexie } from 'dexie'

/**
 * Lets a database open again by itself with the next question, after the browser took its connection away: iOS does in the
 * background (enketo #1576), Chromium when the disk is full; and a newer schema in another tab may ask for it.
 */
export function reopening(db: Dexie): void {
  db.on('versionchange', () => db.close({ disableAutoOpen: false }))
  // The event comes for our own closing too.
  let closing = false
  db.on('close', () => {
    if (closing) return
    closing = true
    db.close({ disableAutoOpen: false })
    closing = false
  })
}
