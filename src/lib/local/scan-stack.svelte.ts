import { ok, type Outcome } from '#domain/problems.ts'
import type { KeptScan, KeptScanPage, PhoneDatabase, ScanQuality } from './database.ts'
import { fileTables, forgetScans } from './outbox.ts'
import type { NewId, PhoneClock } from './phone-clock.ts'
import { steadily, written } from './store-faults.ts'

export interface ScanStackDeps {
  readonly db: PhoneDatabase
  readonly clock: PhoneClock
  readonly newId: NewId
  readonly accountId: string
}

/** What a new page is made of; its picture is kept beside it. */
export type NewScanPage = Omit<KeptScanPage, 'id'>

/** The pages being scanned into one slot. Each change is in the store before its promise is kept: a reload loses nothing. */
export class ScanStack {
  readonly #deps: ScanStackDeps
  readonly applicationId: string
  readonly path: string
  #kept: KeptScan = $state.raw() as KeptScan
  #last: Promise<unknown> = Promise.resolve()

  constructor(deps: ScanStackDeps, place: { readonly applicationId: string; readonly path: string }) {
    this.#deps = deps
    this.applicationId = place.applicationId
    this.path = place.path
    this.#kept = this.#fresh()
  }

  get pages(): readonly KeptScanPage[] {
    return this.#kept.pages
  }
  get quality(): ScanQuality {
    return this.#kept.quality
  }
  get together(): boolean {
    return this.#kept.together === true
  }
  /** Nobody has said yet whether both sides go on one page. */
  get undecided(): boolean {
    return this.#kept.together === null
  }

  /** Reads what an earlier visit left, and throws away pictures that no page shows any more. */
  async open(): Promise<void> {
    const { db, accountId } = this.#deps
    await steadily(db, async () => {
      const rows = await db.scans.where('[applicationId+path]').equals([this.applicationId, this.path]).toArray()
      const kept = rows.find((one) => one.accountId === accountId)
      if (!kept) return
      // Scans of earlier versions say false from the start; with fewer than two pages nobody was asked.
      this.#kept = kept.together === false && kept.pages.length < 2 ? { ...kept, together: null } : kept
      const shown = new Set(kept.pages.map(({ id }) => id))
      const pictures = await db.scanPictures.where({ scanId: kept.id }).primaryKeys()
      await db.scanPictures.bulkDelete(pictures.filter((id) => !shown.has(id)))
    })
  }

  /** Adds a page at the end, or in the place of another. @returns its id; refused when the phone is full */
  async add(picture: Blob, page: NewScanPage, instead?: string): Promise<Outcome<string>> {
    const { db, newId, accountId } = this.#deps
    const id = newId()
    const bytes = await picture.arrayBuffer()
    const added = { ...page, id }
    const done = await this.#write(
      ({ pages }) => ({
        pages: pages.some((one) => one.id === instead)
          ? pages.map((one) => (one.id === instead ? added : one))
          : [...pages, added],
      }),
      (scanId) => db.scanPictures.put({ id, accountId, scanId, mime: picture.type || 'image/jpeg', bytes }),
    )
    return done.ok ? ok(id) : done
  }

  change(id: string, change: Partial<NewScanPage>): Promise<Outcome<undefined>> {
    return this.#write(({ pages }) => ({ pages: pages.map((one) => (one.id === id ? { ...one, ...change } : one)) }))
  }

  /** Moves a page to another place in the order, from 0. */
  move(id: string, to: number): Promise<Outcome<undefined>> {
    return this.#write(({ pages }) => {
      const page = pages.find((one) => one.id === id)
      const rest = pages.filter((one) => one.id !== id)
      return { pages: page ? [...rest.slice(0, to), page, ...rest.slice(to)] : pages }
    })
  }

  /** Takes a page away. Its picture stays until the scan is opened again, so that `putBack` can undo it. */
  remove(id: string): Promise<Outcome<undefined>> {
    return this.#write(({ pages }) => ({ pages: pages.filter((one) => one.id !== id) }))
  }

  putBack(page: KeptScanPage, at: number): Promise<Outcome<undefined>> {
    return this.#write(({ pages }) => ({
      pages: pages.some(({ id }) => id === page.id) ? pages : [...pages.slice(0, at), page, ...pages.slice(at)],
    }))
  }

  set(change: { readonly quality?: ScanQuality; readonly together?: boolean }): Promise<Outcome<undefined>> {
    return this.#write(() => change)
  }

  async pictureOf(id: string): Promise<Blob | null> {
    const { db } = this.#deps
    const kept = await steadily(db, () => db.scanPictures.get(id))
    return kept ? new Blob([kept.bytes], { type: kept.mime }) : null
  }

  /** The pages have become a file: nothing of them is kept. */
  async clear(): Promise<void> {
    const { db } = this.#deps
    const { id } = this.#kept
    await steadily(db, () => db.transaction('rw', fileTables(db), () => forgetScans(db, [id])))
    this.#kept = this.#fresh()
  }

  #fresh(): KeptScan {
    const { clock, newId, accountId } = this.#deps
    return {
      id: newId(),
      accountId,
      applicationId: this.applicationId,
      path: this.path,
      pages: [],
      quality: 'clear',
      together: null,
      at: new Date(clock.now()).toISOString(),
    }
  }

  /** Changes go one after the other, and are shown when they are stored. */
  #write(
    change: (kept: KeptScan) => Partial<KeptScan>,
    more?: (scanId: string) => Promise<unknown>,
  ): Promise<Outcome<undefined>> {
    const { db } = this.#deps
    const done = this.#last.then(async () => {
      const next = { ...this.#kept, ...change(this.#kept) }
      const stored = await written(db, () =>
        db.transaction('rw', db.scans, db.scanPictures, async () => {
          await more?.(next.id)
          await db.scans.put(next)
        }),
      )
      if (!stored.ok) return stored
      this.#kept = next
      return ok()
    })
    this.#last = done.catch(() => undefined)
    return done
  }
}
