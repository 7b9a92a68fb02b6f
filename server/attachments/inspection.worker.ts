import { createHash } from 'node:crypto'
import { parentPort, workerData } from 'node:worker_threads'
import { PDFiumLibrary } from '@hyzyla/pdfium'
import type { PDFiumDocument } from '@hyzyla/pdfium'
import { createCanvas, ImageData, loadImage } from '@napi-rs/canvas'
import {
  MAX_PAGES,
  PHOTO_HEIGHT,
  PHOTO_MIN_HEIGHT,
  PHOTO_MIN_WIDTH,
  PHOTO_WIDTH,
  STANDARD_LIMIT,
} from '#domain/attachment.ts'
import { keepInFolder } from '../platform/files/disk.ts'
import type { WorkerAnswer } from '../platform/worker-pool.ts'
import type {
  FilesWish,
  InspectedContent,
  Inspection,
  InspectionTools,
  PageImage,
  Said,
  Verdict,
  Wish,
} from './inspection.ts'
import { scanPdf } from './pdf-scan.ts'

/** Pixels of a decoded photo: 40 million, as a camera makes them. */
const PIXELS_AT_MOST = 40_000_000
/** Dots per inch of a page shown to a reviewer, and the longest edge in pixels. */
const DPI = 110
const EDGE_AT_MOST = 2400

/** Bytes of PDFium's memory, which never becomes less, beyond which the thread makes room for another one: 18 MB are its own. */
const MEMORY_KEPT = 48 * 1024 * 1024

let library: Promise<PDFiumLibrary> | undefined
let memory: WebAssembly.Memory | undefined
function pdfium(): Promise<PDFiumLibrary> {
  const { pdfium: module } = workerData as InspectionTools
  library ??= PDFiumLibrary.init({
    instantiateWasm: (imports, made) => {
      const instance = new WebAssembly.Instance(module, imports)
      memory = instance.exports['memory'] as WebAssembly.Memory
      // The package's types say a module; what it wants is the instance.
      made(instance as WebAssembly.Module)
      return instance.exports
    },
  })
  return library
}

/** What a look at a file finds. */
type Found = Pick<InspectedContent, 'anew' | 'mediaType' | 'pages'>

/** The calls of PDFium that the package keeps to itself. */
interface Inside {
  readonly documentIdx: number
  readonly module: {
    _FPDFDoc_GetJavaScriptActionCount(document: number): number
    _FPDFDoc_GetAttachmentCount(document: number): number
    _FPDF_GetFormType(document: number): number
    _FPDF_GetPageSizeByIndex(document: number, page: number, width: number, height: number): number
    _malloc(bytes: number): number
    _free(at: number): void
    readonly HEAPF64: Float64Array
  }
}
/** FPDF_GetFormType: 2 and 3 are forms made with XFA. */
const XFA_FORMS = [2, 3]

async function open(bytes: Uint8Array): Promise<PDFiumDocument | 'encrypted' | 'damaged'> {
  try {
    return await (await pdfium()).loadDocument(bytes)
  } catch (error) {
    if (error instanceof WebAssembly.RuntimeError) throw error
    return /Password|security/i.test(error instanceof Error ? error.message : '') ? 'encrypted' : 'damaged'
  }
}

const endsAsPdf = (bytes: Buffer): boolean => {
  let end = bytes.length
  while (end > 0 && [0x00, 0x09, 0x0a, 0x0c, 0x0d, 0x20].includes(bytes[end - 1]!)) end--
  return bytes.subarray(Math.max(0, end - 2048), end).includes('%%EOF', 0, 'latin1')
}

