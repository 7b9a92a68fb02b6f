import type { ViewerAnswer, ViewerRequest } from './messages.ts'

type Wish = ViewerRequest extends infer R ? (R extends ViewerRequest ? Omit<R, 'id'> : never) : never

/** A PDF opened for reading: how many pages, and a picture of each in the width asked for. */
export class PdfPages {
  readonly #worker = new Worker(new URL('./pdf.worker.ts', import.meta.url), { type: 'module' })
  readonly #waiting = new Map<number, { done: (answer: ViewerAnswer) => void; failed: (reason: Error) => void }>()
  #next = 1

  constructor() {
    this.#worker.addEventListener('message', ({ data }: MessageEvent<ViewerAnswer>) => {
      const asked = this.#waiting.get(data.id)
      this.#waiting.delete(data.id)
      if ('failed' in data) asked?.failed(new Error('the PDF cannot be shown'))
      else asked?.done(data)
    })
    this.#worker.addEventListener('error', () => {
      for (const { failed } of this.#waiting.values()) failed(new Error('the viewer stopped'))
      this.#waiting.clear()
    })
  }

  /** Opens the bytes and gives the number of pages. Throws when PDFium cannot open them. */
  async open(bytes: ArrayBuffer): Promise<number> {
    const answer = await this.#ask({ kind: 'open', bytes }, [bytes])
    return 'pages' in answer ? answer.pages : 0
  }

  /** Draws page `page` (from 0) `width` device pixels wide. */
  async draw(page: number, width: number): Promise<ImageData> {
    const answer = await this.#ask({ kind: 'draw', page, width: Math.round(width) })
    if (!('image' in answer)) throw new Error('no picture came back')
    return answer.image
  }

  /** Draws pages of the open document for whoever asks through `port` (`DrawRequest`, `DrawAnswer` of the scanner). */
  async serve(port: MessagePort): Promise<void> {
    await this.#ask({ kind: 'serve', port }, [port])
  }

  close(): void {
    this.#worker.terminate()
  }

  #ask(wish: Wish, transfer: Transferable[] = []): Promise<ViewerAnswer> {
    const id = this.#next++
    return new Promise((done, failed) => {
      this.#waiting.set(id, { done, failed })
      this.#worker.postMessage({ ...wish, id }, transfer)
    })
  }
}
