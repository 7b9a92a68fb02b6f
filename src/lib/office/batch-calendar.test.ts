import { describe, expect, it } from 'vitest'
import { barOf, calendarSpan, dailyColumns } from './batch-calendar.ts'

const NOW = Date.parse('2026-11-23T02:00:00.000Z')

describe('the calendar of batches', () => {
  it('shows half a year around now, by the months of Shanghai', () => {
    const span = calendarSpan(NOW)
    expect([span.from, span.to]).toEqual(['2026-09-01', '2027-03-01'])
    expect(span.months.map(({ label }) => label)).toEqual([
      '2026 年 9 月',
      '10 月',
      '11 月',
      '12 月',
      '2027 年 1 月',
      '2 月',
    ])
    expect(span.today).toBeGreaterThan(span.months[2]!.at)
    expect(span.today).toBeLessThan(span.months[3]!.at)
    expect(calendarSpan(Date.parse('2026-11-30T16:00:00.000Z')).from).toBe('2026-10-01')
  })

  it('draws a batch within the edges, an open end to the right edge, a past one not at all', () => {
    const span = calendarSpan(NOW)
    const bar = barOf(span, { opensAt: '2026-10-15T16:00:00.000Z', closesAt: '2026-11-30T09:30:00.000Z' })!
    expect(bar.left).toBeCloseTo(45 / 181, 3)
    expect(bar.left + bar.width).toBeLessThan(1)
    const endless = barOf(span, { opensAt: '2026-01-01T00:00:00.000Z', closesAt: null })!
    expect(endless).toEqual({ left: 0, width: 1 })
    expect(barOf(span, { opensAt: '2026-01-01T00:00:00.000Z', closesAt: '2026-02-01T00:00:00.000Z' })).toBeNull()
  })

  it('has a column for every day, those without a submission too', () => {
    const days = [
      { day: '2026-11-20', count: 3 },
      { day: '2026-11-22', count: 1 },
    ]
    expect(dailyColumns(days, NOW).map(({ count }) => count)).toEqual([3, 0, 1, 0])
    expect(dailyColumns([], NOW)).toEqual([])
  })
})
