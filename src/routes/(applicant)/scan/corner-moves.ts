import { isConvex, type Point, type Quad, signedArea } from '$lib/scan/geometry.ts'

/** Corners may not come so near to each other that no page is left: share of the picture. */
const LEAST_AREA = 0.01

/** A movement on the screen as one of the picture, which the screen shows turned by quarter turns clockwise. */
export function backTurned({ x, y }: Point, turns: number): Point {
  switch (((turns % 4) + 4) % 4) {
    case 1:
      return { x: y, y: -x }
    case 2:
      return { x: -x, y: -y }
    case 3:
      return { x: -y, y: x }
    default:
      return { x, y }
  }
}

/** Moves one corner, inside the picture; a move that would fold the page over is not made. */
export function moveCorner(quad: Quad, corner: number, by: Point, width: number, height: number): Quad {
  return allowed(
    quad,
    quad.map((p, i) => (i === corner ? { x: p.x + by.x, y: p.y + by.y } : p)),
    width,
    height,
  )
}

/** Moves a side (from its corner to the next) across itself. */
export function moveSide(quad: Quad, side: number, by: Point, width: number, height: number): Quad {
  const a = quad[side % 4]!
  const b = quad[(side + 1) % 4]!
  const length = Math.hypot(b.x - a.x, b.y - a.y) || 1
  const across = { x: -(b.y - a.y) / length, y: (b.x - a.x) / length }
  const far = by.x * across.x + by.y * across.y
  return allowed(
    quad,
    quad.map((p, i) =>
      i === side % 4 || i === (side + 1) % 4 ? { x: p.x + across.x * far, y: p.y + across.y * far } : p,
    ),
    width,
    height,
  )
}

function allowed(before: Quad, wanted: readonly Point[], width: number, height: number): Quad {
  const inside = wanted.map(({ x, y }) => ({
    x: Math.min(width, Math.max(0, x)),
    y: Math.min(height, Math.max(0, y)),
  })) as unknown as Quad
  return isConvex(inside) && signedArea(inside) > LEAST_AREA * width * height ? inside : before
}
