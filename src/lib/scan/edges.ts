/** Where lightness or colour changes, and in which direction: gradients, thinned edge pixels, and the lines they make. */
import type { Planes } from './pixels.ts'
import { scratch } from './scratch.ts'

/** Gradient of the channel that changes most at each pixel, in levels a pixel. */
export interface Gradient {
  readonly width: number
  readonly height: number
  readonly gx: Float32Array
  readonly gy: Float32Array
  readonly magnitude: Float32Array
  /** The typical magnitude of this picture's texture and noise. */
  readonly floor: number
}

/** Colour differences carry more sensor and JPEG noise a level than lightness does. */
const P_WEIGHT = 0.6
const Q_WEIGHT = 0.8

/** Colour changes at half the size, where a camera has hardly more of it to tell: 0 in the outermost pixels. */
interface ColourGradient {
  readonly dx: Float32Array
  readonly dy: Float32Array
  /** Squares of the magnitudes, on the scale of `gradientOf` before its last step. */
  readonly squared: Float32Array
}

function colourGradientOf({ width: w, height: h, p, q }: Planes): ColourGradient {
  const dx = scratch('colour.x', w * h)
  const dy = scratch('colour.y', w * h)
  const squared = scratch('colour.squared', w * h).fill(0)
  // A pixel here is two of the others wide.
  const pw = P_WEIGHT * 0.5
  const qw = Q_WEIGHT * 0.5
  for (let j = 1; j < h - 1; j++) {
    const row = j * w
    let u = row - w
    let d = row + w
    let ps0 = p[u]! + 2 * p[row]! + p[d]!
    let pd0 = p[d]! - p[u]!
    let qs0 = q[u]! + 2 * q[row]! + q[d]!
    let qd0 = q[d]! - q[u]!
    u++
    d++
    let ps1 = p[u]! + 2 * p[row + 1]! + p[d]!
    let pd1 = p[d]! - p[u]!
    let qs1 = q[u]! + 2 * q[row + 1]! + q[d]!
    let qd1 = q[d]! - q[u]!
    for (let k = row + 1; k < row + w - 1; k++) {
      u++
      d++
      const ps2 = p[u]! + 2 * p[k + 1]! + p[d]!
      const pd2 = p[d]! - p[u]!
      const qs2 = q[u]! + 2 * q[k + 1]! + q[d]!
      const qd2 = q[d]! - q[u]!
      const px = (ps2 - ps0) * pw
      const py = (pd0 + 2 * pd1 + pd2) * pw
      const qx = (qs2 - qs0) * qw
      const qy = (qd0 + 2 * qd1 + qd2) * qw
      const pm = px * px + py * py
      const qm = qx * qx + qy * qy
      const more = qm > pm
      dx[k] = more ? qx : px
      dy[k] = more ? qy : py
      squared[k] = more ? qm : pm
      ps0 = ps1
      ps1 = ps2
      pd0 = pd1
      pd1 = pd2
      qs0 = qs1
      qs1 = qs2
      qd0 = qd1
      qd1 = qd2
    }
  }
  return { dx, dy, squared }
}

/**
 * Lightness at the size of `a`, colour at that of `half` (see `halvePlanes`). Valid until the next call, as are the edge pixels
 * below.
 */
export function gradientOf(a: Planes, half: Planes): Gradient {
  const { width: w, height: h, y } = a
  const colour = colourGradientOf(half)
  const gx = scratch('gradient.x', w * h)
  const gy = scratch('gradient.y', w * h)
  const magnitude = scratch('gradient.magnitude', w * h)
  for (const plane of [gx, gy, magnitude]) {
    plane.fill(0, 0, w)
    plane.fill(0, w * (h - 1))
  }
  // A quarter of the rows tells the middle of all.
  const histogram = new Uint32Array(512)
  let counted = 0
  const lastColumn = half.width - 1
  for (let j = 1; j < h - 1; j++) {
    // Sobel by columns: each column's weighted sum and difference is made once and used by three pixels.
    const row = j * w
    let u = row - w
    let d = row + w
    gx[row] = gy[row] = magnitude[row] = 0
    gx[d - 1] = gy[d - 1] = magnitude[d - 1] = 0
    let ys0 = y[u]! + 2 * y[row]! + y[d]!
    let yd0 = y[d]! - y[u]!
    u++
    d++
    let ys1 = y[u]! + 2 * y[row + 1]! + y[d]!
    let yd1 = y[d]! - y[u]!
    const colourRow = Math.min(j >> 1, half.height - 1) * half.width
    for (let i = 1, k = row + 1; i < w - 1; i++, k++) {
      u++
      d++
      const ys2 = y[u]! + 2 * y[k + 1]! + y[d]!
      const yd2 = y[d]! - y[u]!
      let dx = ys2 - ys0
      let dy = yd0 + 2 * yd1 + yd2
      let m = dx * dx + dy * dy
      const c = colourRow + (i >> 1 > lastColumn ? lastColumn : i >> 1)
      const cm = colour.squared[c]!
      if (cm > m) {
        m = cm
        dx = colour.dx[c]!
        dy = colour.dy[c]!
      }
      gx[k] = dx * 0.125
      gy[k] = dy * 0.125
      m = Math.sqrt(m) * 0.125
      magnitude[k] = m
      ys0 = ys1
      ys1 = ys2
      yd0 = yd1
      yd1 = yd2
    }
    if ((j & 3) !== 1) continue
    for (let k = row + 1; k < row + w - 1; k++) {
      const bin = (magnitude[k]! * 16) | 0
      histogram[bin < 511 ? bin : 511]!++
    }
    counted += w - 2
  }
  let seen = 0
  let bin = 0
  const middle = counted / 2
  while (bin < 511 && (seen += histogram[bin]!) < middle) bin++
  return { width: w, height: h, gx, gy, magnitude, floor: (bin + 0.5) / 16 }
}

