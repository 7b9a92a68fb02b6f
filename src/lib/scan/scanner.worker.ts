/** The scanner's worker: opens pictures, and hands them to the pure functions of this folder. One request at a time. */
import type { Detection } from './detect.ts'
import { detectPage } from './detect.ts'
import { FILTER_LABELS, flatten, greyOf, toGrey } from './enhance.ts'
import type { Filter } from './enhance.ts'
import { pageInk } from './encode-page.ts'
import type { FitProgress, PageSource } from './fit-bytes.ts'
import { fitPages, splitPages } from './fit-bytes.ts'
import type { Quad } from './geometry.ts'
import { placeIdCard } from './id-card.ts'
import { FRAME_LONG_SIDE } from './frame-size.ts'
import type {
  DrawAnswer,
  DrawRequest,
  FittedFile,
  PageRequest,
  ScannerAnswer,
  ScannerProblem,
  ScannerRequest,
} from './messages.ts'
import { makeIdPhoto } from './photo.ts'
import type { Raster } from './pixels.ts'
import { PAGE_LONG_SIDE, pageSize, rectify, shrink, turn } from './rectify.ts'
import { letGo } from './scratch.ts'
import { isCutOffJpeg, isHeic, type JpegShape, jpegShape } from './whole-picture.ts'

/** A 48-megapixel photo shows no page better than 12 do, and would need 190 MB of memory. */
const MOST_PIXELS = 13_000_000

/** Kinds that every browser opens again later; others are kept as JPEG. */
const COMMON = /^image\/(jpeg|png|webp)$/
const KEPT_QUALITY = 0.92

class Unreadable extends Error {
  readonly code: Extract<ScannerProblem['code'], 'scan.picture-unreadable' | 'scan.heic'>
  constructor(code: Unreadable['code'] = 'scan.picture-unreadable') {
    super(code)
    this.code = code
  }
}

/** Draws a bitmap at `scale` and lets go of it: two copies of a large photo at once are more than a phone has. */
function canvasOf(bitmap: ImageBitmap | VideoFrame, scale: number): OffscreenCanvas {
  const { width: w, height: h } = sizeOfFrame(bitmap)
  const width = Math.max(1, Math.round(w * scale))
  const height = Math.max(1, Math.round(h * scale))
  const canvas = new OffscreenCanvas(width, height)
  const g = canvas.getContext('2d', { willReadFrequently: true })!
  g.imageSmoothingQuality = scale < 0.5 ? 'medium' : 'high'
  // transparent pictures lie on white paper
  g.fillStyle = '#fff'
  g.fillRect(0, 0, width, height)
  g.drawImage(bitmap, 0, 0, width, height)
  bitmap.close()
  return canvas
}

const sizeOfFrame = (frame: ImageBitmap | VideoFrame): { readonly width: number; readonly height: number } =>
  'displayWidth' in frame ? { width: frame.displayWidth, height: frame.displayHeight } : frame

/** Reads a canvas and lets go of it. */
function pixelsOf(canvas: OffscreenCanvas): Raster {
  const { width, height } = canvas
  const { data } = canvas.getContext('2d')!.getImageData(0, 0, width, height)
  canvas.width = canvas.height = 0
  return { data, width, height }
}

/**
 * A large JPEG decoded at a half or a quarter of its size, where the browser can (WebCodecs): 48 megapixels are 190 MB
 * when they are decoded whole. Null where it cannot, or where nobody could tell whether the picture stands upright.
 */
async function decodeReduced(bytes: ArrayBuffer, shape: JpegShape, most: number): Promise<VideoFrame | null> {
  if (typeof ImageDecoder === 'undefined' || (shape.orientation > 1 && shape.orientation < 5)) return null
  const scale = Math.sqrt(most / (shape.width * shape.height))
  const turned = shape.orientation > 4
  const decoder = new ImageDecoder({
    data: bytes,
    type: 'image/jpeg',
    desiredWidth: Math.round(shape.width * scale),
    desiredHeight: Math.round(shape.height * scale),
  })
  try {
    const { image } = await decoder.decode()
    const { width, height } = sizeOfFrame(image)
    if (width >= height === (turned ? shape.height >= shape.width : shape.width >= shape.height)) return image
    image.close()
    return null
  } catch {
    return null
  } finally {
    decoder.close()
  }
}

