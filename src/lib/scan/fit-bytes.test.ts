import { PDFiumLibrary } from '@hyzyla/pdfium'
import { describe, expect, it } from 'vitest'
import { drawPage } from './drawn-pages.ts'
import type { Filter } from './enhance.ts'
import { KB } from '#domain/attachment.ts'
import { wordsOf } from '#domain/problems.ts'
import { fitPages, splitPages } from './fit-bytes.ts'
import { refusalOfFit } from './fit-refusal.ts'
import type { Raster } from './pixels.ts'

const whole = (width: number, height: number) =>
  [
    { x: -2, y: -2 },
    { x: width + 2, y: -2 },
    { x: width + 2, y: height + 2 },
    { x: -2, y: height + 2 },
  ] as const
const sheet = (lines: number, seal = false): Raster =>
  drawPage({
    width: 300,
    height: 424,
    corners: whole(300, 424),
    paper: [238, 233, 224],
    table: [0, 0, 0],
    lines,
    seal,
    shade: 0.3,
  })
const dense = sheet(40)
const sealed = sheet(18, true)
const empty = sheet(0)
const source = (page: Raster, filter: Filter = 'enhanced') => ({ filter, load: () => page })

const library = await PDFiumLibrary.init()

async function pageCount(pdf: Uint8Array): Promise<number> {
  const document = await library.loadDocument(pdf)
  return document.getPageCount()
}

describe('fit to limit', () => {
  it('[R41] never makes a file one byte over the limit, whatever the pages and the limit', async () => {
    const pages = [dense, sealed, empty]
    let seed = 7
    const random = () => (seed = (Math.imul(seed, 1664525) + 1013904223) >>> 0) / 2 ** 32
    let stored = 0
    for (let i = 0; i < 12; i++) {
      const n = 1 + Math.floor(random() * 4)
      const limit = Math.floor(2000 + random() ** 2 * 20000)
      const filter = (['enhanced', 'original', 'grey', 'bilevel'] as const)[i % 4]!
      const result = await fitPages(
        Array.from({ length: n }, (_, k) => source(pages[(i + k) % 3]!, filter)),
        limit,
      )
      if (!result.ok) continue
      stored++
      expect(result.pdf.length).toBeLessThanOrEqual(limit)
      expect(await pageCount(result.pdf)).toBe(n)
    }
    expect(stored).toBeGreaterThan(6)
  })

  it('keeps the colour of a seal when only few bytes are there', async () => {
    const result = await fitPages([source(sealed)], 5 * KB)
    expect(result.ok && result.pages[0]!.mode).toBe('mixed')
  })

  it('gives what a simple page does not need to the others', async () => {
    const alone = await fitPages([source(sealed, 'original'), source(sealed, 'original')], 20 * KB)
    const beside = await fitPages([source(empty, 'original'), source(sealed, 'original')], 20 * KB)
    if (!alone.ok || !beside.ok) throw new Error('both must fit')
    expect(beside.pages[1]!.bytes).toBeGreaterThan(alone.pages[1]!.bytes)
  })

  it('says plainly when pages cannot fit, and splits them into files that do', async () => {
    const many = Array.from({ length: 6 }, () => source(dense, 'bilevel'))
    const limit = 9 * KB
    const refused = await fitPages(many, limit)
    if (refused.ok || refused.code !== 'scan.too-many-pages') throw new Error('six dense pages must not fit')
    expect(refused.fit).toBeGreaterThan(0)
    expect(wordsOf(refusalOfFit(refused)).detail).toContain(`${refused.files} 个文件`)
    const files = await splitPages(many, limit)
    if (!Array.isArray(files)) throw new Error('six dense pages must fit into several files')
    expect(files.reduce((s, f) => s + f.pages.length, 0)).toBe(6)
    for (const f of files) expect(f.pdf.length).toBeLessThanOrEqual(limit)
  })

  it('refuses nothing at all and a limit no page can meet', async () => {
    expect(await fitPages([], 1000)).toEqual({ ok: false, code: 'scan.no-pages' })
    expect(await fitPages([source(dense)], 900)).toMatchObject({ ok: false, code: 'scan.limit-too-small' })
  })
})
