/**
 * Moves the sides of a found page onto its real edges with sub-pixel accuracy. Each side is looked at in many short
 * cuts across it; the place where paper turns into background is found in each, and a line (or, for paper that is
 * bowed, a shallow parabola) is fitted to these places so that thumbs, torn corners and shadows cannot pull it away.
 */
import type { Point, Quad } from './geometry.ts'
import type { Planes, Raster } from './pixels.ts'
import { scratch } from './scratch.ts'

/** Reads lightness and colour differences at a place given in the coordinates of the quad. */
export interface Sampler {
  readonly width: number
  readonly height: number
  read(x: number, y: number, out: Float32Array, at: number): void
}

export function planesSampler(a: Planes): Sampler {
  const { width: w, height: h, y: Y, p: P, q: Q } = a
  return {
    width: w,
    height: h,
    read(x, y, out, at) {
      let fx = x - 0.5
      let fy = y - 0.5
      fx = fx < 0 ? 0 : fx > w - 1.001 ? w - 1.001 : fx
      fy = fy < 0 ? 0 : fy > h - 1.001 ? h - 1.001 : fy
      const i = fx | 0
      const j = fy | 0
      const u = fx - i
      const v = fy - j
      const k = j * w + i
      const a = (1 - u) * (1 - v)
      const b = u * (1 - v)
      const c = (1 - u) * v
      const d = u * v
      out[at] = Y[k]! * a + Y[k + 1]! * b + Y[k + w]! * c + Y[k + w + 1]! * d
      out[at + 1] = P[k]! * a + P[k + 1]! * b + P[k + w]! * c + P[k + w + 1]! * d
      out[at + 2] = Q[k]! * a + Q[k + 1]! * b + Q[k + w]! * c + Q[k + w + 1]! * d
    },
  }
}

/** Reads the full picture in coordinates reduced by `scale`, each read being the mean of a small square. */
export function rasterSampler(image: Raster, scale: number): Sampler {
  const { data, width: W, height: H } = image
  const box = Math.max(1, Math.min(4, Math.round(scale)))
  const share = 1 / (box * box)
  return {
    width: W / scale,
    height: H / scale,
    read(x, y, out, at) {
      let i = Math.round(x * scale - box / 2)
      let j = Math.round(y * scale - box / 2)
      i = i < 0 ? 0 : i > W - box ? W - box : i
      j = j < 0 ? 0 : j > H - box ? H - box : j
      let r = 0
      let g = 0
      let b = 0
      for (let n = 0; n < box; n++) {
        let o = ((j + n) * W + i) * 4
        for (let m = 0; m < box; m++, o += 4) {
          r += data[o]!
          g += data[o + 1]!
          b += data[o + 2]!
        }
      }
      r *= share
      g *= share
      b *= share
      out[at] = 0.3 * r + 0.59 * g + 0.11 * b
      out[at + 1] = r - b
      out[at + 2] = g - (r + b) * 0.5
    },
  }
}

export interface SnapOptions {
  /** Which of the sides 0–1, 1–2, 2–3, 3–0 are edges of the frame and stay where they are. */
  readonly frame?: readonly boolean[]
  /** How far to look on both sides, in the sampler's pixels. */
  readonly reach: number
  readonly rounds?: number
}

export interface Snapped {
  readonly quad: Quad
  /** For each side, the share of cuts whose edge lies on the fitted line; 1 for a frame side. */
  readonly agreement: readonly number[]
  /** For each side, how sharp the edge is: change a pixel relative to the whole change. */
  readonly crispness: number
}

const CUTS = 56

interface SideFit {
  /** Displacement along the outward normal at the two corners. */
  readonly first: number
  readonly last: number
  readonly agreement: number
  readonly crispness: number
}

