import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { rowWindow } from './row-window.ts'

const at = (scrollTop: number, count = 20_000) => rowWindow({ scrollTop, height: 600, rowHeight: 43, count })

describe('the window over a long table', () => {
  it('is a few dozen rows wherever one stands, of however many', () => {
    expect(at(0)).toEqual({ from: 0, to: 27 })
    expect(at(43 * 10_000)).toEqual({ from: 9988, to: 10_027 })
    expect(at(43 * 20_000 - 600)).toEqual({ from: 19_974, to: 20_000 })
  })

  it('is everything where the table is short, and nothing where it is empty', () => {
    expect(at(0, 3)).toEqual({ from: 0, to: 3 })
    expect(at(0, 0)).toEqual({ from: 0, to: 0 })
  })

  it('holds every row that stands in the box', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 30_000 }),
        fc.integer({ min: 1, max: 2000 }),
        fc.integer({ min: 20, max: 90 }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        (count, height, rowHeight, share) => {
          const scrollTop = share * Math.max(0, count * rowHeight - height)
          const { from, to } = rowWindow({ scrollTop, height, rowHeight, count })
          expect(from * rowHeight).toBeLessThanOrEqual(scrollTop)
          expect(to * rowHeight).toBeGreaterThanOrEqual(Math.min(count * rowHeight, scrollTop + height))
        },
      ),
    )
  })
})
