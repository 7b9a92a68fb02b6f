export type TimeLeft = { days: number; hours: number; minutes: number; seconds: number; over: boolean }

const second = 1000
const minute = 60 * second
const hour = 60 * minute
const day = 24 * hour

/**
 * Splits what is left until an instant (both in ms) for the cells of the countdown. Windows are closed intervals (A4),
 * so the last millisecond still counts and `over` begins after it.
 */
export function timeLeft(until: number, now: number): TimeLeft {
  const left = Math.max(0, until - now)
  return {
    days: Math.floor(left / day),
    hours: Math.floor((left % day) / hour),
    minutes: Math.floor((left % hour) / minute),
    seconds: Math.floor((left % minute) / second),
    over: now > until,
  }
}

/** The words a screen reader says: `还剩 7 天 7 小时 48 分`; under one hour with seconds. */
export function timeLeftWords(left: TimeLeft): string {
  if (left.over) return '已截止'
  if (left.days > 0) return `还剩 ${left.days} 天 ${left.hours} 小时 ${left.minutes} 分`
  if (left.hours > 0) return `还剩 ${left.hours} 小时 ${left.minutes} 分`
  return `还剩 ${left.minutes} 分 ${left.seconds} 秒`
}

/** How long until the shown digits change next, in ms: whole minutes, whole seconds in the last hour. */
export function untilNextTick(until: number, now: number): number {
  const left = until - now
  if (left < 0) return Number.POSITIVE_INFINITY
  const step = left < hour ? second : minute
  return (left % step) + 1
}

/** The moments that are announced aloud: one day, one hour, ten minutes. */
export function announcement(before: number, after: number): string | undefined {
  const crossed = (mark: number): boolean => before > mark && after <= mark
  if (crossed(10 * minute)) return '离截止还有 10 分钟'
  if (crossed(hour)) return '离截止还有 1 小时'
  if (crossed(day)) return '离截止还有 1 天'
  return undefined
}