/** Opens a picture upright (EXIF obeyed), with at most `most` pixels. `scale` tells how much it was reduced. */
async function canvasFor(picture: Blob, most = MOST_PIXELS): Promise<{ canvas: OffscreenCanvas; scale: number }> {
  let bitmap: ImageBitmap | VideoFrame | null = null
  /** the width of the picture when it stands upright */
  let whole: number | undefined
  if (picture.type === 'image/jpeg' || !picture.type) {
    const bytes = await picture.arrayBuffer()
    if (isCutOffJpeg(new Uint8Array(bytes))) throw new Unreadable()
    const shape = jpegShape(new Uint8Array(bytes))
    if (shape && shape.width * shape.height > 1.3 * most) bitmap = await decodeReduced(bytes, shape, most)
    if (bitmap && shape) whole = shape.orientation > 4 ? shape.height : shape.width
    letGo(new Uint8Array(bytes))
  }
  try {
    bitmap ??= await createImageBitmap(picture, { imageOrientation: 'from-image' })
  } catch {
    throw new Unreadable(
      isHeic(new Uint8Array(await picture.slice(0, 32).arrayBuffer())) ? 'scan.heic' : 'scan.picture-unreadable',
    )
  }
  const { width, height } = sizeOfFrame(bitmap)
  const canvas = canvasOf(bitmap, Math.min(1, Math.sqrt(most / (width * height))))
  return { canvas, scale: canvas.width / (whole ?? width) }
}

async function open(picture: Blob, most = MOST_PIXELS): Promise<Raster & { readonly scale: number }> {
  const { canvas, scale } = await canvasFor(picture, most)
  return { ...pixelsOf(canvas), scale }
}

async function pageOf(request: PageRequest, longest = PAGE_LONG_SIDE): Promise<Raster> {
  // a page for the screen needs no more of its picture than twice its side
  const image = await open(request.picture, Math.min(MOST_PIXELS, Math.max(1_000_000, (2 * longest) ** 2)))
  const straight = () => {
    if (!request.corners) return shrink(image, longest)
    const corners = request.corners.map((p) => ({ x: p.x * image.scale, y: p.y * image.scale })) as unknown as Quad
    return rectify(image, corners, pageSize(corners, image.width, image.height, longest))
  }
  const page = straight()
  if (page.data !== image.data) letGo(image.data)
  const turned = turn(page, request.turns)
  if (turned.data !== page.data) letGo(page.data)
  return turned
}

const done = (page: Raster): void => letGo(page.data)
const sourceOf = (request: PageRequest): PageSource => ({ filter: request.filter, load: () => pageOf(request), done })

/** How a page will look, on the screen's scale. */
function look(page: Raster, filter: Filter, flat = filter === 'original' ? page : flatten(page)): Raster {
  if (filter === 'enhanced') return flat
  if (filter === 'grey') return toGrey(flat)
  const { ink } = pageInk(flat, Math.max(flat.width, flat.height))
  const data = new Uint8ClampedArray(flat.data.length).fill(255)
  ink.ink.forEach((black, i) => {
    if (black) data[i * 4] = data[i * 4 + 1] = data[i * 4 + 2] = 0
  })
  return { data, width: flat.width, height: flat.height }
}

const toFile = (f: { pdf: Uint8Array; pages: FittedFile['pages'] }): FittedFile => ({
  pdf: new Blob([f.pdf as Uint8Array<ArrayBuffer>], { type: 'application/pdf' }),
  bytes: f.pdf.length,
  pages: f.pages,
})

const bitmapOf = (page: Raster): Promise<ImageBitmap> =>
  createImageBitmap(new ImageData(page.data as Uint8ClampedArray<ArrayBuffer>, page.width, page.height))

/** Asks for one page of a PDF and waits for it. */
function drawn(port: MessagePort, wish: DrawRequest): Promise<Raster> {
  return new Promise((done, failed) => {
    port.onmessage = ({ data }: MessageEvent<DrawAnswer>) =>
      data.ok ? done(data.image) : failed(new Unreadable('scan.picture-unreadable'))
    port.postMessage(wish)
  })
}

async function fit(sources: readonly PageSource[], limit: number, split: boolean, say: Say): Promise<void> {
  const progress = (p: FitProgress) => say({ type: 'progress', ...p })
  const result = await (split ? splitPages(sources, limit, progress) : fitPages(sources, limit, progress))
  if (!('ok' in result)) say({ type: 'files', files: result.map(toFile) })
  else if (result.ok) say({ type: 'files', files: [toFile(result)] })
  else say({ type: 'refused', problem: result })
}

