/** The two sides of an identity card on one A4 page, at one and a half times their real size, as offices copy them. */
import type { Raster } from './pixels.ts'
import { scaleTo } from './rectify.ts'

/** Millimetres of a card (GA 448) and of A4. */
const CARD = { width: 85.6, height: 54 } as const
const A4 = { width: 210, height: 297 } as const
const MAGNIFICATION = 1.5
const DOTS_PER_MM = 2339 / A4.height

/** Front above, back below, in the middle of a white A4 page at 200 dots an inch. */
export function placeIdCard(front: Raster, back: Raster): Raster {
  const width = Math.round(A4.width * DOTS_PER_MM)
  const height = Math.round(A4.height * DOTS_PER_MM)
  const data = new Uint8ClampedArray(width * height * 4).fill(255)
  const w = Math.round(CARD.width * MAGNIFICATION * DOTS_PER_MM)
  const h = Math.round(CARD.height * MAGNIFICATION * DOTS_PER_MM)
  const gap = Math.round((height - 2 * h) / 3)
  const put = (card: Raster, top: number) => {
    // the whole card, as large as its place
    const scale = Math.min(w / card.width, h / card.height)
    const small = scaleTo(card, Math.round(card.width * scale), Math.round(card.height * scale))
    const left = Math.round((width - small.width) / 2)
    const y0 = top + Math.round((h - small.height) / 2)
    for (let y = 0; y < small.height; y++) {
      if (y0 + y < 0 || y0 + y >= height) continue
      data.set(small.data.subarray(y * small.width * 4, (y + 1) * small.width * 4), ((y0 + y) * width + left) * 4)
    }
  }
  put(front, gap)
  put(back, gap * 2 + h)
  return { data, width, height }
}