/** A34: begins and ends as a PDF, opens without a password, has pages but not too many, and nothing in it acts. */
async function checkPdf(bytes: Uint8Array): Promise<Verdict<Found>> {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  if (!buffer.subarray(0, 1024).includes('%PDF-', 0, 'latin1')) return { refusal: { code: 'attachment.not-pdf' } }
  const scan = scanPdf(bytes)
  if (scan.encrypted) return { refusal: { code: 'attachment.encrypted' } }
  if (scan.active !== null) return { refusal: { code: 'attachment.active-content' } }
  if (scan.unreadable || !endsAsPdf(buffer)) return { refusal: { code: 'attachment.damaged' } }
  const document = await open(bytes)
  if (typeof document === 'string') return { refusal: { code: `attachment.${document}` } }
  try {
    const { documentIdx, module } = document as unknown as Inside
    const acts =
      module._FPDFDoc_GetJavaScriptActionCount(documentIdx) > 0 ||
      module._FPDFDoc_GetAttachmentCount(documentIdx) > 0 ||
      XFA_FORMS.includes(module._FPDF_GetFormType(documentIdx))
    if (acts) return { refusal: { code: 'attachment.active-content' } }
    const pages = document.getPageCount()
    if (pages > MAX_PAGES) {
      return { refusal: { code: 'attachment.too-many-pages', params: { pages, atMost: MAX_PAGES } } }
    }
    if (pages < 1 || !isReadable(document)) return { refusal: { code: 'attachment.damaged' } }
    return { content: { mediaType: 'application/pdf', pages } }
  } finally {
    document.destroy()
  }
}

/**
 * The first page has a size. It is not loaded for that: loading costs seven times what the rest of the document does, and the package
 * closes only pages that it has drawn.
 */
function isReadable(document: PDFiumDocument): boolean {
  const { documentIdx, module } = document as unknown as Inside
  const width = module._malloc(16)
  const height = width + 8
  try {
    if (module._FPDF_GetPageSizeByIndex(documentIdx, 0, width, height) === 0) return false
    return module.HEAPF64[width / 8]! > 0 && module.HEAPF64[height / 8]! > 0
  } finally {
    module._free(width)
  }
}

/** Width and height from the head of a JPEG or PNG, before a pixel is decoded; undefined for anything else. */
function pixelsOf(bytes: Buffer): { readonly width: number; readonly height: number } | undefined {
  if (bytes.length > 24 && bytes.readUInt32BE(0) === 0x89504e47) {
    return { width: bytes.readUInt32BE(16), height: bytes.readUInt32BE(20) }
  }
  if (bytes.length < 4 || bytes.readUInt16BE(0) !== 0xffd8) return undefined
  for (let at = 2; at + 9 < bytes.length;) {
    if (bytes[at] !== 0xff) return undefined
    const marker = bytes[at + 1]!
    // SOF0–SOF15 without DHT, JPG and DAC
    if (marker >= 0xc0 && marker <= 0xcf && ![0xc4, 0xc8, 0xcc].includes(marker)) {
      return { width: bytes.readUInt16BE(at + 7), height: bytes.readUInt16BE(at + 5) }
    }
    at += marker === 0xff ? 1 : 2 + bytes.readUInt16BE(at + 2)
  }
  return undefined
}

/** A7: a JPEG or PNG of 33:48, not too small, comes out as a JPEG of exactly 390 × 567 pixels and nothing else in it. */
async function checkPhoto(bytes: Uint8Array): Promise<Verdict<Found>> {
  const size = pixelsOf(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength))
  if (!size || size.width * size.height > PIXELS_AT_MOST) return { refusal: { code: 'photo.not-image' } }
  if (size.width < PHOTO_MIN_WIDTH || size.height < PHOTO_MIN_HEIGHT) return { refusal: { code: 'photo.too-small' } }
  const ratio = size.width / size.height
  if (Math.abs(ratio / (33 / 48) - 1) > 0.01) return { refusal: { code: 'photo.wrong-shape' } }
  let image
  try {
    image = await loadImage(Buffer.from(bytes))
  } catch {
    return { refusal: { code: 'photo.not-image' } }
  }
  const canvas = createCanvas(PHOTO_WIDTH, PHOTO_HEIGHT)
  const drawing = canvas.getContext('2d')
  drawing.fillStyle = '#fff'
  drawing.fillRect(0, 0, PHOTO_WIDTH, PHOTO_HEIGHT)
  drawing.imageSmoothingQuality = 'high'
  drawing.drawImage(image, 0, 0, PHOTO_WIDTH, PHOTO_HEIGHT)
  for (const quality of [92, 85, 75]) {
    const jpeg = canvas.toBuffer('image/jpeg', quality)
    if (jpeg.length <= STANDARD_LIMIT)
      return { content: { anew: new Uint8Array(jpeg), mediaType: 'image/jpeg', pages: 0 } }
  }
  return { refusal: { code: 'photo.not-image' } }
}

