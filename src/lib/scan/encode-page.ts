/**
 * One page under a number of bytes, as readable as it can be. Three ways, from many bytes to few:
 * - a JPEG in colour or grey, with the light evened out first so that the bytes go to the print;
 * - mixed: the print as crisp bilevel stencils (black, and red or blue for seals and signatures) over a small, coarse
 *   colour JPEG of everything else (portrait, tint);
 * - bilevel alone.
 */
import type { Filter } from './enhance.ts'
import { flatten, greyOf, inkOf } from './enhance.ts'
import type { Bitmap } from './jbig2.ts'
import { writeJbig2 } from './jbig2.ts'
import { fitJpeg, prepareJpeg, qualityFor } from './jpeg.ts'
import { PDF_BYTES } from './pdf.ts'
import type { Raster } from './pixels.ts'
import { scaleTo, shrink } from './rectify.ts'
import { letGo } from './scratch.ts'

export type PageMode = 'colour' | 'grey' | 'mixed' | 'bilevel'

/** What a page's modes are called on the screen. */
export const MODE_LABELS = {
  colour: '彩色',
  grey: '灰度',
  mixed: '彩色（文字锐化）',
  bilevel: '黑白',
} as const satisfies Record<PageMode, string>

export type Layer = { readonly bytes: Uint8Array; readonly width: number; readonly height: number } & (
  | { readonly kind: 'jpeg'; readonly grey: boolean }
  | { readonly kind: 'bilevel' }
  | { readonly kind: 'stencil'; readonly colour: readonly [number, number, number] }
)

export interface EncodedPage {
  readonly mode: PageMode
  /** Shape of the page in the pixels of its finest layer. */
  readonly width: number
  readonly height: number
  readonly layers: readonly Layer[]
  /** Bytes of all layers with what the PDF needs to hold them. */
  readonly bytes: number
  /** True when more bytes would make the page better. */
  readonly hungry: boolean
}

/**
 * JPEG sizes that are tried, long side in pixels, with the least quality at which the size is worth having. Below 170 dots
 * an inch the mixed page reads better, however good the JPEG.
 */
const JPEG_SIZES = [
  { long: 2339, least: 34 },
  { long: 2000, least: 36 },
] as const
/** More pixels do not help the reader once this quality is reached at the largest size. */
const ENOUGH_QUALITY = 88
/** Below this many bytes a JPEG of a whole page of small print is no longer legible; see docs/decisions/020. */
const LEAST_JPEG_BYTES = 58 * 1024
/** Sizes of bilevel layers that are tried. 1240 (105 dots an inch) is the least at which small print can be read. */
const BILEVEL_SIZES = [3508, 3250, 3000, 2800, 2600, 2339, 2000, 1754, 1500, 1240] as const

/** Encodes a straightened page into at most `budget` bytes, or null when that cannot be done legibly. */
export function encodePage(page: Raster, filter: Filter, budget: number): EncodedPage | null {
  if (filter === 'original') {
    const jpeg = mayBeJpeg(page, budget) ? encodeJpegPage(page, false, budget) : null
    return jpeg ?? withFlat(page, (flat) => encodeMixed(flat, budget))
  }
  return withFlat(page, (flat) => {
    if (filter === 'bilevel') return encodeBilevel(flat, budget)
    const grey = filter === 'grey'
    const jpeg = mayBeJpeg(page, budget) ? encodeJpegPage(flat, grey, budget) : null
    return jpeg ?? (grey ? encodeBilevel(flat, budget) : encodeMixed(flat, budget))
  })
}

const mayBeJpeg = (page: Raster, budget: number): boolean =>
  budget >= LEAST_JPEG_BYTES || Math.max(page.width, page.height) < 1500

/** The page with even light, for as long as `use` needs it. */
function withFlat<T>(page: Raster, use: (flat: Raster) => T): T {
  const flat = flatten(page)
  const result = use(flat)
  letGo(flat.data)
  return result
}

function encodeJpegPage(page: Raster, grey: boolean, budget: number): EncodedPage | null {
  const limit = budget - PDF_BYTES.picture
  const sizes = JPEG_SIZES.filter(({ long }, i) => i === 0 || long < Math.max(page.width, page.height))
  for (const { long, least } of sizes) {
    const image = shrink(page, long)
    const source = prepareJpeg(image, grey)
    if (image !== page) letGo(image.data)
    // a sampled look first: most sizes that do not do are left after a few hundredths of a second
    const hopeless = qualityFor(source, limit * 1.03, least - 3) < least - 2
    const fitted = hopeless ? null : fitJpeg(source, limit, least, ENOUGH_QUALITY)
    for (const { coefficients } of source.components) letGo(coefficients)
    if (!fitted) continue
    return {
      mode: grey ? 'grey' : 'colour',
      width: image.width,
      height: image.height,
      layers: [{ kind: 'jpeg', grey, bytes: fitted.bytes, width: image.width, height: image.height }],
      bytes: fitted.bytes.length + PDF_BYTES.picture,
      hungry: fitted.quality < ENOUGH_QUALITY,
    }
  }
  return null
}

