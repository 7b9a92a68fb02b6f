import { writeFile } from 'node:fs/promises'
import { drawPage } from '../../src/lib/scan/drawn-pages.ts'
import type { Quad } from '../../src/lib/scan/geometry.ts'
import { prepareJpeg, writeJpeg } from '../../src/lib/scan/jpeg.ts'

const WIDTH = 1280
const HEIGHT = 960
/** The page lies askew on the table. */
const PAGE: Quad = [
  { x: 362, y: 92 },
  { x: 902, y: 128 },
  { x: 944, y: 884 },
  { x: 314, y: 848 },
]

/** A printed page with a red seal on a brown table, as a JPEG. `shift` is how far the hand has moved, in pixels. */
export function photographPage(shift = 0, quality = 88): Uint8Array {
  const corners = PAGE.map(({ x, y }) => ({ x: x + shift, y: y + shift / 2 })) as unknown as Quad
  const scene = drawPage({
    width: WIDTH,
    height: HEIGHT,
    corners,
    paper: [236, 232, 224],
    table: [104, 74, 50],
    grain: 9,
    lines: 18,
    seal: true,
    shade: 0.2,
  })
  return writeJpeg(prepareJpeg(scene, false), quality)
}

/** What a hand that trembles a little films: for Chromium's fake camera, which plays it again and again (Motion JPEG). */
export async function filmPage(file: string): Promise<void> {
  const shots = [0, 1, 0.5].map((shift) => Buffer.from(photographPage(shift)))
  await writeFile(file, Buffer.concat(Array.from({ length: 12 }, (_, at) => shots[at % shots.length] as Buffer)))
}

/** The same JPEG with a note that its top is at the right: viewers turn it a quarter clockwise (EXIF orientation 6). */
export function turnedByExif(jpeg: Uint8Array): Uint8Array {
  const tiff = [0x4d, 0x4d, 0, 42, 0, 0, 0, 8, 0, 1, 0x01, 0x12, 0, 3, 0, 0, 0, 1, 0, 6, 0, 0, 0, 0, 0, 0]
  const body = [...Buffer.from('Exif\0\0', 'latin1'), ...tiff]
  const length = body.length + 2
  return Uint8Array.from([0xff, 0xd8, 0xff, 0xe1, length >> 8, length & 0xff, ...body, ...jpeg.subarray(2)])
}

/** A photo of 48 megapixels, as new phones take them: the scene enlarged to 8000 × 6000 and turned upright. */
export async function hugePhoto(): Promise<Uint8Array> {
  const { createCanvas, loadImage } = await import('@napi-rs/canvas')
  const scene = await loadImage(Buffer.from(photographPage(20)))
  const canvas = createCanvas(8000, 6000)
  canvas.getContext('2d').drawImage(scene, 0, 0, 8000, 6000)
  return canvas.encode('jpeg', 80)
}
