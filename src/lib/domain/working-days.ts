/**
 * Instants in, Asia/Shanghai out. The zone is a fixed +08:00 (no summer time since 1991), so nothing here asks the
 * machine for its zone, its locale or its zone database, and both sides print the same.
 */

/** An instant as either side holds it: Date from the database, ISO text from the API, milliseconds from a clock. */
export type Instant = Date | number | string

/** A day of the calendar in Shanghai, `YYYY-MM-DD`. */
export type CalendarDate = string

const HOUR = 3_600_000
const DAY = 24 * HOUR
const OFFSET = 8 * HOUR

/** Milliseconds since 1970. Throws for what is no instant: that is our mistake, never the user's. */
export function milliseconds(instant: Instant): number {
  const value =
    instant instanceof Date
      ? instant.getTime()
      : typeof instant === 'number'
        ? instant
        : // without a zone the machine's own would be read into it
          /(?:Z|[+-]\d{2}:?\d{2})$/.test(instant)
          ? Date.parse(instant)
          : NaN
  if (Number.isNaN(value)) throw new RangeError(`not an instant: ${String(instant)}`)
  return value
}

/** The wall clock in Shanghai as `YYYY-MM-DDTHH:mm:ss.sss`. */
const wallClock = (instant: Instant) => new Date(milliseconds(instant) + OFFSET).toISOString().slice(0, -1)

/** Day in Shanghai: `2026-08-31`. */
export function dateInShanghai(instant: Instant): CalendarDate {
  return wallClock(instant).slice(0, 10)
}

/** `2026-08-31 17:30`, or with seconds `2026-08-31 17:30:00` as records show it. */
export function timeInShanghai(instant: Instant, precision: 'minute' | 'second' = 'minute'): string {
  return wallClock(instant)
    .replace('T', ' ')
    .slice(0, precision === 'minute' ? 16 : 19)
}

/** `2026 年 8 月 31 日` of a day, as letters and announcements print it. */
export function dateInWords(date: CalendarDate): string {
  const [year, month, day] = date.split('-').map(Number)
  return `${year} 年 ${month} 月 ${day} 日`
}

/** `2026 年 8 月 31 日 17:30` of an instant. */
export function timeInWords(instant: Instant): string {
  return `${dateInWords(dateInShanghai(instant))} ${wallClock(instant).slice(11, 16)}`
}

/** Whether the text is a day that exists, `YYYY-MM-DD`: 2026-02-30 is none. */
export function isRealDate(text: string): boolean {
  if (!/^\d{4}-\d{2}-\d{2}$/.test(text)) return false
  const parsed = Date.parse(`${text}T00:00:00Z`)
  return !Number.isNaN(parsed) && new Date(parsed).toISOString().startsWith(text)
}

/**
 * Reads a wall clock time of Shanghai: `2026-08-31T17:30`, `2026-08-31 17:30:00`, as a date-time control gives it.
 * @returns the instant, or undefined where there is no such moment
 */
export function instantOfShanghai(text: string): Date | undefined {
  const match = /^(\d{4}-\d{2}-\d{2})[T ]([01]\d|2[0-3]):([0-5]\d)(?::([0-5]\d)(?:\.(\d{1,3}))?)?$/.exec(text.trim())
  if (!match || !isRealDate(match[1]!)) return undefined
  const [, date, hour, minute, second = '00', fraction = '0'] = match
  return new Date(`${date}T${hour}:${minute}:${second}.${fraction.padEnd(3, '0')}+08:00`)
}

/** 00:00 of a day in Shanghai. */
export function startOfDayInShanghai(date: CalendarDate): Date {
  return new Date(dayNumber(date) * DAY - OFFSET)
}

/** 23:59:59.999 of a day in Shanghai: what an end given as a date means (A4). */
export function endOfDayInShanghai(date: CalendarDate): Date {
  return new Date(startOfDayInShanghai(date).getTime() + DAY - 1)
}

function dayNumber(date: CalendarDate): number {
  if (!isRealDate(date)) throw new RangeError(`not a date: ${date}`)
  return Date.parse(`${date}T00:00:00Z`) / DAY
}

/** The day so many calendar days later (or earlier). */
export function addDays(date: CalendarDate, days: number): CalendarDate {
  return new Date((dayNumber(date) + days) * DAY).toISOString().slice(0, 10)
}

/** What the State Council arranges each year; the office keeps the table (A31). */
export interface HolidayCalendar {
  /** Days off, weekends among them or not. */
  readonly holidays: readonly CalendarDate[]
  /** Saturdays and Sundays that are worked (调休). */
  readonly workdays: readonly CalendarDate[]
}

export const NO_HOLIDAYS: HolidayCalendar = { holidays: [], workdays: [] }

/** Monday to Friday without the holidays, and the 调休 days (A31). A day in both tables is worked. */
export function isWorkingDay(date: CalendarDate, calendar: HolidayCalendar): boolean {
  if (calendar.workdays.includes(date)) return true
  if (calendar.holidays.includes(date)) return false
  // day 0, 1970-01-01, was a Thursday
  const weekday = (((dayNumber(date) + 4) % 7) + 7) % 7
  return weekday !== 0 && weekday !== 6
}

/** Longer than any run of days off: a calendar beyond it has been filled in wrongly. */
const LONGEST_BREAK = 366

/**
 * The `count`-th working day after a day; the day itself never counts. 0 gives the day back.
 * Throws when the calendar has no working day for more than a year.
 */
export function addWorkingDays(date: CalendarDate, count: number, calendar: HolidayCalendar): CalendarDate {
  let day = date
  for (let left = count, idle = 0; left > 0;) {
    day = addDays(day, 1)
    if (isWorkingDay(day, calendar)) {
      left--
      idle = 0
    } else if (++idle > LONGEST_BREAK) throw new RangeError(`no working day within a year after ${date}`)
  }
  return day
}

/** How long a 公示 lasts at the least (E9). */
export const PUBLICITY_WORKING_DAYS = 5

export interface PublicityEnd {
  /** Last day of the period. */
  readonly lastDay: CalendarDate
  /** 24:00 of that day, the first moment at which the period is over. */
  readonly endsAt: Date
}

/**
 * When a 公示 published at this instant ends (A31, E9): the day of publication does not count, and the period runs until
 * 24:00 of the last working day.
 */
export function publicityEnds(
  publishedAt: Instant,
  calendar: HolidayCalendar,
  workingDays: number = PUBLICITY_WORKING_DAYS,
): PublicityEnd {
  const lastDay = addWorkingDays(dateInShanghai(publishedAt), workingDays, calendar)
  return { lastDay, endsAt: startOfDayInShanghai(addDays(lastDay, 1)) }
}

/**
 * The last day of a period that ends at this instant, as lists print it: one that ends at 00:00 ran through the day before.
 * @param endsAt the first moment at which the period is over
 */
export const lastDayBefore = (endsAt: Instant): CalendarDate => dateInShanghai(milliseconds(endsAt) - 1)

/** `2026 年 9 月 8 日 24:00`: the end of a period as people say it, for 00:00 of the 9th would be read as a day more. */
export function endInWords(endsAt: Instant): string {
  const isMidnight = milliseconds(endsAt) === startOfDayInShanghai(dateInShanghai(endsAt)).getTime()
  return isMidnight ? `${dateInWords(lastDayBefore(endsAt))} 24:00` : timeInWords(endsAt)
}
