/**
 * The product's own scanner on files:
 *
 *   npm run -s scan -- PHOTO… --limit BYTES --out FILE.pdf [--json] [--detect-only] [--filter enhanced|original|grey|bilevel]
 *
 * PHOTO is a JPEG, PNG or WebP picture of a page, or a PDF whose pages are made again to fit. --limit is in bytes (a
 * suffix KB or MB counts 1,024). --detect-only only finds corners. The exit code is 0, or 1 when nothing was stored.
 */
import { readFile, writeFile } from 'node:fs/promises'
import { KB } from '#domain/attachment.ts'
import { wordsOf } from '#domain/problems.ts'
import type { Detection } from './detect.ts'
import { detectPage } from './detect.ts'
import type { Filter } from './enhance.ts'
import { FILTER_LABELS } from './enhance.ts'
import type { PageSource } from './fit-bytes.ts'
import { fitPages } from './fit-bytes.ts'
import { refusalOfFit } from './fit-refusal.ts'
import { isPdf, openPdf, readPicture } from './node-pictures.ts'
import { pageSize, rectify } from './rectify.ts'

interface Arguments {
  readonly files: readonly string[]
  readonly limit: number
  readonly out: string | null
  readonly json: boolean
  readonly detectOnly: boolean
  readonly filter: Filter
}

/** Below this the whole picture is stored: nobody is there to move the corners of a doubtful answer. */
const LEAST_CONFIDENCE = 0.5

function parse(list: readonly string[]): Arguments | string {
  const files: string[] = []
  let limit = 500 * KB
  let out: string | null = null
  let json = false
  let detectOnly = false
  let filter: Filter = 'enhanced'
  for (let i = 0; i < list.length; i++) {
    const a = list[i]!
    if (a === '--json') json = true
    else if (a === '--detect-only') detectOnly = true
    else if (a === '--limit') {
      const m = /^(\d+(?:\.\d+)?)\s*(k|kb|m|mb)?$/i.exec(list[++i] ?? '')
      if (!m) return '--limit 后面要有字节数，例如 512000 或 500KB'
      const unit = m[2]?.[0]?.toLowerCase()
      limit = Math.floor(Number(m[1]) * (unit === 'k' ? KB : unit === 'm' ? KB * KB : 1))
    } else if (a === '--out') {
      const v = list[++i]
      if (!v) return '--out 后面要有文件名'
      out = v
    } else if (a === '--filter') {
      const v = list[++i] ?? ''
      if (!Object.hasOwn(FILTER_LABELS, v)) return `--filter 可以是 ${Object.keys(FILTER_LABELS).join('、')}`
      filter = v as Filter
    } else if (a.startsWith('--')) return `不认识 ${a}`
    else files.push(a)
  }
  if (!files.length) return '请给出照片或 PDF 文件'
  if (!out && !detectOnly) return '请用 --out 给出要写的 PDF 文件（或用 --detect-only 只找页面）'
  return { files, limit, out, json, detectOnly, filter }
}

interface PageReport {
  file: string
  corners: [number, number][] | null
  confidence: number | null
  mode: string | null
  ms: number
  bytes?: number
}

const round = (v: number) => Math.round(v * 100) / 100
const cornersOf = (d: Detection | null) => d && d.corners.map((p): [number, number] => [round(p.x), round(p.y)])

export async function run(list: readonly string[]): Promise<number> {
  const args = parse(list)
  if (typeof args === 'string') {
    console.error(args)
    return 2
  }
  const reports: PageReport[] = []
  const sources: PageSource[] = []
  let failed = 0
  for (const file of args.files) {
    let bytes: Uint8Array
    try {
      bytes = await readFile(file)
    } catch {
      console.error(`${file}：打不开这个文件`)
      failed++
      continue
    }
    if (isPdf(bytes)) {
      const pdf = await openPdf(bytes)
      if (!pdf) {
        console.error(`${file}：这个 PDF 打不开，可能已损坏或有密码。请换一个文件。`)
        failed++
        continue
      }
      for (let n = 0; n < pdf.pages; n++) {
        const report: PageReport = { file, corners: null, confidence: null, mode: null, ms: 0 }
        reports.push(report)
        sources.push({ filter: args.filter, load: () => pdf.render(n) })
      }
      continue
    }
    const image = await readPicture(bytes)
    if (!image) {
      console.error(`${file}：不是能打开的照片（JPEG、PNG、WebP）或 PDF，或已损坏。请重新拍摄或另选一张。`)
      failed++
      continue
    }
    const start = performance.now()
    const found = detectPage(image, { mode: 'photo' })
    const report: PageReport = {
      file,
      corners: cornersOf(found),
      confidence: found && round(found.confidence),
      mode: null,
      ms: performance.now() - start,
    }
    reports.push(report)
    if (args.detectOnly) continue
    let first: typeof image | null = image
    sources.push({
      filter: args.filter,
      load: async () => {
        // the decoded photo is let go after its first use: a stack of 12-megapixel photos must not lie in memory
        const photo = first ?? (await readPicture(bytes))!
        first = null
        if (!found || found.confidence < LEAST_CONFIDENCE) return photo
        return rectify(photo, found.corners, pageSize(found.corners, photo.width, photo.height))
      },
    })
  }
  const answer = (extra: object) => {
    const pages = reports.map((r) => ({ ...r, ms: Math.round(r.ms) }))
    if (args.json) console.log(JSON.stringify({ pages, ...extra }))
    else
      for (const p of pages)
        console.log(`${p.file}: ${p.mode ?? '-'} ${p.corners ? JSON.stringify(p.corners) : '没有找到页面'} ${p.ms} ms`)
  }
  if (args.detectOnly) {
    answer({})
    return failed ? 1 : 0
  }
  let last = performance.now()
  const result = await fitPages(sources, args.limit, ({ page }) => {
    const now = performance.now()
    if (page > 1) reports[page - 2]!.ms += now - last
    last = now
  })
  if (!result.ok) {
    const { title, detail } = wordsOf(refusalOfFit(result))
    answer({ bytes: null, refused: result, problem: { title, advice: detail } })
    console.error(detail)
    return 1
  }
  if (reports.length) reports[reports.length - 1]!.ms += performance.now() - last
  result.pages.forEach((p, i) => {
    reports[i]!.mode = p.mode
    reports[i]!.bytes = p.bytes
  })
  await writeFile(args.out!, result.pdf)
  answer({ bytes: result.pdf.length })
  if (!args.json)
    console.log(
      `${result.pages.length} 页 · ${Math.ceil(result.pdf.length / KB)} KB / ${Math.floor(args.limit / KB)} KB 上限`,
    )
  return failed ? 1 : 0
}

process.exitCode = await run(process.argv.slice(2))
