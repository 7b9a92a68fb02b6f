/**
 * Makes paper white and print dark. The paper's own brightness is estimated on a coarse grid (a shadow is paper too; a
 * portrait or a seal is not) and divided out, so that shadows, yellow lamps and dark corners disappear and the bytes
 * of the file go to the text.
 */
import type { Bitmap } from './jbig2.ts'
import type { Raster } from './pixels.ts'
import { letGo } from './scratch.ts'

export type Filter = 'original' | 'enhanced' | 'grey' | 'bilevel'

/** The filters as the screen names them. */
export const FILTER_LABELS = {
  original: '原色',
  enhanced: '增强',
  grey: '灰度',
  bilevel: '黑白',
} as const satisfies Record<Filter, string>

/** Cells of the paper grid along the long side. */
const CELLS = 120

interface PaperGrid {
  readonly across: number
  readonly down: number
  /** Red, green, blue of the paper at each cell. */
  readonly colour: Float32Array
}

/** The colour of the bare paper over the page. */
export function estimatePaper(page: Raster): PaperGrid {
  const { data, width: w, height: h } = page
  const cell = Math.max(4, Math.max(w, h) / CELLS)
  const across = Math.max(2, Math.ceil(w / cell))
  const down = Math.max(2, Math.ceil(h / cell))
  const n = across * down
  const colour = new Float32Array(n * 3)
  const stride = Math.max(1, Math.floor(cell / 9))
  // in each cell the mean of its brightest fifth: paper between the strokes
  const level = new Uint16Array(256)
  for (let j = 0; j < down; j++)
    for (let i = 0; i < across; i++) {
      const x0 = Math.floor((i * w) / across)
      const x1 = Math.max(x0 + 1, Math.floor(((i + 1) * w) / across))
      const y0 = Math.floor((j * h) / down)
      const y1 = Math.max(y0 + 1, Math.floor(((j + 1) * h) / down))
      level.fill(0)
      let count = 0
      for (let y = y0; y < y1; y += stride)
        for (let x = x0; x < x1; x += stride) {
          const o = (y * w + x) * 4
          level[(data[o]! * 77 + data[o + 1]! * 150 + data[o + 2]! * 29) >> 8]!++
          count++
        }
      let bar = 255
      for (let seen = 0; bar > 0; bar--) if ((seen += level[bar]!) >= count * 0.25) break
      let r = 0
      let g = 0
      let b = 0
      let k = 0
      for (let y = y0; y < y1; y += stride)
        for (let x = x0; x < x1; x += stride) {
          const o = (y * w + x) * 4
          if ((data[o]! * 77 + data[o + 1]! * 150 + data[o + 2]! * 29) >> 8 < bar) continue
          r += data[o]!
          g += data[o + 1]!
          b += data[o + 2]!
          k++
        }
      const at = (j * across + i) * 3
      colour[at] = r / k
      colour[at + 1] = g / k
      colour[at + 2] = b / k
    }

  // What is paper? Cells whose hue is the page's hue and that are not much darker than the brightest near them.
  const lum = (c: Float32Array, at: number) => 0.3 * c[at]! + 0.59 * c[at + 1]! + 0.11 * c[at + 2]!
  const hues: number[][] = [[], []]
  const sorted = Array.from({ length: n }, (_, i) => lum(colour, i * 3)).sort((a, b) => a - b)
  const middle = sorted[n >> 1]!
  for (let i = 0; i < n; i++) {
    const y = lum(colour, i * 3)
    if (y < middle * 0.8) continue
    hues[0]!.push(colour[i * 3]! / (y + 1))
    hues[1]!.push(colour[i * 3 + 2]! / (y + 1))
  }
  const median = (l: number[]) => l.sort((a, b) => a - b)[l.length >> 1]!
  const hueR = median(hues[0]!)
  const hueB = median(hues[1]!)
  const weight = new Float32Array(n)
  const reach = 4
  for (let j = 0; j < down; j++)
    for (let i = 0; i < across; i++) {
      const k = j * across + i
      const y = lum(colour, k * 3)
      let best = 0
      for (let b = Math.max(0, j - reach); b <= Math.min(down - 1, j + reach); b++)
        for (let a = Math.max(0, i - reach); a <= Math.min(across - 1, i + reach); a++)
          best = Math.max(best, lum(colour, (b * across + a) * 3))
      const off = Math.max(Math.abs(colour[k * 3]! / (y + 1) - hueR), Math.abs(colour[k * 3 + 2]! / (y + 1) - hueB))
      const hue = off < 0.07 ? 1 : off > 0.16 ? 0 : 1 - (off - 0.07) / 0.09
      const bright = y / (best + 1)
      const lit = bright > 0.85 ? 1 : bright < 0.6 ? 0 : (bright - 0.6) / 0.25
      weight[k] = 1e-4 + hue * lit * lit
    }
  // Fill what is not paper from round it, widening step by step, and smooth.
  let value = new Float32Array(n * 4)
  for (let k = 0; k < n; k++) {
    for (let c = 0; c < 3; c++) value[k * 4 + c] = colour[k * 3 + c]! * weight[k]!
    value[k * 4 + 3] = weight[k]!
  }
  const pyramid = [value]
  value = blur(value, across, down, 1)
  for (let r = 2; r <= 32; r *= 2) pyramid.push((value = blur(value, across, down, r)))
  const out = new Float32Array(n * 3)
  for (let k = 0; k < n; k++) {
    // the narrowest blur that has seen enough paper
    let level = pyramid[pyramid.length - 1]!
    for (let p = 1; p < pyramid.length; p++)
      if (pyramid[p]![k * 4 + 3]! > 0.25) {
        level = pyramid[p]!
        break
      }
    for (let c = 0; c < 3; c++) out[k * 3 + c] = level[k * 4 + c]! / level[k * 4 + 3]!
  }
  return { across, down, colour: smooth3(out, across, down) }
}

