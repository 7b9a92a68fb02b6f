import { PDFiumLibrary } from '@hyzyla/pdfium'
import { createCanvas, loadImage } from '@napi-rs/canvas'
import { crc32, deflateSync } from 'node:zlib'

/** A page as grey values, row by row. */
export interface GreyPage {
  readonly width: number
  readonly height: number
  readonly pixels: Uint8Array
}

let library: Promise<PDFiumLibrary> | undefined
const pdfium = () => (library ??= PDFiumLibrary.init())

/** Draws every page of a document as a printer would see it. */
export async function pagesOf(pdf: Uint8Array, dpi: number): Promise<GreyPage[]> {
  const document = await (await pdfium()).loadDocument(pdf)
  const pages: GreyPage[] = []
  for (const page of document.pages()) {
    const { width, height, data } = await page.render({ scale: dpi / 72 })
    const pixels = new Uint8Array(width * height)
    for (let at = 0; at < pixels.length; at++) {
      pixels[at] = Math.round(0.114 * data[4 * at]! + 0.587 * data[4 * at + 1]! + 0.299 * data[4 * at + 2]!)
    }
    pages.push({ width, height, pixels })
  }
  document.destroy()
  return pages
}

/** The words of every page, as somebody copies them out. */
export async function textsOf(pdf: Uint8Array): Promise<string[]> {
  const document = await (await pdfium()).loadDocument(pdf)
  const texts = [...document.pages()].map((page) => page.getText())
  document.destroy()
  return texts
}

function chunk(type: string, data: Uint8Array): Buffer {
  const body = Buffer.concat([Buffer.from(type, 'latin1'), data])
  const framed = Buffer.alloc(body.length + 8)
  framed.writeUInt32BE(data.length, 0)
  body.copy(framed, 4)
  framed.writeUInt32BE(crc32(body), body.length + 4)
  return framed
}

/** A page as PNG with 16 greys, four bits a pixel: what a reference needs, and no byte more. */
export function pngOf({ width, height, pixels }: GreyPage): Buffer {
  const head = Buffer.alloc(13)
  head.writeUInt32BE(width, 0)
  head.writeUInt32BE(height, 4)
  head[8] = 4
  const stride = 1 + Math.ceil(width / 2)
  const rows = Buffer.alloc(stride * height)
  pixels.forEach((grey, at) => {
    const x = at % width
    rows[Math.floor(at / width) * stride + 1 + (x >> 1)]! |= Math.round(grey / 17) << (x % 2 === 0 ? 4 : 0)
  })
  const signature = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a])
  const parts = [chunk('IHDR', head), chunk('IDAT', deflateSync(rows, { level: 9 })), chunk('IEND', new Uint8Array())]
  return Buffer.concat([signature, ...parts])
}

export async function readPng(bytes: Buffer): Promise<GreyPage> {
  const image = await loadImage(bytes)
  const canvas = createCanvas(image.width, image.height)
  const drawing = canvas.getContext('2d')
  drawing.drawImage(image, 0, 0)
  const { data } = drawing.getImageData(0, 0, image.width, image.height)
  return {
    width: image.width,
    height: image.height,
    pixels: Uint8Array.from({ length: data.length / 4 }, (_, at) => data[4 * at]!),
  }
}

/** How two pages differ: the mean of the differences (0–255), and the share of pixels that differ plainly. */
export function differenceOf(a: GreyPage, b: GreyPage): { readonly mean: number; readonly plain: number } {
  if (a.width !== b.width || a.height !== b.height) return { mean: 255, plain: 1 }
  let sum = 0
  let plain = 0
  a.pixels.forEach((grey, at) => {
    const difference = Math.abs(grey - b.pixels[at]!)
    sum += difference
    if (difference > 96) plain++
  })
  return { mean: sum / a.pixels.length, plain: plain / a.pixels.length }
}
