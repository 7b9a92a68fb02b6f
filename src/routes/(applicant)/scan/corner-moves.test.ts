import { expect, it } from 'vitest'
import { frameOf, turnPoint } from '$lib/scan/geometry.ts'
import { backTurned, moveCorner, moveSide } from './corner-moves.ts'

const whole = frameOf(400, 300)

it('moves a corner with the finger, whichever way the page is turned', () => {
  const quad = moveCorner(whole, 0, { x: 40, y: 40 }, 400, 300)
  for (const turns of [0, 1, 2, 3] as const) {
    const onScreen = turnPoint(quad[0], turns, 400, 300)
    const moved = moveCorner(quad, 0, backTurned({ x: 7, y: 3 }, turns), 400, 300)
    const after = turnPoint(moved[0], turns, 400, 300)
    expect([after.x - onScreen.x, after.y - onScreen.y]).toEqual([7, 3])
  }
})

it('keeps corners inside the picture and the page unfolded', () => {
  expect(moveCorner(whole, 0, { x: -50, y: 20 }, 400, 300)[0]).toEqual({ x: 0, y: 20 })
  // across the diagonal: not made
  expect(moveCorner(whole, 0, { x: 390, y: 290 }, 400, 300)).toBe(whole)
  expect(moveSide(whole, 0, { x: 0, y: 299 }, 400, 300)).toBe(whole)
})

it('moves a side across itself, not along', () => {
  const [a, b, c, d] = moveSide(whole, 0, { x: 90, y: 25 }, 400, 300)
  expect([a, b, c, d]).toEqual([{ x: 0, y: 25 }, { x: 400, y: 25 }, whole[2], whole[3]])
})
