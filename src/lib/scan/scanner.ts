import { ok, type Outcome, refuse, type Refused } from '#domain/problems.ts'
import type { Detection } from './detect.ts'
import type { Filter } from './enhance.ts'
import type { FitProgress } from './fit-bytes.ts'
import { refusalOfFit } from './fit-refusal.ts'
import type { FittedFile, FrameLook, PageRequest, ScannerAnswer, ScannerProblem, ScannerRequest } from './messages.ts'

type Wish = ScannerRequest extends infer R ? (R extends { id: number } ? Omit<R, 'id'> : never) : never
type Final = Exclude<ScannerAnswer, { type: 'progress' | 'refused' | 'failed' }>
type AnswerOf<T extends Final['type']> = Extract<Final, { type: T }>

/** A picture looked at: where its page lies, and what is to be kept of it. */
export interface SeenPhoto {
  readonly found: Detection | null
  readonly width: number
  readonly height: number
  /** null: the picture as it was given */
  readonly kept: Blob | null
}

interface Asked {
  readonly done: (answer: Outcome<Final>) => void
  readonly progress?: ((progress: FitProgress) => void) | undefined
}

/**
 * The scanner's worker with questions and answers put together. The worker starts with the first question; `stop` ends
 * it with everything under way, and the next question starts another.
 */
export class Scanner {
  #worker: Worker | null = null
  readonly #asked = new Map<number, Asked>()
  #next = 1

  /** @returns null when the frame could not be looked at */
  async frame(frame: ImageBitmap, follow: boolean): Promise<{ found: Detection | null; look: FrameLook } | null> {
    const answer = await this.#ask('frame', { type: 'detect-frame', frame, follow }, [frame])
    return answer.ok ? answer.value : null
  }

  photo(picture: Blob): Promise<Outcome<SeenPhoto>> {
    return this.#ask('photo', { type: 'detect-photo', picture })
  }

  async preview(page: PageRequest, longSide: number): Promise<Outcome<ImageBitmap>> {
    const answer = await this.#ask('preview', { type: 'preview', page, longSide })
    return answer.ok ? ok(answer.value.image) : answer
  }

  async looks(page: PageRequest, longSide: number): Promise<Outcome<Readonly<Record<Filter, ImageBitmap>>>> {
    const answer = await this.#ask('looks', { type: 'looks', page, longSide })
    return answer.ok ? ok(answer.value.images) : answer
  }

  /** One PDF of at most `limit` bytes, or with `split` as many as it takes. */
  async fit(
    pages: readonly PageRequest[],
    limit: number,
    { split = false, progress }: { split?: boolean; progress?: (progress: FitProgress) => void } = {},
  ): Promise<Outcome<readonly FittedFile[]>> {
    const answer = await this.#ask('files', { type: split ? 'split' : 'fit', pages, limit }, [], progress)
    return answer.ok ? ok(answer.value.files) : answer
  }

  /** Both sides of a card on one page. */
  async card(front: PageRequest, back: PageRequest, limit: number): Promise<Outcome<readonly FittedFile[]>> {
    const answer = await this.#ask('files', { type: 'id-card', front, back, limit })
    return answer.ok ? ok(answer.value.files) : answer
  }

  /** Pages that somebody else draws: `port` leads to him. */
  async fitDrawn(
    port: MessagePort,
    pages: number,
    limit: number,
    { split = false, progress }: { split?: boolean; progress?: (progress: FitProgress) => void } = {},
  ): Promise<Outcome<readonly FittedFile[]>> {
    const answer = await this.#ask('files', { type: 'fit-drawn', port, pages, limit, split }, [port], progress)
    return answer.ok ? ok(answer.value.files) : answer
  }

  /** Ends the worker while nothing is asked of it: what a photo took up in it is given back at once. */
  rest(): void {
    if (this.#asked.size === 0) this.stop()
  }

  /** Ends whatever is under way; its askers are told 'scan.failed'. */
  stop(): void {
    this.#worker?.terminate()
    this.#worker = null
    const asked = [...this.#asked.values()]
    this.#asked.clear()
    for (const { done } of asked) done(refuse('scan.failed'))
  }

  #ask<T extends Final['type']>(
    _type: T,
    wish: Wish,
    transfer: Transferable[] = [],
    progress?: (progress: FitProgress) => void,
  ): Promise<Outcome<AnswerOf<T>>> {
    this.#worker ??= this.#start()
    const id = this.#next++
    const worker = this.#worker
    return new Promise((resolve) => {
      this.#asked.set(id, { done: resolve as (answer: Outcome<Final>) => void, progress })
      worker.postMessage({ ...wish, id }, transfer)
    })
  }

  #start(): Worker {
    const worker = new Worker(new URL('./scanner.worker.ts', import.meta.url), { type: 'module' })
    worker.addEventListener('message', ({ data }: MessageEvent<ScannerAnswer>) => this.#hear(data))
    // Out of memory, or a file of the app that is no longer there.
    worker.addEventListener('error', () => this.stop())
    return worker
  }

  #hear(answer: ScannerAnswer): void {
    const asked = this.#asked.get(answer.id)
    if (answer.type === 'progress') {
      asked?.progress?.({ page: answer.page, pages: answer.pages })
      return
    }
    this.#asked.delete(answer.id)
    if (answer.type === 'failed') {
      console.error('scanner:', answer.message)
      asked?.done(refuse('scan.failed'))
    } else asked?.done(answer.type === 'refused' ? refusalOf(answer.problem) : ok(answer))
  }
}

function refusalOf(problem: ScannerProblem): Refused {
  if (problem.code === 'scan.photo-too-small') return refuse('photo.too-small')
  if (problem.code === 'scan.picture-unreadable' || problem.code === 'scan.heic') return refuse(problem.code)
  return refusalOfFit(problem)
}
