/**
 * What lies along a line and on both sides of it. A page's side is not simply a strong edge: paper lies on one side
 * and something else on the other, near and farther out. Printed frames have paper on both sides, table tops and
 * planks on none. All this is gathered once a line, as running sums, so that any piece of it can be judged in a few reads.
 */
import type { Gradient, Line } from './edges.ts'
import type { Planes } from './pixels.ts'

/** Distance between samples along a line, in plane pixels. */
export const STEP = 3
/** Distances from the line at which colour is read, in plane pixels, on both sides. */
export const OFFSETS = [3, 5, 8, 12, 18] as const
export const REACH = OFFSETS.length
const TEXTURE_OFFSETS = [5, 10] as const
/** Running sums a sample: edge support, then (side, offset, channel) colours, then (side, offset) texture. */
export const EDGE = 0
export const COLOUR = 1
export const TEXTURE = COLOUR + 2 * REACH * 3
const FIELDS = TEXTURE + 2 * TEXTURE_OFFSETS.length

export interface LineProfile {
  readonly line: Line
  /** The part of the line inside the frame, as distances along it. */
  readonly from: number
  readonly to: number
  readonly count: number
  readonly sums: Float32Array
}

export interface Scene {
  readonly planes: Planes
  readonly half: Planes
  readonly gradient: Gradient
  /** Gradient at which an edge counts as half certain in this picture. */
  readonly knee: number
}

/** The part of a line inside the frame as distances along it from its point nearest to the middle, or null. */
export function clipLine(line: Line, width: number, height: number, margin = 1.5): { from: number; to: number } | null {
  const hx = width / 2 - margin
  const hy = height / 2 - margin
  const ox = line.nx * line.rho
  const oy = line.ny * line.rho
  let from = -1e9
  let to = 1e9
  const bound = (o: number, d: number, h: number): boolean => {
    if (Math.abs(d) < 1e-9) return Math.abs(o) <= h
    const a = (-h - o) / d
    const b = (h - o) / d
    from = Math.max(from, Math.min(a, b))
    to = Math.min(to, Math.max(a, b))
    return true
  }
  if (!bound(ox, -line.ny, hx) || !bound(oy, line.nx, hy) || to - from < 8) return null
  return { from, to }
}

/** How far to both sides an edge is looked for, and how far apart, in plane pixels. */
const SETTLING = [
  [3, 5],
  [2, 3],
] as const

/** Moves a line onto the edge pixels beside it by least squares; false when too little of an edge is there. */
export function settleLine(scene: Scene, line: Line): boolean {
  const g = scene.gradient
  const { width: w, height: h } = g
  const cx = w / 2
  const cy = h / 2
  // Roughly from farther off, then exactly.
  for (const [reach, step] of SETTLING) {
    const range = clipLine(line, w, h)
    if (!range) return false
    let n = 0
    let st = 0
    let so = 0
    let stt = 0
    let sto = 0
    const mx = cx + line.nx * line.rho
    const my = cy + line.ny * line.rho
    for (let t = range.from; t <= range.to; t += step) {
      const bx = mx - line.ny * t
      const by = my + line.nx * t
      let best = 0
      let at = 0
      for (let o = -reach; o <= reach; o++) {
        const x = (bx + line.nx * o) | 0
        const y = (by + line.ny * o) | 0
        if (x < 0 || y < 0 || x >= w || y >= h) continue
        const k = y * w + x
        let v = g.gx[k]! * line.nx + g.gy[k]! * line.ny
        if (v < 0) v = -v
        v *= 1 - 0.06 * (o < 0 ? -o : o)
        if (v > best) {
          best = v
          // The pixel that was read lies up to half a pixel off the line's own offset.
          at = (x + 0.5 - bx) * line.nx + (y + 0.5 - by) * line.ny
        }
      }
      const weight = best / (best + scene.knee)
      if (weight < 0.3) continue
      const ww = weight * weight
      n += ww
      st += ww * t
      so += ww * at
      stt += ww * t * t
      sto += ww * t * at
    }
    const det = n * stt - st * st
    if (n < 4 || det < 1) return false
    const slope = (n * sto - st * so) / det
    const shift = (so - slope * st) / n
    // offset(t) = shift + slope·t turns the normal by -slope (small angles) and moves the line by shift.
    const c = 1 / Math.sqrt(1 + slope * slope)
    const nx = (line.nx + slope * line.ny) * c
    const ny = (line.ny - slope * line.nx) * c
    const px = line.nx * (line.rho + shift)
    const py = line.ny * (line.rho + shift)
    line.nx = nx
    line.ny = ny
    line.rho = nx * px + ny * py
  }
  return true
}