/** Thinned edge pixels: positions, direction of the gradient in [0, π), and a weight in (0, 1). */
export interface EdgePixels {
  readonly count: number
  readonly x: Float32Array
  readonly y: Float32Array
  readonly angle: Float32Array
  readonly weight: Float32Array
}

/** Direction of (dx, dy) modulo π, to a third of a degree: the arc tangent by a polynomial on [0, 1]. */
function quickAngle(dx: number, dy: number, ax: number, ay: number): number {
  const t = ax > ay ? ay / ax : ax / ay
  const s = t * t
  let a = ((-0.0464964749 * s + 0.15931422) * s - 0.327622764) * s * t + t
  if (ay > ax) a = Math.PI / 2 - a
  return dx * dy < 0 ? Math.PI - a : a
}

export function edgePixels(g: Gradient): EdgePixels {
  const { width: w, height: h, gx, gy, magnitude } = g
  const least = Math.max(0.7, g.floor * 2.5)
  const knee = 2 * g.floor + 1.5
  const capacity = (w * h) >> 1
  const x = scratch('edges.x', capacity)
  const y = scratch('edges.y', capacity)
  const angle = scratch('edges.angle', capacity)
  const weight = scratch('edges.weight', capacity)
  let count = 0
  for (let j = 1; j < h - 1; j++) {
    for (let i = 1, k = j * w + 1; i < w - 1; i++, k++) {
      const m = magnitude[k]!
      if (m < least) continue
      const dx = gx[k]!
      const dy = gy[k]!
      const ax = dx < 0 ? -dx : dx
      const ay = dy < 0 ? -dy : dy
      let step: number
      if (ay < ax * 0.414) step = 1
      else if (ax < ay * 0.414) step = w
      else step = dx * dy > 0 ? w + 1 : w - 1
      if (magnitude[k - step]! > m || magnitude[k + step]! >= m) continue
      if (count === capacity) break
      let a = quickAngle(dx, dy, ax, ay)
      if (a >= Math.PI) a -= Math.PI
      x[count] = i + 0.5
      y[count] = j + 0.5
      angle[count] = a
      weight[count] = m / (m + knee)
      count++
    }
  }
  return { count, x, y, angle, weight }
}

/** A straight line: all (x, y) with nx·x + ny·y = rho, in coordinates about the middle of the planes. */
export interface Line {
  nx: number
  ny: number
  rho: number
  votes: number
}

const BINS = 180
const SPREAD = 1
const COS = Float32Array.from({ length: BINS }, (_, i) => Math.cos((i * Math.PI) / BINS))
const SIN = Float32Array.from({ length: BINS }, (_, i) => Math.sin((i * Math.PI) / BINS))

/** The strongest lines by a Hough vote in which an edge pixel votes only near its own direction. */
export function houghLines(e: EdgePixels, width: number, height: number, most: number): Line[] {
  const half = Math.ceil(Math.hypot(width, height) / 2) + 3
  const span = half * 2
  const votes = scratch('hough.votes', BINS * span).fill(0)
  const cx = width / 2
  const cy = height / 2
  for (let i = 0; i < e.count; i++) {
    const x = e.x[i]! - cx
    const y = e.y[i]! - cy
    const w = e.weight[i]!
    const middle = (e.angle[i]! * (BINS / Math.PI) + 0.5) | 0
    for (let d = -SPREAD; d <= SPREAD; d++) {
      let b = middle + d
      if (b < 0) b += BINS
      else if (b >= BINS) b -= BINS
      votes[b * span + ((x * COS[b]! + y * SIN[b]! + half) | 0)]! += w
    }
  }
  // Votes of a slightly bowed or rounded side fall into neighbouring distances: sum three of them.
  const smooth = scratch('hough.smooth', BINS * span)
  for (let b = 0; b < BINS; b++) {
    const o = b * span
    let before = votes[o]!
    let here = votes[o + 1]!
    smooth[o] = smooth[o + span - 1] = 0
    for (let at = o + 1; at < o + span - 1; at++) {
      const after = votes[at + 1]!
      smooth[at] = (before + after) * 0.6 + here
      before = here
      here = after
    }
  }
  const least = Math.min(width, height) * 0.04
  const peaks: { at: number; v: number }[] = []
  for (let b = 0; b < BINS; b++) {
    for (let r = 3; r < span - 3; r++) {
      const at = b * span + r
      const v = smooth[at]!
      if (v < least || smooth[at - 1]! > v || smooth[at + 1]! > v) continue
      let top = true
      for (let db = -2; db <= 2 && top; db++) {
        let bb = b + db
        let rr = r
        // Direction wraps at π, where the distance changes sign.
        if (bb < 0) {
          bb += BINS
          rr = span - 1 - r
        } else if (bb >= BINS) {
          bb -= BINS
          rr = span - 1 - r
        }
        const o = bb * span + rr
        for (let dr = -2; dr <= 2; dr++) {
          const other = smooth[o + dr]!
          if (other > v || (other === v && o + dr > at)) {
            top = false
            break
          }
        }
      }
      if (top) peaks.push({ at, v })
    }
  }
  peaks.sort((a, b) => b.v - a.v)
  return peaks.slice(0, most).map(({ at, v }) => {
    const b = Math.floor(at / span)
    const r = at - b * span
    // `| 0` above floors, so the bin's middle is half a step on.
    return { nx: COS[b]!, ny: SIN[b]!, rho: r + 0.5 - half, votes: v }
  })
}
