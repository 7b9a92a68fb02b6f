import type { ApplicationType } from '#domain/forms/application-type.ts'
import { ok, type Outcome, type ProblemCode, refuse, type Refused, wordsOf } from '#domain/problems.ts'
import { PROTOCOL_VERSION, type SyncAnswer, type SyncRequest } from '#domain/sync/protocol.ts'
import { timeInShanghai } from '#domain/working-days.ts'
import { type AttentionItem, attentionOf } from './attention.ts'
import type { PhoneDatabase } from './database.ts'
import type { Draft } from './drafts.svelte.ts'
import { lastErasure } from './erasure.ts'
import type { Lead } from './lead.ts'
import { Live } from './live-query.svelte.ts'
import { conflictsKey, discardRefused, nextRequest, syncedKey, takeAnswer, tryAgain, UNDO_TIME } from './outbox.ts'
import type { NewId, PhoneClock } from './phone-clock.ts'
import type { StoreAccess } from './phone-store.ts'
import { steadily, written } from './store-faults.ts'

export type SyncState = 'local' | 'syncing' | 'synced' | 'offline' | 'failed' | 'conflict'

/** How sync stands: what the badge and its sheet show. */
export interface SyncStatus {
  readonly state: SyncState
  /** changes and files that the server does not have yet */
  readonly waiting: number
  /** things refused: 需要处理 */
  readonly attention: number
  readonly conflicts: number
  /** when this phone last stood where the server stands, `09:38`; undefined before the first time */
  readonly at: string | undefined
  /** one sentence for the sheet behind the badge */
  readonly words: string
  /** why it failed */
  readonly problem: Refused | null
}

export interface SyncDeps {
  readonly store: StoreAccess
  readonly clock: PhoneClock
  readonly newId: NewId
  readonly accountId: string
  readonly device: string
  /** one round trip; a lost network is `network.offline` */
  readonly exchange: (request: SyncRequest) => Promise<Outcome<SyncAnswer>>
  readonly lead: Lead
  readonly online: () => boolean
  /** writes what is being typed, before anything is sent */
  readonly flush: () => Promise<void>
  readonly learnTime?: (now: string) => void
  /** the server asks to sign in again */
  readonly onexpired?: () => void
  /** the server speaks a newer protocol (S11) */
  readonly onoutdated?: () => void
  /** something waits and there is no network */
  readonly onoffline?: () => void
  readonly random?: () => number
}

interface Counts {
  readonly waiting: number
  readonly files: number
  readonly refused: readonly AttentionItem[]
  readonly conflicts: number
  readonly syncedAt: string | undefined
}

const DEBOUNCE = 1_000
const POLL = 30_000
const LONGEST_PAUSE = 60_000
/** Failures that another attempt will not mend by itself. */
const STOPS: readonly ProblemCode[] = [
  'account.not-signed-in',
  'account.not-allowed',
  'client.outdated',
  'sync.protocol-too-old',
]

/**
 * Sends what waits and takes in what changed, in one round trip at a time, and says how it stands. Never drops, never
 * repeats an answer's effect, and never shows a success that the store does not have.
 */
export class Sync {
  readonly #deps: SyncDeps
  readonly #live: Live<Counts>
  #counts: Counts = $state.raw({ waiting: 0, files: 0, refused: [], conflicts: 0, syncedAt: undefined })
  #running = $state(false)
  #problem: Refused | null = $state.raw(null)
  #failures = 0
  #current: Promise<Outcome<undefined>> | null = null
  #next: Promise<Outcome<undefined>> | null = null
  #hurry = false
  #timer: ReturnType<typeof setTimeout> | null = null
  #timerAt = Infinity
  #stop: (() => void) | null = null

  readonly #status: SyncStatus = $derived.by(() => this.#describe())

