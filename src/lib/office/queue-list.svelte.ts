import { ok, type Outcome } from '#domain/problems.ts'
import type { QueuePage, QueueRow } from './desk.svelte.ts'
import { PAGE_SIZE, type QueueView } from './queue-view.ts'

/** One page of the queue, as the server answers it. */
export type AskPage = (view: QueueView) => Promise<Outcome<QueuePage>>

/**
 * The whole queue of a view: as long as it is from the beginning, with the pages that were looked at filled in. A page comes
 * when its rows would be seen.
 */
export class QueueList {
  #rows: readonly (QueueRow | undefined)[] = $state.raw([])
  #first: QueuePage | null = $state.raw(null)
  #view: QueueView | null = null
  /** pages that are here or on their way */
  #asked = new Set<number>()
  readonly #ask: AskPage

  constructor(askPage: AskPage) {
    this.#ask = askPage
  }

  get rows(): readonly (QueueRow | undefined)[] {
    return this.#rows
  }
  /** the page that the address names; null before it came */
  get page(): QueuePage | null {
    return this.#first
  }

  /** Begins anew with the page of the view. A slow answer to an older question replaces nothing. */
  async load(view: QueueView): Promise<Outcome<undefined> | null> {
    this.#view = view
    const found = await this.#ask(view)
    if (this.#view !== view) return null
    if (!found.ok) return found
    this.#asked = new Set([view.page])
    this.#rows = []
    this.#first = found.value
    this.#place(found.value)
    return ok()
  }

  /** Fetches what is missing of the rows from `from` to before `to`; a page that does not come is asked for again. */
  async need(from: number, to: number): Promise<void> {
    const view = this.#view
    if (!view) return
    const last = Math.floor(Math.max(from, to - 1) / PAGE_SIZE) + 1
    for (let page = Math.floor(from / PAGE_SIZE) + 1; page <= last; page++) {
      const asked = this.#asked
      if (asked.has(page)) continue
      asked.add(page)
      const found = await this.#ask({ ...view, page })
      if (this.#view !== view || this.#asked !== asked) return
      if (found.ok) this.#place(found.value)
      else asked.delete(page)
    }
  }

  /** The queue may have become shorter or longer since its first page was asked. */
  #place({ rows, page, total }: QueuePage): void {
    const all = Array.from({ length: total }, (_, at) => this.#rows[at])
    const before = (page - 1) * PAGE_SIZE
    for (const [at, row] of rows.entries()) if (before + at < total) all[before + at] = row
    this.#rows = all
  }
}
