/** From lines to candidate pages: which four lines (or three and an edge of the frame) could be one sheet of paper. */
import type { Line } from './edges.ts'
import type { LineProfile, Scene } from './line-profiles.ts'
import { scratch } from './scratch.ts'
import { COLOUR, EDGE, FIELD_COUNT, REACH, STEP, TEXTURE, clearProfiles, meanOf, profileLine } from './line-profiles.ts'

export interface SideLine extends LineProfile {
  /** True for an edge of the frame standing in for a side that the picture does not show. */
  readonly frame: boolean
}

/** A candidate page: its sides in order top, right, bottom, left of its own bundle axes, and its corners. */
export interface Candidate {
  readonly sides: readonly [SideLine, SideLine, SideLine, SideLine]
  /** For each side: does the page lie along the line's normal? */
  readonly insides: readonly [number, number, number, number]
  /** Corner i joins side i and side i+1; centred plane coordinates. */
  readonly corners: Float64Array
  readonly rough: number
}

/** A side less than this share of the short frame side away from its opposite is no page. */
const LEAST_SEPARATION = 0.14
const LEAST_AREA = 0.08
/** How far outside the frame a corner may lie, as a share of the frame's side. */
const OVERHANG = 0.09
const MOST_PER_BUNDLE = 22
/** How far out a side may be moved when looking for the sheet round a printed frame, as a share of the short side. */
const OUTWARD = 0.075
const GOOD_SIDE = 0.6
const MOVED_OUT = 8
const MOST_MOVED = 16
/** Lines this near to 45 degrees off the page's axis, in degrees, are tried as sides of both directions. */
const AMBIGUOUS = 12

export interface Bundles {
  readonly a: SideLine[]
  readonly b: SideLine[]
}

/**
 * Splits lines into the two directions of the page and orders each bundle across the picture. Bundles, and candidates
 * made of them, are valid until the next call.
 */
export function bundleLines(
  scene: Scene,
  lines: readonly { line: Line; interest: number }[],
  mostPerBundle = MOST_PER_BUNDLE,
): Bundles {
  clearProfiles()
  // The page's axis is where directions modulo a quarter turn pile up.
  const pile = new Float32Array(90)
  const degrees = (l: Line) => ((Math.atan2(l.ny, l.nx) * 180) / Math.PI + 360) % 180
  for (const { line, interest } of lines) {
    const d = Math.round(degrees(line)) % 90
    for (let k = -14; k <= 14; k++) pile[(d + k + 90) % 90]! += interest * interest * interest * (15 - Math.abs(k))
  }
  let axis = 0
  for (let i = 1; i < 90; i++) if (pile[i]! > pile[axis]!) axis = i
  /** How far a line's direction is from the axis, in degrees; beyond 45 it belongs to the other bundle. */
  const offAxis = (l: Line) => {
    const d = Math.abs(degrees(l) - axis) % 180
    return d > 90 ? 180 - d : d
  }
  const { width: w, height: h } = scene.gradient
  const reference = [
    [Math.cos((axis * Math.PI) / 180), Math.sin((axis * Math.PI) / 180)],
    [-Math.sin((axis * Math.PI) / 180), Math.cos((axis * Math.PI) / 180)],
  ] as const
  const bundles: [SideLine[], SideLine[]] = [[], []]
  const counts: [number, number] = [0, 0]
  const add = (line: Line, frame: boolean) => {
    const off = offAxis(line)
    for (const which of [0, 1] as const) {
      if (which === 0 ? off > 45 + AMBIGUOUS : off < 45 - AMBIGUOUS) continue
      if (!frame && counts[which] >= mostPerBundle) continue
      const [rx, ry] = reference[which]
      const sign = line.nx * rx + line.ny * ry < 0 ? -1 : 1
      const l = { nx: line.nx * sign, ny: line.ny * sign, rho: line.rho * sign, votes: line.votes }
      const at = frame ? { ...l, rho: l.rho - Math.sign(l.rho) * 2 } : l
      const profile = profileLine(scene, at)
      if (!profile) continue
      counts[which]++
      bundles[which].push({ ...profile, line: l, frame })
    }
  }
  for (const { line } of lines) add(line, false)
  for (const rho of [-w / 2, w / 2]) add({ nx: 1, ny: 0, rho, votes: 0 }, true)
  for (const rho of [-h / 2, h / 2]) add({ nx: 0, ny: 1, rho, votes: 0 }, true)
  for (const b of bundles) b.sort((x, y) => x.line.rho - y.line.rho)
  return { a: bundles[0], b: bundles[1] }
}

