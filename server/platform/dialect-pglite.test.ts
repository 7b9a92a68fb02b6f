import { expect, test } from 'vitest'
import { Turns } from './dialect-pglite.ts'

test('turns are given in the order in which they were asked for, one at a time', async () => {
  const turns = new Turns()
  const order: string[] = []
  const work = async (name: string) => {
    await turns.take()
    order.push(`${name} in`)
    await Promise.resolve()
    order.push(`${name} out`)
    turns.give()
  }
  await Promise.all(['a', 'b', 'c'].map(work))
  expect(order).toEqual(['a in', 'a out', 'b in', 'b out', 'c in', 'c out'])
})

test('who waits too long is told why, and does not take a turn afterwards', async () => {
  const turns = new Turns(20)
  await turns.take()
  await expect(turns.take()).rejects.toThrow('Use the transaction')
  turns.give()
  await turns.take()
})
