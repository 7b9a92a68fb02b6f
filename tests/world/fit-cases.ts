import { PDFiumLibrary } from '@hyzyla/pdfium'
import { createCanvas } from '@napi-rs/canvas'
import { getDocument, type PDFPageProxy, VerbosityLevel } from 'pdfjs-dist/legacy/build/pdf.mjs'
import { KB } from '#domain/attachment.ts'
import { drawPage } from '../../src/lib/scan/drawn-pages.ts'
import type { Filter } from '../../src/lib/scan/enhance.ts'
import { fitPages, type PageSource, splitPages } from '../../src/lib/scan/fit-bytes.ts'
import type { Raster } from '../../src/lib/scan/pixels.ts'
import { random } from './random.ts'

/** Random pages under random limits: the file is never one byte over, and PDFium and pdf.js open all of its pages. */

const FILTERS: readonly Filter[] = ['enhanced', 'original', 'grey', 'bilevel']

function noisy(width: number, height: number, next: () => number): Raster {
  const data = new Uint8ClampedArray(width * height * 4)
  for (let i = 0; i < data.length; i += 4) {
    data[i] = next() * 256
    data[i + 1] = next() * 256
    data[i + 2] = next() * 256
    data[i + 3] = 255
  }
  return { data, width, height }
}

function printed(width: number, height: number, lines: number, seal: boolean): Raster {
  const around = [
    { x: -2, y: -2 },
    { x: width + 2, y: -2 },
    { x: width + 2, y: height + 2 },
    { x: -2, y: height + 2 },
  ] as const
  return drawPage({ width, height, corners: around, paper: [238, 233, 224], table: [0, 0, 0], lines, seal, shade: 0.3 })
}

/** Upright and lying, sharp and tiny, dense, sealed, empty, white, and pure noise that no encoder can shorten. */
export function pagePool(large: boolean): readonly Raster[] {
  const { next } = random(99)
  return [
    printed(300, 424, 40, false),
    printed(424, 300, 18, true),
    printed(620, 877, 60, true),
    printed(300, 424, 0, false),
    printed(877, 620, 34, false),
    noisy(240, 320, next),
    { data: new Uint8ClampedArray(200 * 283 * 4).fill(255), width: 200, height: 283 },
    printed(60, 60, 4, false),
    ...(large ? [printed(2480, 3508, 70, true), printed(1654, 2339, 50, false)] : []),
  ]
}

export interface FitCase {
  readonly seed: number
  readonly limit: number
  readonly sources: readonly PageSource[]
}

/** One to twenty pages of the pool in any filter; limits from 1 KB to 10,000 KB, those of the rules more often. */
export function fitCase(seed: number, pool: readonly Raster[], mostPages = 20): FitCase {
  const { next, pick } = random(seed)
  const count = 1 + Math.floor(next() ** 2 * mostPages)
  const chance = next()
  const limit = chance < 0.1 ? 500 * KB : chance < 0.13 ? 10_000 * KB : Math.floor(KB * 10 ** (next() * 3))
  const same = next() < 0.5
  const first = pick(FILTERS)
  const sources = Array.from({ length: count }, (): PageSource => {
    const page = pick(pool)
    return { filter: same ? first : pick(FILTERS), load: () => page }
  })
  return { seed, limit, sources }
}

/** pdf.js asks for a canvas of the browser, and draws on one of Node as well. */
type Drawn = Parameters<PDFPageProxy['render']>[0]['canvas']

const pdfium = PDFiumLibrary.init()

/** Page count as PDFium sees it; every page is drawn, at a tenth of its size. */
async function pagesInPdfium(pdf: Uint8Array): Promise<number> {
  const document = await (await pdfium).loadDocument(pdf)
  try {
    for (const page of document.pages()) await page.render({ scale: 0.1, render: 'bitmap' })
    return document.getPageCount()
  } finally {
    document.destroy()
  }
}

/** Page count as pdf.js sees it; every page is drawn, and a warning of its decoders is a fault. */
async function pagesInPdfJs(pdf: Uint8Array): Promise<number> {
  const task = getDocument({ data: pdf.slice(), verbosity: VerbosityLevel.ERRORS, stopAtErrors: true })
  try {
    const document = await task.promise
    for (let n = 1; n <= document.numPages; n += 1) {
      const page = await document.getPage(n)
      const viewport = page.getViewport({ scale: 0.1 })
      const canvas = createCanvas(Math.ceil(viewport.width), Math.ceil(viewport.height))
      await page.render({ canvas: canvas as unknown as Drawn, viewport }).promise
      page.cleanup()
    }
    return document.numPages
  } finally {
    await task.destroy()
  }
}

export interface CaseResult {
  readonly outcome: 'stored' | 'split' | 'refused'
  readonly pages: number
  /** share of the limit that is used, of what is stored in one file */
  readonly used: number
  /** what is wrong, in words; empty when nothing is */
  readonly faults: readonly string[]
}

/** Fits the pages, or splits them where they do not fit, and looks at what came out with both readers. */
export async function checkCase({ limit, sources }: FitCase): Promise<CaseResult> {
  const faults: string[] = []
  const look = async (pdf: Uint8Array, pages: number): Promise<void> => {
    if (pdf.length > limit) faults.push(`${pdf.length - limit} bytes over the limit`)
    for (const [reader, count] of [
      ['PDFium', pagesInPdfium],
      ['pdf.js', pagesInPdfJs],
    ] as const) {
      const seen = await count(pdf).catch((fault: unknown) => String(fault))
      if (seen !== pages) faults.push(`${reader}: ${seen} instead of ${pages} pages`)
    }
  }
  const fitted = await fitPages(sources, limit)
  if (fitted.ok) {
    await look(fitted.pdf, sources.length)
    return { outcome: 'stored', pages: sources.length, used: fitted.pdf.length / limit, faults }
  }
  if (fitted.code === 'scan.limit-too-small') {
    if (fitted.needed <= limit) faults.push(`refused, although ${fitted.needed} bytes are enough`)
    return { outcome: 'refused', pages: sources.length, used: 0, faults }
  }
  const files = await splitPages(sources, limit)
  if (!('length' in files)) return { outcome: 'refused', pages: sources.length, used: 0, faults }
  for (const file of files) await look(file.pdf, file.pages.length)
  const total = files.reduce((sum, { pages }) => sum + pages.length, 0)
  if (total !== sources.length) faults.push(`${total} of ${sources.length} pages in ${files.length} files`)
  return { outcome: 'split', pages: sources.length, used: 0, faults }
}