  constructor(deps: SyncDeps) {
    this.#deps = deps
    this.#live = new Live<Counts>(
      deps.store.open,
      (db) => this.#countIn(db),
      this.#counts,
      (counts) => {
        const more = counts.waiting > this.#counts.waiting
        this.#counts = counts
        if (more) this.soon(DEBOUNCE)
      },
    )
  }

  get status(): SyncStatus {
    return this.#status
  }
  /** 需要处理, oldest first. */
  get attention(): readonly AttentionItem[] {
    return this.#counts.refused
  }

  async #count(): Promise<Counts> {
    return this.#countIn(await this.#deps.store.open())
  }

  async #countIn(db: PhoneDatabase): Promise<Counts> {
    const { accountId } = this.#deps
    const waiting = await db.outbox.where('[accountId+state]').equals([accountId, 'waiting']).count()
    const refused = await db.outbox.where('[accountId+state]').equals([accountId, 'refused']).sortBy('seq')
    const files = await db.uploads
      .where({ accountId })
      .filter(({ state }) => state !== 'refused')
      .count()
    const types = new Map<string, ApplicationType | undefined>()
    for (const id of new Set(refused.map(({ applicationId }) => applicationId))) {
      const edition = (await db.applications.get(id))?.editionId
      types.set(id, edition === undefined ? undefined : (await db.editions.get(edition))?.catalogue)
    }
    return {
      waiting,
      files,
      refused: refused.map((row) => attentionOf(row, types.get(row.applicationId))),
      conflicts: ((await db.meta.get(conflictsKey(accountId)))?.value as number | undefined) ?? 0,
      syncedAt: (await db.meta.get(syncedKey(accountId)))?.value as string | undefined,
    }
  }

  #describe(): SyncStatus {
    const { waiting, refused, conflicts, syncedAt } = this.#counts
    const problem = this.#problem
    const attention = refused.length
    const isOffline = problem?.code === 'network.offline' || !this.#deps.online()
    const state: SyncState = this.#running
      ? 'syncing'
      : conflicts > 0
        ? 'conflict'
        : attention > 0 || (problem && !isOffline)
          ? 'failed'
          : isOffline
            ? 'offline'
            : waiting > 0
              ? 'local'
              : syncedAt
                ? 'synced'
                : 'local'
    const shown = syncedAt === undefined ? undefined : timeInShanghai(syncedAt)
    // the day only where it is another: the badge has room for `09:38`
    const at = shown?.startsWith(this.#deps.clock.today) ? shown.slice(11) : shown?.slice(5)
    const words = {
      syncing: waiting > 0 ? `正在同步 ${waiting} 项` : '正在同步',
      conflict: `有 ${conflicts} 处两台设备都改过，请选留下哪一个`,
      failed: attention > 0 ? `有 ${attention} 项需要处理，内容都在本机` : problem ? wordsOf(problem).detail : '',
      offline: waiting > 0 ? `没有网络，${waiting} 项已保存在本机，联网后自动同步` : '没有网络，可以继续填写',
      local: waiting > 0 ? `已保存到本机，还有 ${waiting} 项要同步` : '已保存到本机',
      synced: `已同步，${at ?? ''}`,
    }[state]
    return { state, waiting, attention, conflicts, at, words, problem }
  }

  /** Begins to listen: to changes here, to the network, and every 30 s while the page is looked at. */
  start(): void {
    if (this.#stop) return
    this.#live.start()
    const stops: (() => void)[] = [() => this.#live.stop()]
    // The browser took the store away, perhaps with all that was in it: the server has most of it. Where it takes away each
    // one that is opened, on a full disk, asking at once would never end.
    const lost = () => this.soon(this.#failures === 0 ? 0 : this.#pause())
    void this.#deps.store.open().then((db) => {
      if (!this.#stop) return
      db.on('close', lost)
      stops.push(() => db.on('close').unsubscribe(lost))
    })
    if (typeof window !== 'undefined') {
      const now = () => this.soon(0)
      const seen = () => document.visibilityState === 'visible' && this.soon(0)
      window.addEventListener('online', now)
      window.addEventListener('pageshow', now)
      document.addEventListener('visibilitychange', seen)
      // After a failure its own pauses count, and what the server asked for.
      const look = () => document.visibilityState === 'visible' && this.#failures === 0 && this.soon(0)
      const poll = setInterval(look, POLL)
      stops.push(() => {
        window.removeEventListener('online', now)
        window.removeEventListener('pageshow', now)
        document.removeEventListener('visibilitychange', seen)
        clearInterval(poll)
      })
    }
    this.#stop = () => stops.forEach((stop) => stop())
    this.soon(0)
  }

  stop(): void {
    this.#stop?.()
    this.#stop = null
    if (this.#timer !== null) clearTimeout(this.#timer)
    this.#timer = null
    this.#timerAt = Infinity
  }

  /** Syncs in so many ms, or earlier when that was already asked for. Does nothing while stopped. */
  soon(delay: number): void {
    if (!this.#stop || (this.#problem && STOPS.includes(this.#problem.code))) return
    const at = Date.now() + delay
    if (at >= this.#timerAt) return
    if (this.#timer !== null) clearTimeout(this.#timer)
    this.#timerAt = at
    this.#timer = setTimeout(() => {
      this.#timer = null
      this.#timerAt = Infinity
      this.now().catch((fault: unknown) => {
        // The store could not be read: what waits in it goes when it can.
        console.error(fault)
        this.#failures += 1
        this.soon(this.#pause())
      })
    }, delay)
  }

  /** 【保存】: what is being typed goes to the disk, then to the server; what may still be taken back when it may no longer. */
  async saveNow(): Promise<Outcome<undefined>> {
    await this.#deps.flush()
    const saved = await this.now()
    if (saved.ok && this.#counts.waiting > 0) this.soon(UNDO_TIME)
    return saved
  }

  /** Everything goes, also what may still be taken back: 【完成提交】, and whatever else needs the server to have all of it. */
  async saveAll(): Promise<Outcome<undefined>> {
    await this.#deps.flush()
    this.#hurry = true
    return this.now()
  }

  /** One exchange now. Those who ask while one runs share the one after it, so that their change is in it. */
  now(): Promise<Outcome<undefined>> {
    if (!this.#current) {
      this.#current = this.#run().finally(() => {
        this.#current = null
      })
      return this.#current
    }
    const current = this.#current
    const next = () => {
      this.#next = null
      return this.now()
    }
    // also where the one that runs could not read the store
    this.#next ??= current.then(next, next)
    return this.#next
  }

  async #run(): Promise<Outcome<undefined>> {
    const hurry = this.#hurry
    this.#hurry = false
    this.#running = true
    try {
      const outcome = await this.#deps.lead(`sync:${this.#deps.accountId}`, () => this.#exchangeAll(hurry))
      // Another tab is at it: what waits here goes with its next round.
      if (outcome === null) {
        this.soon(DEBOUNCE)
        return ok()
      }
      this.#after(outcome)
      return outcome
    } finally {
      // Re-read before the badge falls back to what was counted before the exchange.
      this.#counts = await this.#count().catch(() => this.#counts)
      this.#running = false
    }
  }

  async #exchangeAll(hurry: boolean): Promise<Outcome<undefined>> {
    const { store, accountId, clock, exchange, online } = this.#deps
    // Known before anything is marked as sent: what is typed on then still merges with what waits.
    if (!online()) return refuse('network.offline')
    const db = await store.open()
    for (let moved = 0; ;) {
      const erased = await steadily(db, () => lastErasure(db))
      const asked = await written(db, () => nextRequest(db, this.#deps, clock.now(), hurry))
      if (!asked.ok) return asked
      const request = asked.value
      // Go on while something is left and something moves; an application that was just learned lets its changes go.
      if (moved > 0 && request.mutations.length === 0) return ok()
      const answered = await exchange(request)
      if (!answered.ok) return answered
      if (answered.value.protocol > PROTOCOL_VERSION) return refuse('sync.protocol-too-old')
      this.#deps.learnTime?.(answered.value.now)
      const taken = await written(db, () => takeAnswer(db, accountId, request, answered.value, erased))
      if (!taken.ok) return taken
      moved = taken.value.settled + taken.value.learned
      if (moved === 0) return ok()
    }
  }

  #after(outcome: Outcome<undefined>): void {
    if (outcome.ok) {
      this.#failures = 0
      this.#problem = null
      return
    }
    this.#failures += 1
    this.#problem = outcome
    if (outcome.code === 'account.not-signed-in') this.#deps.onexpired?.()
    if (outcome.code === 'client.outdated' || outcome.code === 'sync.protocol-too-old') this.#deps.onoutdated?.()
    if (outcome.code === 'network.offline') this.#deps.onoffline?.()
    if (STOPS.includes(outcome.code)) return
    const asked = Number(outcome.params?.['seconds'] ?? 0) * 1000
    this.soon(Math.max(asked, this.#pause()))
  }

  #pause(): number {
    return pauseAfter(this.#failures, this.#deps.random ?? Math.random)
  }

  /** Signed in again, or the page was updated: what stopped may go on. */
  resume(): void {
    this.#problem = null
    this.#failures = 0
    this.soon(0)
  }

  /** 需要处理: send it once more. */
  async tryAgain(id: string): Promise<void> {
    await tryAgain(await this.#deps.store.open(), id, this.#deps.newId())
    this.#counts = await this.#count()
    this.soon(0)
  }

  /** 需要处理: give it up, once its owner has confirmed. */
  async discard(id: string): Promise<void> {
    await discardRefused(await this.#deps.store.open(), id)
    this.#counts = await this.#count()
  }

  /**
   * Brings everything of an application to the server and says at which version it may be submitted (R25).
   * Refused while a file is on its way, something was refused, or a conflict is open; with the path where that stands.
   */
  async readyToSubmit(draft: Draft): Promise<Outcome<{ version: number }>> {
    await draft.flush()
    const saved = await this.saveAll()
    if (!saved.ok) return saved
    const db = await this.#deps.store.open()
    // What was refused before a byte was sent is no part of the application.
    const files = await db.uploads
      .where({ applicationId: draft.id })
      .filter(({ state }) => state !== 'refused')
      .toArray()
    const [first] = files
    if (first) return refuse('attachment.missing', { count: files.length }, { path: first.path })
    const rows = await db.outbox.where({ applicationId: draft.id }).toArray()
    const stuck = rows.find(({ state }) => state !== 'waiting')
    if (stuck) return refuse(stuck.code ?? 'application.incomplete', stuck.params ?? undefined, { path: stuck.path })
    const application = await db.applications.get(draft.id)
    if (!application || application.version === 0) return refuse('reading.missing')
    if (application.conflicts.length > 0)
      return refuse('sync.conflict', undefined, { path: application.conflicts[0]?.path ?? '' })
    if (rows.length > 0) return refuse('application.version-changed')
    await draft.reread()
    return ok({ version: application.version })
  }
}

/** 1, 2, 4 … 60 s, each between half and whole of it, so that a thousand phones do not come back at one moment. */
export function pauseAfter(failures: number, random: () => number): number {
  return Math.min(LONGEST_PAUSE, 1_000 * 2 ** Math.max(0, failures - 1)) * (0.5 + random() / 2)
}
