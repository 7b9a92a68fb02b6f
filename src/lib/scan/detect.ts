/**
 * Finds a sheet of paper in a picture. Own code on plain arrays: runs in a worker and in Node.
 *
 * Edges of lightness and colour vote for straight lines; lines that part two different surfaces become sides, the edge
 * of the frame may stand in for a side the picture does not show; every plausible combination of four sides is marked,
 * the best ones are described in detail (is the area just outside still the same paper?) and a small trained network
 * picks one and says how sure it is. Its sides are then moved onto the real edges with sub-pixel accuracy.
 */
import { edgePixels, gradientOf, houghLines } from './edges.ts'
import type { Line } from './edges.ts'
import { FRAME_LONG_SIDE } from './frame-size.ts'
import type { Point, Quad } from './geometry.ts'
import { isConvex, orderCorners, signedArea } from './geometry.ts'
import { judgeCandidates } from './judge.ts'
import type { Scene } from './line-profiles.ts'
import { lineInterest, settleLine } from './line-profiles.ts'
import type { Planes, Raster } from './pixels.ts'
import { halvePlanes, makePlanes } from './pixels.ts'
import { describeCandidates } from './quad-features.ts'
import type { Candidate } from './quads.ts'
import { bundleLines, findCandidates } from './quads.ts'
import type { Snapped } from './snap.ts'
import { planesSampler, rasterSampler, snapQuad } from './snap.ts'

export interface Detection {
  /** Clockwise from the top left as the picture shows it, in pixels of the picture; may lie a little outside it. */
  readonly corners: Quad
  /** Honest probability, 0–1, that the corners are right (IoU with the page at least 0.9). */
  readonly confidence: number
  /** Share of the frame that the page covers. */
  readonly coverage: number
  /** For the sides after each corner: true when the page goes on beyond the frame there. */
  readonly beyondFrame: readonly boolean[]
  /** How abruptly the page's edges change, about 1 (blurred) to 4 (sharp); for "hold still". */
  readonly crispness: number
}

export interface DetectOptions {
  /** `video`: one look at reduced size. `photo`: the sides are snapped again on the picture's own pixels. */
  readonly mode?: 'video' | 'photo'
  /** The last frame's answer: when its sides still fit, only they are moved. */
  readonly previous?: Detection | null
}

/** Below this nothing is answered: handles on a wrong quad help less than handles on the whole frame. */
const LEAST_CONFIDENCE = 0.12

const MOST_LINES = 300
const MOST_CANDIDATES = 28
const ALL_PER_BUNDLE = 22
/** The first, quick look, and the confidence at which it is taken. */
const FEW_LINES = 64
const FEW_PER_BUNDLE = 10
const FEW_CANDIDATES = 12
const NO_DOUBT = 0.97

export function detectPage(image: Raster, options: DetectOptions = {}): Detection | null {
  if (image.width < 48 || image.height < 48) return null
  const planes = makePlanes(image, FRAME_LONG_SIDE, false)
  const { previous, mode = 'video' } = options
  const kept = previous ? follow(planes, previous) : null
  const found = kept ?? findPage(planes)
  if (!found) return null
  let { quad } = found
  if (mode === 'photo') quad = snapOnPixels(image, planes, quad, found.frame)
  const corners = quad.map((p) => ({ x: p.x * planes.scaleX, y: p.y * planes.scaleY })) as unknown as Quad
  if (!isConvex(corners)) return null
  const ordered = orderCorners(corners)
  const turn = corners.indexOf(ordered[0])
  return {
    corners: ordered,
    confidence: found.confidence,
    coverage: Math.abs(signedArea(corners)) / (image.width * image.height),
    beyondFrame: [0, 1, 2, 3].map((i) => found.frame[(i + turn) % 4]!),
    crispness: found.crispness,
  }
}

interface Found {
  /** In plane pixels. */
  readonly quad: Quad
  readonly frame: readonly boolean[]
  readonly confidence: number
  readonly crispness: number
}

interface RankedLine {
  readonly line: Line
  readonly interest: number
}

/** Settles lines on their edges, drops twins, and adds them to `kept`, which ends sorted, most interesting first. */
function settleLines(scene: Scene, lines: readonly Line[], kept: RankedLine[]): void {
  for (const line of lines) {
    if (!settleLine(scene, line)) continue
    const twice = kept.some(({ line: o }) => {
      const dot = o.nx * line.nx + o.ny * line.ny
      return Math.abs(dot) > 0.9998 && Math.abs(o.rho * Math.sign(dot) - line.rho) < 1.2
    })
    if (!twice) kept.push({ line, interest: lineInterest(scene, line) })
  }
  kept.sort((a, b) => b.interest - a.interest)
}

