/** Points, quads and plane projective maps. Pixel coordinates: x to the right, y down, the centre of pixel (0,0) is (0.5, 0.5). */

export interface Point {
  readonly x: number
  readonly y: number
}

/** The four corners of a page, clockwise on the screen; the first is the top left one as the picture shows it. */
export type Quad = readonly [Point, Point, Point, Point]

/** A 3×3 matrix by rows. */
export type Homography = readonly [number, number, number, number, number, number, number, number, number]

/** Signed area: positive when the corners run clockwise on the screen. */
export function signedArea(points: readonly Point[]): number {
  let sum = 0
  points.forEach((p, i) => {
    const n = points[(i + 1) % points.length]!
    sum += p.x * n.y - n.x * p.y
  })
  return sum / 2
}

/** Puts four corners in clockwise order, beginning with the one nearest to the top left of the picture. */
export function orderCorners(points: readonly Point[]): Quad {
  const cx = points.reduce((s, p) => s + p.x, 0) / points.length
  const cy = points.reduce((s, p) => s + p.y, 0) / points.length
  const round = [...points].sort((a, b) => Math.atan2(a.y - cy, a.x - cx) - Math.atan2(b.y - cy, b.x - cx))
  let first = 0
  for (let i = 1; i < 4; i++) if (round[i]!.x + round[i]!.y < round[first]!.x + round[first]!.y) first = i
  return [0, 1, 2, 3].map((i) => round[(first + i) % 4]!) as unknown as Quad
}

/** True when the corners make a convex quad without a crossing. */
export function isConvex(q: Quad): boolean {
  let sign = 0
  for (let i = 0; i < 4; i++) {
    const a = q[i]!
    const b = q[(i + 1) % 4]!
    const c = q[(i + 2) % 4]!
    const cross = (b.x - a.x) * (c.y - b.y) - (b.y - a.y) * (c.x - b.x)
    if (cross === 0) return false
    if (sign === 0) sign = Math.sign(cross)
    else if (Math.sign(cross) !== sign) return false
  }
  return true
}

/** The map that takes the unit square (0,0) (1,0) (1,1) (0,1) to the corners of `q`. */
export function unitSquareTo(q: Quad): Homography {
  const [a, b, c, d] = q
  const sx = a.x - b.x + c.x - d.x
  const sy = a.y - b.y + c.y - d.y
  const dx1 = b.x - c.x
  const dx2 = d.x - c.x
  const dy1 = b.y - c.y
  const dy2 = d.y - c.y
  const den = dx1 * dy2 - dx2 * dy1
  const g = (sx * dy2 - dx2 * sy) / den
  const h = (dx1 * sy - sx * dy1) / den
  return [b.x - a.x + g * b.x, d.x - a.x + h * d.x, a.x, b.y - a.y + g * b.y, d.y - a.y + h * d.y, a.y, g, h, 1]
}

/**
 * Width : height of the flat page seen as `q`, from one view, for a camera whose axis meets the middle of the frame
 * (Zhang and He, "Whiteboard scanning and image enhancement"). Near a frontal view, where the focal length cannot be
 * told, and wherever the answer would be wild, the ratio of the mean opposite sides is taken instead.
 */
export function pageAspect(q: Quad, frameWidth: number, frameHeight: number): number {
  const [tl, tr, br, bl] = q
  const side = (a: Point, b: Point) => Math.hypot(a.x - b.x, a.y - b.y)
  const plain = (side(tl, tr) + side(bl, br)) / Math.max(1e-6, side(tl, bl) + side(tr, br))
  const cx = frameWidth / 2
  const cy = frameHeight / 2
  const m1 = [tl.x - cx, tl.y - cy, 1] as const
  const m2 = [tr.x - cx, tr.y - cy, 1] as const
  const m3 = [bl.x - cx, bl.y - cy, 1] as const
  const m4 = [br.x - cx, br.y - cy, 1] as const
  type V = readonly [number, number, number]
  const cross = (a: V, b: V): V => [a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2], a[0] * b[1] - a[1] * b[0]]
  const dot = (a: V, b: V) => a[0] * b[0] + a[1] * b[1] + a[2] * b[2]
  const k2 = dot(cross(m1, m4), m3) / dot(cross(m2, m4), m3)
  const k3 = dot(cross(m1, m4), m2) / dot(cross(m3, m4), m2)
  const n2: V = [k2 * m2[0] - m1[0], k2 * m2[1] - m1[1], k2 - 1]
  const n3: V = [k3 * m3[0] - m1[0], k3 * m3[1] - m1[1], k3 - 1]
  const longSide = Math.max(frameWidth, frameHeight)
  let f2 = -(n2[0] * n3[0] + n2[1] * n3[1]) / (n2[2] * n3[2])
  // Phones see 0.6 to 1.2 long sides of focal length; an estimate outside says only that the view is nearly frontal.
  if (!Number.isFinite(f2) || f2 < (0.55 * longSide) ** 2 || f2 > (1.5 * longSide) ** 2) f2 = (0.8 * longSide) ** 2
  const w2 = (n2[0] ** 2 + n2[1] ** 2) / f2 + n2[2] ** 2
  const h2 = (n3[0] ** 2 + n3[1] ** 2) / f2 + n3[2] ** 2
  const aspect = Math.sqrt(w2 / h2)
  return Number.isFinite(aspect) && aspect > plain / 2 && aspect < plain * 2 ? aspect : plain
}

/** Where a point of a picture lies after `turns` quarter turns clockwise of that picture. */
export function turnPoint(p: Point, turns: number, width: number, height: number): Point {
  switch (((turns % 4) + 4) % 4) {
    case 1:
      return { x: height - p.y, y: p.x }
    case 2:
      return { x: width - p.x, y: height - p.y }
    case 3:
      return { x: p.y, y: width - p.x }
    default:
      return p
  }
}

/** The corners of a picture as a whole. */
export const frameOf = (width: number, height: number): Quad => [
  { x: 0, y: 0 },
  { x: width, y: 0 },
  { x: width, y: height },
  { x: 0, y: height },
]