/** How much a line looks like the border between two different surfaces, summed along it: used to choose lines. */
export function lineInterest(scene: Scene, line: Line): number {
  const { gradient: g, half, knee } = scene
  const { width: w, height: h } = g
  const range = clipLine(line, w, h)
  if (!range) return 0
  const cx = w / 2 + line.nx * line.rho
  const cy = h / 2 + line.ny * line.rho
  const hw = half.width
  const hh = half.height
  let sum = 0
  for (let t = range.from; t <= range.to; t += 4) {
    const bx = cx - line.ny * t
    const by = cy + line.nx * t
    let e = 0
    for (let o = -1; o <= 1; o++) {
      const x = (bx + line.nx * o) | 0
      const y = (by + line.ny * o) | 0
      if (x < 0 || y < 0 || x >= w || y >= h) continue
      const k = y * w + x
      let v = g.gx[k]! * line.nx + g.gy[k]! * line.ny
      if (v < 0) v = -v
      if (v > e) e = v
    }
    e /= e + knee
    let dy = 0
    let dp = 0
    let dq = 0
    let level = 0
    for (let s = 4; s <= 22; s += 6) {
      let x = ((bx + line.nx * s) * 0.5) | 0
      let y = ((by + line.ny * s) * 0.5) | 0
      x = x < 0 ? 0 : x >= hw ? hw - 1 : x
      y = y < 0 ? 0 : y >= hh ? hh - 1 : y
      const a = y * hw + x
      x = ((bx - line.nx * s) * 0.5) | 0
      y = ((by - line.ny * s) * 0.5) | 0
      x = x < 0 ? 0 : x >= hw ? hw - 1 : x
      y = y < 0 ? 0 : y >= hh ? hh - 1 : y
      const b = y * hw + x
      dy += half.y[a]! - half.y[b]!
      dp += half.p[a]! - half.p[b]!
      dq += half.q[a]! - half.q[b]!
      const ya = half.y[a]!
      const yb = half.y[b]!
      level += ya > yb ? ya : yb
    }
    const d = ((dy < 0 ? -dy : dy) + (dp < 0 ? -dp : dp) + (dq < 0 ? -dq : dq)) / (level + 20)
    sum += e * (0.1 + d / (d + 0.08))
  }
  return sum
}

let arena = new Float32Array(0)
let used = 0

/** Gives back the memory of all profiles made so far; they must not be read any more. */
export function clearProfiles(): void {
  used = 0
}

/** Room for one profile's running sums, the first row of them zero. */
function sumsFor(count: number): Float32Array {
  const length = (count + 1) * FIELDS
  if (used + length > arena.length) {
    // profiles made before keep the old arena
    arena = new Float32Array(Math.max(400_000, arena.length * 2, length))
    used = 0
  }
  const sums = arena.subarray(used, used + length)
  used += length
  return sums.fill(0, 0, FIELDS)
}

