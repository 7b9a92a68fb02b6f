import { ok, type Outcome, refuse, type Refused } from '#domain/problems.ts'
import type { Draft } from '$lib/local/drafts.svelte.ts'
import {
  forgetShared,
  keepShared,
  kindOfShared,
  listShared,
  readShared,
  type SharedFile,
  takeable,
} from '$lib/local/shared-files.ts'
import type { Work } from '$lib/session/phone.svelte.ts'
import { ScanDesk } from '../scan/scan-desk.svelte.ts'
import type { SharePlace } from './share-places.ts'

/** What other apps shared into this one, on its way into a slot. A file stays here until its slot has it. */
export class ShareDesk {
  #files: readonly SharedFile[] = $state.raw([])
  #left: ReadonlySet<string> = $state.raw(new Set())
  #problems: ReadonlyMap<string, Refused> = $state.raw(new Map())
  #progress: { readonly at: number; readonly of: number } | null = $state.raw(null)

  get files(): readonly SharedFile[] {
    return this.#files
  }
  get chosen(): readonly SharedFile[] {
    return this.#files.filter(({ id }) => !this.#left.has(id))
  }
  get pdfs(): readonly SharedFile[] {
    return this.chosen.filter((file) => kindOfShared(file) === 'pdf')
  }
  get pictures(): readonly SharedFile[] {
    return this.chosen.filter((file) => kindOfShared(file) === 'picture')
  }
  isChosen = (id: string): boolean => !this.#left.has(id)
  problemOf = (id: string): Refused | undefined => this.#problems.get(id)
  /** the picture that is being looked at, from 1; null while nothing goes on */
  get progress(): { readonly at: number; readonly of: number } | null {
    return this.#progress
  }

  async read(): Promise<void> {
    this.#files = await listShared()
  }

  choose(id: string, chosen: boolean): void {
    const left = new Set(this.#left)
    if (chosen) left.delete(id)
    else left.add(id)
    this.#left = left
  }

  /** Files chosen here, for those who came by 上传材料. @returns how many were not taken: no PDF or picture, over a limit, or no room on the phone */
  async add(files: readonly File[]): Promise<number> {
    const taken = takeable(files)
    try {
      await keepShared(taken, () => crypto.randomUUID(), Date.now())
    } catch {
      return files.length
    } finally {
      await this.read()
    }
    return files.length - taken.length
  }

  async drop(id: string): Promise<void> {
    await forgetShared([id])
    await this.read()
  }

  /**
   * Hands the chosen files to a slot: PDFs go as they are, pictures become pages of its scan.
   * @returns how many pages the scan got; a picture that cannot be opened stays here and says why
   */
  async put(work: Work, draft: Draft, place: SharePlace): Promise<Outcome<{ pages: number; pdfs: number }>> {
    this.#problems = new Map()
    const { pdfs, pictures } = this
    this.#progress = { at: 0, of: pictures.length }
    try {
      if (pdfs.length > 0) {
        const files = (await Promise.all(pdfs.map(({ id }) => readShared(id)))).filter((one) => one !== null)
        const chosen = await work.uploads.choose(draft, place.path, files)
        if (!chosen.ok) return chosen
        await forgetShared(pdfs.map(({ id }) => id))
        void work.uploads.start(draft, place.path)
      }
      const pages = pictures.length > 0 ? await this.#scan(work, draft, place, pictures) : 0
      return pages === 0 && pdfs.length === 0
        ? (this.#firstProblem() ?? refuse('request.not-found'))
        : ok({ pages, pdfs: pdfs.length })
    } finally {
      this.#progress = null
      await this.read()
    }
  }

  async #scan(work: Work, draft: Draft, place: SharePlace, pictures: readonly SharedFile[]): Promise<number> {
    const desk = new ScanDesk(await work.scanStack(draft.id, place.path), place.slot.maxBytes)
    let pages = 0
    try {
      // One after the other: a phone holds one opened photo, not ten.
      for (const [at, { id }] of pictures.entries()) {
        this.#progress = { at: at + 1, of: pictures.length }
        const file = await readShared(id)
        if (!file) continue
        const taken = await desk.take(file)
        if (taken.ok) {
          pages += 1
          await forgetShared([id])
        } else this.#problems = new Map([...this.#problems, [id, taken]])
      }
    } finally {
      desk.close()
    }
    return pages
  }

  #firstProblem(): Refused | undefined {
    return [...this.#problems.values()][0]
  }
}