/** One page as PNG, as a reviewer sees it without opening the file. */
async function drawPage(bytes: Uint8Array, number: number): Promise<Verdict<PageImage>> {
  const document = await open(bytes)
  if (typeof document === 'string' || number > document.getPageCount())
    return { refusal: { code: 'request.not-found' } }
  try {
    const page = document.getPage(number - 1)
    const { originalWidth, originalHeight } = page.getOriginalSize()
    const scale = Math.min(DPI / 72, EDGE_AT_MOST / Math.max(originalWidth, originalHeight, 1))
    const { width, height, data } = await page.render({ scale })
    const pixels = new Uint8ClampedArray(data.buffer, data.byteOffset, data.byteLength)
    const canvas = createCanvas(width, height)
    canvas.getContext('2d').putImageData(new ImageData(pixels, width, height), 0, 0)
    return { content: { bytes: new Uint8Array(canvas.toBuffer('image/png')) } }
  } finally {
    document.destroy()
  }
}

const digestOf = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex')

async function inspect({ what, bytes, sha256 }: Inspection): Promise<Verdict<InspectedContent>> {
  const came = digestOf(bytes)
  if (sha256 !== undefined && sha256 !== came) return { refusal: { code: 'attachment.wrong-digest' } }
  const found = await (what === 'pdf' ? checkPdf(bytes) : checkPhoto(bytes))
  if ('refusal' in found) return found
  const { anew } = found.content
  const kept = anew ?? bytes
  return {
    content: { ...found.content, sha256: anew ? digestOf(anew) : came, size: kept.byteLength, isKept: false },
  }
}

type Answer = WorkerAnswer<Said>

/** Our fault, and no file's; undefined where it is the file's. A trap inside PDFium is mostly for want of memory. */
function faultOf(error: unknown): string | undefined {
  const trapped =
    error instanceof WebAssembly.RuntimeError || (error instanceof Error && /Aborted|memory/i.test(error.message))
  if (trapped) return undefined
  return error instanceof Error ? error.message : String(error)
}

const DAMAGED = { refusal: { code: 'attachment.damaged' } } as const

/** What broke once is not to be trusted with another file. */
function broken(error: unknown, value: Said): Answer {
  const fault = faultOf(error)
  return { ...(fault === undefined ? { value } : { error: fault }), spent: true }
}

const hasGrown = (): boolean => memory !== undefined && memory.buffer.byteLength > MEMORY_KEPT

function done(value: Said): Answer {
  return { value, ...(hasGrown() && { spent: true }) }
}

/** Keeps what passed. */
function kept({ files, folder, passed }: FilesWish, verdicts: readonly Verdict<InspectedContent>[]): Said {
  if (folder === undefined) return verdicts
  Atomics.store(passed, 0, 1)
  keepInFolder(
    folder,
    verdicts.flatMap((verdict, at) =>
      'content' in verdict ? [{ sha256: verdict.content.sha256, bytes: verdict.content.anew ?? files[at]!.bytes }] : [],
    ),
  )
  return verdicts.map((verdict) => {
    if (!('content' in verdict)) return verdict
    const { anew: _, ...content } = verdict.content
    return { content: { ...content, isKept: true } }
  })
}

async function lookAt(wish: FilesWish): Promise<Answer> {
  const verdicts: Verdict<InspectedContent>[] = []
  let say = done
  for (const file of wish.files) {
    try {
      verdicts.push(await inspect(file))
    } catch (error) {
      if (faultOf(error) !== undefined) return broken(error, verdicts)
      // Perhaps for what the ones before it have left: only the first was looked at by a thread that is fit. The others are asked about again.
      if (verdicts.length === 0) verdicts.push(DAMAGED)
      say = (value) => broken(error, value)
      break
    }
    if (hasGrown()) break
  }
  try {
    return say(kept(wish, verdicts))
  } catch (error) {
    // What the disk says is no fault of a file, nor of this thread.
    const { message, code } = error as NodeJS.ErrnoException
    return { error: message, code }
  }
}

async function answer(wish: Wish): Promise<Answer> {
  if (wish.what === 'files') return lookAt(wish)
  try {
    return done(await drawPage(wish.bytes, wish.page))
  } catch (error) {
    return broken(error, DAMAGED)
  }
}

parentPort!.on('message', (wish: Wish) => {
  void answer(wish).then((said) => parentPort!.postMessage(said))
})
