import { ok, type Outcome, refuse, type Refused } from '#domain/problems.ts'
import type { KeptScanPage, ScanQuality } from '$lib/local/database.ts'
import type { ScanStack } from '$lib/local/scan-stack.svelte.ts'
import { AUTO_CAPTURE_CONFIDENCE } from '$lib/scan/confidence.ts'
import type { Quad } from '$lib/scan/geometry.ts'
import type { FittedFile, PageRequest } from '$lib/scan/messages.ts'
import { Scanner } from '$lib/scan/scanner.ts'

/** 画质: which share of the slot's limit the file may take. */
export const QUALITIES = {
  clear: { label: '清晰', share: 1 },
  medium: { label: '适中', share: 0.6 },
  small: { label: '省空间', share: 0.3 },
} as const satisfies Record<ScanQuality, { label: string; share: number }>

/** Corners the scanner is less sure of than this are worse than none: the whole picture is taken. */
const LEAST_CONFIDENCE = 0.5
/** What is being changed settles for so long before the file is made anew, ms. */
const SETTLE_MS = 400
const THUMB_LONG_SIDE = 420

export type FitState =
  | { readonly kind: 'idle' }
  | { readonly kind: 'working'; readonly page: number; readonly pages: number }
  | { readonly kind: 'done'; readonly files: readonly FittedFile[] }
  | { readonly kind: 'refused'; readonly problem: Refused }

/** A quad seen on the screen, with the size of the frame that it was seen in. */
export interface Expected {
  readonly quad: Quad
  readonly width: number
  readonly height: number
}

/** The work on the pages of one slot: taking pictures in, showing them, and making the file. */
export class ScanDesk {
  readonly stack: ScanStack
  /** bytes */
  readonly limit: number
  readonly scanner = new Scanner()
  /** of its own, so that a file that nobody needs any more can be given up at once */
  readonly #fitter = new Scanner()
  #fit: FitState = $state.raw({ kind: 'idle' })
  #fitted = ''
  #timer: ReturnType<typeof setTimeout> | undefined
  readonly #thumbs = new Map<string, Promise<ImageBitmap | null>>()

  constructor(stack: ScanStack, limit: number) {
    this.stack = stack
    this.limit = limit
  }

  get fit(): FitState {
    return this.#fit
  }

  /** The bytes that the chosen 画质 allows. */
  get budget(): number {
    return Math.floor(this.limit * QUALITIES[this.stack.quality].share)
  }

  /**
   * Takes a picture in: finds its page and keeps both.
   * @param expected what the viewfinder showed, for a still in which nothing is found
   */
  async take(
    picture: Blob,
    { expected, instead }: { expected?: Expected | undefined; instead?: string | undefined } = {},
  ): Promise<Outcome<KeptScanPage>> {
    const seen = await this.scanner.photo(picture)
    if (!seen.ok) return seen
    const { found, width, height, kept } = seen.value
    const sure = found !== null && found.confidence >= LEAST_CONFIDENCE
    const corners = sure ? found.corners : expected ? scaled(expected, width, height) : null
    const added = await this.stack.add(
      kept ?? picture,
      {
        width,
        height,
        corners,
        doubtful: !found || found.confidence < AUTO_CAPTURE_CONFIDENCE,
        turns: 0,
        filter: 'enhanced',
      },
      instead,
    )
    if (!added.ok) return added
    const page = this.stack.pages.find(({ id }) => id === added.value)
    return page ? ok(page) : refuse('request.not-found')
  }

  async requestOf(page: KeptScanPage): Promise<PageRequest | null> {
    const picture = await this.stack.pictureOf(page.id)
    return picture && { picture, corners: page.corners, turns: page.turns, filter: page.filter }
  }

  /** The page as it will look, small; the same page gives the same picture. */
  thumb(page: KeptScanPage): Promise<ImageBitmap | null> {
    const key = JSON.stringify([page.id, page.corners, page.turns, page.filter])
    const known = this.#thumbs.get(key)
    if (known) return known
    const made = this.requestOf(page).then(async (request) => {
      const preview = request && (await this.scanner.preview(request, THUMB_LONG_SIDE))
      if (preview?.ok) return preview.value
      this.#thumbs.delete(key)
      return null
    })
    this.#thumbs.set(key, made)
    return made
  }

  /** Makes the file of the pages as they are now, unless it is made already. Shows how far it is. */
  refit(): void {
    const { pages, quality, together } = this.stack
    const wanted = JSON.stringify([pages, quality, together])
    if (wanted === this.#fitted && this.#fit.kind !== 'idle') return
    this.#fitted = wanted
    clearTimeout(this.#timer)
    this.#fitter.stop()
    if (pages.length === 0) {
      this.#fit = { kind: 'idle' }
      return
    }
    this.#fit = { kind: 'working', page: 0, pages: pages.length }
    this.#timer = setTimeout(() => void this.#make(wanted, false), SETTLE_MS)
  }

  /** The same pages in as many files as it takes. */
  split(): Promise<void> {
    this.#fit = { kind: 'working', page: 0, pages: this.stack.pages.length }
    return this.#make(this.#fitted, true)
  }

  async #make(wanted: string, split: boolean): Promise<void> {
    // A phone opens one photo of twelve megapixels at a time: first what is seen, then the file.
    await Promise.allSettled(this.#thumbs.values())
    if (wanted !== this.#fitted) return
    this.scanner.rest()
    const requests = await Promise.all(this.stack.pages.map((page) => this.requestOf(page)))
    const pages = requests.filter((one) => one !== null)
    const [front, back] = pages
    const progress = (p: { page: number; pages: number }) => {
      if (wanted === this.#fitted) this.#fit = { kind: 'working', ...p }
    }
    const made =
      this.stack.together && pages.length === 2 && front && back
        ? await this.#fitter.card(front, back, this.budget)
        : await this.#fitter.fit(pages, this.budget, { split, progress })
    // The pages have been changed meanwhile.
    if (wanted !== this.#fitted) return
    this.#fitter.rest()
    this.#fit = made.ok ? { kind: 'done', files: made.value } : { kind: 'refused', problem: made }
  }

  /** Tries again after a fault. */
  again(): void {
    this.#fitted = ''
    this.refit()
  }

  close(): void {
    clearTimeout(this.#timer)
    this.#fitted = ''
    this.scanner.stop()
    this.#fitter.stop()
  }
}

function scaled({ quad, width, height }: Expected, toWidth: number, toHeight: number): Quad | null {
  // A still of another shape shows another part of the scene: the quad means nothing there.
  if (Math.abs(width / height - toWidth / toHeight) > 0.02) return null
  return quad.map((p) => ({ x: (p.x * toWidth) / width, y: (p.y * toHeight) / height })) as unknown as Quad
}
