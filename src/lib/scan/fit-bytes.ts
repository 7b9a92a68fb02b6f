/**
 * Fit to limit (DESIGN §6): the slot's limit is a hard bound on the whole PDF. Bytes are shared between pages: each page
 * may use an equal part of what is left, what a simple page does not need goes to the others, and what is left at the
 * end goes to the pages that gain most from it. The file that is handed out has been measured.
 */
import { KB } from '#domain/attachment.ts'
import type { EncodedPage, PageMode } from './encode-page.ts'
import { encodePage, leastPageBytes } from './encode-page.ts'
import type { Filter } from './enhance.ts'
import type { FitRefusal } from './fit-refusal.ts'
import type { PdfPage } from './pdf.ts'
import { PDF_BYTES, placeOnA4, writePdf } from './pdf.ts'
import type { Raster } from './pixels.ts'

/** A page to be stored. Its raster is asked for when it is needed, so that a stack of pages never lies in memory. */
export interface PageSource {
  readonly filter: Filter
  /** The straightened page, upright. May be asked for twice. */
  readonly load: () => Raster | Promise<Raster>
  /** The raster is not needed any more: its memory may be given back. */
  readonly done?: (page: Raster) => void
}

export interface StoredPage {
  readonly mode: PageMode
  readonly width: number
  readonly height: number
  readonly bytes: number
}

export interface ScannedPdf {
  readonly ok: true
  readonly pdf: Uint8Array
  readonly pages: readonly StoredPage[]
}

export interface FitProgress {
  readonly page: number
  readonly pages: number
}

const toPdfPage = (page: EncodedPage): PdfPage => {
  const { place, width, height } = placeOnA4(page.width, page.height)
  return { width, height, images: page.layers.map((l) => ({ ...l, place })) }
}
/** A whole page of small print needs about this much at the least legible size; used only to say how many would fit. */
const LEAST_PAGE = 7 * KB

/**
 * Stores pages in one PDF of at most `limit` bytes, or says why that cannot be done. A refusal is an answer (a value),
 * never a throw; what throws is a page that cannot be loaded.
 */
export async function fitPages(
  sources: readonly PageSource[],
  limit: number,
  onProgress?: (p: FitProgress) => void,
): Promise<ScannedPdf | FitRefusal> {
  const n = sources.length
  if (n === 0) return { ok: false, code: 'scan.no-pages' }
  const room = limit - PDF_BYTES.file - n * PDF_BYTES.page
  const pages: EncodedPage[] = []
  let used = 0
  for (let i = 0; i < n; i++) {
    onProgress?.({ page: i + 1, pages: n })
    const raster = await sources[i]!.load()
    const left = room - used
    // an equal part of what is left; if the page is a hard one it may borrow, as long as the rest keep a minimum
    const share = Math.floor(left / (n - i))
    let page = share > 0 ? encodePage(raster, sources[i]!.filter, share) : null
    if (!page) {
      const most = left - (n - i - 1) * LEAST_PAGE
      if (most > share) page = encodePage(raster, sources[i]!.filter, most)
    }
    if (!page) {
      const refusal = tooMuch(sources, i, used, limit, raster, room)
      sources[i]!.done?.(raster)
      return refusal
    }
    sources[i]!.done?.(raster)
    pages.push(page)
    used += page.bytes
  }

  // What is left goes to those that can use it, the poorest first. One more round is enough: the second gains little.
  const spare = room - used
  const hungry = pages.map((p, i) => ({ p, i })).filter(({ p }) => p.hungry)
  if (hungry.length && n > 1 && spare > 0.06 * limit) {
    let extra = spare
    hungry.sort((a, b) => a.p.bytes - b.p.bytes)
    for (let k = 0; k < hungry.length; k++) {
      const { p, i } = hungry[k]!
      const share = Math.floor(extra / (hungry.length - k))
      if (share < p.bytes * 0.08) break
      const raster = await sources[i]!.load()
      const better = encodePage(raster, sources[i]!.filter, p.bytes + share)
      sources[i]!.done?.(raster)
      if (!better || better.bytes <= p.bytes) continue
      extra -= better.bytes - p.bytes
      pages[i] = better
    }
  }
  const pdf = writePdf(pages.map(toPdfPage))
  // PDF_BYTES are upper bounds, so this cannot happen; a file over the limit must never leave here.
  if (pdf.length > limit) throw new Error(`a PDF of ${pdf.length} bytes was made for a limit of ${limit}`)
  return {
    ok: true,
    pdf,
    pages: pages.map(({ mode, width, height, bytes }) => ({ mode, width, height, bytes })),
  }
}

/** How many pages would go into one file, told from those that have been tried. */
function tooMuch(
  sources: readonly PageSource[],
  at: number,
  used: number,
  limit: number,
  raster: Raster,
  room: number,
): FitRefusal {
  const alone = limit - PDF_BYTES.file - PDF_BYTES.page
  if (alone <= 0)
    return { ok: false, code: 'scan.limit-too-small', limit, needed: PDF_BYTES.file + PDF_BYTES.page + LEAST_PAGE }
  const needed = leastPageBytes(raster)
  if (needed > alone)
    return { ok: false, code: 'scan.limit-too-small', limit, needed: needed + PDF_BYTES.file + PDF_BYTES.page }
  const each = Math.max(1, at ? Math.max(used / at, needed * 0.8) : needed)
  const perPage = each + (limit - room) / sources.length
  const fit = Math.max(1, Math.min(sources.length - 1, Math.floor(limit / perPage)))
  return { ok: false, code: 'scan.too-many-pages', pages: sources.length, fit, files: Math.ceil(sources.length / fit) }
}

/** Several files, each within the limit, in page order, as few as can be found. */
export async function splitPages(
  sources: readonly PageSource[],
  limit: number,
  onProgress?: (p: FitProgress) => void,
): Promise<readonly ScannedPdf[] | FitRefusal> {
  const whole = await fitPages(sources, limit, onProgress)
  if (whole.ok) return [whole]
  if (whole.code !== 'scan.too-many-pages') return whole
  for (let files = Math.max(2, whole.files); files <= sources.length; files++) {
    const out: ScannedPdf[] = []
    const each = Math.ceil(sources.length / files)
    for (let from = 0; from < sources.length; from += each) {
      const part = await fitPages(sources.slice(from, from + each), limit, onProgress)
      if (!part.ok) {
        if (each === 1) return part
        break
      }
      out.push(part)
    }
    if (out.reduce((s, f) => s + f.pages.length, 0) === sources.length) return out
  }
  return whole
}
