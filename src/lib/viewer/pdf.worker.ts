/// <reference lib="webworker" />
import { PDFiumLibrary, type PDFiumDocument } from '@hyzyla/pdfium'
import wasmUrl from '@hyzyla/pdfium/pdfium.wasm?url'
import { ok, type Outcome, refuse } from '#domain/problems.ts'
import type { DrawAnswer, DrawRequest } from '$lib/scan/messages.ts'
import type { ViewerAnswer, ViewerRequest } from './messages.ts'

/** PDFium in a thread of its own: drawing a page never holds up a finger. */
let library: PDFiumLibrary | undefined
let document: PDFiumDocument | undefined

const answer = (message: ViewerAnswer, transfer: Transferable[] = []) => self.postMessage(message, transfer)

/** It is fetched when it is first needed: a phone that has never opened a PDF does not have it. */
async function fetchLibrary(): Promise<Outcome<PDFiumLibrary>> {
  let wasmBinary: ArrayBuffer
  try {
    const response = await fetch(wasmUrl)
    if (!response.ok) return refuse('request.unavailable')
    wasmBinary = await response.arrayBuffer()
  } catch {
    return refuse('network.offline')
  }
  try {
    return ok(await PDFiumLibrary.init({ wasmBinary }))
  } catch {
    return refuse('scan.failed')
  }
}

async function open(bytes: ArrayBuffer): Promise<Outcome<number>> {
  if (!library) {
    const fetched = await fetchLibrary()
    if (!fetched.ok) return fetched
    library = fetched.value
  }
  document?.destroy()
  document = undefined
  try {
    document = await library.loadDocument(new Uint8Array(bytes))
    return ok(document.getPageCount())
  } catch {
    return refuse('attachment.damaged')
  }
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
    if (data.kind === 'open') {
      const opened = await open(data.bytes)
      answer(opened.ok ? { id: data.id, pages: opened.value } : { id: data.id, failed: opened.code })
    } else if (data.kind === 'serve') {
      serve(data.port)
      answer({ id: data.id, serving: true })
    } else {
      const image = await draw(data.page, (width) => data.width / width)
      answer({ id: data.id, image }, [image.data.buffer])
    }
  } catch {
    answer({ id: data.id, failed: 'scan.failed' })
  }
})
