import { canonicalJson } from '#domain/forms/edition.ts'
import { ok, type Outcome } from '#domain/problems.ts'
import type { KeptNotice, PhoneDatabase } from '$lib/local/database.ts'
import { lastErasure, wasErasedSince } from '$lib/local/erasure.ts'
import { lately } from '$lib/local/lately.ts'
import { Live } from '$lib/local/live-query.svelte.ts'
import type { StoreAccess } from '$lib/local/phone-store.ts'
import { steadily, written } from '$lib/local/store-faults.ts'

/** A notice as the API tells it. */
export type NoticeView = Omit<KeptNotice, 'accountId' | 'readPending'>

interface NoticePage {
  /** newest first */
  readonly notices: readonly NoticeView[]
  readonly hasMore: boolean
  /** how many the account has in all, and how many of them nobody read */
  readonly total: number
  readonly unread: number
}

export interface NoticeSource {
  /** @param before id of the notice behind which the page begins; without it the newest */
  list(before: string | undefined): Promise<Outcome<NoticePage>>
  read(id: string): Promise<Outcome<unknown>>
}

/** 消息平台: the notices of one account, kept for reading without a network. */
export class Inbox {
  readonly #deps: {
    readonly store: StoreAccess
    readonly accountId: string
    readonly source: NoticeSource
    readonly now: () => number
  }
  readonly #live: Live<readonly KeptNotice[]>

  constructor(deps: { store: StoreAccess; accountId: string; source: NoticeSource; now: () => number }) {
    this.#deps = deps
    const { store, accountId } = deps
    this.#live = new Live<readonly KeptNotice[]>(
      store.open,
      async (db) =>
        (await db.notices.where({ accountId }).toArray()).sort((a, b) =>
          a.createdAt < b.createdAt ? 1 : a.createdAt > b.createdAt ? -1 : a.id < b.id ? 1 : -1,
        ),
      [],
    )
  }

  /** Newest first. */
  get list(): readonly KeptNotice[] {
    return this.#live.current
  }
  /** Whether the list is what lies on the phone, and no longer merely empty. */
  get isRead(): boolean {
    return this.#live.isRead
  }
  get unread(): number {
    return this.list.filter(({ readAt }) => readAt === null).length
  }

  /** `refresh`, for who is content with an answer of a moment ago. */
  readonly freshen = lately(() => this.refresh())

  /**
   * Tells the server what was read here, then asks for what is new, and for older pages until all are here (R107). What another
   * device read is taken over.
   */
  async refresh(): Promise<Outcome<undefined>> {
    const { store, accountId, source } = this.#deps
    const told = await this.#tell()
    if (!told.ok) return told
    const db = await store.open()
    const erased = await steadily(db, () => lastErasure(db))
    let before: string | undefined
    for (;;) {
      const answered = await source.list(before)
      if (!answered.ok) return answered
      const { notices, hasMore, total, unread } = answered.value
      const kept = await written(db, () =>
        db.transaction('rw', db.notices, db.meta, async () => {
          if (await wasErasedSince(db, erased)) return true
          for (const notice of notices) await this.#keep(db, notice)
          const here = db.notices.where({ accountId })
          return (await here.count()) >= total && (await here.filter(({ readAt }) => readAt === null).count()) <= unread
        }),
      )
      if (!kept.ok) return kept
      before = notices.at(-1)?.id
      if (!hasMore || before === undefined || kept.value) return ok()
    }
  }

  async #keep(db: PhoneDatabase, notice: NoticeView): Promise<void> {
    const before = await db.notices.get(notice.id)
    // A read mark that is on its way up is not taken back by an older list.
    const pending = before?.readPending === 1 && notice.readAt === null
    const next: KeptNotice = {
      ...notice,
      accountId: this.#deps.accountId,
      readAt: pending ? before.readAt : notice.readAt,
      readPending: pending ? 1 : 0,
    }
    // Every write has the list read and drawn again.
    if (canonicalJson(before) !== canonicalJson(next)) await db.notices.put(next)
  }

  async read(id: string): Promise<void> {
    await this.#mark(({ readAt, id: one }) => readAt === null && one === id)
    await this.#tell()
  }

  async readAll(): Promise<void> {
    await this.#mark(({ readAt }) => readAt === null)
    await this.#tell()
  }

  async #mark(which: (notice: KeptNotice) => boolean): Promise<void> {
    const { store, accountId, now } = this.#deps
    const db = await store.open()
    const readAt = new Date(now()).toISOString()
    await steadily(db, () => db.notices.where({ accountId }).filter(which).modify({ readAt, readPending: 1 }))
  }

  async #tell(): Promise<Outcome<undefined>> {
    const { store, accountId, source } = this.#deps
    const db = await store.open()
    for (const { id } of await db.notices
      .where({ accountId })
      .filter(({ readPending }) => readPending === 1)
      .toArray()) {
      const answered = await source.read(id)
      // One that the server no longer has needs no mark.
      if (!answered.ok && answered.code !== 'request.not-found') return answered
      await db.notices.update(id, { readPending: 0 })
    }
    return ok()
  }
}
