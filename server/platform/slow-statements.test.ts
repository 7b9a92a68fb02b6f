import { expect, test, vi } from 'vitest'
import { SlowStatements, withoutValues } from './slow-statements.ts'

test('a slow statement is remembered by its text, with how often and how long, and told once in a while', () => {
  const told: string[] = []
  const slow = new SlowStatements(100, ({ statement, times }) => told.push(`${times} ${statement}`))
  slow.took('select 1 from account where mobile = $1', 99)
  expect(slow.list()).toEqual([])
  slow.took('select name from account where mobile = $1', 120.4)
  slow.took('select name from account where mobile = $1', 340)
  slow.took('update batch set next_serial = next_serial + $1', 200)
  expect(slow.list()).toMatchObject([
    { statement: 'select name from account where mobile = $1', times: 2, mostMs: 340 },
    { statement: 'update batch set next_serial = next_serial + $1', times: 1, mostMs: 200 },
  ])
  expect(told).toEqual([
    '1 select name from account where mobile = $1',
    '1 update batch set next_serial = next_serial + $1',
  ])
})

test('no value stays in the text, and lists of any length are one statement', () => {
  expect(withoutValues("select 1 from account where name = '周''明' and int8(x.y2) > 13812345678")).toBe(
    'select ? from account where name = ? and int8(x.y2) > ?',
  )
  const wanted = (count: number) =>
    withoutValues(
      `select id\n from account where id in (${Array.from({ length: count }, (_, at) => `$${at + 1}`).join(', ')})`,
    )
  expect(wanted(3)).toBe('select id from account where id in ($…)')
  expect(wanted(300)).toBe(wanted(3))
  expect(withoutValues('insert into cell values ($1, $2), ($3, $4), ($5, $6)')).toBe('insert into cell values ($…), …')
})

test('only so many are remembered: the one that was slow longest ago makes room', () => {
  const slow = new SlowStatements(1)
  for (let at = 0; at < 40; at += 1)
    slow.took(`select * from "t${String.fromCharCode(97 + (at % 26)).repeat(at + 1)}"`, 10)
  expect(slow.list()).toHaveLength(20)
})

test('what a statement waits for those before it on its connection is none of its time', async () => {
  vi.useFakeTimers()
  const slow = new SlowStatements(40)
  const timed = slow.stopwatch()
  const after = (milliseconds: number) => () => new Promise<void>((done) => setTimeout(done, milliseconds))
  const both = Promise.all([timed('select pg_sleep($1)', after(60)), timed('select now()', after(65))])
  await vi.advanceTimersByTimeAsync(65)
  await both
  vi.useRealTimers()
  expect(slow.list().map(({ statement }) => statement)).toEqual(['select pg_sleep($1)'])
})
