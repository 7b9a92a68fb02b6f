import { expect, it } from 'vitest'
import { lately } from './lately.ts'

it('asks once for all who ask within five seconds, and again after them', async () => {
  let now = 0
  let asked = 0
  const ask = lately(
    async () => (asked += 1),
    () => now,
  )
  expect(await Promise.all([ask(), ask()])).toEqual([1, 1])
  now = 4_999
  expect(await ask()).toBe(1)
  now = 5_000
  expect(await ask()).toBe(2)
})
