import { describe, expect, it } from 'vitest'
import { formatMonth, parseMonth, yearsBetween } from './month-text.ts'

describe('a month as people write it', () => {
  it.each(['2015.7', '2015.07', '2015-07', '2015/7', '201507', '2015年7月', ' 2015 年 7 月 ', '２０１５．７'])(
    'reads %s as July 2015',
    (text) => expect(parseMonth(text)).toBe('2015-07'),
  )

  it.each(['', '2015', '2015.13', '2015.0', '15.7', '7.2015', '2015.7.1', '去年'])('does not guess at %s', (text) =>
    expect(parseMonth(text)).toBeUndefined(),
  )

  it('shows what it reads, and reads what it shows', () => {
    expect(formatMonth('2024-01')).toBe('2024 年 1 月')
    expect(parseMonth(formatMonth('1998-12'))).toBe('1998-12')
    expect(formatMonth('')).toBe('')
  })

  it('lists years from the newest to the oldest', () => {
    expect(yearsBetween('2024-11', '2026-01')).toEqual([2026, 2025, 2024])
    expect(yearsBetween('2027-01', '2026-01')).toEqual([])
  })
})
