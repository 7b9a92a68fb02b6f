/** Pictures for the tests of this folder, drawn in code: a printed sheet on a table, seen by a tilted camera. */
import type { Quad } from './geometry.ts'
import { unitSquareTo } from './geometry.ts'
import type { Raster } from './pixels.ts'

type Colour = readonly [number, number, number]

export interface DrawnPage {
  readonly width: number
  readonly height: number
  readonly corners: Quad | null
  readonly paper: Colour
  readonly table: Colour
  /** Strength of the table's grain, in levels. */
  readonly grain?: number
  /** A printed frame near the paper's edge, as on honour certificates. */
  readonly border?: Colour
  /** Lines of text on the sheet. */
  readonly lines?: number
  /** A red seal over the text. */
  readonly seal?: boolean
  /** How much darker the right end of the picture is, 0–1. */
  readonly shade?: number
}

/** A repeatable noise in -1…1. */
function noise(x: number, y: number): number {
  let h = Math.imul(x + 374761393, 668265263) ^ Math.imul(y + 1013904223, 1274126177)
  h = Math.imul(h ^ (h >>> 13), 1103515245)
  return ((h ^ (h >>> 16)) & 0xffff) / 32768 - 1
}

/** What is printed at (u, v) of the page, both 0–1. */
function printAt(u: number, v: number, page: DrawnPage): Colour {
  const edge = Math.min(u, 1 - u, v * 1.2, (1 - v) * 1.2)
  if (page.border && edge > 0.035 && edge < 0.05) return page.border
  if (page.seal) {
    const d = Math.hypot((u - 0.7) * 1.0, (v - 0.78) * 1.4)
    if (d < 0.1 && d > 0.088) return [205, 40, 45]
    if (d < 0.03) return [205, 40, 45]
  }
  const lines = page.lines ?? 14
  if (u > 0.14 && u < 0.86 && v > 0.15 && v < 0.88) {
    const row = ((v - 0.15) / 0.73) * lines
    const inRow = row - Math.floor(row)
    // strokes of changing width stand for characters
    const stroke = Math.sin(u * 260 + Math.floor(row) * 7) + Math.sin(u * 611 + Math.floor(row) * 3)
    if (inRow > 0.3 && inRow < 0.62 && stroke > 0.35) return [35, 35, 40]
  }
  return page.paper
}

/** Draws the scene with two samples a pixel. */
export function drawPage(page: DrawnPage): Raster {
  const { width, height, corners } = page
  const data = new Uint8ClampedArray(width * height * 4)
  const m = corners && invert(unitSquareTo(corners))
  for (let y = 0, o = 0; y < height; y++)
    for (let x = 0; x < width; x++, o += 4) {
      let r = 0
      let g = 0
      let b = 0
      for (let s = 0; s < 2; s++) {
        const px = x + 0.25 + 0.5 * s
        const py = y + 0.25 + 0.5 * s
        let c: Colour | null = null
        if (m) {
          const z = 1 / (m[6]! * px + m[7]! * py + m[8]!)
          const u = (m[0]! * px + m[1]! * py + m[2]!) * z
          const v = (m[3]! * px + m[4]! * py + m[5]!) * z
          if (u > 0 && u < 1 && v > 0 && v < 1) c = printAt(u, v, page)
        }
        const t = c ? 0 : (page.grain ?? 6) * (noise(x >> 2, y >> 2) + 0.5 * noise(x >> 4, y >> 3))
        const [cr, cg, cb] = c ?? page.table
        r += cr + t
        g += cg + t
        b += cb + t
      }
      const light = (1 - (page.shade ?? 0.15) * (x / width)) / 2
      const n = 1.5 * noise(x, y)
      data[o] = r * light + n
      data[o + 1] = g * light + n
      data[o + 2] = b * light + n
      data[o + 3] = 255
    }
  return { data, width, height }
}

function invert(m: readonly number[]): number[] {
  const [a, b, c, d, e, f, g, h, i] = m as [number, number, number, number, number, number, number, number, number]
  const A = e * i - f * h
  const B = f * g - d * i
  const C = d * h - e * g
  const det = a * A + b * B + c * C
  return [A, c * h - b * i, b * f - c * e, B, a * i - c * g, c * d - a * f, C, b * g - a * h, a * e - b * d].map(
    (v) => v / det,
  )
}
