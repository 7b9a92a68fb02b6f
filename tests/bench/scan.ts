/**
 * bench:scan — the scanner on generated photos, with its peers on the same photos in the same run (issue C, DESIGN §10).
 *
 *   npm run -s bench:scan [-- --n 20 --photos 15 --from 5001 --ocr 12 --peers jscanify,scanic --skip readability]
 *
 * Photos come from the generator in ../shared/scan, copied into a folder outside the repository with the peers and the
 * OCR installed there (never in this project); where that is missing, from this folder's own drawing and without peers.
 * Detectors run in headless Chromium from a canvas that holds the frame to the corners, ours too, one after another on
 * the same frames. `--n` is frames a background class (seven of them), `--photos` 12-megapixel photos a class.
 * The last line is one JSON object.
 */
import { execFileSync, spawn } from 'node:child_process'
import { cpSync, existsSync, mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs'
import { cpus, tmpdir } from 'node:os'
import path from 'node:path'
import { pathToFileURL } from 'node:url'
import { gzipSync } from 'node:zlib'
import { build } from 'esbuild'
import { drawPage } from '../../src/lib/scan/drawn-pages.ts'
import { AUTO_CAPTURE_CONFIDENCE } from '../../src/lib/scan/confidence.ts'
import { detectPage } from '../../src/lib/scan/detect.ts'
import { FRAME_LONG_SIDE } from '../../src/lib/scan/frame-size.ts'
import type { EncodedPage } from '../../src/lib/scan/encode-page.ts'
import { fitPages } from '../../src/lib/scan/fit-bytes.ts'
import type { Quad } from '../../src/lib/scan/geometry.ts'
import { openPdf, readPicture } from '../../src/lib/scan/node-pictures.ts'
import type { Raster } from '../../src/lib/scan/pixels.ts'
import { pageSize, rectify, shrink } from '../../src/lib/scan/rectify.ts'

const root = path.resolve(import.meta.dirname, '../..')
const argument = (name: string, or: string): string => {
  const i = process.argv.indexOf(`--${name}`)
  return i < 0 ? or : (process.argv[i + 1] ?? or)
}
const framesAClass = Number(argument('n', '20'))
const photosAClass = Number(argument('photos', '15'))
/** Tuning used seeds below 1000; these were never looked at. */
const from = Number(argument('from', '5001'))
const ocrPhotos = Number(argument('ocr', '12'))
const peers = argument('peers', 'jscanify,scanic').split(',').filter(Boolean)
const skip = new Set(argument('skip', '').split(','))
const say = (...words: unknown[]) => console.log(...words)

// ------------------------------------------------------------------ the folder outside the repository
const shared = process.env.SCAN_GENERATOR ?? path.resolve(root, '../shared/scan')
const work = argument('work', path.join(tmpdir(), 'zhicheng-bench-scan'))

function prepare(): boolean {
  mkdirSync(work, { recursive: true })
  if (!existsSync(path.join(shared, 'gen.mjs'))) return false
  cpSync(shared, work, { recursive: true, filter: (f) => !f.includes('node_modules'), mode: 0 })
  execFileSync('chmod', ['-R', 'u+w', work])
  if (!existsSync(path.join(work, 'node_modules/sharp'))) {
    say('installing the generator, the OCR and the peers in', work)
    execFileSync('npm', ['install', '--ignore-scripts', '--no-audit', '--no-fund'], { cwd: work, stdio: 'inherit' })
  }
  const data = path.join(work, 'tessdata')
  mkdirSync(path.join(data, 'cache'), { recursive: true })
  for (const language of ['chi_sim', 'eng']) {
    const source = path.join(work, 'node_modules/@tesseract.js-data', language, '4.0.0_best_int')
    if (existsSync(source)) cpSync(source, data, { recursive: true })
  }
  return true
}

interface Truth {
  readonly width: number
  readonly height: number
  readonly corners: readonly { x: number; y: number }[]
  readonly class: string
  readonly kind: string
  readonly seed: number
  readonly pageAspect: number
  readonly roll: number
}

async function generate(
  dir: string,
  size: 'video' | 'photo',
  count: number,
  script = 'gen.mjs',
  classes = '',
): Promise<void> {
  // what an earlier run with these seeds has drawn is the same to the last pixel
  const drawn = existsSync(dir) ? namesIn(dir).length : 0
  if (drawn >= count * (classes === '' ? 7 : classes.split(',').length)) return
  const jobs = Math.min(2, cpus().length)
  const each = Math.ceil(count / jobs)
  const runs = Array.from({ length: jobs }, (_, i) => {
    const n = Math.min(each, count - i * each)
    if (n <= 0) return Promise.resolve()
    const args = [script, '--out', dir, '--n', String(n), '--from', String(from + i * each), '--size', size]
    if (classes) args.push('--classes', classes)
    return new Promise<void>((done, fail) => {
      spawn('node', args, { cwd: work, stdio: ['ignore', 'ignore', 'inherit'] }).on('exit', (code) =>
        code ? fail(new Error(`the generator ended with ${code}`)) : done(),
      )
    })
  })
  await Promise.all(runs)
}

/** The generator with the sheet left out: tables with nothing on them, or with other things. */
function writeEmptyGenerator(): void {
  const source = readFileSync(path.join(work, 'gen.mjs'), 'utf8')
  const empty = source
    .replace('cover = e < -0.6 ? 0 : e > 0.6 ? 1 : (e + 0.6) / 1.2;', 'cover = 0;')
    .replace('if (cover < 1) dim = cover', 'if (false) dim = cover')
    .replace('const thumb = r.chance(0.14)', 'const thumb = r.chance(0)')
  if (empty === source) throw new Error('the generator has changed: its sheet can no longer be left out')
  writeFileSync(path.join(work, 'gen-empty.mjs'), empty)
}

// ------------------------------------------------------------------ detectors in Chromium
interface Row {
  readonly name: string
  readonly class: string
  readonly kind?: string
  readonly found: Quad | null
  readonly iou: number
  readonly corner: number
  readonly ms: number
}
interface Summary {
  n: number
  meanIoU: number
  ge90: number
  ge95: number
  ge98: number
  misses: number
  cornerMedian: number
  msMedian: number
  msP95: number
}
const quantile = (list: readonly number[], q: number): number => {
  const s = list.filter(Number.isFinite).sort((a, b) => a - b)
  return s.length ? s[Math.min(s.length - 1, Math.floor(q * s.length))]! : 0
}
const mean = (l: readonly number[]): number => (l.length ? l.reduce((a, b) => a + b, 0) / l.length : 0)
const digits = (v: number, d = 4): number => Number(v.toFixed(d))

function summarise(rows: readonly Row[]): Summary {
  const share = (bar: number) => digits(mean(rows.map((r) => +(r.iou >= bar))))
  return {
    n: rows.length,
    meanIoU: digits(mean(rows.map((r) => r.iou))),
    ge90: share(0.9),
    ge95: share(0.95),
    ge98: share(0.98),
    misses: rows.filter((r) => !r.found || r.iou < 0.5).length,
    cornerMedian: digits(
      quantile(
        rows.map((r) => r.corner),
        0.5,
      ),
      3,
    ),
    msMedian: digits(
      quantile(
        rows.map((r) => r.ms),
        0.5,
      ),
      1,
    ),
    msP95: digits(
      quantile(
        rows.map((r) => r.ms),
        0.95,
      ),
      1,
    ),
  }
}

/** Our detector as the viewfinder runs it: the frame drawn at its size, read back, detected. */
function writeOwnDetector(mode: 'video' | 'photo'): string {
  const file = path.join(work, 'detectors', `own-${mode}.mjs`)
  writeFileSync(
    file,
    `import { browserDetector } from './browser.mjs';
export const { name, init, detect, close } = browserDetector('own (${mode})', async () => {
  const { detectPage } = await import('/own-detector.js');
  const mode = ${JSON.stringify(mode)};
  const small = document.createElement('canvas');
  window.detect = async (canvas) => {
    if (mode === 'photo') {
      const g = canvas.getContext('2d', { willReadFrequently: true });
      const d = detectPage(g.getImageData(0, 0, canvas.width, canvas.height), { mode: 'photo' });
      return d && d.corners;
    }
    const s = ${FRAME_LONG_SIDE} / Math.max(canvas.width, canvas.height);
    small.width = Math.round(canvas.width * s); small.height = Math.round(canvas.height * s);
    const g = small.getContext('2d', { willReadFrequently: true });
    g.imageSmoothingQuality = 'medium';
    g.drawImage(canvas, 0, 0, small.width, small.height);
    const d = detectPage(g.getImageData(0, 0, small.width, small.height));
    return d && d.corners.map((p) => ({ x: p.x * canvas.width / small.width, y: p.y * canvas.height / small.height }));
  };
});
`,
  )
  return file
}

async function measure(file: string, dir: string): Promise<Row[]> {
  const harness = (await import(pathToFileURL(path.join(work, 'harness.mjs')).href)) as {
    measure: (detector: unknown, dir: string) => Promise<Row[]>
  }
  const detector = (await import(pathToFileURL(file).href)) as object
  const log = console.log
  console.log = () => {}
  try {
    const rows = await harness.measure(detector, dir)
    return rows.map((r) => ({ ...r, kind: truthOf(dir, r.name).kind }))
  } finally {
    console.log = log
  }
}

const truthOf = (dir: string, name: string): Truth =>
  JSON.parse(readFileSync(path.join(dir, `${name}.json`), 'utf8')) as Truth
const namesIn = (dir: string): string[] =>
  readdirSync(dir)
    .filter((f) => f.endsWith('.json'))
    .map((f) => f.slice(0, -5))
    .sort()

async function bundle(entry: string, out?: string): Promise<number> {
  const result = await build({
    entryPoints: [path.join(root, entry)],
    bundle: true,
    minify: true,
    format: 'esm',
    target: 'es2022',
    write: false,
    logLevel: 'silent',
  })
  const bytes = result.outputFiles[0]!.contents
  if (out) writeFileSync(out, bytes)
  return gzipSync(bytes, { level: 9 }).length
}

const read = async (file: string): Promise<Raster> => {
  const image = await readPicture(readFileSync(file))
  if (!image) throw new Error(`${file} cannot be read`)
  return image
}

/**
 * Our detector and a peer's on one frame after the other, in turn: whatever else the machine does meets both alike.
 * @returns medians in ms, and the median of the ratio frame by frame
 */
async function inTurn(ownFile: string, peerFile: string, dir: string): Promise<Record<string, number>> {
  interface Detector {
    readonly init: () => Promise<void>
    readonly detect: (image: Raster) => Promise<(Quad & { ms?: number }) | null>
    readonly close: () => Promise<void>
  }
  const own = (await import(pathToFileURL(ownFile).href)) as Detector
  const peer = (await import(pathToFileURL(peerFile).href)) as Detector
  await own.init()
  await peer.init()
  const pairs: [number, number][] = []
  for (const [at, name] of namesIn(dir).slice(0, 84).entries()) {
    const image = await read(path.join(dir, `${name}.jpg`))
    if (at === 0)
      for (let turn = 0; turn < 5; turn++) {
        await own.detect(image)
        await peer.detect(image)
      }
    const ours = (await own.detect(image))?.ms
    const theirs = (await peer.detect(image))?.ms
    if (ours !== undefined && theirs !== undefined) pairs.push([ours, theirs])
  }
  await own.close()
  await peer.close()
  const median = (list: readonly number[]) => digits(quantile(list, 0.5), 2)
  return {
    n: pairs.length,
    ownMs: median(pairs.map(([ours]) => ours)),
    peerMs: median(pairs.map(([, theirs]) => theirs)),
    ratio: median(pairs.map(([ours, theirs]) => ours / theirs)),
  }
}

/** Confidence, told by the product's own function in Node on the same frames. */
async function confidences(
  rows: readonly Row[],
  dir: string,
  mode: 'video' | 'photo',
): Promise<Record<string, number>> {
  let wrong = 0
  let wrongBelow = 0
  let right = 0
  let rightBelow = 0
  for (const r of rows) {
    const d = detectPage(await read(path.join(dir, `${r.name}.jpg`)), { mode })
    const below = !d || d.confidence < AUTO_CAPTURE_CONFIDENCE
    if (r.iou < 0.9) {
      wrong++
      if (below) wrongBelow++
    } else {
      right++
      if (below) rightBelow++
    }
  }
  return { wrong, wrongBelow, right, rightBelow }
}

/** Following a page that was found in the frame before, against finding it anew; both in Node on frames of its size. */
async function tracking(dir: string): Promise<Record<string, number>> {
  const follow: number[] = []
  const anew: number[] = []
  for (const name of namesIn(dir).slice(0, 42)) {
    const image = shrink(await read(path.join(dir, `${name}.jpg`)), FRAME_LONG_SIDE)
    const t0 = performance.now()
    const d = detectPage(image)
    const t1 = performance.now()
    if (!d) continue
    detectPage(image, { previous: d })
    anew.push(t1 - t0)
    follow.push(performance.now() - t1)
  }
  return { msMedian: digits(quantile(follow, 0.5), 1), anewMsMedian: digits(quantile(anew, 0.5), 1), n: follow.length }
}

// ------------------------------------------------------------------ readability
interface Ocr {
  recognize: (image: unknown) => Promise<{ data: { text: string } }>
  setParameters: (p: object) => Promise<unknown>
  terminate: () => Promise<unknown>
}
interface Line {
  text: string
  x: number
  y: number
  w: number
  size: number
}
interface Flat {
  readonly lines: Line[]
  readonly width: number
  readonly height: number
}
interface PageImage {
  data: Buffer
  width: number
  height: number
  channels?: number
}

/**
 * Share of the printed characters that OCR still finds in the stored page, in points above or below the straightened
 * page without any compression. Lines are cut at their known places, so it is legibility and not layout that counts.
 */
async function readability(dir: string): Promise<Record<string, unknown>> {
  const scripts = (await import(pathToFileURL(path.join(work, 'readability.mjs')).href)) as {
    sheet: (page: PageImage, lines: Line[], w: number, h: number) => Promise<unknown>
    accuracy: (lines: Line[], text: string) => number
  }
  const { makePage } = (await import(pathToFileURL(path.join(work, 'gen.mjs')).href)) as {
    makePage: (seed: number) => Flat
  }
  const tesseract = (await import(
    pathToFileURL(path.join(work, 'node_modules/tesseract.js/src/index.js')).href
  )) as unknown as { default: { createWorker: (l: string[], oem: number, o: object) => Promise<Ocr> } }
  const ocr = await tesseract.default.createWorker(['chi_sim', 'eng'], 1, {
    langPath: path.join(work, 'tessdata'),
    cachePath: path.join(work, 'tessdata/cache'),
    gzip: true,
  })
  await ocr.setParameters({ tessedit_pageseg_mode: '6' })
  // as in the report: sheets with small print first, upright ones, no side beyond the frame
  const kinds = [
    'form',
    'transcript',
    'proof',
    'licence',
    'form',
    'transcript',
    'proof',
    'diploma',
    'form',
    'transcript',
    'proof',
    'honor',
  ]
  const pool = namesIn(dir)
    .map((name) => ({ name, truth: truthOf(dir, name) }))
    .filter(({ truth }) => truth.class !== 'edge' && Math.abs(truth.roll) < 40)
  const chosen: typeof pool = []
  for (let i = 0; chosen.length < ocrPhotos && i < kinds.length * 3; i++) {
    const at = pool.findIndex((p) => p.truth.kind === kinds[i % kinds.length])
    if (at >= 0) chosen.push(...pool.splice(at, 1))
  }
  const lost: Record<string, number[]> = { '100': [], '50': [], '25': [] }
  const modes: Record<string, Record<string, number>> = { '100': {}, '50': {}, '25': {} }
  const lossless: number[] = []
  const times: number[] = []
  for (const { name, truth } of chosen) {
    const photo = await read(path.join(dir, `${name}.jpg`))
    const flat = makePage(truth.seed)
    const long = flat.lines.filter((l) => l.text.replace(/[\s\p{P}\p{S}]/gu, '').length >= 4)
    const step = Math.max(1, long.length / 30)
    const lines = Array.from({ length: Math.min(30, long.length) }, (_, i) => long[Math.floor(i * step)]!)
    const look = async (page: Raster): Promise<number> => {
      const rgb = Buffer.alloc(page.width * page.height * 3)
      for (let i = 0, o = 0; o < rgb.length; i += 4, o += 3) {
        rgb[o] = page.data[i]!
        rgb[o + 1] = page.data[i + 1]!
        rgb[o + 2] = page.data[i + 2]!
      }
      const sheet = await scripts.sheet(
        { data: rgb, width: page.width, height: page.height },
        lines,
        flat.width,
        flat.height,
      )
      return scripts.accuracy(lines, (await ocr.recognize(sheet)).data.text)
    }
    const corners = truth.corners as unknown as Quad
    const portrait = truth.pageAspect < 1
    const full = portrait
      ? { width: Math.round(3508 * truth.pageAspect), height: 3508 }
      : { width: 3508, height: Math.round(3508 / truth.pageAspect) }
    const base = await look(rectify(photo, corners, full))
    lossless.push(base)
    const size = pageSize(corners, photo.width, photo.height)
    for (const kb of ['100', '50', '25']) {
      const t0 = performance.now()
      const page = rectify(photo, corners, size)
      const stored = await fitPages([{ filter: 'enhanced', load: () => page }], Number(kb) * 1024)
      times.push(performance.now() - t0)
      if (!stored.ok) {
        lost[kb]!.push(-100 * base)
        continue
      }
      const mode: EncodedPage['mode'] = stored.pages[0]!.mode
      modes[kb]![mode] = (modes[kb]![mode] ?? 0) + 1
      const pdf = await openPdf(stored.pdf)
      const points = ((await look(await pdf!.render(0))) - base) * 100
      lost[kb]!.push(points)
      if (process.argv.includes('--verbose'))
        say(
          name,
          truth.kind,
          `${kb} KB`,
          mode,
          stored.pages[0]!.width,
          stored.pdf.length,
          `base ${(base * 100).toFixed(1)}`,
          points.toFixed(1),
        )
    }
  }
  await ocr.terminate()
  const out: Record<string, unknown> = {}
  const worst: Record<string, number> = {}
  for (const kb of ['100', '50', '25']) {
    out[kb] = digits(mean(lost[kb]!), 1)
    worst[kb] = digits(Math.min(...lost[kb]!), 1)
  }
  return {
    ...out,
    worst,
    n: chosen.length,
    lossless: digits(mean(lossless) * 100, 1),
    modes,
    encodeMsMedian: Math.round(quantile(times, 0.5)),
  }
}

// ------------------------------------------------------------------ without the generator
/** Frames drawn in code, for a machine that has no shared/ beside the project: no peers, no OCR. */
function drawnRows(n: number): Row[] {
  const rows: Row[] = []
  for (let i = 0; i < n; i++) {
    const wave = (k: number) => Math.sin((i + 1) * 12.9898 * k) * 0.5
    // A4 as a hand holds the camera over it: nearer to one corner than to another
    const corner = (x: number, y: number, k: number) => ({ x: x + wave(k) * 60, y: y + wave(k + 0.7) * 60 })
    const corners: Quad = [corner(120, 300, 1), corner(600, 300, 2), corner(600, 980, 3), corner(120, 980, 4)]
    const tables = [
      { table: [120, 84, 52], grain: 8 },
      { table: [222, 220, 216], grain: 1.5 },
      { table: [60, 64, 72], grain: 4 },
      { table: [150, 150, 150], grain: 12 },
    ] as const
    const image = drawPage({
      width: 720,
      height: 1280,
      corners,
      paper: [240, 238, 232],
      ...tables[i % tables.length]!,
      ...(i % 3 ? {} : { border: [190, 30, 35] as const }),
    })
    const t0 = performance.now()
    const d = detectPage(image)
    const ms = performance.now() - t0
    const error = d
      ? mean(corners.map((p, k) => Math.hypot(p.x - d.corners[k]!.x, p.y - d.corners[k]!.y))) / Math.hypot(720, 1280)
      : NaN
    rows.push({
      name: `drawn-${i}`,
      class: 'drawn',
      found: d && d.corners,
      iou: d ? Math.max(0, 1 - error * 8) : 0,
      corner: error * 100,
      ms,
    })
  }
  return rows
}

// ------------------------------------------------------------------ all of it
const result: Record<string, unknown> = {}
result.bytes = {
  detectorGzip: await bundle('src/lib/scan/detect.ts'),
  scannerGzip: existsSync(path.join(root, 'src/lib/scan/scanner.worker.ts'))
    ? await bundle('src/lib/scan/scanner.worker.ts')
    : null,
}
if (!prepare()) {
  say('no generator beside the project: frames drawn in code, no peers, no OCR')
  const rows = drawnRows(7 * framesAClass)
  result.video = { ...summarise(rows), iouFromCornerError: true }
  result.photo = null
  result.byClass = { drawn: summarise(rows) }
  result.peers = { jscanify: null, scanic: null }
  result.readability = null
} else {
  await bundle('src/lib/scan/detect.ts', path.join(work, 'own-detector.js'))
  writeEmptyGenerator()
  const video = path.join(work, `video-${from}`)
  const photo = path.join(work, `photo-${from}`)
  const empty = path.join(work, `empty-${from}`)
  say('generating', 7 * framesAClass, 'frames and', 7 * photosAClass, 'photos')
  await generate(video, 'video', framesAClass)
  if (photosAClass) await generate(photo, 'photo', photosAClass)
  await generate(empty, 'video', 9, 'gen-empty.mjs', 'wood,white,cloth,dark,clutter,stone')

  const all: Record<string, Row[]> = {}
  const lane = async (name: string, file: string, dir: string) => {
    try {
      all[name] = await measure(file, dir)
      say(name, JSON.stringify(summarise(all[name]!)))
    } catch (e) {
      say(name, 'could not be measured:', String(e))
    }
  }
  const detectors = path.join(work, 'detectors')
  await lane('own', writeOwnDetector('video'), video)
  if (peers.includes('jscanify')) {
    await lane('jscanify640', path.join(detectors, 'jscanify-small-chromium.mjs'), video)
    await lane('jscanifyFull', path.join(detectors, 'jscanify-chromium.mjs'), video)
  }
  if (peers.includes('scanic')) await lane('scanic', path.join(detectors, 'scanic-classical-chromium.mjs'), video)
  if (photosAClass) await lane('ownPhoto', writeOwnDetector('photo'), photo)

  const own = all.own ?? []
  result.video = summarise(own)
  result.photo = all.ownPhoto ? summarise(all.ownPhoto) : null
  const by = (key: (r: Row) => string | undefined) =>
    Object.fromEntries([...new Set(own.map(key))].map((k) => [k, summarise(own.filter((r) => key(r) === k))]))
  result.byClass = by((r) => r.class)
  result.byKind = by((r) => r.kind)
  result.landscape = summarise(own.filter((r) => r.kind === 'honor' || r.kind === 'diploma'))
  const row = (name: string) => (all[name] ? summarise(all[name]) : null)
  result.peers = { jscanify: row('jscanify640'), jscanifyFull: row('jscanifyFull'), scanic: row('scanic') }
  result.tracking = await tracking(video)
  result.inTurnWithJscanify = peers.includes('jscanify')
    ? await inTurn(writeOwnDetector('video'), path.join(detectors, 'jscanify-small-chromium.mjs'), video)
    : null
  result.confidence = await confidences(own, video, 'video')
  result.confidencePhoto = all.ownPhoto ? await confidences(all.ownPhoto, photo, 'photo') : null
  let captured = 0
  const empties = namesIn(empty).slice(0, 50)
  for (const name of empties) {
    const d = detectPage(await read(path.join(empty, `${name}.jpg`)))
    if (d && d.confidence >= AUTO_CAPTURE_CONFIDENCE) captured++
  }
  result.empty = { n: empties.length, captured }
  result.readability = skip.has('readability') || !photosAClass ? null : await readability(photo)
  if (photosAClass) {
    const times: number[] = []
    const busy: number[] = []
    for (const name of namesIn(photo).slice(0, 9)) {
      const image = await read(path.join(photo, `${name}.jpg`))
      const t0 = performance.now()
      const c0 = process.cpuUsage()
      const d = detectPage(image, { mode: 'photo' })
      if (!d) continue
      const page = rectify(image, d.corners, pageSize(d.corners, image.width, image.height))
      await fitPages([{ filter: 'enhanced', load: () => page }], 166 * 1024)
      times.push(performance.now() - t0)
      busy.push(process.cpuUsage(c0).user / 1000)
    }
    // the processor's own time says more than the clock's on a machine that does other things too
    result.pageMs = {
      median: Math.round(quantile(times, 0.5)),
      cpuMedian: Math.round(quantile(busy, 0.5)),
      n: times.length,
    }
  }
}
say(JSON.stringify(result))
process.exit(0)
