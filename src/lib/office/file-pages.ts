import { getContext, setContext } from 'svelte'
import { ok, type Outcome } from '#domain/problems.ts'
import { fetchFile } from '$lib/session/fetch-file.ts'

/** So many pages stay at hand: a page of A4 as PNG is some hundred KB. */
const KEPT = 60

/** Pages of files as pictures of the server, fetched once while they are at hand and ahead of need. */
export class FilePages {
  readonly #pages = new Map<string, Promise<Outcome<string>>>()

  /** The address of a picture of one page, 1 the first. */
  page(fileId: string, page: number): Promise<Outcome<string>> {
    const href = `/api/files/${fileId}/pages/${page}.png`
    const known = this.#pages.get(href)
    if (known) {
      this.#pages.delete(href)
      this.#pages.set(href, known)
      return known
    }
    const fetched = this.#fetch(href)
    this.#pages.set(href, fetched)
    void fetched.then((outcome) => {
      if (!outcome.ok) this.#pages.delete(href)
    })
    for (const [oldest, picture] of this.#pages) {
      if (this.#pages.size <= KEPT) break
      this.#pages.delete(oldest)
      void picture.then((outcome) => outcome.ok && URL.revokeObjectURL(outcome.value))
    }
    return fetched
  }

  async #fetch(href: string): Promise<Outcome<string>> {
    const fetched = await fetchFile(href)
    return fetched.ok ? ok(URL.createObjectURL(new Blob([fetched.value], { type: 'image/png' }))) : fetched
  }

  close(): void {
    for (const picture of this.#pages.values()) {
      void picture.then((outcome) => outcome.ok && URL.revokeObjectURL(outcome.value))
    }
    this.#pages.clear()
  }
}

const KEY = Symbol('pages')
export const keepPages = (pages: FilePages): FilePages => setContext(KEY, pages)
export const thePages = (): FilePages => getContext(KEY)
