/** 大一寸 photo (A7): cut at 33:48 and stored as a JPEG of exactly 390×567 pixels within the slot's limit. */
import { fitJpeg, prepareJpeg } from './jpeg.ts'
import type { Raster } from './pixels.ts'
import { scaleTo } from './rectify.ts'

export const PHOTO_WIDTH = 390
export const PHOTO_HEIGHT = 567

export interface CropBox {
  readonly x: number
  readonly y: number
  readonly width: number
  readonly height: number
}

/** The largest box of the photo's shape round a point (by default the middle), kept inside the picture. */
export function photoBox(width: number, height: number, at = { x: width / 2, y: height / 2 }, zoom = 1): CropBox {
  const shape = PHOTO_WIDTH / PHOTO_HEIGHT
  const h = Math.min(height, width / shape) / Math.max(1, zoom)
  const w = h * shape
  return {
    x: Math.max(0, Math.min(width - w, at.x - w / 2)),
    y: Math.max(0, Math.min(height - h, at.y - h / 2)),
    width: w,
    height: h,
  }
}

export type PhotoResult =
  | { readonly ok: true; readonly jpeg: Uint8Array; readonly width: number; readonly height: number }
  | { readonly ok: false; readonly code: 'scan.photo-too-small'; readonly width: number; readonly height: number }
  | { readonly ok: false; readonly code: 'scan.limit-too-small'; readonly limit: number; readonly needed: number }

/** The least size of the cut-out: below this the enlarged face is a blur. */
const LEAST_WIDTH = 195

/** Cuts and stores the photo; refuses a cut-out with fewer than half the pixels each way. */
export function makeIdPhoto(image: Raster, box: CropBox, limit: number): PhotoResult {
  if (box.width < LEAST_WIDTH) return { ok: false, code: 'scan.photo-too-small', width: box.width, height: box.height }
  const x = Math.max(0, Math.round(box.x))
  const y = Math.max(0, Math.round(box.y))
  const w = Math.max(1, Math.min(image.width - x, Math.round(box.width)))
  const h = Math.max(1, Math.min(image.height - y, Math.round(box.height)))
  const cut = new Uint8ClampedArray(w * h * 4)
  for (let j = 0; j < h; j++) {
    const from = ((y + j) * image.width + x) * 4
    cut.set(image.data.subarray(from, from + w * 4), j * w * 4)
  }
  const source = prepareJpeg(scaleTo({ data: cut, width: w, height: h }, PHOTO_WIDTH, PHOTO_HEIGHT), false)
  const fitted = fitJpeg(source, limit, 10, 92)
  if (!fitted)
    return { ok: false, code: 'scan.limit-too-small', limit, needed: fitJpeg(source, 1e9, 10, 10)!.bytes.length }
  return { ok: true, jpeg: fitted.bytes, width: PHOTO_WIDTH, height: PHOTO_HEIGHT }
}
