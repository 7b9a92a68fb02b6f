/** Straightens a page: the picture inside four corners becomes an upright rectangle. */
import type { Quad } from './geometry.ts'
import { pageAspect, unitSquareTo } from './geometry.ts'
import type { Raster } from './pixels.ts'

/** Width : height of A4 upright. */
const A4 = 1 / Math.SQRT2
/** A measured shape this near to A4 (as a ratio) is A4: perspective cannot be read more exactly than that. */
const NEAR_A4 = 1.09
/** Pages are at most 300 dots an inch on A4. */
export const PAGE_LONG_SIDE = 3508

export interface PageSize {
  readonly width: number
  readonly height: number
}

/**
 * The size in pixels of the straightened page: A4's exact shape where the page is about A4, and about as many pixels
 * as the photo really shows of it, at most `longest` on the long side.
 */
export function pageSize(corners: Quad, frameWidth: number, frameHeight: number, longest = PAGE_LONG_SIDE): PageSize {
  let aspect = pageAspect(corners, frameWidth, frameHeight)
  for (const paper of [A4, 1 / A4])
    if (aspect / paper < NEAR_A4 && paper / aspect < NEAR_A4) {
      aspect = paper
      break
    }
  const side = (i: number) =>
    Math.hypot(corners[i]!.x - corners[(i + 1) % 4]!.x, corners[i]!.y - corners[(i + 1) % 4]!.y)
  const seenWidth = Math.max(side(0), side(2))
  const seenHeight = Math.max(side(1), side(3))
  // a little more than was seen: the far edge of a tilted page is sampled more densely than it was photographed
  const long = Math.min(longest, Math.round(Math.max(seenWidth, seenHeight) * 1.05))
  return aspect >= 1
    ? { width: long, height: Math.max(1, Math.round(long / aspect)) }
    : { width: Math.max(1, Math.round(long * aspect)), height: long }
}

/** Reads the page inside `corners` into an upright raster; places outside the photo repeat its border. */
export function rectify(image: Raster, corners: Quad, { width, height }: PageSize): Raster {
  const { data, width: W, height: H } = image
  const m = unitSquareTo(corners)
  const out = new Uint8ClampedArray(width * height * 4)
  const maxX = W - 1.001
  const maxY = H - 1.001
  // When the page is made smaller than it was photographed, several reads a pixel keep small print from breaking up.
  const seen = Math.hypot(corners[0].x - corners[2].x, corners[0].y - corners[2].y) / Math.hypot(width, height)
  const reads = seen > 1.3 ? (seen > 2.6 ? 3 : 2) : 1
  const share = 1 / (reads * reads)
  for (let y = 0, o = 0; y < height; y++) {
    for (let x = 0; x < width; x++, o += 4) {
      let r = 0
      let g = 0
      let b = 0
      for (let sy = 0; sy < reads; sy++) {
        const v = (y + (sy + 0.5) / reads) / height
        for (let sx = 0; sx < reads; sx++) {
          const u = (x + (sx + 0.5) / reads) / width
          const z = 1 / (m[6] * u + m[7] * v + 1)
          let px = (m[0] * u + m[1] * v + m[2]) * z - 0.5
          let py = (m[3] * u + m[4] * v + m[5]) * z - 0.5
          px = px < 0 ? 0 : px > maxX ? maxX : px
          py = py < 0 ? 0 : py > maxY ? maxY : py
          const i = px | 0
          const j = py | 0
          const a = px - i
          const c = py - j
          const p = (j * W + i) * 4
          const q = p + W * 4
          const w00 = (1 - a) * (1 - c)
          const w10 = a * (1 - c)
          const w01 = (1 - a) * c
          const w11 = a * c
          r += data[p]! * w00 + data[p + 4]! * w10 + data[q]! * w01 + data[q + 4]! * w11
          g += data[p + 1]! * w00 + data[p + 5]! * w10 + data[q + 1]! * w01 + data[q + 5]! * w11
          b += data[p + 2]! * w00 + data[p + 6]! * w10 + data[q + 2]! * w01 + data[q + 6]! * w11
        }
      }
      out[o] = r * share
      out[o + 1] = g * share
      out[o + 2] = b * share
      out[o + 3] = 255
    }
  }
  return { data: out, width, height }
}