/** Noise is averaged away a little before the threshold: weights 1 2 1 in both directions. Takes `grey` over. */
function soften(grey: Uint8ClampedArray, w: number, h: number): Uint8ClampedArray {
  const t = new Uint16Array(w * h)
  for (let y = 0; y < h; y++)
    for (let x = 0, o = y * w; x < w; x++, o++)
      t[o] = grey[x ? o - 1 : o]! + 2 * grey[o]! + grey[x < w - 1 ? o + 1 : o]!
  const out = new Uint8ClampedArray(w * h)
  for (let y = 0; y < h; y++) {
    const up = y ? -w : 0
    const down = y < h - 1 ? w : 0
    for (let x = 0, o = y * w; x < w; x++, o++) out[o] = (t[o + up]! + 2 * t[o]! + t[o + down]! + 8) >> 4
  }
  letGo(t)
  letGo(grey)
  return out
}

/** Adds `amount` times what each pixel differs from the mean of the square of half side `r` round it. Takes `grey` over. */
function sharpen(grey: Uint8ClampedArray, w: number, h: number, r: number, amount: number): Uint8ClampedArray {
  const out = new Uint8ClampedArray(w * h)
  const column = new Int32Array(w)
  let rows = 0
  const addRow = (y: number, sign: 1 | -1) => {
    for (let x = 0, o = y * w; x < w; x++, o++) column[x]! += sign * grey[o]!
    rows += sign
  }
  for (let y = 0; y < Math.min(h, r); y++) addRow(y, 1)
  for (let y = 0; y < h; y++) {
    if (y + r < h) addRow(y + r, 1)
    if (y - r - 1 >= 0) addRow(y - r - 1, -1)
    let sum = 0
    let columns = Math.min(w, r)
    for (let x = 0; x < columns; x++) sum += column[x]!
    for (let x = 0, o = y * w; x < w; x++, o++) {
      if (x + r < w) {
        sum += column[x + r]!
        columns++
      }
      if (x - r - 1 >= 0) {
        sum -= column[x - r - 1]!
        columns--
      }
      const v = grey[o]!
      out[o] = v + amount * (v - sum / (rows * columns))
    }
  }
  letGo(grey)
  return out
}

/** The ink of a flattened page at one of the bilevel sizes. */
export function pageInk(flat: Raster, long: number): { image: Raster; ink: Bitmap } {
  // More and smoother pixels than were photographed keep thin strokes whole at the threshold.
  const k = long / Math.max(flat.width, flat.height)
  const image = scaleTo(flat, Math.round(flat.width * k), Math.round(flat.height * k))
  const { width, height } = image
  // Blurred strokes keep only a part of their darkness; seen against their own surroundings they come back.
  const grey = sharpen(soften(greyOf(image), width, height), width, height, Math.round(long / 100), 2)
  const ink = inkOf(grey, width, height, { radius: long / 30, k: 0.15 })
  letGo(grey)
  return { image, ink }
}

/** The ink of a flattened page as JBIG2. */
function writtenInk(flat: Raster, long: number): { bytes: Uint8Array; width: number; height: number } {
  const { image, ink } = pageInk(flat, long)
  if (image !== flat) letGo(image.data)
  const bytes = writeJbig2(ink)
  letGo(ink.ink)
  return { bytes, width: ink.width, height: ink.height }
}

/** Bilevel sizes worth trying: finer than was photographed, because the threshold needs room for thin strokes. */
function bilevelSizes(page: Raster): number[] {
  const most = Math.max(page.width, page.height) * 1.8
  const sizes: number[] = BILEVEL_SIZES.filter((s) => s <= most)
  return sizes.length ? sizes : [Math.round(most)]
}

function encodeBilevel(flat: Raster, budget: number): EncodedPage | null {
  for (const long of startAt(bilevelSizes(flat), flat, budget)) {
    const { bytes, width, height } = writtenInk(flat, long)
    if (bytes.length + PDF_BYTES.picture > budget) continue
    return {
      mode: 'bilevel',
      width,
      height,
      layers: [{ kind: 'bilevel', bytes, width, height }],
      bytes: bytes.length + PDF_BYTES.picture,
      hungry: long < 3508 && long < Math.max(flat.width, flat.height),
    }
  }
  return null
}

