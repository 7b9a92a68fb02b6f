/** A month as the answers keep it: `2024-01`. */
export type MonthText = string

const written = /^\s*(\d{4})\s*(?:[.\-/年．。]\s*)?(\d{1,2})\s*月?\s*$/

/**
 * Reads a month as people write it: `2015.7`, `2015-07`, `2015/7`, `201507`, `2015年7月`, `2015 年 7 月`, also with
 * full-width digits. Anything else, a 13th month included, is undefined.
 */
export function parseMonth(text: string): MonthText | undefined {
  const match = written.exec(text.normalize('NFKC'))
  if (!match) return undefined
  const [, year = '', month = ''] = match
  const number = Number(month)
  if (number < 1 || number > 12) return undefined
  return `${year}-${String(number).padStart(2, '0')}`
}

/** `2024 年 1 月`; empty for an empty value. */
export function formatMonth(value: MonthText): string {
  const match = /^(\d{4})-(\d{2})$/.exec(value)
  return match ? `${match[1]} 年 ${Number(match[2])} 月` : ''
}

/** The years from the newest to the oldest that hold a month between `min` and `max`. */
export function yearsBetween(min: MonthText, max: MonthText): number[] {
  const first = Number(min.slice(0, 4))
  const last = Number(max.slice(0, 4))
  return Array.from({ length: Math.max(0, last - first + 1) }, (_, at) => last - at)
}