/** Box blur of four interleaved channels. */
function blur(a: Float32Array, w: number, h: number, r: number): Float32Array<ArrayBuffer> {
  const t = new Float32Array(a.length)
  const out = new Float32Array(a.length)
  for (let y = 0; y < h; y++)
    for (let x = 0; x < w; x++)
      for (let c = 0; c < 4; c++) {
        let s = 0
        for (let d = -r; d <= r; d++) s += a[(y * w + Math.min(w - 1, Math.max(0, x + d))) * 4 + c]!
        t[(y * w + x) * 4 + c] = s / (2 * r + 1)
      }
  for (let y = 0; y < h; y++)
    for (let x = 0; x < w; x++)
      for (let c = 0; c < 4; c++) {
        let s = 0
        for (let d = -r; d <= r; d++) s += t[(Math.min(h - 1, Math.max(0, y + d)) * w + x) * 4 + c]!
        out[(y * w + x) * 4 + c] = s / (2 * r + 1)
      }
  return out
}

function smooth3(a: Float32Array, w: number, h: number): Float32Array {
  const out = new Float32Array(a.length)
  for (let y = 0; y < h; y++)
    for (let x = 0; x < w; x++)
      for (let c = 0; c < 3; c++) {
        let s = 0
        let n = 0
        for (let b = -1; b <= 1; b++)
          for (let d = -1; d <= 1; d++) {
            const yy = y + b
            const xx = x + d
            if (yy < 0 || xx < 0 || yy >= h || xx >= w) continue
            s += a[(yy * w + xx) * 3 + c]!
            n++
          }
        out[(y * w + x) * 3 + c] = s / n
      }
  return out
}

/** Reflectance below which ink is black, and above which paper is white. */
const BLACK = 0.08
const WHITE = 0.92

/** The page with its paper made white and its light made even; colours of print stay. */
export function flatten(page: Raster, paper = estimatePaper(page)): Raster {
  const { data, width: w, height: h } = page
  const { across, down, colour } = paper
  const out = new Uint8ClampedArray(data.length)
  const gain = 255 / (WHITE - BLACK)
  // the paper's colour along one row of pixels, between two rows of cells
  const row = new Float32Array(across * 3)
  const at = new Int32Array(w)
  const part = new Float32Array(w)
  for (let x = 0; x < w; x++) {
    const fx = Math.max(0, Math.min(across - 1.001, ((x + 0.5) * across) / w - 0.5))
    at[x] = (fx | 0) * 3
    part[x] = fx - (fx | 0)
  }
  for (let y = 0, o = 0; y < h; y++) {
    const fy = Math.max(0, Math.min(down - 1.001, ((y + 0.5) * down) / h - 0.5))
    const j = fy | 0
    const v = fy - j
    for (let k = 0; k < across * 3; k++)
      row[k] = Math.max(30, colour[j * across * 3 + k]! * (1 - v) + colour[(j + 1) * across * 3 + k]! * v)
    for (let x = 0; x < w; x++, o += 4) {
      const k = at[x]!
      const u = part[x]!
      out[o] = (data[o]! / (row[k]! + (row[k + 3]! - row[k]!) * u) - BLACK) * gain
      out[o + 1] = (data[o + 1]! / (row[k + 1]! + (row[k + 4]! - row[k + 1]!) * u) - BLACK) * gain
      out[o + 2] = (data[o + 2]! / (row[k + 2]! + (row[k + 5]! - row[k + 2]!) * u) - BLACK) * gain
      out[o + 3] = 255
    }
  }
  return { data: out, width: w, height: h }
}

