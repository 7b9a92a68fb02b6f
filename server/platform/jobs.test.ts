import { expect, test } from 'vitest'
import { slotOf } from './jobs.ts'

const at = (text: string) => new Date(text).getTime()

test('[A4] a daily job belongs to its hour in Asia/Shanghai, until that hour of the next day', () => {
  const daily = { dailyAt: '09:00' } as const
  const slot = at('2026-03-02T09:00+08:00')
  expect(slotOf(daily, slot)).toBe(slot)
  expect(slotOf(daily, at('2026-03-03T08:59:59.999+08:00'))).toBe(slot)
  expect(slotOf(daily, slot - 1)).toBe(at('2026-03-01T09:00+08:00'))
})

test('a job of every few minutes belongs to the period in which now lies', () => {
  expect(slotOf({ everyMinutes: 5 }, at('2026-03-02T01:09:59Z'))).toBe(at('2026-03-02T01:05Z'))
  expect(slotOf({ everyMinutes: 60 }, at('2026-03-02T01:00Z'))).toBe(at('2026-03-02T01:00Z'))
})