/** Turns a raster clockwise by quarter turns. */
export function turn(image: Raster, quarters: number): Raster {
  const n = ((quarters % 4) + 4) % 4
  if (n === 0) return image
  const { width: w, height: h } = image
  const from = new Uint32Array(image.data.buffer, image.data.byteOffset, w * h)
  const to = new Uint32Array(w * h)
  const [W, H] = n === 2 ? [w, h] : [h, w]
  for (let y = 0; y < h; y++)
    for (let x = 0; x < w; x++) {
      const at = n === 1 ? x * W + (h - 1 - y) : n === 2 ? (h - 1 - y) * W + (w - 1 - x) : (w - 1 - x) * W + y
      to[at] = from[y * w + x]!
    }
  return { data: new Uint8ClampedArray(to.buffer), width: W, height: H }
}

/** Shrinks by area averaging; a raster already small enough is returned as it is. */
export function shrink(image: Raster, longest: number): Raster {
  const { data, width: W, height: H } = image
  const long = Math.max(W, H)
  if (long <= longest) return image
  const w = Math.max(1, Math.round((W * longest) / long))
  const h = Math.max(1, Math.round((H * longest) / long))
  return resize(data, W, H, w, h)
}

/** Area-averaging resize with fractional weights; also enlarges (by nearest areas), so use it to make smaller. */
export function resize(data: Uint8ClampedArray, W: number, H: number, w: number, h: number): Raster {
  const out = new Uint8ClampedArray(w * h * 4)
  const fx = W / w
  const fy = H / h
  const row = new Float32Array(W * 3)
  for (let y = 0, o = 0; y < h; y++) {
    row.fill(0)
    const top = y * fy
    const bottom = Math.min(H, top + fy)
    for (let sy = Math.floor(top); sy < bottom; sy++) {
      const weight = Math.min(bottom, sy + 1) - Math.max(top, sy)
      for (let x = 0, p = sy * W * 4, k = 0; x < W; x++, p += 4, k += 3) {
        row[k]! += data[p]! * weight
        row[k + 1]! += data[p + 1]! * weight
        row[k + 2]! += data[p + 2]! * weight
      }
    }
    for (let x = 0; x < w; x++, o += 4) {
      const left = x * fx
      const right = Math.min(W, left + fx)
      let r = 0
      let g = 0
      let b = 0
      for (let sx = Math.floor(left); sx < right; sx++) {
        const weight = Math.min(right, sx + 1) - Math.max(left, sx)
        r += row[sx * 3]! * weight
        g += row[sx * 3 + 1]! * weight
        b += row[sx * 3 + 2]! * weight
      }
      const k = 1 / ((right - left) * (bottom - top))
      out[o] = r * k
      out[o + 1] = g * k
      out[o + 2] = b * k
      out[o + 3] = 255
    }
  }
  return { data: out, width: w, height: h }
}

/** The raster at another size: area averages when it becomes smaller, bilinear when it becomes larger. */
export function scaleTo(image: Raster, w: number, h: number): Raster {
  const { data, width: W, height: H } = image
  if (w === W && h === H) return image
  if (w <= W && h <= H) return resize(data, W, H, w, h)
  const out = new Uint8ClampedArray(w * h * 4)
  for (let y = 0, o = 0; y < h; y++) {
    const fy = Math.max(0, Math.min(H - 1, ((y + 0.5) * H) / h - 0.5))
    const j = Math.max(0, Math.min(H - 2, fy | 0))
    const v = fy - j
    const below = H > 1 ? W * 4 : 0
    for (let x = 0; x < w; x++, o += 4) {
      const fx = Math.max(0, Math.min(W - 1, ((x + 0.5) * W) / w - 0.5))
      const i = Math.max(0, Math.min(W - 2, fx | 0))
      const u = fx - i
      const p = (j * W + i) * 4
      const q = p + below
      const right = W > 1 ? 4 : 0
      for (let c = 0; c < 3; c++)
        out[o + c] =
          (data[p + c]! * (1 - u) + data[p + right + c]! * u) * (1 - v) +
          (data[q + c]! * (1 - u) + data[q + right + c]! * u) * v
      out[o + 3] = 255
    }
  }
  return { data: out, width: w, height: h }
}
