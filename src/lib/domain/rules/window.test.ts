import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { stateIds } from '../lifecycle/states.ts'
import { endOfDayInShanghai } from '../working-days.ts'
import { graceEndsAt, isInGrace, isOpen, windowState, writable, writingEndsAt } from './window.ts'

const opensAt = new Date('2026-10-08T09:00:00+08:00')
const closesAt = endOfDayInShanghai('2026-11-30')
const window = { opensAt, closesAt }
const SECOND = 1000
const DAY = 86_400_000
const at = (instant: Date, by = 0) => new Date(instant.getTime() + by)

describe('[R20][A4] a window is a closed interval', () => {
  test.each([
    ['a second before it opens', at(opensAt, -SECOND), false],
    ['a millisecond before it opens', at(opensAt, -1), false],
    ['as it opens', opensAt, true],
    ['as it closes', closesAt, true],
    ['a millisecond after', at(closesAt, 1), false],
    ['a second after', at(closesAt, SECOND), false],
  ])('%s', (_, now, open) => {
    expect(isOpen(window, now)).toBe(open)
    expect(writable('DRAFT', window, null, now)).toBe(open)
  })

  test('an end given as a date lasts through that day in Shanghai', () => {
    expect(isOpen(window, '2026-11-30T15:59:59.999Z')).toBe(true)
    expect(isOpen(window, '2026-11-30T16:00:00.000Z')).toBe(false)
  })

  test('three days before its end it is closing', () => {
    expect(windowState({ ...window, now: at(closesAt, -3 * DAY - 1) })).toBe('open')
    expect(windowState({ ...window, now: at(closesAt, -3 * DAY) })).toBe('closing')
    expect(windowState({ ...window, now: closesAt })).toBe('closing')
    expect(windowState({ ...window, now: at(closesAt, 1) })).toBe('closed')
    expect(windowState({ ...window, now: at(opensAt, -1) })).toBe('before')
  })

  test('[A6] without an end it never closes', () => {
    const openEnded = { opensAt, closesAt: null }
    expect(windowState({ ...openEnded, now: '2099-01-01T00:00:00Z' })).toBe('open')
    expect(windowState({ ...openEnded, now: at(opensAt, -1) })).toBe('before')
    expect(writingEndsAt(openEnded, opensAt)).toBeNull()
  })

  test('time never leads back: before, open, closing, closed', () => {
    const order = ['before', 'open', 'closing', 'closed']
    const offset = fc.integer({ min: -100 * DAY, max: 100 * DAY })
    fc.assert(
      fc.property(offset, offset, (a, b) => {
        const [earlier, later] = [Math.min(a, b), Math.max(a, b)].map((by) =>
          windowState({ ...window, now: at(opensAt, by) }),
        )
        expect(order.indexOf(earlier!)).toBeLessThanOrEqual(order.indexOf(later!))
      }),
    )
  })
})

describe('who may write, and until when', () => {
  const after = at(closesAt, 2 * DAY)

  test('[A5] a draft is read-only once the window has closed', () => {
    expect(writable('DRAFT', window, null, after)).toBe(false)
  })

  test('[A22] a returned application may be written until the term it was given', () => {
    const until = at(closesAt, 5 * DAY)
    expect(writable('RETURNED', window, until, after)).toBe(true)
    expect(writable('RETURNED', window, until, until)).toBe(true)
    expect(writable('RETURNED', window, until, at(until, 1))).toBe(false)
    expect(writable('RETURNED', window, null, after)).toBe(false)
  })

  test('[A22] a term shorter than the window takes nothing away', () => {
    expect(writingEndsAt(window, at(closesAt, -10 * DAY))).toEqual(closesAt)
    expect(writable('RETURNED', window, at(closesAt, -10 * DAY), closesAt)).toBe(true)
  })

  test('[R90] in every other state nothing can be written, whatever the clock says', () => {
    for (const state of stateIds.filter((id) => id !== 'DRAFT' && id !== 'RETURNED'))
      for (const now of [opensAt, closesAt, after])
        expect(writable(state, window, at(closesAt, 9 * DAY), now), state).toBe(false)
  })
})

describe('grace after the end', () => {
  test.each([
    ['changed long before the end', at(closesAt, -DAY), at(closesAt, 600 * SECOND)],
    ['changed at the very end', closesAt, at(closesAt, 600 * SECOND)],
    ['changed a millisecond after it', at(closesAt, 1), null],
  ])('[R20] ten minutes, %s', (_, changedAt, until) => {
    expect(graceEndsAt(window, 10, changedAt)).toEqual(until)
  })

  test('a batch that grants none, and one without an end, have none', () => {
    expect(graceEndsAt(window, 0, opensAt)).toBeNull()
    expect(graceEndsAt({ closesAt: null }, 10, opensAt)).toBeNull()
  })

  test('only what is sent after the last moment of writing is marked', () => {
    expect(isInGrace(window, null, closesAt)).toBe(false)
    expect(isInGrace(window, null, at(closesAt, 1))).toBe(true)
    expect(isInGrace(window, at(closesAt, DAY), at(closesAt, 1))).toBe(false)
    expect(isInGrace(window, at(closesAt, -DAY), at(closesAt, 1))).toBe(true)
    expect(isInGrace({ closesAt: null }, null, at(closesAt, DAY))).toBe(false)
  })
})
