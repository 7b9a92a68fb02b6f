import { expect, test } from 'vitest'
import { workInTurns } from './turns.ts'

const settled = () => new Promise((resolve) => setImmediate(resolve))

test('of many pieces of work so many run, so many wait in order, and the others are refused at once', async () => {
  const turns = workInTurns(2, 3)
  const ends: (() => void)[] = []
  const began: number[] = []
  const outcomes = [0, 1, 2, 3, 4, 5, 6].map((n) =>
    turns.run(async () => {
      began.push(n)
      await new Promise<void>((resolve) => ends.push(resolve))
      return n
    }),
  )
  await settled()
  expect([began, turns.running, turns.waiting]).toEqual([[0, 1], 2, 3])
  expect(await Promise.all(outcomes.slice(5))).toEqual([
    { ok: false, code: 'request.unavailable' },
    { ok: false, code: 'request.unavailable' },
  ])
  while (ends.length > 0) {
    ends.shift()!()
    await settled()
    expect(turns.running).toBeLessThanOrEqual(2)
  }
  expect(began).toEqual([0, 1, 2, 3, 4])
  expect((await Promise.all(outcomes.slice(0, 5))).map((outcome) => outcome.ok && outcome.value)).toEqual(began)
  expect([turns.running, turns.waiting]).toEqual([0, 0])
})

test('work that throws gives its turn back', async () => {
  const turns = workInTurns(1, 1)
  const failing = turns.run(() => Promise.reject(new Error('broken')))
  const next = turns.run(async () => 'done')
  await expect(failing).rejects.toThrow('broken')
  expect(await next).toEqual({ ok: true, value: 'done' })
  expect(turns.running).toBe(0)
})