interface Described {
  readonly candidates: Candidate[]
  readonly features: Float32Array
}

function describe(scene: Scene, lines: readonly RankedLine[], perBundle: number, most: number): Described {
  const candidates = findCandidates(scene, bundleLines(scene, lines, perBundle), most)
  return { candidates, features: describeCandidates(scene, candidates) }
}

function sceneOf(planes: Planes): Scene {
  const half = halvePlanes(planes)
  const gradient = gradientOf(planes, half)
  return { planes, half, gradient, knee: gradient.floor * 1.5 + 1 }
}

/** The candidates of a picture, all of them, and their description; the trainer reads the same. */
export function candidatesOf(planes: Planes): Described {
  const scene = sceneOf(planes)
  const kept: RankedLine[] = []
  settleLines(scene, houghLines(edgePixels(scene.gradient), planes.width, planes.height, MOST_LINES), kept)
  return describe(scene, kept, ALL_PER_BUNDLE, MOST_CANDIDATES)
}

/** A candidate as corners in plane pixels, clockwise, with the flags of the sides after each corner. */
export function quadOf(c: Candidate, planes: Planes): { quad: Quad; frame: boolean[] } {
  const points: Point[] = [0, 1, 2, 3].map((i) => ({
    x: c.corners[i * 2]! + planes.width / 2,
    y: c.corners[i * 2 + 1]! + planes.height / 2,
  }))
  const frame = c.sides.map((s) => s.frame)
  if (signedArea(points) >= 0) return { quad: points as unknown as Quad, frame }
  const [a, b, d, e] = points as unknown as Quad
  return { quad: [a, e, d, b], frame: [frame[3]!, frame[2]!, frame[1]!, frame[0]!] }
}

function findPage(planes: Planes): Found | null {
  const scene = sceneOf(planes)
  const lines = houghLines(edgePixels(scene.gradient), planes.width, planes.height, MOST_LINES)
  const kept: RankedLine[] = []
  // Most pages are found among the strongest lines; only where the judge has doubts are all of them looked at.
  settleLines(scene, lines.slice(0, FEW_LINES), kept)
  const few = judge(scene, planes, describe(scene, kept, FEW_PER_BUNDLE, FEW_CANDIDATES))
  if (few && few.confidence >= NO_DOUBT) return few
  settleLines(scene, lines.slice(FEW_LINES), kept)
  return judge(scene, planes, describe(scene, kept, ALL_PER_BUNDLE, MOST_CANDIDATES))
}

function judge(scene: Scene, planes: Planes, { candidates, features }: Described): Found | null {
  if (!candidates.length) return null
  const best = judgeCandidates(features, candidates.length)[0]!
  if (best.confidence < LEAST_CONFIDENCE) return null
  const { quad, frame } = quadOf(candidates[best.index]!, planes)
  const snapped = snapQuad(planesSampler(scene.planes), quad, { frame, reach: 4 })
  return { quad: snapped.quad, frame, crispness: snapped.crispness, confidence: sure(best.confidence, snapped) }
}

/** A side of which the cuts do not agree where the edge is, is a doubtful side. */
function sure(confidence: number, snapped: Snapped): number {
  const worst = Math.min(...snapped.agreement)
  return worst >= 0.5 ? confidence : confidence * (0.4 + 1.2 * worst)
}

/** Keeps last frame's page when all its sides still lie on edges close by. */
function follow(planes: Planes, previous: Detection): Found | null {
  const quad = previous.corners.map((p) => ({
    x: p.x / planes.scaleX,
    y: p.y / planes.scaleY,
  })) as unknown as Quad
  const snapped = snapQuad(planesSampler(planes), quad, { frame: previous.beyondFrame, reach: 7 })
  if (Math.min(...snapped.agreement) < 0.6 || !isConvex(snapped.quad)) return null
  const moved = Math.max(...snapped.quad.map((p, i) => Math.hypot(p.x - quad[i]!.x, p.y - quad[i]!.y)))
  if (moved > 10) return null
  return {
    quad: snapped.quad,
    frame: previous.beyondFrame,
    crispness: snapped.crispness,
    confidence: previous.confidence,
  }
}

/** Once more on the full picture, at up to three times the working size. */
function snapOnPixels(image: Raster, planes: Planes, quad: Quad, frame: readonly boolean[]): Quad {
  const zoom = Math.min(3, planes.scaleX)
  if (zoom < 1.3) return quad
  const big = quad.map((p) => ({ x: p.x * zoom, y: p.y * zoom })) as unknown as Quad
  const snapped = snapQuad(rasterSampler(image, planes.scaleX / zoom), big, { frame, reach: 4, rounds: 1 })
  return snapped.quad.map((p) => ({ x: p.x / zoom, y: p.y / zoom })) as unknown as Quad
}