/** The fewest bytes a page can be stored in and still be read. */
export function leastPageBytes(page: Raster): number {
  const sizes = bilevelSizes(page)
  return withFlat(page, (flat) => writtenInk(flat, sizes[sizes.length - 1]!).bytes.length) + PDF_BYTES.picture
}

/** Skips sizes that a small try says are hopeless: bytes of a bilevel page grow about with the power 1.1 of its side. */
function startAt(sizes: number[], flat: Raster, budget: number): number[] {
  if (sizes.length < 2) return sizes
  const least = sizes[sizes.length - 1]!
  const bytes = writtenInk(flat, least).bytes.length
  return sizes.filter((s) => s === least || bytes * (s / least) ** 0.85 < budget)
}

/** A colour that print can have besides black. */
interface InkColour {
  readonly mask: Uint8Array
  readonly colour: [number, number, number]
}

function encodeMixed(flat: Raster, budget: number): EncodedPage | null {
  // What is left beside the print decides whether a picture is needed, and how much of the budget it may have.
  for (const long of startAt(bilevelSizes(flat), flat, budget * 0.92)) {
    const { image, ink } = pageInk(flat, long)
    const picture = pictureCells(image, ink)
    const { black, coloured } = splitInk(image, ink, picture)
    const layers: Layer[] = []
    let left = budget
    const stencil = (mask: Uint8Array, colour: readonly [number, number, number]): void => {
      const bytes = writeJbig2({ width: ink.width, height: ink.height, ink: mask })
      letGo(mask)
      left -= bytes.length + PDF_BYTES.picture
      layers.push({ kind: 'stencil', colour, bytes, width: ink.width, height: ink.height })
    }
    for (const c of coloured) stencil(c.mask, c.colour)
    stencil(black, [0, 0, 0])
    const rest = left < 0 ? null : restOfPage(image, ink, picture)
    if (image !== flat) letGo(image.data)
    letGo(ink.ink)
    if (left < 0) continue
    if (!rest) {
      if (coloured.length === 0) {
        const only = layers[0]!
        return {
          mode: 'bilevel',
          width: ink.width,
          height: ink.height,
          layers: [{ kind: 'bilevel', bytes: only.bytes, width: only.width, height: only.height }],
          bytes: only.bytes.length + PDF_BYTES.picture,
          hungry: long < 3508 && long < Math.max(flat.width, flat.height),
        }
      }
    } else {
      const under = encodeUnder(rest, left - PDF_BYTES.picture)
      if (!under) continue
      layers.unshift(under)
    }
    return {
      mode: 'mixed',
      width: ink.width,
      height: ink.height,
      layers,
      bytes: layers.reduce((s, l) => s + l.bytes.length + PDF_BYTES.picture, 0),
      hungry: true,
    }
  }
  return null
}

/** The coarse colour picture under the print: the largest of a few sizes that has a fair quality within `budget`. */
function encodeUnder(rest: Raster, budget: number): Layer | null {
  for (const [long, least] of [
    [1240, 40],
    [900, 30],
    [640, 22],
    [420, 12],
    [300, 6],
  ] as const) {
    const image = shrink(rest, long)
    const fitted = fitJpeg(prepareJpeg(image, false), budget, least, 70)
    if (fitted) return { kind: 'jpeg', grey: false, bytes: fitted.bytes, width: image.width, height: image.height }
  }
  return null
}

/** Side of the cells in which pictures are told from print, as a share of the long side: about 5 mm on A4. */
const CELL = 1 / 60

interface Cells {
  readonly size: number
  readonly across: number
  readonly down: number
  readonly picture: Uint8Array
}

/** Cells that are a picture (portrait, solid colour) and not print: nearly all ink, and what belongs to them. */
function pictureCells(image: Raster, ink: Bitmap): Cells {
  const { width: w, height: h } = image
  const size = Math.max(8, Math.round(Math.max(w, h) * CELL))
  const across = Math.ceil(w / size)
  const down = Math.ceil(h / size)
  const dark = new Float32Array(across * down)
  const area = new Float32Array(across * down)
  for (let y = 0; y < h; y++)
    for (let x = 0, o = y * w; x < w; x++, o++) {
      const c = ((y / size) | 0) * across + ((x / size) | 0)
      area[c]!++
      const p = o * 4
      if (ink.ink[o] || image.data[p]! + image.data[p + 1]! + image.data[p + 2]! < 560) dark[c]!++
    }
  const picture = new Uint8Array(across * down)
  for (let c = 0; c < picture.length; c++) if (dark[c]! > 0.8 * area[c]!) picture[c] = 1
  // a lone full cell is a thick stroke; pictures are several, and drag their half-filled edge along
  const grown = new Uint8Array(picture)
  const neighbours = (c: number, of: Uint8Array) => {
    const x = c % across
    let n = 0
    for (const [dx, d] of [
      [-1, -1],
      [1, 1],
      [0, -across],
      [0, across],
    ] as const)
      if (x + dx >= 0 && x + dx < across && c + d >= 0 && c + d < of.length) n += of[c + d]!
    return n
  }
  for (let c = 0; c < picture.length; c++) if (picture[c] && neighbours(c, picture) < 2) grown[c] = 0
  const out = new Uint8Array(grown)
  for (let c = 0; c < grown.length; c++)
    if (!grown[c] && neighbours(c, grown) > 0 && dark[c]! > 0.3 * area[c]!) out[c] = 1
  return { size, across, down, picture: out }
}