function fitSide(s: Sampler, a: Point, b: Point, nx: number, ny: number, reach: number): SideFit | null {
  const length = Math.hypot(b.x - a.x, b.y - a.y)
  if (length < 12) return null
  const cuts = Math.max(16, Math.min(CUTS, Math.round(length / 3)))
  const step = 0.5
  const depth = Math.round(reach / step)
  const span = 2 * depth + 1
  const margin = Math.round(2.5 / step)
  const full = span + 2 * margin
  const colours = scratch('snap.colours', cuts * full * 3)
  const place = scratch('snap.place', cuts)
  const usable = new Uint8Array(cuts)
  for (let c = 0; c < cuts; c++) {
    const t = 0.03 + (0.94 * (c + 0.5)) / cuts
    place[c] = t * 2 - 1
    const x = a.x + (b.x - a.x) * t
    const y = a.y + (b.y - a.y) * t
    if (x < 1 || y < 1 || x > s.width - 1 || y > s.height - 1) continue
    usable[c] = 1
    for (let k = 0; k < full; k++) {
      const o = (k - depth - margin) * step
      s.read(x + nx * o, y + ny * o, colours, (c * full + k) * 3)
    }
  }
  // Neighbouring cuts are averaged with the middle one: noise goes down, a straight edge stays.
  const found = scratch('snap.found', cuts).fill(0)
  const weight = scratch('snap.weight', cuts).fill(0)
  let crisp = 0
  let crispN = 0
  const cut = scratch('snap.cut', full * 3)
  const signal = scratch('snap.signal', full)
  for (let c = 0; c < cuts; c++) {
    if (!usable[c]) continue
    for (let k = 0; k < full * 3; k++) {
      let sum = 0
      let n = 0
      for (let d = -1; d <= 1; d++) {
        const e = c + d
        if (e < 0 || e >= cuts || !usable[e]) continue
        const g = d === 0 ? 2 : 1
        sum += colours[e * full * 3 + k]! * g
        n += g
      }
      cut[k] = sum / n
    }
    // The step is looked for in each colour direction that really changes here: the direction of the best step.
    let best = 0
    let at = -1
    let totalBest = 0
    for (let k = margin; k < full - margin; k++) {
      let y0 = 0
      let p0 = 0
      let q0 = 0
      for (let m = 1; m <= margin; m++) {
        const g = m <= 2 ? 1.5 : 0.6
        const i = (k - m) * 3
        const o = (k + m) * 3
        y0 += (cut[i]! - cut[o]!) * g
        p0 += (cut[i + 1]! - cut[o + 1]!) * g
        q0 += (cut[i + 2]! - cut[o + 2]!) * g
      }
      // Paper is mostly the lighter side; a darker inside counts a little less.
      const v = Math.sqrt(y0 * y0 + 0.7 * (p0 * p0 + q0 * q0)) * (y0 < 0 ? 0.75 : 1)
      signal[k] = v
      totalBest += v
      const off = Math.abs(k - depth - margin) / (depth + 1)
      const w = v * (1 - 0.25 * off * off)
      if (w > best) {
        best = w
        at = k
      }
    }
    if (at < 0 || best <= 0) continue
    let sub = 0
    if (at > margin && at < full - margin - 1) {
      const l = signal[at - 1]!
      const m = signal[at]!
      const r = signal[at + 1]!
      const d = l - 2 * m + r
      if (d < -1e-6) sub = Math.max(-0.5, Math.min(0.5, (0.5 * (l - r)) / d))
    }
    found[c] = (at + sub - depth - margin) * step
    const contrast = signal[at]! / (totalBest / (full - 2 * margin) + 0.5)
    weight[c] = Math.min(1, signal[at]! / 12) * Math.min(1, contrast / 2)
    crisp += contrast
    crispN++
  }
  let total = 0
  let reached = 0
  for (let c = 0; c < cuts; c++) {
    if (usable[c]) reached++
    total += weight[c]!
  }
  if (reached < 10 || total < 3) return null
  // Robust fit: start from the median, then weighted least squares with Tukey's weights; the bend only at the end.
  const sorted = Array.from({ length: cuts }, (_, c) => c)
    .filter((c) => weight[c]! > 0)
    .sort((x, y) => found[x]! - found[y]!)
  let acc = 0
  let median = 0
  for (const c of sorted) {
    acc += weight[c]!
    if (acc >= total / 2) {
      median = found[c]!
      break
    }
  }
  let k0 = median
  let k1 = 0
  let k2 = 0
  let spread = Math.max(1, reach * 0.5)
  const mayBend = reached > cuts * 0.75
  for (let round = 0; round < 7; round++) {
    const bend = mayBend && round >= 3
    let m00 = 1e-9
    let m01 = 0
    let m02 = 0
    let m11 = 1e-9
    let m12 = 0
    // a bend costs something: straight paper must not follow noise
    let m22 = bend ? 0.02 * total : 1
    let r0 = 0
    let r1 = 0
    let r2 = 0
    for (let c = 0; c < cuts; c++) {
      if (!weight[c]) continue
      const t = place[c]!
      const res = (found[c]! - (k0 + k1 * t + k2 * t * t)) / (spread * 2.5)
      if (res > 1 || res < -1) continue
      const tukey = (1 - res * res) ** 2 * weight[c]!
      const y = found[c]!
      m00 += tukey
      m01 += tukey * t
      m11 += tukey * t * t
      r0 += tukey * y
      r1 += tukey * y * t
      if (bend) {
        m02 += tukey * t * t
        m12 += tukey * t * t * t
        m22 += tukey * t * t * t * t
        r2 += tukey * y * t * t
      }
    }
    const det = m00 * (m11 * m22 - m12 * m12) - m01 * (m01 * m22 - m12 * m02) + m02 * (m01 * m12 - m11 * m02)
    if (Math.abs(det) < 1e-9) return null
    k0 = (r0 * (m11 * m22 - m12 * m12) - m01 * (r1 * m22 - m12 * r2) + m02 * (r1 * m12 - m11 * r2)) / det
    k1 = (m00 * (r1 * m22 - m12 * r2) - r0 * (m01 * m22 - m12 * m02) + m02 * (m01 * r2 - r1 * m02)) / det
    k2 = bend ? (m00 * (m11 * r2 - r1 * m12) - m01 * (m01 * r2 - r1 * m02) + r0 * (m01 * m12 - m11 * m02)) / det : 0
    spread = Math.max(0.35, spread * 0.72)
  }
  const limit = length * 0.012
  if (Math.abs(k2) > limit) k2 = Math.sign(k2) * limit
  let agree = 0
  for (let c = 0; c < cuts; c++) {
    if (!usable[c]) continue
    const t = place[c]!
    if (weight[c]! > 0.15 && Math.abs(found[c]! - (k0 + k1 * t + k2 * t * t)) < 1) agree++
  }
  return { first: k0 - k1 + k2, last: k0 + k1 + k2, agreement: agree / reached, crispness: crispN ? crisp / crispN : 0 }
}

