import { dateInShanghai, timeInShanghai } from '#domain/working-days.ts'
import type { QuietHours } from '#server/platform/config.ts'

const DAY = 24 * 60 * 60 * 1000

/** This instant, or the end of the quiet hours it falls in. */
export function afterQuietHours(at: Date, quiet: QuietHours | undefined): Date {
  if (!quiet) return at
  const time = timeInShanghai(at).slice(11)
  const overNight = quiet.from > quiet.until
  const isQuiet = overNight ? time >= quiet.from || time < quiet.until : time >= quiet.from && time < quiet.until
  if (!isQuiet) return at
  const end = Date.parse(`${dateInShanghai(at)}T${quiet.until}:00+08:00`)
  return new Date(overNight && time >= quiet.from ? end + DAY : end)
}
