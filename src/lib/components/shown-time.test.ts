import { expect, it } from 'vitest'
import { deadlineWords, shownDate, shownMonth, shownTime } from './shown-time.ts'

it('shows times of lists by the calendar of Shanghai', () => {
  // 23 November in Shanghai, still the 22nd in UTC
  expect(shownTime('2026-11-22T17:12:00Z', '2026-11-23')).toBe('今天 01:12')
  expect(shownTime('2026-11-20T01:12:00Z', '2026-11-23')).toBe('11 月 20 日')
  expect(shownTime('2025-03-01T01:12:00Z', '2026-11-23')).toBe('2025 年 3 月 1 日')
  expect(shownDate('2026-01-02', '2026-11-23')).toBe('1 月 2 日')
  expect(shownMonth('2026-11-22T17:12:00Z', '2026-11-23')).toBe('今天')
  expect(shownMonth('2026-11-20T01:12:00Z', '2026-11-23')).toBe('11 月')
  expect(shownMonth('2025-03-01T01:12:00Z', '2026-11-23')).toBe('2025 年 3 月')
})

it('[R20] a deadline names its day and minute in Shanghai', () => {
  expect(deadlineWords('2026-11-30T09:30:00Z', '2026-11-23')).toBe('11 月 30 日 17:30 截止，以服务器时间为准')
})