/** Parts black print from red and blue (seals, signatures); print inside pictures is left to the picture. */
function splitInk(image: Raster, ink: Bitmap, cells: Cells): { black: Uint8Array; coloured: InkColour[] } {
  const { data, width: w, height: h } = image
  const black = new Uint8Array(w * h)
  const red = new Uint8Array(w * h)
  const blue = new Uint8Array(w * h)
  const sums = [
    [0, 0, 0, 0],
    [0, 0, 0, 0],
  ]
  for (let y = 0; y < h; y++) {
    const row = ((y / cells.size) | 0) * cells.across
    for (let x = 0, o = y * w; x < w; x++, o++) {
      if (!ink.ink[o] || cells.picture[row + ((x / cells.size) | 0)]) continue
      const r = data[o * 4]!
      const g = data[o * 4 + 1]!
      const b = data[o * 4 + 2]!
      const which = r > 110 && r - Math.max(g, b) > 50 ? 0 : b > 90 && b - Math.max(r, g) > 40 ? 1 : -1
      if (which < 0) {
        black[o] = 1
        continue
      }
      ;(which === 0 ? red : blue)[o] = 1
      const s = sums[which]!
      s[0]! += r
      s[1]! += g
      s[2]! += b
      s[3]!++
    }
  }
  const coloured: InkColour[] = []
  for (const [mask, s] of [
    [red, sums[0]!],
    [blue, sums[1]!],
  ] as const) {
    const n = s[3]!
    // a handful of coloured pixels is chroma noise at the edges of black letters
    if (n < w * h * 0.0008) {
      if (n) for (let o = 0; o < mask.length; o++) if (mask[o]) black[o] = 1
      letGo(mask)
      continue
    }
    coloured.push({ mask, colour: [Math.round(s[0]! / n), Math.round(s[1]! / n), Math.round(s[2]! / n)] })
  }
  return { black, coloured }
}

/** What remains when the print is taken away, at a third of the size; null when that is blank paper. */
function restOfPage(image: Raster, ink: Bitmap, cells: Cells): Raster | null {
  const { data, width: w, height: h } = image
  const k = Math.max(1, Math.round(Math.max(w, h) / 1240))
  const W = Math.max(1, Math.floor(w / k))
  const H = Math.max(1, Math.floor(h / k))
  const out = new Uint8ClampedArray(W * H * 4)
  let colour = 0
  for (let y = 0, o = 0; y < H; y++)
    for (let x = 0; x < W; x++, o += 4) {
      let r = 0
      let g = 0
      let b = 0
      let n = 0
      const inPicture = cells.picture[(((y * k) / cells.size) | 0) * cells.across + (((x * k) / cells.size) | 0)]
      for (let sy = 0; sy < k; sy++)
        for (let sx = 0; sx < k; sx++) {
          const i = (y * k + sy) * w + x * k + sx
          if (!inPicture && nearInk(ink, i, w)) continue
          r += data[i * 4]!
          g += data[i * 4 + 1]!
          b += data[i * 4 + 2]!
          n++
        }
      out[o + 3] = 255
      if (!n) {
        // all ink: the paper beside it goes on underneath
        const left = x ? o - 4 : -1
        out[o] = left < 0 ? 255 : out[left]!
        out[o + 1] = left < 0 ? 255 : out[left + 1]!
        out[o + 2] = left < 0 ? 255 : out[left + 2]!
        continue
      }
      out[o] = r / n
      out[o + 1] = g / n
      out[o + 2] = b / n
      if (Math.min(out[o]!, out[o + 1]!, out[o + 2]!) < 225) colour++
    }
  if (colour < W * H * 0.004) return null
  // grain of bare paper is not worth its bytes
  for (let o = 0; o < out.length; o += 4)
    if (out[o]! > 236 && out[o + 1]! > 236 && out[o + 2]! > 236) out[o] = out[o + 1] = out[o + 2] = 255
  return { data: out, width: W, height: H }
}

function nearInk(ink: Bitmap, i: number, w: number): boolean {
  const m = ink.ink
  return !!(m[i] || m[i - 1] || m[i + 1] || m[i - w] || m[i + w])
}
