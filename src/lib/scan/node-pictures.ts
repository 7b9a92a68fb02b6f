/** Opening pictures and PDFs in Node, for the command line and the benches. In the browser the worker does this. */
import type { Image } from '@napi-rs/canvas'
import { createCanvas, loadImage } from '@napi-rs/canvas'
import { PDFiumLibrary } from '@hyzyla/pdfium'
import type { Raster } from './pixels.ts'
import { PAGE_LONG_SIDE } from './rectify.ts'
import { isCutOffJpeg } from './whole-picture.ts'

/** Pictures are taken in at most at this many pixels: a 48-megapixel photo shows no page better than 12 do. */
export const MOST_PIXELS = 13_000_000

/** The picture upright (the decoder obeys EXIF), or null when it is none that can be opened. */
export async function readPicture(bytes: Uint8Array): Promise<Raster | null> {
  if (isCutOffJpeg(bytes)) return null
  let image: Image
  try {
    image = await loadImage(Buffer.from(bytes))
  } catch {
    return null
  }
  if (!image.width || !image.height) return null
  const scale = Math.min(1, Math.sqrt(MOST_PIXELS / (image.width * image.height)))
  const w = Math.max(1, Math.round(image.width * scale))
  const h = Math.max(1, Math.round(image.height * scale))
  const canvas = createCanvas(w, h)
  const g = canvas.getContext('2d')
  g.imageSmoothingQuality = 'high'
  g.fillStyle = '#fff'
  g.fillRect(0, 0, w, h)
  g.drawImage(image, 0, 0, w, h)
  const { data } = g.getImageData(0, 0, w, h)
  // the canvas's own copy would otherwise stay until some later collection
  canvas.width = canvas.height = 1
  return { data: new Uint8ClampedArray(data.buffer, data.byteOffset, data.length), width: w, height: h }
}

export function isPdf(bytes: Uint8Array): boolean {
  // readers accept the mark anywhere in the first kilobyte
  return Buffer.from(bytes.buffer, bytes.byteOffset, Math.min(1024, bytes.length)).includes('%PDF-')
}

export interface OpenedPdf {
  readonly pages: number
  readonly render: (page: number) => Promise<Raster>
}

/** Opens a PDF for making its pages again, or null when it is damaged or locked. */
export async function openPdf(bytes: Uint8Array): Promise<OpenedPdf | null> {
  const library = await PDFiumLibrary.init()
  try {
    const document = await library.loadDocument(bytes)
    const pages = document.getPageCount()
    return {
      pages,
      async render(n) {
        const page = document.getPage(n)
        const { originalWidth: width, originalHeight: height } = page.getOriginalSize()
        // 300 dots an inch on A4, less where that would be larger than a page may be
        const scale = Math.min(300 / 72, PAGE_LONG_SIDE / Math.max(width, height))
        const image = await page.render({ scale, render: 'bitmap' })
        const { data } = image
        for (let o = 3; o < data.length; o += 4) data[o] = 255
        const rgba = new Uint8ClampedArray(data.buffer, data.byteOffset, data.length)
        return { data: rgba, width: image.width, height: image.height }
      },
    }
  } catch {
    library.destroy()
    return null
  }
}
