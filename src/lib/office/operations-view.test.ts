import { expect, test } from 'vitest'
import { healthOfDisk, partsOf, spaceText, spanText } from './operations-view.ts'

test('space is said in the unit that keeps the number short', () => {
  expect(
    [null, 0, 512 * 1024, 999 * 1024, 1024 * 1024, 412 * 1024 ** 2, 1.34 * 1024 ** 3, 5 * 1024 ** 4].map(spaceText),
  ).toEqual(['—', '0 KB', '512 KB', '999 KB', '1.0 MB', '412 MB', '1.3 GB', '5.0 TB'])
})

test('a span is said by its two largest parts', () => {
  const hour = 3_600_000
  expect([400, 40_000, 5 * 60_000, 5.2 * hour, 76 * hour].map(spanText)).toEqual([
    '0 秒',
    '40 秒',
    '5 分',
    '5 小时 12 分',
    '3 天 4 小时',
  ])
})

test('a disk is short below a tenth, and nearly full below a fiftieth', () => {
  const of = (diskFree: number | null) => healthOfDisk({ diskFree, disk: 100, database: 1 })
  expect([50, 9, 1, null].map(of)).toEqual(['ok', 'warn', 'err', undefined])
})

test('a part that does not answer, or a queue that nobody works off, is a fault in words', () => {
  const ready = (database: number | null, files: number | null, oldestSeconds: number | null, late: boolean) =>
    partsOf({
      ready: {
        database: { kind: 'postgres', ms: database },
        files: { kind: 's3', ms: files },
        queue: { oldestSeconds, late },
      },
    } as Parameters<typeof partsOf>[0]).map(({ health, says }) => `${health} ${says}`)
  expect(ready(2, 14, 0, false)).toEqual(['ok 2 毫秒应答', 'ok 14 毫秒应答', 'ok 没有积压'])
  expect(ready(2400, null, 900, true)).toEqual(['warn 2400 毫秒应答', 'err 没有应答', 'err 最早的任务已等 15 分'])
})
