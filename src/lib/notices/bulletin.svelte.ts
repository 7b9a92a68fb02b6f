import type { AimedBatch, BulletinKind } from '#domain/bulletin/bulletin.ts'
import { canonicalJson } from '#domain/forms/edition.ts'
import { ok, type Outcome } from '#domain/problems.ts'
import { bulletinKey, lastErasure, wasErasedSince } from '$lib/local/erasure.ts'
import type { PhoneDatabase } from '$lib/local/database.ts'
import { lately } from '$lib/local/lately.ts'
import { Live } from '$lib/local/live-query.svelte.ts'
import type { StoreAccess } from '$lib/local/phone-store.ts'
import { steadily, written } from '$lib/local/store-faults.ts'

/** An announcement or policy as the API lists it. */
export interface BulletinTitle {
  readonly id: string
  readonly kind: BulletinKind
  readonly title: string
  /** ISO */
  readonly publishedAt: string | null
  /** ISO; when it ends by itself. What was kept by an earlier version of this app knows neither this nor the next three. */
  readonly withdrawnAt?: string | null
  readonly pinned?: boolean
  /** goes up with every change */
  readonly revision?: number
  /** whose applicants it is for; none: not by batches */
  readonly batches?: readonly AimedBatch[]
}

export interface BulletinFile {
  readonly id: string
  readonly name: string
  /** bytes */
  readonly size: number
  readonly pages: number
}

export interface BulletinText extends BulletinTitle {
  /** with its marks (#domain/bulletin/rich-text.ts) */
  readonly body?: string
  /** the same without */
  readonly paragraphs: readonly string[]
  readonly documentNumber?: string
  readonly issuer?: string
  readonly files?: readonly BulletinFile[]
}

export interface BulletinQuery {
  readonly kind?: BulletinKind
  /** YYYY-MM-DD, both days counted */
  readonly from?: string
  readonly to?: string
  /** part of the title */
  readonly q?: string
  readonly page?: string
}

export interface BulletinSource {
  list(query: BulletinQuery): Promise<Outcome<{ items: readonly BulletinTitle[]; pages: number }>>
  text(id: string): Promise<Outcome<BulletinText>>
  /** tells that it was opened */
  opened(id: string): Promise<Outcome<unknown>>
}

/** One kept item. `paragraphs` is null until it was opened, or fetched to be read without a network. */
export interface KeptBulletin extends Omit<BulletinText, 'paragraphs'> {
  readonly paragraphs: readonly string[] | null
  /** which revision the text here is of */
  readonly textRevision?: number | undefined
  readonly read: boolean
  /** It was opened here; `untold`: the server, which counts how many have, does not know yet. */
  readonly opened?: 'untold' | 'told'
}

interface Shelf {
  readonly accountId: string
  readonly items: readonly KeptBulletin[]
}

/** Older ones are asked for again when somebody searches for them. */
const KEPT = 200
/** Texts of so many of the newest are fetched ahead, for reading without a network. */
const AHEAD = 10
/** On a phone that is new here only what is younger counts as unread: nobody has to read the last two years. */
const FRESH = 7 * 86_400_000

const order = ({ pinned, publishedAt, id }: BulletinTitle): string => `${pinned ? 1 : 0} ${publishedAt ?? ''} ${id}`
/** The pinned before all others. */
const newestFirst = (a: BulletinTitle, b: BulletinTitle): number => (order(a) < order(b) ? 1 : -1)

const isCurrent = ({ paragraphs, textRevision, revision }: KeptBulletin): boolean =>
  paragraphs !== null && textRevision === revision