/** The page of the frame before, for following it. */
let last: Detection | null = null

type Say = (answer: Answer, transfer?: Transferable[]) => void
type Answer = ScannerAnswer extends infer A ? (A extends { id: number } ? Omit<A, 'id'> : never) : never

async function answer(request: ScannerRequest, say: Say): Promise<void> {
  switch (request.type) {
    case 'detect-frame': {
      const start = performance.now()
      const { frame } = request
      const scale = Math.min(1, FRAME_LONG_SIDE / Math.max(frame.width, frame.height))
      const small = pixelsOf(canvasOf(frame, scale))
      const found = detectPage(small, { previous: request.follow ? last : null })
      last = found
      const grey = greyOf(shrink(small, 64))
      const light = grey.reduce((s, v) => s + v, 0) / grey.length
      const corners = found?.corners.map((p) => ({ x: p.x / scale, y: p.y / scale })) as unknown as Quad
      say({ type: 'frame', found: found && { ...found, corners }, look: { light }, ms: performance.now() - start })
      return
    }
    case 'detect-photo': {
      const { canvas, scale } = await canvasFor(request.picture)
      const kept =
        scale < 1 || !COMMON.test(request.picture.type)
          ? await canvas.convertToBlob({ type: 'image/jpeg', quality: KEPT_QUALITY })
          : null
      const image = pixelsOf(canvas)
      const found = detectPage(image, { mode: 'photo' })
      letGo(image.data)
      say({ type: 'photo', found, width: image.width, height: image.height, kept })
      return
    }
    case 'preview': {
      const page = look(await pageOf(request.page, request.longSide), request.page.filter)
      const image = await bitmapOf(page)
      say({ type: 'preview', image, width: page.width, height: page.height }, [image])
      return
    }
    case 'looks': {
      const page = await pageOf(request.page, request.longSide)
      const images = {} as Record<Filter, ImageBitmap>
      for (const filter of Object.keys(FILTER_LABELS) as Filter[]) images[filter] = await bitmapOf(look(page, filter))
      say({ type: 'looks', images }, Object.values(images))
      return
    }
    case 'fit':
    case 'split':
      await fit(request.pages.map(sourceOf), request.limit, request.type === 'split', say)
      return
    case 'fit-drawn': {
      const { port, pages, limit, split } = request
      const sources = Array.from({ length: pages }, (_, page): PageSource => ({
        // What a PDF shows is what its owner wants: nothing is made whiter or greyer.
        filter: 'original',
        load: () => drawn(port, { page, longSide: PAGE_LONG_SIDE }),
        done,
      }))
      await fit(sources, limit, split, say).finally(() => port.close())
      return
    }
    case 'id-card': {
      const load = async () => placeIdCard(await pageOf(request.front, 1600), await pageOf(request.back, 1600))
      const result = await fitPages([{ filter: request.front.filter, load, done }], request.limit)
      say(result.ok ? { type: 'files', files: [toFile(result)] } : { type: 'refused', problem: result })
      return
    }
    case 'id-photo': {
      const image = await open(request.picture)
      const k = image.scale
      const { x, y, width, height } = request.box
      const result = makeIdPhoto(image, { x: x * k, y: y * k, width: width * k, height: height * k }, request.limit)
      if (result.ok)
        say({ type: 'id-photo', jpeg: new Blob([result.jpeg as Uint8Array<ArrayBuffer>], { type: 'image/jpeg' }) })
      else say({ type: 'refused', problem: result })
      return
    }
  }
}

// Requests are answered in order: two 12-megapixel pages at once would not fit into a phone's memory.
let queue: Promise<void> = Promise.resolve()

self.addEventListener('message', (event: MessageEvent<ScannerRequest>) => {
  const request = event.data
  const say = (a: Answer, transfer: Transferable[] = []) =>
    self.postMessage({ id: request.id, ...a } as ScannerAnswer, { transfer })
  queue = queue.then(() =>
    answer(request, say).catch((fault: unknown) => {
      if (fault instanceof Unreadable) say({ type: 'refused', problem: { ok: false, code: fault.code } })
      else say({ type: 'failed', message: fault instanceof Error ? (fault.stack ?? fault.message) : String(fault) })
    }),
  )
})
