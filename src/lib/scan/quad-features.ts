/**
 * What speaks for and against a candidate page, as numbers for the trained judge. All of them are relative (to the
 * paper just inside the side, to the frame's size), so that light, camera and paper colour do not matter.
 */
import type { LineProfile, Scene } from './line-profiles.ts'
import { EDGE, FIELD_COUNT, OFFSETS, colourField, meanOf, meansBetween, textureField } from './line-profiles.ts'
import type { Candidate } from './quads.ts'
import { along } from './quads.ts'

const PIECES = 5
const GRID = 7
/** Numbers a candidate is judged by. */
export const FEATURES = 54

const whole = new Float32Array(FIELD_COUNT)
const piece = new Float32Array(FIELD_COUNT)

/** Difference of two surfaces relative to the brightness of the first: 0.05 is a sheet on a white desk. */
function difference(y0: number, p0: number, q0: number, y1: number, p1: number, q1: number): number {
  const dy = y0 - y1
  const dp = p0 - p1
  const dq = q0 - q1
  return Math.sqrt(dy * dy + 1.5 * (dp * dp + dq * dq)) / (y0 + 15)
}
const soft = (d: number): number => d / (d + 0.07)

/** Mean colour over some offsets of one side of a profile's means. */
function surface(m: Float32Array, side: number, first: number, last: number, out: Float32Array): void {
  out[0] = out[1] = out[2] = 0
  for (let o = first; o <= last; o++) {
    const f = colourField(side, o)
    out[0]! += m[f]!
    out[1]! += m[f + 1]!
    out[2]! += m[f + 2]!
  }
  const k = 1 / (last - first + 1)
  out[0]! *= k
  out[1]! *= k
  out[2]! *= k
}

const inner = new Float32Array(3)
const outer = new Float32Array(3)
/** Numbers a side; frame sides are left out of means and extremes. */
const PER_SIDE = 14

