import { goto } from '$app/navigation'
import type { FormTools, FormUploads } from '$lib/forms/form-draft.ts'
import type { Draft } from '$lib/local/drafts.svelte.ts'
import { mayScan } from '$lib/scan/may-scan.ts'
import { phone } from '$lib/session/phone.svelte.ts'
import { scanHref } from '../../scan/scan-place.ts'

export interface Viewed {
  readonly id: string
  readonly name: string
  readonly href: string | undefined
}

/** What the renderer may ask of the phone: uploads, the viewer, the scanner, requests to the office. */
export class ApplicationTools implements FormTools {
  readonly #draft: Draft
  #viewed = $state<Viewed | null>(null)
  #photo = $state<{ path: string; file: File } | null>(null)

  #shrinking = $state<{ id: string; path: string } | null>(null)

  constructor(draft: Draft) {
    this.#draft = draft
  }

  readonly uploads: FormUploads = {
    linesOf: (path) => phone.need().uploads.linesOf(this.#draft, path),
    choose: (path, files) => phone.need().uploads.choose(this.#draft, path, files),
    start: (path) => phone.need().uploads.start(this.#draft, path),
    retry: (id) => phone.need().uploads.retry(id),
    remove: (path, id) => phone.need().uploads.remove(this.#draft, path, id),
  }

  /** the file in the viewer */
  get viewed(): Viewed | null {
    return this.#viewed
  }
  /** the picture being cropped to 大一寸 */
  get photo(): { path: string; file: File } | null {
    return this.#photo
  }

  /** the file that is being re-made to fit */
  get shrinking(): { id: string; path: string } | null {
    return this.#shrinking
  }

  view = (id: string, name: string, href: string | undefined): void => {
    this.#viewed = { id, name, href }
  }
  closeViewer = (): void => {
    this.#viewed = null
  }
  cropPhoto = (path: string, file: File): void => {
    this.#photo = { path, file }
  }
  closePhoto = (): void => {
    this.#photo = null
  }
  requestEducationChange = (rowId: string): void => {
    void this.#draft.flush().then(() => goto(`/education/${rowId}?application=${this.#draft.id}`))
  }
  /** 拍照扫描: a page of its own, which comes back to the slot. */
  readonly scan =
    typeof window !== 'undefined' && mayScan()
      ? (path: string): void => {
          void this.#draft.flush()
          void goto(scanHref(this.#draft.id, path))
        }
      : undefined
  /** 自动压到 … 内 */
  readonly shrink =
    typeof window !== 'undefined' && mayScan()
      ? (id: string, path: string): void => {
          this.#shrinking = { id, path }
        }
      : undefined
  closeShrinking = (): void => {
    this.#shrinking = null
  }
  templateHref = (template: string): string | undefined =>
    this.#draft.isOnServer ? `/api/applications/${this.#draft.id}/papers/${template}?download=1` : undefined
}
