/// <reference lib="webworker" />
import { PDFiumLibrary, type PDFiumDocument } from '@hyzyla/pdfium'
import wasmUrl from '@hyzyla/pdfium/pdfium.wasm?url'
import type { DrawAnswer, DrawRequest } from '$lib/scan/messages.ts'
import type { ViewerAnswer, ViewerRequest } from './messages.ts'

/** PDFium in a thread of its own: drawing a page never holds up a finger. */
let library: Promise<PDFiumLibrary> | undefined
let document: PDFiumDocument | undefined

const answer = (message: ViewerAnswer, transfer: Transferable[] = []) => self.postMessage(message, transfer)

async function open(bytes: ArrayBuffer): Promise<number> {
  library ??= fetch(wasmUrl)
    .then((response) => response.arrayBuffer())
    .then((wasmBinary) => PDFiumLibrary.init({ wasmBinary }))
  document?.destroy()
  document = await (await library).loadDocument(new Uint8Array(bytes))
  return document.getPageCount()
}

/** Draws a page; `scaleOf` is given its size in points. */
async function draw(index: number, scaleOf: (width: number, height: number) => number): Promise<ImageData> {
  if (!document) throw new Error('no document is open')
  const page = document.getPage(index)
  const size = page.getOriginalSize()
  const scale = scaleOf(size.originalWidth, size.originalHeight)
  const { data, width: drawnWidth, height } = await page.render({ scale, render: 'bitmap' })
  // Red first, as the canvas wants it, in a copy of its own: a page at 300 dots an inch is 35 MB, so it is handed on.
  const pixels = new Uint8ClampedArray(data.buffer as ArrayBuffer, data.byteOffset, data.length)
  return new ImageData(pixels, drawnWidth, height)
}

function serve(port: MessagePort): void {
  const say = (message: DrawAnswer, transfer: Transferable[] = []) => port.postMessage(message, transfer)
  port.onmessage = async ({ data: { page, longSide } }: MessageEvent<DrawRequest>) => {
    try {
      const image = await draw(page, (width, height) => longSide / Math.max(width, height))
      say({ page, ok: true, image }, [image.data.buffer])
    } catch {
      say({ page, ok: false })
    }
  }
}

self.addEventListener('message', async ({ data }: MessageEvent<ViewerRequest>) => {
  try {
    if (data.kind === 'open') answer({ id: data.id, pages: await open(data.bytes) })
    else if (data.kind === 'serve') {
      serve(data.port)
      answer({ id: data.id, serving: true })
    } else {
      const image = await draw(data.page, (width) => data.width / width)
      answer({ id: data.id, image }, [image.data.buffer])
    }
  } catch {
    answer({ id: data.id, failed: true })
  }
})
