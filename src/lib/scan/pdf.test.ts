import { PDFiumLibrary } from '@hyzyla/pdfium'
import { describe, expect, it } from 'vitest'
import { writeJbig2 } from './jbig2.ts'
import { prepareJpeg, writeJpeg } from './jpeg.ts'
import { PDF_BYTES, placeOnA4, writePdf } from './pdf.ts'
import type { PdfPage } from './pdf.ts'

/** A bitmap with long equal runs, single pixels, repeated and empty rows, and a width that is no multiple of eight. */
function bitmap(width: number, height: number): { width: number; height: number; ink: Uint8Array } {
  const ink = new Uint8Array(width * height)
  for (let y = 0; y < height; y++)
    for (let x = 0; x < width; x++) {
      const solid = y > 20 && y < 40 && x > 30 && x < 90
      const stripes = y > 60 && y < 80 && (x >> 1) % 3 === 0
      const grain = y > 100 && Math.imul(x * 7 + 3, y * 13 + 5) % 11 === 0
      ink[y * width + x] = +(solid || stripes || grain)
    }
  return { width, height, ink }
}

const library = await PDFiumLibrary.init()

async function render(pdf: Uint8Array, page: number, width: number) {
  const document = await library.loadDocument(pdf)
  const p = document.getPage(page)
  const image = await p.render({ scale: width / p.getOriginalSize().originalWidth, render: 'bitmap' })
  return { count: document.getPageCount(), width: image.width, height: image.height, data: image.data }
}

describe('the PDF writer', () => {
  it('stores a bilevel page that PDFium shows pixel for pixel', async () => {
    const b = bitmap(211, 150)
    const page: PdfPage = {
      width: 211,
      height: 150,
      images: [{ kind: 'bilevel', bytes: writeJbig2(b), width: 211, height: 150, place: [0, 0, 211, 150] }],
    }
    const seen = await render(writePdf([page]), 0, 211)
    let wrong = 0
    for (let i = 0; i < b.ink.length; i++) if (seen.data[i * 4]! < 128 !== (b.ink[i] === 1)) wrong++
    expect(wrong).toBe(0)
  })

  it('paints stencils in their colour over a JPEG', async () => {
    const under = { width: 20, height: 20, data: new Uint8ClampedArray(1600).fill(255) }
    for (let o = 0; o < 1600; o += 4) under.data[o] = 120
    const ink = new Uint8Array(400)
    ink.fill(1, 0, 200)
    const page: PdfPage = {
      width: 20,
      height: 20,
      images: [
        {
          kind: 'jpeg',
          grey: false,
          bytes: writeJpeg(prepareJpeg(under, false), 90),
          width: 20,
          height: 20,
          place: [0, 0, 20, 20],
        },
        {
          kind: 'stencil',
          colour: [210, 30, 40],
          bytes: writeJbig2({ width: 20, height: 20, ink }),
          width: 20,
          height: 20,
          place: [0, 0, 20, 20],
        },
      ],
    }
    const seen = await render(writePdf([page]), 0, 20)
    const at = (x: number, y: number) => Array.from(seen.data.subarray((y * 20 + x) * 4, (y * 20 + x) * 4 + 3))
    // PDF colours have two decimals here
    const seal = at(10, 4).map((v, i) => Math.abs(v - [210, 30, 40][i]!))
    expect(Math.max(...seal)).toBeLessThan(3)
    expect(at(10, 15)[0]).toBeLessThan(140)
    expect(at(10, 15)[1]).toBeGreaterThan(230)
  })

  it('gives the same bytes for the same pages, and says beforehand at most how many it adds', () => {
    const b = bitmap(64, 120)
    const bytes = writeJbig2(b)
    const page: PdfPage = {
      ...placeOnA4(64, 120),
      images: [0, 1, 2].map(() => ({
        kind: 'stencil' as const,
        colour: [255, 128, 254] as const,
        bytes,
        width: 3508,
        height: 3508,
        place: placeOnA4(64, 120).place,
      })),
    }
    const many = Array.from({ length: 60 }, () => page)
    const pdf = writePdf(many)
    expect(Buffer.compare(pdf, writePdf(many))).toBe(0)
    expect(pdf.length - 180 * bytes.length).toBeLessThanOrEqual(
      PDF_BYTES.file + 60 * (PDF_BYTES.page + 3 * PDF_BYTES.picture),
    )
  })

  it('lays pages on A4 upright or across, whole and in the middle', () => {
    expect(placeOnA4(2480, 3508)).toEqual({ width: 595.28, height: 841.89, place: [0, 0, 595.28, 841.89] })
    const card = placeOnA4(856, 540)
    expect(card.width).toBe(841.89)
    expect(card.place[1]).toBeGreaterThan(0)
    expect(card.place[1] * 2 + card.place[3]).toBeCloseTo(595.28)
  })
})
