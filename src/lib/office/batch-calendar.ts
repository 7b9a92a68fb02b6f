import type { InferResponseType } from 'hono/client'
import { addDays, type CalendarDate, dateInShanghai, milliseconds, startOfDayInShanghai } from '#domain/working-days.ts'
import type { api } from '$lib/session/api.ts'

export type DeskBatch = InferResponseType<typeof api.batches.desk.$get, 200>[number]

/** The months a calendar shows, and where an instant lies on it: 0 the left edge, 1 the right. */
export interface CalendarSpan {
  readonly from: CalendarDate
  /** the day after the last */
  readonly to: CalendarDate
  /** `2026 年 9 月 — 2027 年 2 月` */
  readonly words: string
  readonly months: readonly { readonly label: string; readonly at: number }[]
  readonly today: number
}

const MONTHS_BEFORE = 2
const MONTHS_SHOWN = 6

const monthAfter = (month: CalendarDate, count: number): CalendarDate => {
  const total = Number(month.slice(0, 4)) * 12 + Number(month.slice(5, 7)) - 1 + count
  return `${Math.floor(total / 12)}-${String((total % 12) + 1).padStart(2, '0')}-01`
}

/** Half a year around now: two months back, the rest ahead. */
export function calendarSpan(now: number): CalendarSpan {
  const thisMonth = `${dateInShanghai(now).slice(0, 7)}-01`
  const from = monthAfter(thisMonth, -MONTHS_BEFORE)
  const to = monthAfter(from, MONTHS_SHOWN)
  const span = { from, to }
  const months = Array.from({ length: MONTHS_SHOWN }, (_, index) => {
    const month = monthAfter(from, index)
    const number = Number(month.slice(5, 7))
    return {
      label: `${number === 1 || index === 0 ? `${month.slice(0, 4)} 年 ` : ''}${number} 月`,
      at: placeOn(span, startOfDayInShanghai(month)),
    }
  })
  const inWords = (month: CalendarDate) => `${month.slice(0, 4)} 年 ${Number(month.slice(5, 7))} 月`
  const words = `${inWords(from)} — ${inWords(monthAfter(to, -1))}`
  return { ...span, words, months, today: placeOn(span, now) }
}

/** Where an instant lies between the edges, not beyond them. */
export function placeOn({ from, to }: Pick<CalendarSpan, 'from' | 'to'>, instant: Date | number | string): number {
  const start = startOfDayInShanghai(from).getTime()
  const end = startOfDayInShanghai(to).getTime()
  return Math.min(1, Math.max(0, (milliseconds(instant) - start) / (end - start)))
}

/** The bar of a batch; null where it lies outside the months shown. */
export function barOf(
  span: CalendarSpan,
  batch: Pick<DeskBatch, 'opensAt' | 'closesAt'>,
): { readonly left: number; readonly width: number } | null {
  const left = placeOn(span, batch.opensAt)
  const right = batch.closesAt === null ? 1 : placeOn(span, batch.closesAt)
  return right > left ? { left, width: right - left } : null
}

/** One column a day from the first submission to now or to the end of the batch, whichever is earlier; at most the last 60. */
export function dailyColumns(
  days: readonly { readonly day: string; readonly count: number }[],
  until: number,
): { readonly day: CalendarDate; readonly count: number }[] {
  const first = days[0]
  if (!first) return []
  const counts = new Map(days.map(({ day, count }) => [day, count]))
  const end = dateInShanghai(until)
  const last = days.at(-1)!.day > end ? days.at(-1)!.day : end
  const columns = []
  for (let day = first.day; day <= last; day = addDays(day, 1)) columns.push({ day, count: counts.get(day) ?? 0 })
  return columns.slice(-60)
}