/** 公告 and 政策规范 for the roles of one account, kept for reading without a network (R107, R110, R112). */
export class BulletinShelf {
  readonly #deps: {
    readonly store: StoreAccess
    readonly accountId: string
    readonly source: BulletinSource
    readonly now: () => number
  }
  readonly #live: Live<readonly KeptBulletin[]>

  constructor(deps: { store: StoreAccess; accountId: string; source: BulletinSource; now: () => number }) {
    this.#deps = deps
    this.#live = new Live<readonly KeptBulletin[]>(deps.store.open, (db) => this.#keptIn(db), [])
  }

  /** Newest first. */
  get list(): readonly KeptBulletin[] {
    return this.#live.current
  }
  /** Whether the list is what lies on the phone, and no longer merely empty. */
  get isRead(): boolean {
    return this.#live.isRead
  }
  get unread(): number {
    return this.list.filter(({ read }) => !read).length
  }

  async #kept(): Promise<readonly KeptBulletin[]> {
    return this.#keptIn(await this.#deps.store.open())
  }

  async #keptIn(db: PhoneDatabase): Promise<readonly KeptBulletin[]> {
    const shelf = (await db.meta.get(bulletinKey))?.value as Shelf | undefined
    // What was addressed to the roles of somebody else is not for this account (R112).
    if (shelf?.accountId !== this.#deps.accountId) return []
    // What has an end is over here too, whether or not there is a network.
    const now = this.#deps.now()
    return shelf.items.filter(({ withdrawnAt }) => !withdrawnAt || Date.parse(withdrawnAt) > now)
  }

  /** `refresh`, for who is content with an answer of a moment ago. */
  readonly freshen = lately(() => this.refresh())

  /** Takes the newest titles, and the texts of the first of them. What is here stays when there is no network. */
  async refresh(): Promise<Outcome<undefined>> {
    const isNew = (await this.#kept()).length === 0
    const found = await this.search({})
    if (!found.ok) return found
    if (isNew) {
      const old = this.#deps.now() - FRESH
      const taken = await this.#change((items) =>
        items.map((one) => (Date.parse(one.publishedAt ?? '') < old ? { ...one, read: true } : one)),
      )
      if (!taken.ok) return taken
    }
    for (const { id } of (await this.#kept()).filter((one) => !isCurrent(one)).slice(0, AHEAD)) {
      const text = await this.#fetch(id)
      if (!text.ok && text.code !== 'request.not-found') return text
    }
    const { ids, pages } = found.value
    const left = await this.#leaveOldOnes(new Set(ids), pages)
    if (!left.ok) return left
    await this.#tell()
    return ok()
  }

  /**
   * What is for a batch is no longer for who has deleted his draft in it. The first page says so of the newest; of older ones
   * the next pages are asked, as long as one is kept here that was on none.
   */
  async #leaveOldOnes(found: ReadonlySet<string>, pages: number): Promise<Outcome<undefined>> {
    const kept = await this.#kept()
    const missing = new Set(
      kept.filter(({ id, batches = [] }) => batches.length > 0 && !found.has(id)).map(({ id }) => id),
    )
    for (let page = 2; page <= pages && missing.size > 0; page++) {
      const answered = await this.#deps.source.list({ page: String(page) })
      if (!answered.ok) return answered
      for (const { id } of answered.value.items) missing.delete(id)
    }
    return missing.size === 0 ? ok() : this.#change((items) => items.filter(({ id }) => !missing.has(id)))
  }

  /** Asks the server, keeps the titles, and says which they are. A withdrawn one leaves with the first unfiltered page. */
  async search(query: BulletinQuery): Promise<Outcome<{ ids: readonly string[]; pages: number }>> {
    const isForNobody = await this.#asking()
    const answered = await this.#deps.source.list(query)
    if (!answered.ok) return answered
    const { items, pages } = answered.value
    const isFirst = Object.keys(query).length === 0
    const last = pages > 1 ? (items.at(-1)?.publishedAt ?? '') : ''
    const ids = new Set(items.map(({ id }) => id))
    const stored = await this.#change((kept) => {
      const before = new Map(kept.map((one) => [one.id, one]))
      const seen = items.map((one) => ({ paragraphs: null, read: false, ...before.get(one.id), ...one }))
      const others = kept.filter(({ id, publishedAt }) => !ids.has(id) && !(isFirst && (publishedAt ?? '') >= last))
      return [...seen, ...others]
    }, isForNobody)
    return stored.ok ? ok({ ids: [...ids], pages }) : stored
  }

  /** The text, from here or from the server, and the mark that it was read. */
  async open(id: string): Promise<Outcome<BulletinText>> {
    const kept = (await this.#kept()).find((one) => one.id === id)
    const here: Outcome<BulletinText> | undefined = kept?.paragraphs
      ? ok({ ...kept, paragraphs: kept.paragraphs })
      : undefined
    let text = here && isCurrent(kept!) ? here : await this.#fetch(id)
    // Better the text of before than none.
    if (!text.ok && text.code === 'network.offline' && here) text = here
    if (text.ok) {
      await this.#change((items) =>
        items.map((one) => (one.id === id ? { ...one, read: true, opened: one.opened ?? 'untold' } : one)),
      )
      // Nobody waits for it: without a network it is told with the next look.
      void this.#tell()
    }
    return text
  }

  /** Tells the server what was opened here since. What is no longer there needs no telling. */
  async #tell(): Promise<void> {
    for (const { id } of (await this.#kept()).filter(({ opened }) => opened === 'untold')) {
      const told = await this.#deps.source.opened(id)
      if (!told.ok && told.code !== 'request.not-found') return
      await this.#change((items) => items.map((one) => (one.id === id ? { ...one, opened: 'told' as const } : one)))
    }
  }

  async readAll(): Promise<void> {
    await this.#change((items) => items.map((one) => (one.read ? one : { ...one, read: true })))
  }

  async #fetch(id: string): Promise<Outcome<BulletinText>> {
    const isForNobody = await this.#asking()
    const answered = await this.#deps.source.text(id)
    // taken down, or no longer for this person
    if (!answered.ok && answered.code === 'request.not-found') {
      await this.#change((items) => items.filter((one) => one.id !== id))
    }
    if (!answered.ok) return answered
    const text = answered.value
    const stored = await this.#change((items) => {
      const before = items.find((one) => one.id === id)
      return [...items.filter((one) => one.id !== id), { read: false, ...before, ...text, textRevision: text.revision }]
    }, isForNobody)
    return stored.ok ? ok(text) : stored
  }

  /** Before a question to the server. @returns whether its answer is for nobody here: somebody was erased meanwhile (A35) */
  async #asking(): Promise<() => Promise<boolean>> {
    const db = await this.#deps.store.open()
    const erased = await steadily(db, () => lastErasure(db))
    return () => wasErasedSince(db, erased)
  }

  /** @param isForNobody asked where something is added; what is erased has nothing left to change */
  async #change(
    change: (items: readonly KeptBulletin[]) => readonly KeptBulletin[],
    isForNobody: () => Promise<boolean> = async () => false,
  ): Promise<Outcome<undefined>> {
    const { store, accountId } = this.#deps
    const db = await store.open()
    const stored = await written(db, () =>
      db.transaction('rw', db.meta, async () => {
        const before = await this.#keptIn(db)
        if (await isForNobody()) return
        const items = [...change(before)].sort(newestFirst).slice(0, KEPT)
        // Every write has the list read and drawn again.
        if (canonicalJson(items) === canonicalJson(before)) return
        await db.meta.put({ key: bulletinKey, accountId, value: { accountId, items } satisfies Shelf })
      }),
    )
    return stored.ok ? ok() : stored
  }
}