/** Grey levels of a raster, 0–255. */
export function greyOf(page: Raster): Uint8ClampedArray {
  const { data, width, height } = page
  const out = new Uint8ClampedArray(width * height)
  for (let i = 0, o = 0; i < out.length; i++, o += 4)
    out[i] = (data[o]! * 77 + data[o + 1]! * 150 + data[o + 2]! * 29 + 128) >> 8
  return out
}

/** A raster without colour. */
export function toGrey(page: Raster): Raster {
  const g = greyOf(page)
  const out = new Uint8ClampedArray(page.data.length)
  for (let i = 0, o = 0; i < g.length; i++, o += 4) {
    out[o] = out[o + 1] = out[o + 2] = g[i]!
    out[o + 3] = 255
  }
  return { data: out, width: page.width, height: page.height }
}

/** How the threshold follows the page; see `inkOf`. */
export interface InkOptions {
  /** Half the window of the local mean, in pixels. */
  readonly radius: number
  /** How far below the local mean ink must lie when the surroundings are flat (Sauvola's k). */
  readonly k: number
}

/**
 * Ink of a flattened grey page by a local threshold (Sauvola and Pietikäinen): darker than its surroundings by an amount
 * that grows where the surroundings are flat, so that faint print counts and paper grain does not. Lone specks go.
 */
export function inkOf(grey: Uint8ClampedArray, width: number, height: number, { radius, k }: InkOptions): Bitmap {
  const w = width
  const h = height
  const ink = new Uint8Array(w * h)
  const r = Math.max(3, Math.round(radius))
  // running sums of columns over 2r+1 rows, then along the row: memory stays two rows long
  const sum = new Float64Array(w)
  const squares = new Float64Array(w)
  let rows = 0
  const addRow = (y: number, sign: 1 | -1) => {
    for (let x = 0, o = y * w; x < w; x++, o++) {
      const v = grey[o]!
      sum[x]! += sign * v
      squares[x]! += sign * v * v
    }
    rows += sign
  }
  for (let y = 0; y < Math.min(h, r); y++) addRow(y, 1)
  for (let y = 0; y < h; y++) {
    if (y + r < h) addRow(y + r, 1)
    if (y - r - 1 >= 0) addRow(y - r - 1, -1)
    let s = 0
    let q = 0
    let columns = 0
    for (let x = 0; x < Math.min(w, r); x++) {
      s += sum[x]!
      q += squares[x]!
      columns++
    }
    for (let x = 0, o = y * w; x < w; x++, o++) {
      if (x + r < w) {
        s += sum[x + r]!
        q += squares[x + r]!
        columns++
      }
      if (x - r - 1 >= 0) {
        s -= sum[x - r - 1]!
        q -= squares[x - r - 1]!
        columns--
      }
      const v = grey[o]!
      if (v > 235) continue
      const n = rows * columns
      const mean = s / n
      const deviation = Math.sqrt(Math.max(0, q / n - mean * mean))
      if (v < mean * (1 + k * (deviation / 128 - 1))) ink[o] = 1
    }
  }
  const clean = dropSpecks(ink, w, h)
  letGo(ink)
  return { width: w, height: h, ink: clean }
}

/** Removes ink that has fewer than two inked neighbours. */
function dropSpecks(ink: Uint8Array, w: number, h: number): Uint8Array {
  const out = new Uint8Array(ink)
  for (let y = 1; y < h - 1; y++)
    for (let x = 1, o = y * w + 1; x < w - 1; x++, o++) {
      if (!ink[o]) continue
      const n =
        ink[o - 1]! +
        ink[o + 1]! +
        ink[o - w]! +
        ink[o + w]! +
        ink[o - w - 1]! +
        ink[o - w + 1]! +
        ink[o + w - 1]! +
        ink[o + w + 1]!
      if (n < 2) out[o] = 0
    }
  return out
}
