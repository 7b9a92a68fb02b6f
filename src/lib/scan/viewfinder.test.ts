import { describe, expect, it } from 'vitest'
import type { Detection } from './detect.ts'
import type { Quad } from './geometry.ts'
import { Viewfinder } from './viewfinder.ts'

const quad = (dx = 0): Quad => [
  { x: 100 + dx, y: 100 },
  { x: 900 + dx, y: 100 },
  { x: 900 + dx, y: 1500 },
  { x: 100 + dx, y: 1500 },
]
const seen = (corners = quad(), more: Partial<Detection> = {}): Detection => ({
  corners,
  confidence: 0.98,
  coverage: 0.54,
  beyondFrame: [false, false, false, false],
  crispness: 3,
  ...more,
})

describe('the viewfinder', () => {
  it('captures once a page is held, not at its first sight', () => {
    const v = new Viewfinder(1080, 1920)
    const hints = Array.from({ length: 12 }, (_, i) => v.update(seen(quad(i % 2)), 120, i * 100).hint)
    expect(hints[0]).toBe('hold-still')
    expect(hints.indexOf('capturing')).toBeGreaterThanOrEqual(7)
  })

  it('does not capture a page twice: it must go, or another must come, before the next', () => {
    const v = new Viewfinder(1080, 1920)
    const hold = (from: number, d: Detection | null) =>
      Array.from({ length: 12 }, (_, i) => v.update(d, 120, from + i * 100).hint)
    expect(hold(0, seen())).toContain('capturing')
    v.captured(1200)
    expect(new Set(hold(1300, seen(quad(2))))).toEqual(new Set(['next']))
    hold(2600, null)
    expect(hold(3900, seen())).toContain('capturing')
    v.captured(5100)
    expect(hold(5200, seen(quad(200)))).toContain('capturing')
  })

  it('waits while the phone moves, and draws a quad that jitters less than the detections', () => {
    const v = new Viewfinder(1080, 1920)
    for (let i = 0; i < 20; i++) expect(v.update(seen(quad(i * 40)), 120, i * 100).hint).toBe('hold-still')
    const w = new Viewfinder(1080, 1920)
    const xs = Array.from({ length: 20 }, (_, i) => w.update(seen(quad(i % 2 ? 6 : -6)), 120, i * 100).quad![0].x)
    expect(Math.max(...xs.slice(6)) - Math.min(...xs.slice(6))).toBeLessThan(7)
  })

  it('says what to do: closer, more light, all four sides, and does not capture a doubtful page', () => {
    const state = (d: Detection | null, light: number) => {
      const v = new Viewfinder(1080, 1920)
      return Array.from({ length: 15 }, (_, i) => v.update(d, light, i * 100).hint).at(-1)
    }
    expect(state(seen(quad(), { coverage: 0.1 }), 120)).toBe('closer')
    expect(state(seen(), 20)).toBe('dark')
    expect(state(null, 20)).toBe('dark')
    expect(state(seen(quad(), { beyondFrame: [true, false, false, false] }), 120)).toBe('move-back')
    expect(state(seen(quad(), { confidence: 0.6 }), 120)).toBe('searching')
    expect(state(null, 120)).toBe('searching')
  })

  it('keeps the quad for a moment when one frame fails', () => {
    const v = new Viewfinder(1080, 1920)
    v.update(seen(), 120, 0)
    expect(v.update(null, 120, 100).quad).not.toBeNull()
    expect(v.update(null, 120, 600).quad).toBeNull()
  })
})
