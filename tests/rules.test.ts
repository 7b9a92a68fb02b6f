import { expect, test } from 'vitest'
import { rulesInTitles } from './rules.ts'

test('finds rule numbers in titles, alone, listed and as ranges', () => {
  const source = [
    "test('[R41] one', () => {})",
    'it("[R1, R2] two", () => {})',
    'test.each([1, 2])(`[R10–R12] ${kind}`, () => {})',
    "test('no rule', () => {}) // [R99]",
    // put together here, so that a search for tests that do not run finds only real ones
    ['test', "skip('[R7] skipped', () => {})"].join('.'),
  ].join('\n')
  expect([...rulesInTitles(source)].sort()).toEqual(['R1', 'R10', 'R11', 'R12', 'R2', 'R41'])
})
