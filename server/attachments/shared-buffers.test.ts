import { expect, test, vi } from 'vitest'
import { borrow, type Loan } from './shared-buffers.ts'

const bufferOf = ({ bytes }: Loan) => bytes.buffer

test('memory comes back into use, never twice at once; who waits for it gets the next one, and one more where none comes', async () => {
  const first = await borrow(10)
  expect(first.bytes.length).toBe(10)
  const known = bufferOf(first)
  first.giveBack()
  const loans = await Promise.all(Array.from({ length: 12 }, () => borrow(20)))
  expect(new Set(loans.map(bufferOf)).size).toBe(12)
  expect(loans.map(bufferOf)).toContain(known)

  const next = borrow(30)
  const after = borrow(40)
  const [one] = loans as [Loan]
  const its = bufferOf(one)
  one.giveBack()
  const served = await next
  expect(bufferOf(served)).toBe(its)
  // Nobody gives back any more: it does not wait for ever.
  const more = await after
  const all = [...loans.slice(1), served, more]
  expect(new Set(all.map(bufferOf)).size).toBe(13)

  for (const loan of all) loan.giveBack()
  const again = await Promise.all(Array.from({ length: 12 }, () => borrow(1)))
  expect(again.every((loan) => all.some((before) => bufferOf(before) === bufferOf(loan)))).toBe(true)
  for (const loan of again) loan.giveBack()
})

test('where some come back, those for whom none was left get one more after two seconds', async () => {
  vi.useFakeTimers()
  try {
    const holders = await Promise.all(Array.from({ length: 12 }, () => borrow(1)))
    let served = 0
    for (let place = 0; place < 40; place += 1)
      void borrow(1).then((loan) => {
        holders.push(loan)
        served += 1
      })
    for (let back = 1; back <= 19; back += 1) {
      await vi.advanceTimersByTimeAsync(100)
      holders.shift()?.giveBack()
    }
    await vi.advanceTimersByTimeAsync(50)
    expect(served).toBe(19)
    await vi.advanceTimersByTimeAsync(50)
    expect(served).toBe(40)
    for (const loan of holders) loan.giveBack()
  } finally {
    vi.useRealTimers()
  }
})