/** Fills `features` of every candidate (FEATURES numbers each, one after another). */
export function describeCandidates(scene: Scene, candidates: readonly Candidate[]): Float32Array {
  const { half, gradient } = scene
  const w = gradient.width
  const h = gradient.height
  const out = new Float32Array(candidates.length * FEATURES)
  const side = new Float32Array(4 * PER_SIDE)
  const paper = new Float32Array(4 * 3)

  // The picture's own brightness, to know whether the page is among its bright parts.
  let frameY = 0
  for (let k = 0; k < half.y.length; k += 7) frameY += half.y[k]!
  frameY /= Math.ceil(half.y.length / 7)

  candidates.forEach((c, index) => {
    let frames = 0
    let meanY = 0
    let meanP = 0
    let meanQ = 0
    let visible = 0
    for (let s = 0; s < 4; s++) {
      const p: LineProfile = c.sides[s]!
      const inside = c.insides[s]!
      const isFrame = c.sides[s]!.frame
      const a = along(p.line, c.corners[s * 2]!, c.corners[s * 2 + 1]!)
      const b = along(p.line, c.corners[((s + 1) % 4) * 2]!, c.corners[((s + 1) % 4) * 2 + 1]!)
      const base = s * PER_SIDE
      const lo = Math.max(Math.min(a, b) + 3, p.from)
      const hi = Math.min(Math.max(a, b) - 3, p.to)
      meansBetween(p, lo, hi, whole)
      surface(whole, inside, 1, 3, inner)
      paper[s * 3] = inner[0]!
      paper[s * 3 + 1] = inner[1]!
      paper[s * 3 + 2] = inner[2]!
      meanY += inner[0]!
      meanP += inner[1]!
      meanQ += inner[2]!
      visible += (hi - lo) / Math.max(1, Math.abs(b - a))
      if (isFrame) {
        frames++
        continue
      }
      const iy = inner[0]!
      const ip = inner[1]!
      const iq = inner[2]!
      side[base] = whole[EDGE]!
      surface(whole, 1 - inside, 0, 1, outer)
      side[base + 1] = soft(difference(iy, ip, iq, outer[0]!, outer[1]!, outer[2]!))
      let least = 9
      for (let o = 0; o < OFFSETS.length; o++) {
        const f = colourField(1 - inside, o)
        const d = difference(iy, ip, iq, whole[f]!, whole[f + 1]!, whole[f + 2]!)
        if (d < least) least = d
      }
      side[base + 2] = soft(least)
      surface(whole, 1 - inside, 3, 4, outer)
      side[base + 3] = soft(difference(iy, ip, iq, outer[0]!, outer[1]!, outer[2]!))
      surface(whole, 1 - inside, 1, 3, outer)
      side[base + 4] = (iy - outer[0]!) / (iy + outer[0]! + 20)
      const f0 = colourField(inside, 0)
      const f3 = colourField(inside, 3)
      side[base + 5] = soft(
        difference(whole[f0]!, whole[f0 + 1]!, whole[f0 + 2]!, whole[f3]!, whole[f3 + 1]!, whole[f3 + 2]!),
      )
      side[base + 6] = whole[textureField(inside, 0)]! * 0.5 + whole[textureField(inside, 1)]! * 0.5
      side[base + 7] = whole[textureField(1 - inside, 0)]! * 0.5 + whole[textureField(1 - inside, 1)]! * 0.5
      const before = meanOf(p, Math.min(a, b) - 20, Math.min(a, b) - 4, EDGE)
      const after = meanOf(p, Math.max(a, b) + 4, Math.max(a, b) + 20, EDGE)
      side[base + 8] = Math.max(before, after, 0)
      side[base + 9] = (Math.max(0, before) + Math.max(0, after)) / 2
      let weakest = 1
      let least1 = 9
      let least2 = 9
      let stepSum = 0
      for (let n = 0; n < PIECES; n++) {
        const from = lo + ((hi - lo) * n) / PIECES
        if (!meansBetween(p, from, from + (hi - lo) / PIECES, piece)) continue
        if (piece[EDGE]! < weakest) weakest = piece[EDGE]!
        surface(piece, inside, 0, 2, inner)
        surface(piece, 1 - inside, 0, 2, outer)
        const d = soft(difference(inner[0]!, inner[1]!, inner[2]!, outer[0]!, outer[1]!, outer[2]!))
        stepSum += d
        if (d < least1) {
          least2 = least1
          least1 = d
        } else if (d < least2) least2 = d
      }
      side[base + 10] = weakest
      side[base + 11] = stepSum / PIECES
      side[base + 12] = least1 > 1 ? 0 : least1
      side[base + 13] = least2 > 1 ? 0 : least2
    }
    const at = index * FEATURES
    let f = at
    // mean and worst of every per-side number over the sides that the picture shows
    for (let k = 0; k < PER_SIDE; k++) {
      let sum = 0
      let least = 9
      let most = -9
      let n = 0
      for (let s = 0; s < 4; s++) {
        if (c.sides[s]!.frame) continue
        const v = side[s * PER_SIDE + k]!
        sum += v
        if (v < least) least = v
        if (v > most) most = v
        n++
      }
      out[f++] = sum / n
      out[f++] = k >= 5 && k <= 9 ? most : least
    }
    meanY /= 4
    meanP /= 4
    meanQ /= 4
    let chroma = 0
    let dark = 1e9
    let bright = 0
    for (let s = 0; s < 4; s++) {
      const y = paper[s * 3]! + 15
      const d = Math.hypot(paper[s * 3 + 1]! / y - meanP / (meanY + 15), paper[s * 3 + 2]! / y - meanQ / (meanY + 15))
      if (d > chroma) chroma = d
      if (y < dark) dark = y
      if (y > bright) bright = y
    }
    out[f++] = soft(chroma)
    out[f++] = Math.log(bright / dark)
    out[f++] = Math.log((meanY + 15) / (frameY + 15))
    out[f++] = soft(Math.hypot(meanP, meanQ) / (meanY + 15))

    // geometry
    const q = c.corners
    const area = Math.abs((q[4]! - q[0]!) * (q[7]! - q[3]!) - (q[6]! - q[2]!) * (q[5]! - q[1]!)) / 2
    out[f++] = area / (w * h)
    out[f++] = Math.sqrt(area / (w * h))
    const len = (i: number) => {
      const j = (i + 1) % 4
      return Math.hypot(q[j * 2]! - q[i * 2]!, q[j * 2 + 1]! - q[i * 2 + 1]!)
    }
    const wide = len(0) + len(2)
    const high = len(1) + len(3)
    const shape = Math.abs(Math.log(wide / high))
    out[f++] = shape
    out[f++] = Math.abs(shape - 0.3466)
    out[f++] = frames
    out[f++] = visible / 4
    let skew = 0
    for (let i = 0; i < 4; i++) {
      const m = c.sides[i]!.line
      const n = c.sides[(i + 1) % 4]!.line
      skew = Math.max(skew, Math.abs(m.nx * n.nx + m.ny * n.ny))
    }
    out[f++] = skew
    const parallel = (m: LineProfile, n: LineProfile) => Math.abs(m.line.nx * n.line.ny - m.line.ny * n.line.nx)
    const pa = parallel(c.sides[0]!, c.sides[2]!)
    const pb = parallel(c.sides[1]!, c.sides[3]!)
    out[f++] = Math.max(pa, pb)
    out[f++] = Math.abs(Math.log(len(0) / len(2))) + Math.abs(Math.log(len(1) / len(3)))
    let off = 0
    for (let i = 0; i < 4; i++) if (Math.abs(q[i * 2]!) > w / 2 + 2 || Math.abs(q[i * 2 + 1]!) > h / 2 + 2) off++
    out[f++] = off

    // paper inside, something else round it
    let paperInside = 0
    let textureInside = 0
    for (let j = 0; j < GRID; j++)
      for (let i = 0; i < GRID; i++) {
        const u = (i + 0.5) / GRID
        const v = (j + 0.5) / GRID
        const k = pixelAt(q, u, v, w, h, half.width, half.height)
        if (k < 0) {
          paperInside += 0.7
          continue
        }
        const d = difference(meanY, meanP, meanQ, half.y[k]!, half.p[k]!, half.q[k]!)
        paperInside += d < 0.2 ? 1 - d * 2.5 : 0
        textureInside += half.y[k]! < meanY * 0.6 ? 1 : 0
      }
    out[f++] = paperInside / (GRID * GRID)
    out[f++] = textureInside / (GRID * GRID)
    let paperOutside = 0
    let ring = 0
    for (let i = 0; i < 10; i++)
      for (let s = 0; s < 4; s++) {
        const t = (i + 0.5) / 10
        const u = s === 0 || s === 2 ? t : s === 1 ? 1.09 : -0.09
        const v = s === 1 || s === 3 ? t : s === 2 ? 1.09 : -0.09
        const k = pixelAt(q, u, v, w, h, half.width, half.height)
        if (k < 0) continue
        ring++
        if (difference(meanY, meanP, meanQ, half.y[k]!, half.p[k]!, half.q[k]!) < 0.09) paperOutside++
      }
    out[f++] = ring ? paperOutside / ring : 0
    out[f++] = ring / 40
    out[f++] = c.rough / 8
    out[f++] = (c.rough - candidates[0]!.rough) / 2
    if (f - at > FEATURES - 6) throw new Error(`features overflow: ${f - at}`)
  })

  // A page's printed frame lies inside the page: how good are the candidates round this one, and those inside it?
  const areaAt = 32
  candidates.forEach((c, i) => {
    let around = 0
    let within = 0
    let aroundArea = 0
    const ai = out[i * FEATURES + areaAt]!
    candidates.forEach((o, j) => {
      if (i === j) return
      const aj = out[j * FEATURES + areaAt]!
      if (aj > ai * 1.02 && contains(o, c)) {
        const v = o.rough - c.rough + 4
        if (v > around) {
          around = v
          aroundArea = aj / ai
        }
      } else if (ai > aj * 1.02 && contains(c, o)) within = Math.max(within, o.rough - c.rough + 4)
    })
    out[i * FEATURES + FEATURES - 6] = around / 4
    out[i * FEATURES + FEATURES - 5] = within / 4
    out[i * FEATURES + FEATURES - 4] = Math.min(3, aroundArea)
    out[i * FEATURES + FEATURES - 3] = around > 0 ? 1 : 0
    out[i * FEATURES + FEATURES - 2] = within > 0 ? 1 : 0
    out[i * FEATURES + FEATURES - 1] = i / candidates.length
  })
  return out
}

function pixelAt(q: Float64Array, u: number, v: number, w: number, h: number, hw: number, hh: number): number {
  const x = (q[0]! * (1 - u) + q[2]! * u) * (1 - v) + (q[6]! * (1 - u) + q[4]! * u) * v + w / 2
  const y = (q[1]! * (1 - u) + q[3]! * u) * (1 - v) + (q[7]! * (1 - u) + q[5]! * u) * v + h / 2
  if (x < 0 || y < 0 || x >= w || y >= h) return -1
  return Math.min(hh - 1, (y / 2) | 0) * hw + Math.min(hw - 1, (x / 2) | 0)
}

/** True when every corner of `b` lies inside `a`, give or take two pixels. */
function contains(a: Candidate, b: Candidate): boolean {
  for (let s = 0; s < 4; s++) {
    const l = a.sides[s]!.line
    const sign = a.insides[s] ? 1 : -1
    for (let k = 0; k < 4; k++)
      if ((l.nx * b.corners[k * 2]! + l.ny * b.corners[k * 2 + 1]! - l.rho) * sign < -2) return false
  }
  return true
}
