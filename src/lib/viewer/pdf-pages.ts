import { ok, type Outcome, refuse, type Refused } from '#domain/problems.ts'
import type { ViewerAnswer, ViewerRequest } from './messages.ts'

type Wish = ViewerRequest extends infer R ? (R extends ViewerRequest ? Omit<R, 'id'> : never) : never
type Answered = Exclude<ViewerAnswer, { failed: unknown }>

/** A PDF opened for reading: how many pages, and a picture of each in the width asked for. */
export class PdfPages {
  readonly #worker = new Worker(new URL('./pdf.worker.ts', import.meta.url), { type: 'module' })
  readonly #waiting = new Map<number, (answer: Outcome<Answered>) => void>()
  #hasAnswered = false
  /** Why nothing is answered any more. */
  #stopped: Refused | null = null
  #next = 1

  constructor() {
    this.#worker.addEventListener('message', ({ data }: MessageEvent<ViewerAnswer>) => {
      const asked = this.#waiting.get(data.id)
      this.#waiting.delete(data.id)
      this.#hasAnswered = true
      asked?.('failed' in data ? refuse(data.failed) : ok(data))
    })
    this.#worker.addEventListener('error', () => {
      // Before its first word: its code did not come. It is fetched when it is first needed, and may stop before it is asked.
      this.#stopped = this.#hasAnswered
        ? refuse('scan.failed')
        : refuse(navigator.onLine ? 'request.unavailable' : 'network.offline')
      for (const done of this.#waiting.values()) done(this.#stopped)
      this.#waiting.clear()
    })
  }

  /**
   * Opens the bytes and gives the number of pages. `attachment.damaged`: PDFium cannot open them; `network.offline`,
   * `request.unavailable`: PDFium itself did not come, and nothing is known of them.
   */
  async open(bytes: ArrayBuffer): Promise<Outcome<number>> {
    const answer = await this.#ask({ kind: 'open', bytes }, [bytes])
    return answer.ok ? ok('pages' in answer.value ? answer.value.pages : 0) : answer
  }

  /** Draws page `page` (from 0) `width` device pixels wide. */
  async draw(page: number, width: number): Promise<ImageData> {
    const answer = await this.#ask({ kind: 'draw', page, width: Math.round(width) })
    if (!answer.ok || !('image' in answer.value)) throw new Error('no picture came back')
    return answer.value.image
  }

  /** Draws pages of the open document for whoever asks through `port` (`DrawRequest`, `DrawAnswer` of the scanner). */
  async serve(port: MessagePort): Promise<void> {
    const answer = await this.#ask({ kind: 'serve', port }, [port])
    if (!answer.ok) throw new Error('the viewer stopped')
  }

  close(): void {
    this.#worker.terminate()
  }

  #ask(wish: Wish, transfer: Transferable[] = []): Promise<Outcome<Answered>> {
    if (this.#stopped) return Promise.resolve(this.#stopped)
    const id = this.#next++
    return new Promise((done) => {
      this.#waiting.set(id, done)
      this.#worker.postMessage({ ...wish, id }, transfer)
    })
  }
}
