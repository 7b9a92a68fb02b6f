import { keepTyped, typedBefore } from './typed-text.ts'

/** What lies in the drawer of a text. */
interface Kept {
  /** what the server had when `typed` was begun; null where an earlier version of this page put it there */
  readonly over: string | null
  /** null where nothing was changed */
  readonly typed: string | null
  readonly aside: readonly string[]
}

/**
 * A text while it is being written over what the server has of it. What is not saved outlives the page; where somebody else has
 * changed the text meanwhile it is laid aside, to be taken or dropped, and does not cover what the other has written.
 */
export class TypedDraft<T extends object> {
  entry = $state() as T
  #before = $state.raw('')
  #aside = $state.raw<readonly string[]>([])
  #recovered = $state(false)
  #begun = $state(false)
  readonly #drawer: string
  readonly #empty: () => T
  readonly isChanged = $derived(JSON.stringify(this.entry) !== this.#before)
  /** what was typed over a text that is no longer the server's */
  readonly aside = $derived(this.#aside.map((text) => this.#read(text)))

  /** @param drawer what it is kept under in this tab */
  constructor(drawer: string, empty: () => T) {
    this.#drawer = drawer
    this.#empty = empty
    this.entry = empty()
    this.#before = JSON.stringify(this.entry)
  }

  /** Whether what stands there was typed earlier and is not saved. */
  get recovered(): boolean {
    return this.#recovered && this.isChanged
  }

  /** Goes on from what the server has now, with what is not saved: of the page before, or of this one. */
  begin(now: T): void {
    const found = this.#begun ? this.#unsaved() : this.#kept()
    this.#before = JSON.stringify(now)
    const typed = found?.typed ?? null
    const news = typed !== null && JSON.stringify(this.#read(typed)) !== this.#before
    const overtaken = news && (found?.over == null || JSON.stringify(this.#read(found.over)) !== this.#before)
    this.#aside = [...(found?.aside ?? []), ...(overtaken ? [typed] : [])]
    this.#recovered = news && !overtaken
    this.entry = this.#read(this.#recovered ? typed! : this.#before)
    this.#begun = true
  }

  /** Puts what is not saved into the drawer: to be called whenever it changes. */
  keep(): void {
    // not before it was looked into
    if (!this.#begun) return
    const unsaved = this.#unsaved()
    keepTyped(this.#drawer, unsaved && JSON.stringify(unsaved))
  }

  /** The server has it as it stands there. */
  saved(): void {
    this.#before = JSON.stringify(this.entry)
    this.#recovered = false
  }

  /** Back to what the server has. */
  discard(): void {
    this.entry = this.#read(this.#before)
    this.#recovered = false
  }

  /** Takes over what was laid aside; what was typed since is laid aside in its place. */
  takeOver(at: number): void {
    const typed = this.isChanged ? [JSON.stringify(this.entry)] : []
    this.entry = this.#read(this.#aside[at]!)
    this.#aside = this.#aside.toSpliced(at, 1, ...typed)
    this.#recovered = true
  }

  /** Drops what was laid aside. */
  drop(at: number): void {
    this.#aside = this.#aside.toSpliced(at, 1)
  }

  #unsaved(): Kept | null {
    if (!this.isChanged && this.#aside.length === 0) return null
    const typed = this.isChanged ? JSON.stringify(this.entry) : null
    return { over: this.#before, typed, aside: this.#aside }
  }

  #kept(): Kept | null {
    const found = typedBefore(this.#drawer)
    if (found === null) return null
    const kept = JSON.parse(found) as Kept | T
    return 'aside' in kept ? (kept as Kept) : { over: null, typed: found, aside: [] }
  }

  /** What was typed in an earlier version of a page lacks what is new. */
  #read(text: string): T {
    return { ...this.#empty(), ...(JSON.parse(text) as T) }
  }
}
