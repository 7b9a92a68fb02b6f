import { describe, expect, it } from 'vitest'
import { drawPage } from './drawn-pages.ts'
import { flatten, greyOf } from './enhance.ts'
import type { Quad } from './geometry.ts'
import { pageAspect } from './geometry.ts'
import { placeIdCard } from './id-card.ts'
import { makeIdPhoto, photoBox } from './photo.ts'
import { pageSize, rectify, turn } from './rectify.ts'

const corners: Quad = [
  { x: 70, y: 60 },
  { x: 330, y: 40 },
  { x: 350, y: 420 },
  { x: 40, y: 430 },
]
const photo = drawPage({
  width: 400,
  height: 480,
  corners,
  paper: [225, 215, 195],
  table: [90, 60, 40],
  shade: 0.5,
  seal: true,
})

describe('a straightened page', () => {
  it('is upright A4 and shows no table', () => {
    const size = pageSize(corners, 400, 480)
    expect(size.height / size.width).toBeCloseTo(Math.SQRT2, 1)
    const page = rectify(photo, corners, size)
    const grey = greyOf(page)
    // a margin of bare paper all round
    for (const at of [2, page.width - 3])
      for (let y = 5; y < page.height; y += 40) expect(grey[y * page.width + at]).toBeGreaterThan(95)
  })

  it('comes out white where it was yellow and shaded, and keeps its red seal', () => {
    const page = rectify(photo, corners, pageSize(corners, 400, 480))
    const flat = flatten(page)
    const at = (u: number, v: number) => {
      const o = (Math.round(v * flat.height) * flat.width + Math.round(u * flat.width)) * 4
      return [flat.data[o]!, flat.data[o + 1]!, flat.data[o + 2]!] as const
    }
    for (const [u, v] of [
      [0.05, 0.5],
      [0.93, 0.5],
      [0.5, 0.95],
    ] as const)
      expect(Math.min(...at(u, v))).toBeGreaterThan(235)
    const [r, g] = at(0.7, 0.78)
    expect(r - g).toBeGreaterThan(60)
  })

  it('has its real shape although a tilted camera saw it shorter', () => {
    // a square 4 wide seen from 30 degrees, focal length 800, drawn by hand
    const see = (x: number, y: number) => {
      const z = 10 + y * Math.sin(Math.PI / 6)
      return { x: 400 + (800 * x) / z, y: 500 + (800 * y * Math.cos(Math.PI / 6)) / z }
    }
    const q: Quad = [see(-2, -2), see(2, -2), see(2, 2), see(-2, 2)]
    expect(pageAspect(q, 800, 1000)).toBeCloseTo(1, 1)
  })

  it('is turned by quarters', () => {
    const once = turn(photo, 1)
    expect([once.width, once.height]).toEqual([480, 400])
    expect(Buffer.compare(Buffer.from(turn(once, 3).data), Buffer.from(photo.data))).toBe(0)
  })
})

describe('[A7] the 大一寸 photo', () => {
  it('is a JPEG of exactly 390×567 pixels within the limit', () => {
    const result = makeIdPhoto(photo, photoBox(photo.width, photo.height), 30_000)
    if (!result.ok) throw new Error(result.code)
    expect(result.jpeg.length).toBeLessThanOrEqual(30_000)
    // the frame header tells height and width
    const at = result.jpeg.findIndex((b, i) => b === 0xff && result.jpeg[i + 1] === 0xc0)
    expect([
      result.jpeg[at + 7]! * 256 + result.jpeg[at + 8]!,
      result.jpeg[at + 5]! * 256 + result.jpeg[at + 6]!,
    ]).toEqual([390, 567])
  })

  it('is cut at 33:48 and stays inside the picture', () => {
    const box = photoBox(800, 600, { x: 790, y: 10 })
    expect(box.width / box.height).toBeCloseTo(390 / 567, 5)
    expect(box.x + box.width).toBeLessThanOrEqual(800)
    expect(box.y).toBe(0)
  })

  it('is refused when the cut-out is too small, and when no quality fits', () => {
    expect(makeIdPhoto(photo, { x: 0, y: 0, width: 99, height: 144 }, 1e6)).toMatchObject({
      code: 'scan.photo-too-small',
    })
    expect(makeIdPhoto(photo, photoBox(400, 480), 900)).toMatchObject({ code: 'scan.limit-too-small' })
  })
})

describe('an identity card', () => {
  it('has both sides on one A4 page', () => {
    const side = { width: 428, height: 270, data: new Uint8ClampedArray(428 * 270 * 4).fill(90) }
    const page = placeIdCard(side, side)
    expect(page.height / page.width).toBeCloseTo(Math.SQRT2, 2)
    const grey = greyOf(page)
    const middle = page.width >> 1
    const dark = [0.2, 0.35, 0.5, 0.7, 0.98].map((v) => grey[Math.round(v * page.height) * page.width + middle]! < 128)
    expect(dark).toEqual([true, true, false, true, false])
  })
})
