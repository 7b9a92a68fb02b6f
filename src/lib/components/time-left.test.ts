import { describe, expect, it } from 'vitest'
import { announcement, timeLeft, timeLeftWords, untilNextTick } from './time-left.ts'

const until = Date.parse('2026-11-30T17:30:00+08:00')

describe('time left', () => {
  it('splits seven days, seven hours and 48 minutes', () => {
    const left = timeLeft(until, Date.parse('2026-11-23T09:41:30+08:00'))
    expect(left).toMatchObject({ days: 7, hours: 7, minutes: 48, over: false })
    expect(timeLeftWords(left)).toBe('还剩 7 天 7 小时 48 分')
  })

  it('is not over in the last millisecond and over in the next', () => {
    expect(timeLeft(until, until).over).toBe(false)
    expect(timeLeft(until, until + 1).over).toBe(true)
    expect(timeLeftWords(timeLeft(until, until + 1))).toBe('已截止')
  })

  it('shows seconds only in the last hour', () => {
    expect(timeLeftWords(timeLeft(until, until - 59 * 60_000 - 5_000))).toBe('还剩 59 分 5 秒')
    expect(timeLeftWords(timeLeft(until, until - 3_600_000))).toBe('还剩 1 小时 0 分')
  })

  it('wakes up just when the digits change', () => {
    const now = until - (7 * 3_600_000 + 30_000)
    const next = now + untilNextTick(until, now)
    expect(timeLeft(until, now).minutes).toBe(0)
    expect(timeLeft(until, next)).toMatchObject({ hours: 6, minutes: 59 })
    expect(untilNextTick(until, until + 5)).toBe(Number.POSITIVE_INFINITY)
  })

  it('announces a mark once, when it is crossed', () => {
    expect(announcement(3_600_001, 3_600_000)).toBe('离截止还有 1 小时')
    expect(announcement(3_600_000, 3_599_000)).toBeUndefined()
    expect(announcement(90_000_000, 500_000)).toBe('离截止还有 10 分钟')
  })
})
