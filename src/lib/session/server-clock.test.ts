import { expect, it } from 'vitest'
import { ServerClock } from './server-clock.svelte.ts'

const NOON = Date.parse('2026-11-15T04:00:00Z')

it('shows the server’s time on a phone that is a day off, and says so', () => {
  let phone = NOON + 86_400_000
  const clock = new ServerClock(() => phone)
  clock.learn('2026-11-15T04:00:00.000Z', phone - 200, phone)
  expect(Math.abs(clock.now() - NOON)).toBeLessThanOrEqual(100)
  expect(clock.today).toBe('2026-11-15')
  expect(clock.isSkewed).toBe(true)
  phone += 60_000
  expect(Math.abs(clock.now() - NOON - 60_000)).toBeLessThanOrEqual(100)
})

it('tells of a wrong clock from five minutes on', () => {
  for (const [off, told] of [
    [4 * 60_000 + 59_000, false],
    [5 * 60_000, true],
    [-5 * 60_000, true],
  ] as const) {
    const clock = new ServerClock(() => NOON + off)
    clock.learn(NOON, NOON + off, NOON + off)
    expect(clock.isSkewed).toBe(told)
    expect(clock.skew).toBe(off)
  }
})

it('trusts the quicker answer, and yet hears when the phone’s clock was moved', () => {
  let phone = NOON
  const clock = new ServerClock(() => phone)
  clock.learn(NOON, NOON - 10, NOON + 10)
  clock.learn(NOON + 1_500, NOON, NOON + 2_000)
  expect(clock.skew).toBe(0)
  phone = NOON + 3_600_000
  clock.learn(NOON + 5_000, phone - 500, phone + 500)
  expect(Math.abs(clock.now() - (NOON + 5_000))).toBeLessThanOrEqual(500)
})