/** Distance along line `p` at which it meets `q`, or NaN. */
function meet(p: Line, q: Line): number {
  // n_p·rho_p + d_p·t on q: n_q·n_p rho_p + n_q·d_p t = rho_q
  const nd = -q.nx * p.ny + q.ny * p.nx
  return Math.abs(nd) < 0.3 ? NaN : (q.rho - (q.nx * p.nx + q.ny * p.ny) * p.rho) / nd
}

/** What the first, cheap mark of a side is made of; ROUGH weighs it. */
export const SIDE_TERMS = 8
const soft = (d: number): number => d / (d + 0.04)

/** Weights of the terms below, fitted so that the true page is among the first candidates. */
const ROUGH: readonly number[] = [1, -0.03, 0.89, 0.42, 0.34, -0.1, -0.74, -0.13]
const NO_SIDE = -1e9
const FRAME_SIDE = 1.65
const FRAME_COST = 0.88
const AREA_GAIN = 0.93

/** Terms of one side between two distances, with the page against its normal and along it; false without an edge. */
export function sideTerms(p: SideLine, a: number, b: number, against: Float32Array, along: Float32Array): boolean {
  const from = Math.min(a, b)
  const to = Math.max(a, b)
  const lo = Math.max(0, Math.min(p.count, Math.round((from - p.from) / STEP)))
  const hi = Math.max(0, Math.min(p.count, Math.round((to - p.from) / STEP)))
  const n = hi - lo
  if (n < 4) return false
  const s = p.sums
  const x = lo * FIELD_COUNT
  const y = hi * FIELD_COUNT
  const support = (s[y + EDGE]! - s[x + EDGE]!) / n
  if (support < 0.1) return false
  const k = 1 / n
  // Where the line goes on past the corners it is more likely a plank, a tile joint or a table's line.
  const before = meanOf(p, from - 18, from - 4, EDGE)
  const after = meanOf(p, to + 4, to + 18, EDGE)
  const beyond = (before < 0 ? 0.3 : before) + (after < 0 ? 0.3 : after)
  const texture = (s[y + TEXTURE]! - s[x + TEXTURE]! - (s[y + TEXTURE + 2]! - s[x + TEXTURE + 2]!)) * k
  for (let inside = 0; inside < 2; inside++) {
    const out = inside ? along : against
    const i1 = COLOUR + (inside * REACH + 1) * 3
    const o0 = COLOUR + (1 - inside) * REACH * 3
    // paper: the mean at the second and third distance inside
    const iy = (s[y + i1]! - s[x + i1]! + s[y + i1 + 3]! - s[x + i1 + 3]!) * 0.5 * k
    const ip = (s[y + i1 + 1]! - s[x + i1 + 1]! + s[y + i1 + 4]! - s[x + i1 + 4]!) * 0.5 * k
    const iq = (s[y + i1 + 2]! - s[x + i1 + 2]! + s[y + i1 + 5]! - s[x + i1 + 5]!) * 0.5 * k
    let least = 9
    let near = 0
    let far = 0
    let outY = 0
    for (let o = 0; o < REACH; o++) {
      const f = o0 + o * 3
      const oy = (s[y + f]! - s[x + f]!) * k
      const dy = iy - oy
      const dp = ip - (s[y + f + 1]! - s[x + f + 1]!) * k
      const dq = iq - (s[y + f + 2]! - s[x + f + 2]!) * k
      const d = Math.sqrt(dy * dy + 1.5 * (dp * dp + dq * dq)) / (iy + 15)
      if (d < least) least = d
      if (o < 2) near += d * 0.5
      else if (o > 2) far += d * 0.5
      outY += oy
    }
    outY /= REACH
    out[0] = support
    out[1] = soft(near)
    out[2] = soft(least)
    out[3] = soft(far)
    out[4] = (iy - outY) / (iy + outY + 20)
    out[5] = beyond
    out[6] = support * out[2]!
    out[7] = inside ? -texture : texture
  }
  return true
}

const against = new Float32Array(SIDE_TERMS)
const withNormal = new Float32Array(SIDE_TERMS)

/** Marks of one side for both places of the page: against the line's normal (`out[at]`) and along it (`out[at+1]`). */
function roughSide(p: SideLine, a: number, b: number, out: Float32Array, at: number): void {
  if (p.frame) {
    out[at] = out[at + 1] = FRAME_SIDE
    return
  }
  if (!sideTerms(p, a, b, against, withNormal)) {
    out[at] = out[at + 1] = NO_SIDE
    return
  }
  let u = 0
  let v = 0
  for (let i = 0; i < SIDE_TERMS; i++) {
    u += against[i]! * ROUGH[i]!
    v += withNormal[i]! * ROUGH[i]!
  }
  out[at] = u
  out[at + 1] = v
}

