/** Pictures as plain arrays: RGBA rasters as a canvas gives them, and the small float planes that detection works on. */
import { scratch } from './scratch.ts'

/** Four bytes a pixel: red, green, blue, alpha. The shape of a browser's `ImageData`. */
export interface Raster {
  readonly data: Uint8ClampedArray
  readonly width: number
  readonly height: number
}

/** Lightness and two colour differences at reduced size; one plane pixel stands for `scale` source pixels. */
export interface Planes {
  readonly width: number
  readonly height: number
  readonly scaleX: number
  readonly scaleY: number
  /** Lightness, 0–255. */
  readonly y: Float32Array
  /** Red minus blue: what tells wood, skin and kraft paper from white paper. */
  readonly p: Float32Array
  /** Green minus the mean of red and blue: what tells red and green cloth from white paper. */
  readonly q: Float32Array
}

/**
 * Shrinks a raster to at most `longSide` by area averaging, and splits it into lightness and colour differences. Planes
 * that are not `fresh` are valid only until the next call.
 */
export function makePlanes(image: Raster, longSide: number, fresh = true): Planes {
  const { data, width: W, height: H } = image
  const scale = Math.max(1, Math.max(W, H) / longSide)
  const w = Math.max(1, Math.round(W / scale))
  const h = Math.max(1, Math.round(H / scale))
  const make = (name: string) => (fresh ? new Float32Array(w * h) : scratch(name, w * h))
  const y = make('planes.y')
  const p = make('planes.p')
  const q = make('planes.q')
  if (scale === 1) {
    // camera frames come reduced already
    for (let k = 0, o = 0; k < y.length; k++, o += 4) {
      const r = data[o]!
      const g = data[o + 1]!
      const b = data[o + 2]!
      y[k] = 0.3 * r + 0.59 * g + 0.11 * b
      p[k] = r - b
      q[k] = g - (r + b) * 0.5
    }
    return { width: w, height: h, scaleX: 1, scaleY: 1, y, p, q }
  }
  // At high reductions every second row (and column) still averages more than six samples.
  const stepY = scale >= 3 ? 2 : 1
  const step = scale >= 6 ? 2 : 1
  // One read a pixel: red and blue are added up together, each in its half of the number; a cell's row is far from filling it.
  const aligned = data.byteOffset % 4 === 0 ? data : new Uint8ClampedArray(data)
  const words = new Int32Array(aligned.buffer, aligned.byteOffset, W * H)
  const from = new Int32Array(w + 1)
  for (let i = 0; i <= w; i++) from[i] = Math.round((i * W) / w)
  const R = new Float32Array(w)
  const G = new Float32Array(w)
  const B = new Float32Array(w)
  const N = new Float32Array(w)
  for (let j = 0; j < h; j++) {
    R.fill(0)
    G.fill(0)
    B.fill(0)
    N.fill(0)
    const y1 = Math.round(((j + 1) * H) / h)
    for (let sy = Math.round((j * H) / h); sy < y1; sy += stepY) {
      const row = sy * W
      for (let i = 0; i < w; i++) {
        const end = row + from[i + 1]!
        let redAndBlue = 0
        let green = 0
        let n = 0
        for (let o = row + from[i]!; o < end; o += step) {
          const pixel = words[o]!
          redAndBlue += pixel & 0xff00ff
          green += (pixel >> 8) & 0xff
          n++
        }
        R[i]! += redAndBlue & 0xffff
        G[i]! += green
        B[i]! += redAndBlue >>> 16
        N[i]! += n
      }
    }
    for (let i = 0, k = j * w; i < w; i++, k++) {
      const n = 1 / N[i]!
      const r = R[i]! * n
      const g = G[i]! * n
      const b = B[i]! * n
      y[k] = 0.3 * r + 0.59 * g + 0.11 * b
      p[k] = r - b
      q[k] = g - (r + b) * 0.5
    }
  }
  return { width: w, height: h, scaleX: W / w, scaleY: H / h, y, p, q }
}

/**
 * Half the size again, 2×2 means: strips beside a line are read from here, so that one read is already an average. Valid
 * until the next call.
 */
export function halvePlanes(a: Planes): Planes {
  const w = a.width >> 1
  const h = a.height >> 1
  const half = (s: Float32Array, name: string): Float32Array => {
    const out = scratch(name, w * h)
    for (let j = 0, k = 0; j < h; j++) {
      let o = j * 2 * a.width
      for (let i = 0; i < w; i++, k++, o += 2)
        out[k] = (s[o]! + s[o + 1]! + s[o + a.width]! + s[o + a.width + 1]!) * 0.25
    }
    return out
  }
  return {
    width: w,
    height: h,
    scaleX: a.scaleX * 2,
    scaleY: a.scaleY * 2,
    y: half(a.y, 'half.y'),
    p: half(a.p, 'half.p'),
    q: half(a.q, 'half.q'),
  }
}