/** Snaps the sides of `quad` (clockwise corners, in the sampler's coordinates) to the edges near them. */
export function snapQuad(s: Sampler, quad: Quad, { frame = [], reach, rounds = 2 }: SnapOptions): Snapped {
  let q: Point[] = [...quad]
  const agreement = [1, 1, 1, 1]
  let crispness = 0
  for (let round = 0; round < rounds; round++) {
    const near = round === 0 ? reach : Math.max(1.5, reach / 2)
    const lines: { a: Point; b: Point }[] = []
    crispness = 0
    for (let i = 0; i < 4; i++) {
      const a = q[i]!
      const b = q[(i + 1) % 4]!
      const length = Math.hypot(b.x - a.x, b.y - a.y) || 1
      // clockwise on the screen: outside lies to the left of the walk
      const nx = (b.y - a.y) / length
      const ny = -(b.x - a.x) / length
      const fit = frame[i] ? null : fitSide(s, a, b, nx, ny, near)
      if (!fit) {
        agreement[i] = frame[i] ? 1 : 0
        lines.push({ a, b })
        continue
      }
      agreement[i] = fit.agreement
      crispness += fit.crispness / 4
      lines.push({
        a: { x: a.x + nx * fit.first, y: a.y + ny * fit.first },
        b: { x: b.x + nx * fit.last, y: b.y + ny * fit.last },
      })
    }
    q = q.map((was, i) => {
      const l = lines[(i + 3) % 4]!
      const m = lines[i]!
      const ax = l.b.x - l.a.x
      const ay = l.b.y - l.a.y
      const bx = m.b.x - m.a.x
      const by = m.b.y - m.a.y
      const det = ax * by - ay * bx
      if (Math.abs(det) < 1e-6) return was
      const t = ((m.a.x - l.a.x) * by - (m.a.y - l.a.y) * bx) / det
      const x = l.a.x + ax * t
      const y = l.a.y + ay * t
      return Math.hypot(x - was.x, y - was.y) > reach * 4 + 4 ? was : { x, y }
    })
  }
  return { quad: q as unknown as Quad, agreement, crispness }
}