export function findCandidates(scene: Scene, { a, b }: Bundles, most: number): Candidate[] {
  const { width: w, height: h } = scene.gradient
  const limitX = w / 2 + OVERHANG * w
  const limitY = h / 2 + OVERHANG * h
  const nA = a.length
  const nB = b.length
  // where every line of one bundle meets every line of the other
  const tA = new Float64Array(nA * nB)
  const tB = new Float64Array(nA * nB)
  const px = new Float64Array(nA * nB)
  const py = new Float64Array(nA * nB)
  for (let i = 0; i < nA; i++)
    for (let k = 0; k < nB; k++) {
      const at = i * nB + k
      const p = a[i]!.line
      const t = meet(p, b[k]!.line)
      const x = p.nx * p.rho - p.ny * t
      const y = p.ny * p.rho + p.nx * t
      tA[at] = Math.abs(x) <= limitX && Math.abs(y) <= limitY ? t : NaN
      tB[at] = meet(b[k]!.line, p)
      px[at] = x
      py[at] = y
    }
  const separation = LEAST_SEPARATION * Math.min(w, h)
  const pairs = (list: SideLine[]): Int32Array => {
    const out: number[] = []
    for (let i = 0; i < list.length; i++)
      for (let j = i + 1; j < list.length; j++) {
        const p = list[i]!
        const q = list[j]!
        if (q.line.rho - p.line.rho < separation) continue
        if (p.line.nx * q.line.nx + p.line.ny * q.line.ny < (p.frame || q.frame ? 0.7 : 0.82)) continue
        if (p.frame && q.frame) continue
        out.push(i, j)
      }
    return Int32Array.from(out)
  }
  const pairsA = pairs(a)
  const pairsB = pairs(b)
  const mA = pairsA.length >> 1
  const mB = pairsB.length >> 1
  const table = (
    name: string,
    list: SideLine[],
    others: Int32Array,
    t: (i: number, k: number) => number,
  ): Float32Array => {
    const m = others.length >> 1
    const out = scratch(name, list.length * m * 2)
    for (let i = 0; i < list.length; i++)
      for (let p = 0; p < m; p++) {
        const from = t(i, others[p * 2]!)
        const to = t(i, others[p * 2 + 1]!)
        const at = (i * m + p) * 2
        if (Number.isNaN(from) || Number.isNaN(to)) {
          out[at] = out[at + 1] = NO_SIDE
          continue
        }
        roughSide(list[i]!, from, to, out, at)
      }
    return out
  }
  const sideA = table('quads.a', a, pairsB, (i, k) => tA[i * nB + k]!)
  const sideB = table('quads.b', b, pairsA, (k, i) => (Number.isNaN(tA[i * nB + k]!) ? NaN : tB[i * nB + k]!))

  const leastArea = LEAST_AREA * w * h
  let list: { p: number; q: number; v: number }[] = []
  const room = most * 12
  let bar = 0.5
  for (let p = 0; p < mA; p++) {
    const i = pairsA[p * 2]!
    const j = pairsA[p * 2 + 1]!
    for (let q = 0; q < mB; q++) {
      // the lower line of a pair has the page along its normal, the upper one against it
      const s1 = sideA[(i * mB + q) * 2 + 1]!
      if (s1 < -1) continue
      const s2 = sideA[(j * mB + q) * 2]!
      if (s2 < -1) continue
      const k = pairsB[q * 2]!
      const l = pairsB[q * 2 + 1]!
      const s3 = sideB[(k * mA + p) * 2 + 1]!
      if (s3 < -1) continue
      const s4 = sideB[(l * mA + p) * 2]!
      if (s4 < -1) continue
      let v = s1 + s2 + s3 + s4 + Math.min(s1, s2, s3, s4)
      if (v + AREA_GAIN < bar) continue
      const f = +a[i]!.frame + +a[j]!.frame + +b[k]!.frame + +b[l]!.frame
      if (f > 2) continue
      v -= FRAME_COST * f
      const c0 = i * nB + k
      const c1 = i * nB + l
      const c2 = j * nB + l
      const c3 = j * nB + k
      const area = Math.abs((px[c2]! - px[c0]!) * (py[c3]! - py[c1]!) - (px[c3]! - px[c1]!) * (py[c2]! - py[c0]!)) / 2
      if (area < leastArea) continue
      v += AREA_GAIN * (area / (w * h))
      if (v < bar) continue
      list.push({ p, q, v })
      if (list.length > room * 3) {
        list.sort((x, y) => y.v - x.v)
        list = list.slice(0, room)
        bar = list[room - 1]!.v
      }
    }
  }
  list.sort((x, y) => y.v - x.v)
  const out: (Candidate & { readonly lines: readonly [number, number, number, number] })[] = []
  const add = (i: number, j: number, k: number, l: number, rough: number): boolean => {
    const order = [i * nB + k, i * nB + l, j * nB + l, j * nB + k]
    const corners = new Float64Array(8)
    for (let n = 0; n < 4; n++) {
      const c = order[n]!
      if (Number.isNaN(tA[c]!)) return false
      corners[n * 2] = px[c]!
      corners[n * 2 + 1] = py[c]!
    }
    if (out.some((o) => corners.every((c, n) => Math.abs(c - o.corners[n]!) < 2.5))) return false
    // sides between corner n and n+1: a[i] joins c0 c1, b[l] joins c1 c2, a[j] joins c2 c3, b[k] joins c3 c0
    out.push({ sides: [a[i]!, b[l]!, a[j]!, b[k]!], insides: [1, 0, 0, 1], corners, rough, lines: [i, j, k, l] })
    return true
  }
  for (const { p, q, v } of list) {
    add(pairsA[p * 2]!, pairsA[p * 2 + 1]!, pairsB[q * 2]!, pairsB[q * 2 + 1]!, v)
    if (out.length >= most) break
  }

  // A sheet on a white desk shows its printed frames more strongly than its edges, and with three or four lines a side
  // the all-outermost combination can be lost among hundreds. So the best few are also tried with their sides moved out.
  const pairOfA = new Int32Array(nA * nA).fill(-1)
  for (let p = 0; p < mA; p++) pairOfA[pairsA[p * 2]! * nA + pairsA[p * 2 + 1]!] = p
  const pairOfB = new Int32Array(nB * nB).fill(-1)
  for (let q = 0; q < mB; q++) pairOfB[pairsB[q * 2]! * nB + pairsB[q * 2 + 1]!] = q
  const marks = (i: number, j: number, k: number, l: number): readonly [number, number, number, number] => {
    const p = pairOfA[i * nA + j]!
    const q = pairOfB[k * nB + l]!
    if (p < 0 || q < 0) return [NO_SIDE, NO_SIDE, NO_SIDE, NO_SIDE]
    return [
      sideA[(i * mB + q) * 2 + 1]!,
      sideA[(j * mB + q) * 2]!,
      sideB[(k * mA + p) * 2 + 1]!,
      sideB[(l * mA + p) * 2]!,
    ]
  }
  const reach = OUTWARD * Math.min(w, h)
  const tries: { lines: readonly [number, number, number, number]; v: number }[] = []
  for (const { lines } of out.slice(0, MOVED_OUT)) {
    const [i, j, k, l] = lines
    const outermost = [i, j, k, l]
    const lists = [a, a, b, b] as const
    for (let s = 0; s < 4; s++) {
      const of = lists[s]!
      const step = s === 0 || s === 2 ? -1 : 1
      const from = lines[s]!
      if (of[from]!.frame) continue
      for (let n = from + step; n >= 0 && n < of.length; n += step) {
        if (Math.abs(of[n]!.line.rho - of[from]!.line.rho) > reach) break
        if (of[n]!.frame) continue
        const next = [i, j, k, l] as [number, number, number, number]
        next[s] = n
        if (marks(...next)[s]! > GOOD_SIDE) outermost[s] = n
      }
    }
    const moved = [0, 1, 2, 3].filter((s) => outermost[s] !== lines[s])
    if (!moved.length) continue
    // all sides, all but one, and each alone
    const sets = [moved, ...(moved.length > 2 ? moved.map((x) => moved.filter((y) => y !== x)) : [])]
    if (moved.length > 1) sets.push(...moved.map((x) => [x]))
    for (const set of sets) {
      const next = [i, j, k, l] as [number, number, number, number]
      for (const s of set) next[s] = outermost[s]!
      const m = marks(...next)
      const least = Math.min(...m)
      if (least < -1) continue
      tries.push({ lines: next, v: m[0] + m[1] + m[2] + m[3] + least })
    }
  }
  let room2 = MOST_MOVED
  for (const { lines, v } of tries) {
    const [i, j, k, l] = lines
    const c = [i * nB + k, i * nB + l, j * nB + l, j * nB + k] as const
    const area =
      Math.abs((px[c[2]]! - px[c[0]]!) * (py[c[3]]! - py[c[1]]!) - (px[c[3]]! - px[c[1]]!) * (py[c[2]]! - py[c[0]]!)) /
      2
    const frames = +a[i]!.frame + +a[j]!.frame + +b[k]!.frame + +b[l]!.frame
    if (add(i, j, k, l, v - FRAME_COST * frames + AREA_GAIN * (area / (w * h))) && --room2 === 0) break
  }
  return out
}

/** Distance of a point along a line. */
export function along(line: Line, x: number, y: number): number {
  return -line.ny * x + line.nx * y
}
