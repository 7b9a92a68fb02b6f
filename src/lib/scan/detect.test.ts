import { describe, expect, it } from 'vitest'
import { AUTO_CAPTURE_CONFIDENCE } from './confidence.ts'
import { detectPage } from './detect.ts'
import type { DrawnPage } from './drawn-pages.ts'
import { drawPage } from './drawn-pages.ts'
import type { Quad } from './geometry.ts'

const upright: Quad = [
  { x: 95, y: 120 },
  { x: 452, y: 96 },
  { x: 486, y: 640 },
  { x: 60, y: 655 },
]
const scene: DrawnPage = {
  width: 540,
  height: 760,
  corners: upright,
  paper: [238, 236, 230],
  table: [128, 92, 60],
}

/** Largest distance between found and true corners, in pixels. */
function cornerError(found: Quad, truth: Quad): number {
  return Math.max(...truth.map((p, i) => Math.hypot(p.x - found[i]!.x, p.y - found[i]!.y)))
}

describe('a page in the picture', () => {
  it('is found on a wooden table to a pixel', () => {
    const found = detectPage(drawPage(scene))!
    expect(cornerError(found.corners, upright)).toBeLessThan(1.5)
    expect(found.confidence).toBeGreaterThan(AUTO_CAPTURE_CONFIDENCE)
    expect(found.beyondFrame).toEqual([false, false, false, false])
  })

  it('is found on a white desk that is only a little darker', () => {
    const found = detectPage(drawPage({ ...scene, table: [222, 220, 216], grain: 1.5 }))!
    expect(cornerError(found.corners, upright)).toBeLessThan(2.5)
  })

  it('is the sheet and not the frame printed on it', () => {
    const found = detectPage(drawPage({ ...scene, border: [190, 30, 35], lines: 6, table: [205, 203, 199] }))!
    expect(cornerError(found.corners, upright)).toBeLessThan(2.5)
  })

  it('is cut by the edge of the frame where it goes on beyond', () => {
    const cut: Quad = [
      { x: 90, y: -25 },
      { x: 455, y: -22 },
      { x: 470, y: 560 },
      { x: 70, y: 570 },
    ]
    const found = detectPage(drawPage({ ...scene, corners: cut }))!
    expect(found.beyondFrame[0]).toBe(true)
    expect(Math.abs(found.corners[0].y)).toBeLessThan(1)
    expect(cornerError(found.corners, cut)).toBeLessThan(30)
    expect(Math.hypot(found.corners[2].x - 470, found.corners[2].y - 560)).toBeLessThan(2)
  })

  it('is snapped to a fraction of a pixel on the full picture', () => {
    const big = 3
    const corners = upright.map((p) => ({ x: p.x * big, y: p.y * big })) as unknown as Quad
    const image = drawPage({ ...scene, width: 540 * big, height: 760 * big, corners })
    expect(cornerError(detectPage(image, { mode: 'photo' })!.corners, corners)).toBeLessThan(2)
  })

  it('is followed from frame to frame', () => {
    const first = detectPage(drawPage(scene))!
    const moved = upright.map((p) => ({ x: p.x + 4, y: p.y - 3 })) as unknown as Quad
    const next = detectPage(drawPage({ ...scene, corners: moved }), { previous: first })!
    expect(cornerError(next.corners, moved)).toBeLessThan(1.5)
  })
})

describe('no page in the picture', () => {
  it('gets no confident answer on a bare table', () => {
    const found = detectPage(drawPage({ ...scene, corners: null }))
    expect(found?.confidence ?? 0).toBeLessThan(AUTO_CAPTURE_CONFIDENCE)
  })

  it('gets no answer on one flat colour or from a tiny picture', () => {
    const flat = { width: 300, height: 400, data: new Uint8ClampedArray(300 * 400 * 4).fill(200) }
    expect(detectPage(flat)).toBeNull()
    expect(detectPage({ width: 20, height: 20, data: new Uint8ClampedArray(1600) })).toBeNull()
  })
})
