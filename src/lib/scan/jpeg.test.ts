import { createCanvas, loadImage } from '@napi-rs/canvas'
import { describe, expect, it } from 'vitest'
import { drawPage } from './drawn-pages.ts'
import { fitJpeg, jpegSize, prepareJpeg, writeJpeg } from './jpeg.ts'
import type { Raster } from './pixels.ts'

const page = drawPage({
  width: 203,
  height: 149,
  corners: [
    { x: -5, y: -5 },
    { x: 210, y: -5 },
    { x: 210, y: 155 },
    { x: -5, y: 155 },
  ],
  paper: [240, 230, 215],
  table: [0, 0, 0],
  seal: true,
  lines: 7,
})

async function decode(bytes: Uint8Array): Promise<Raster> {
  const image = await loadImage(Buffer.from(bytes))
  const g = createCanvas(image.width, image.height).getContext('2d')
  g.drawImage(image, 0, 0)
  const d = g.getImageData(0, 0, image.width, image.height)
  return { data: d.data, width: image.width, height: image.height }
}

/** Mean difference of the lightness, in levels. */
function difference(a: Raster, b: Raster): number {
  let sum = 0
  const y = (r: Raster, o: number) => 0.3 * r.data[o]! + 0.59 * r.data[o + 1]! + 0.11 * r.data[o + 2]!
  for (let o = 0; o < a.data.length; o += 4) sum += Math.abs(y(a, o) - y(b, o))
  return sum / (a.width * a.height)
}

describe('the JPEG writer', () => {
  it('writes what another decoder reads, in colour and grey, at odd sizes', async () => {
    for (const grey of [false, true]) {
      const back = await decode(writeJpeg(prepareJpeg(page, grey), 92))
      expect([back.width, back.height]).toEqual([203, 149])
      expect(difference(page, back)).toBeLessThan(4)
    }
  })

  it('writes sizes that are not a whole block, down to one pixel', async () => {
    for (const [width, height] of [
      [1, 1],
      [7, 17],
      [16, 8],
      [33, 1],
    ] as const) {
      const image = { width, height, data: new Uint8ClampedArray(width * height * 4).fill(180) }
      const back = await decode(writeJpeg(prepareJpeg(image, false), 60))
      expect([back.width, back.height, Math.round(back.data[0]! / 10)]).toEqual([width, height, 18])
    }
  })

  it('tells its size beforehand to one per cent', () => {
    const source = prepareJpeg(page, false)
    for (const quality of [10, 40, 75, 92]) {
      const real = writeJpeg(source, quality).length
      expect(Math.abs(jpegSize(source, quality) - real)).toBeLessThan(0.01 * real + 8)
    }
  })

  it('[R41] is never larger than the limit, and close to it', () => {
    const source = prepareJpeg(page, false)
    for (const limit of [2500, 4000, 7000, 9000]) {
      const fitted = fitJpeg(source, limit)!
      expect(fitted.bytes.length).toBeLessThanOrEqual(limit)
      expect(jpegSize(source, fitted.quality + 3)).toBeGreaterThan(limit)
    }
    expect(fitJpeg(source, 700)).toBeNull()
  })
})
