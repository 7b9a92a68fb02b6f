import { createHash } from 'node:crypto'
import { expect, test } from 'vitest'
import { solve } from './proof-of-work.ts'

const work = (number: number, atMost = 3000) => ({
  salt: 'f00d',
  hash: createHash('sha256').update(`f00d${number}`).digest('hex'),
  atMost,
})

test('the number is found wherever it stands, the ends included', async () => {
  for (const number of [0, 1, 499, 500, 2718, 3000]) expect(await solve(work(number))).toBe(String(number))
})

test('where there is none, or one is told to stop, nothing comes', async () => {
  expect(await solve(work(3001))).toBeUndefined()
  expect(await solve(work(2999), AbortSignal.abort())).toBeUndefined()
})