export function profileLine(scene: Scene, line: Line): LineProfile | null {
  const { gradient: g, half, knee } = scene
  const { width: w, height: h } = g
  const range = clipLine(line, w, h)
  if (!range) return null
  const count = Math.floor((range.to - range.from) / STEP)
  if (count < 6) return null
  const sums = sumsFor(count)
  const cx = w / 2 + line.nx * line.rho
  const cy = h / 2 + line.ny * line.rho
  const hw = half.width
  const hh = half.height
  const { nx, ny } = line
  for (let i = 0; i < count; i++) {
    const t = range.from + (i + 0.5) * STEP
    const bx = cx - ny * t
    const by = cy + nx * t
    const was = i * FIELDS
    const now = was + FIELDS
    let e = 0
    for (let o = -1; o <= 1; o++) {
      const x = (bx + nx * o) | 0
      const y = (by + ny * o) | 0
      if (x < 0 || y < 0 || x >= w || y >= h) continue
      const k = y * w + x
      let v = g.gx[k]! * nx + g.gy[k]! * ny
      if (v < 0) v = -v
      if (v > e) e = v
    }
    sums[now + EDGE] = sums[was + EDGE]! + e / (e + knee)
    let f = COLOUR
    for (let side = -1; side <= 1; side += 2) {
      for (let o = 0; o < REACH; o++, f += 3) {
        const d = OFFSETS[o]! * side
        let x = ((bx + nx * d) * 0.5) | 0
        let y = ((by + ny * d) * 0.5) | 0
        x = x < 0 ? 0 : x >= hw ? hw - 1 : x
        y = y < 0 ? 0 : y >= hh ? hh - 1 : y
        const k = y * hw + x
        sums[now + f] = sums[was + f]! + half.y[k]!
        sums[now + f + 1] = sums[was + f + 1]! + half.p[k]!
        sums[now + f + 2] = sums[was + f + 2]! + half.q[k]!
      }
    }
    for (let side = -1; side <= 1; side += 2) {
      for (let o = 0; o < 2; o++, f++) {
        const d = TEXTURE_OFFSETS[o]! * side
        let x = (bx + nx * d) | 0
        let y = (by + ny * d) | 0
        x = x < 0 ? 0 : x >= w ? w - 1 : x
        y = y < 0 ? 0 : y >= h ? h - 1 : y
        const m = g.magnitude[y * w + x]!
        sums[now + f] = sums[was + f]! + m / (m + 6)
      }
    }
  }
  return { line, from: range.from, to: range.to, count, sums }
}

/** Means over a piece of a profile: `out[field]` for every field; returns the number of samples (0: nothing visible). */
export function meansBetween(p: LineProfile, a: number, b: number, out: Float32Array): number {
  const lo = Math.max(0, Math.min(p.count, Math.round((Math.min(a, b) - p.from) / STEP)))
  const hi = Math.max(0, Math.min(p.count, Math.round((Math.max(a, b) - p.from) / STEP)))
  const n = hi - lo
  if (n <= 0) return 0
  const k = 1 / n
  const x = lo * FIELDS
  const y = hi * FIELDS
  for (let f = 0; f < FIELDS; f++) out[f] = (p.sums[y + f]! - p.sums[x + f]!) * k
  return n
}

/** Mean of one field over a piece of a profile; -1 when no sample lies there. */
export function meanOf(p: LineProfile, a: number, b: number, field: number): number {
  const lo = Math.max(0, Math.min(p.count, Math.round((Math.min(a, b) - p.from) / STEP)))
  const hi = Math.max(0, Math.min(p.count, Math.round((Math.max(a, b) - p.from) / STEP)))
  return hi > lo ? (p.sums[hi * FIELDS + field]! - p.sums[lo * FIELDS + field]!) / (hi - lo) : -1
}

/** First colour field of the side `side` (0: against the normal, 1: along it) at OFFSETS[offset]. */
export function colourField(side: number, offset: number): number {
  return COLOUR + (side * REACH + offset) * 3
}
export function textureField(side: number, offset: number): number {
  return TEXTURE + side * TEXTURE_OFFSETS.length + offset
}
export const FIELD_COUNT = FIELDS
