import { KB } from '#domain/attachment.ts'
import { groupsThatFit, TOGETHER_BYTES } from '#domain/files-together.ts'
import { itemAt } from '#domain/forms/answers.ts'
import { isSlot } from '#domain/forms/application-type.ts'
import type { Slot } from '#domain/forms/slot.ts'
import {
  ok,
  type Outcome,
  type ProblemCode,
  type ProblemParams,
  refuse,
  type Refused,
  wordsOf,
} from '#domain/problems.ts'
import type { AttachedFile } from '#domain/sync/cell.ts'
import { timeInWords } from '#domain/working-days.ts'
import type { KeptUpload, PhoneDatabase } from './database.ts'
import type { Draft } from './drafts.svelte.ts'
import { checkFile, photoType, sha256 } from './file-check.ts'
import type { Lead } from './lead.ts'
import { Live } from './live-query.svelte.ts'
import { conflictsKey, outboxTables, queue } from './outbox.ts'
import type { NewId, PhoneClock } from './phone-clock.ts'
import { attachedLines, type SlotLine } from './slot-line.ts'
import { steadily, written } from './store-faults.ts'

export type { SlotLine }

/** What moves bytes to the server: `upload-transport.ts` by tus; a test brings its own. */
export interface UploadTransport {
  /** Whether this person has sent identical bytes before: then nothing is sent. */
  known(file: {
    applicationId: string
    path: string
    name: string
    sha256: string
    size: number
  }): Promise<Outcome<string | null>>
  /**
   * Sends the bytes, from where `url` left off, until the server has verified them.
   * @returns the upload's id
   */
  send(
    file: { applicationId: string; path: string; name: string; sha256: string; bytes: Blob; url: string | null },
    on: { url(url: string): void; progress(sent: number): void; signal: AbortSignal },
  ): Promise<Outcome<string>>
  /**
   * Sends small files of one application in one request.
   * @returns the upload's id of each, or why it was refused, in their order
   */
  together(
    applicationId: string,
    files: readonly { path: string; name: string; sha256: string; bytes: ArrayBuffer }[],
    on: { progress(place: number, sent: number): void; signal: AbortSignal },
  ): Promise<Outcome<readonly Outcome<string>[]>>
  /** Tells the server that an unfinished upload is not wanted. Never fails. */
  forget(url: string): Promise<void>
}

export interface UploadDeps {
  readonly db: PhoneDatabase
  readonly clock: PhoneClock
  readonly newId: NewId
  readonly accountId: string
  readonly transport: UploadTransport
  readonly lead: Lead
  readonly online: () => boolean
  readonly onexpired?: () => void
  /** ms before the second attempt */
  readonly pause?: number
  /** ms until a file that failed on its way goes again by itself */
  readonly later?: number
}

/** requests, of which each carries one file, or several small ones */
const AT_ONCE = 2
/** Failures of the way, not of the file: the same bytes may well arrive a moment later. */
const PASSING: readonly ProblemCode[] = ['network.offline', 'request.unavailable', 'request.too-many']
/** Tried so often by itself before a person is asked, with this pause times 1, 2, 4, ms. */
const ATTEMPTS = 3
const PAUSE = 2_000
/** So long after that it goes again by itself: what was away on the server comes back without a hand of the person's, ms. */
const LATER = 60_000

/** Files go together as far as the line carries them in this time, ms, */
const TOGETHER_LASTS = 5_000
/** but no line is taken to carry less at once. */
const TOGETHER_AT_LEAST = 256 * KB

/** Not tried yet: what was tried goes by itself, from where it was cut, and says its own words. */
const isNew = (row: KeptUpload) => row.state === 'queued' && row.sha256 === null && row.url === null

/** How long the server wishes to be left alone, ms (`Retry-After`). */
const pauseAsked = ({ params }: Refused): number => Number(params?.['seconds'] ?? 0) * 1000

const byOrder = (a: KeptUpload, b: KeptUpload) =>
  a.createdAt < b.createdAt ? -1 : a.createdAt > b.createdAt ? 1 : a.position - b.position

/** Files on their way from this phone to the server: chosen, checked, sent, verified, attached. */
export class Uploads {
  readonly #deps: UploadDeps
  readonly #live: Live<readonly KeptUpload[]>
  #rows: readonly KeptUpload[] = $state.raw([])
  #progress: ReadonlyMap<string, number> = $state.raw(new Map())
  readonly #running = new Map<string, AbortController>()
  /** What is being sent, until the next ones have been looked for. */
  readonly #following = new Set<Promise<void>>()
  #requests = 0
  /** What one request may carry: less where the last one was slow or was cut. */
  #carries = TOGETHER_BYTES
  /** Pausing after a failure, or sent by another tab at this moment. */
  readonly #resting = new Set<string>()
  readonly #attempts = new Map<string, number>()
  readonly #pause: number
  readonly #later: number
  readonly #timers = new Set<ReturnType<typeof setTimeout>>()
  #stop: (() => void) | null = null
  /** Nothing goes any more: who these files are of is not who is signed in. */
  #isStopped = false
  /** Nothing goes until its person has signed in again. */
  #isExpired = false

  constructor(deps: UploadDeps) {
    this.#pause = deps.pause ?? PAUSE
    this.#later = deps.later ?? LATER
    this.#deps = deps
    this.#live = new Live<readonly KeptUpload[]>(
      async () => deps.db,
      () => this.#all(),
      [],
      (rows) => {
        this.#rows = rows
        void this.#pump()
      },
    )
  }

  async #all(): Promise<readonly KeptUpload[]> {
    // Read so that the query runs again when an application has come that files wait for.
    await this.#deps.db.meta.get(conflictsKey(this.#deps.accountId))
    return (await this.#deps.db.uploads.where({ accountId: this.#deps.accountId }).toArray()).sort(byOrder)
  }

  async #reread(): Promise<void> {
    this.#rows = await steadily(this.#deps.db, () => this.#all())
  }

  /** Goes on with what was left: after a reload, or when the network is back. */
  start(): Promise<void>
  /** 【开始上传】: sends what was chosen, in one slot or in all of the application. */
  start(draft: Pick<Draft, 'id'>, path?: string): Promise<void>
  async start(draft?: Pick<Draft, 'id'>, path?: string): Promise<void> {
    if (draft) {
      const { db } = this.#deps
      await steadily(db, () =>
        db.uploads
          .where({ applicationId: draft.id })
          .filter((one) => one.state === 'chosen' && (path === undefined || one.path === path))
          .modify({ state: 'queued' }),
      )
      await this.#reread()
      return this.#pump()
    }
    if (this.#stop) return
    this.#isStopped = false
    this.#live.start()
    const again = () => void this.#pump()
    if (typeof window !== 'undefined') window.addEventListener('online', again)
    this.#stop = () => {
      this.#live.stop()
      if (typeof window !== 'undefined') window.removeEventListener('online', again)
    }
    // A page that was killed while it sent: its files are nobody's now.
    const { db, accountId } = this.#deps
    await steadily(db, () =>
      db.uploads.where('[accountId+state]').equals([accountId, 'sending']).modify({ state: 'queued' }),
    )
    await this.#reread()
    await this.#pump()
  }

  stop(): void {
    this.#isStopped = true
    this.#stop?.()
    this.#stop = null
    for (const one of this.#running.values()) one.abort()
    for (const timer of this.#timers) clearTimeout(timer)
    this.#timers.clear()
    this.#resting.clear()
  }

  /** The network is back, or an application that files waited for has come. */
  goOn(): Promise<void> {
    return this.#pump()
  }

  /** Signed in again: what waited for that goes on from where it stood. */
  resume(): Promise<void> {
    this.#isExpired = false
    return this.#pump()
  }

  /** Files that the server does not have in the application yet; what was refused here does not count. */
  get open(): number {
    return this.#rows.filter(({ state }) => state !== 'refused').length
  }

  /** The lines of a slot: attached files first, then those on their way, in order. */
  linesOf(draft: Draft, path: string): readonly SlotLine[] {
    const attached = attachedLines(draft, path)
    const here = new Set(attached.map(({ id }) => id))
    const refusal = draft.refusalAt(path)
    return [
      ...attached,
      ...this.#rows
        .filter((row) => row.applicationId === draft.id && row.path === path && !here.has(row.id))
        .map((row) =>
          this.#line(row, row.state === 'sent' && refusal?.kind === 'attach' ? refusal.words.detail : null),
        ),
    ]
  }

  #line(row: KeptUpload, refusal: string | null): SlotLine {
    const { id, name, size, state, code, params } = row
    const problem = refusal ?? (code === null ? undefined : wordsOf({ code, params: params ?? undefined }).detail)
    const sent = this.#progress.get(id) ?? row.sent
    const shown: SlotLine['state'] =
      refusal !== null || state === 'failed'
        ? 'failed'
        : state === 'refused'
          ? code === 'attachment.too-large'
            ? 'too-large'
            : 'failed'
          : state === 'sending' || state === 'sent'
            ? 'uploading'
            : state === 'queued' && !this.#deps.online()
              ? 'offline'
              : 'waiting'
    return {
      id,
      name,
      bytes: size,
      state: shown,
      ...(shown === 'uploading' && { sent: state === 'sent' ? 1 : size === 0 ? 0 : sent / size }),
      ...(problem !== undefined && { problem }),
      ...(code !== null && { code }),
      removable: true,
      retryable: refusal !== null || state === 'failed',
    }
  }

  /**
   * Takes chosen files in: reads them at once (a chosen file may become unreadable a moment later on iOS), checks each
   * against its slot, and keeps the bytes. Nothing is sent before 【开始上传】. What is refused stays as a line that says why.
   */
  async choose(draft: Draft, path: string, files: Iterable<File>): Promise<Outcome<readonly SlotLine[]>> {
    const { db, accountId } = this.#deps
    const chosen = [...files]
    const contents = await Promise.all(chosen.map((file) => file.arrayBuffer().catch(() => new ArrayBuffer(0))))
    const slot = this.#slotAt(draft, path)
    if (!slot.ok) return slot
    const closed = this.#mayAdd(draft)
    if (closed) return closed
    const full = this.#tooMany(draft, path, slot.value, chosen.length)
    if (full) return full
    const { accept } = slot.value
    const room = await roomFor(contents.reduce((sum, bytes) => sum + bytes.byteLength, 0))
    if (room) return room

    const last = this.#lastPosition(draft, path)
    const added = chosen.map((file, at) =>
      this.#taken(draft, path, slot.value, file, contents[at] as ArrayBuffer, last + 1 + at),
    )
    const stored = await written(db, () =>
      db.transaction('rw', db.uploads, db.uploadBytes, async () => {
        // The one photo replaces another that has not gone yet (R62).
        if (accept === 'photo') {
          const old = this.#rows.filter(
            (row) => row.applicationId === draft.id && row.path === path && row.state !== 'sent',
          )
          await this.#erase(old.map(({ id }) => id))
        }
        await db.uploads.bulkAdd(added)
        // One that is too large can be re-made to fit; of the others nothing can be made.
        const kept = added.filter(({ state, code }) => state === 'chosen' || code === 'attachment.too-large')
        await db.uploadBytes.bulkAdd(
          kept.map(({ id }) => ({
            id,
            accountId,
            bytes: contents[added.findIndex((one) => one.id === id)] as ArrayBuffer,
          })),
        )
      }),
    )
    if (!stored.ok) return stored
    await this.#reread()
    return ok(added.map((row) => this.#line(row, null)))
  }

  #slotAt(draft: Pick<Draft, 'type'>, path: string): Outcome<Slot> {
    const found = itemAt(draft.type, path)
    return found && isSlot(found.item) ? ok(found.item) : refuse('answer.unknown-path', undefined, { path })
  }

  #mayAdd(draft: Draft): Refused | null {
    if (draft.editable) return null
    const { closesAt } = draft
    return closesAt !== null && this.#deps.clock.now() > Date.parse(closesAt)
      ? refuse('batch.closed', { closesAt: timeInWords(closesAt) })
      : refuse('application.not-editable')
  }

  /** Why so many more cannot stand in the slot; what was refused does not count, and neither does what gives way. */
  #tooMany(draft: Draft, path: string, { accept, maxFiles }: Slot, more: number, instead?: string): Refused | null {
    if (accept === 'photo') return more > 1 ? refuse('attachment.too-many-files', { atMost: 1 }, { path }) : null
    const before = this.linesOf(draft, path).filter(
      ({ id, state }) => id !== instead && state !== 'too-large' && state !== 'failed',
    ).length
    return before + more > maxFiles ? refuse('attachment.too-many-files', { atMost: maxFiles }, { path }) : null
  }

  #lastPosition(draft: Draft, path: string): number {
    const positions = [
      ...(draft.answers.files[path] ?? []),
      ...this.#rows.filter((row) => row.applicationId === draft.id && row.path === path),
    ]
    return Math.max(0, ...positions.map((one) => one.position))
  }

  /** A file as it is kept: waiting for 【开始上传】, or with what is wrong with it. */
  #taken(draft: Draft, path: string, slot: Slot, file: File, bytes: ArrayBuffer, position: number): KeptUpload {
    const { clock, newId, accountId } = this.#deps
    const issue = checkFile(new Uint8Array(bytes), slot)
    return {
      id: newId(),
      accountId,
      applicationId: draft.id,
      path,
      name: nameOf(file.name, slot.accept),
      mime: slot.accept === 'photo' ? (photoType(new Uint8Array(bytes)) ?? file.type) : 'application/pdf',
      size: bytes.byteLength,
      accept: slot.accept,
      position,
      state: issue ? 'refused' : 'chosen',
      sha256: null,
      url: null,
      uploadId: null,
      sent: 0,
      code: issue?.code ?? null,
      params: issue?.params ?? null,
      createdAt: new Date(clock.now()).toISOString(),
    }
  }

  /**
   * What was made of a file that was too large takes its place: 自动压到 500 KB 内. The first part stands where it stood, the
   * others behind the last file of the slot. All or nothing: a first part without the others looks like the whole certificate.
   */
  async replace(draft: Draft, id: string, parts: readonly File[]): Promise<Outcome<undefined>> {
    const { db, accountId } = this.#deps
    const contents = await Promise.all(parts.map((part) => part.arrayBuffer()))
    const row = await db.uploads.get(id)
    if (!row || row.accountId !== accountId) return refuse('request.not-found')
    const { path } = row
    const slot = this.#slotAt(draft, path)
    if (!slot.ok) return slot
    const closed = this.#mayAdd(draft)
    if (closed) return closed
    for (const bytes of contents) {
      const issue = checkFile(new Uint8Array(bytes), slot.value)
      if (issue) return issue
    }
    const full = this.#tooMany(draft, path, slot.value, parts.length, id)
    if (full) return full
    // What it takes the place of is given back: on a phone that is nearly full, making it smaller is what helps.
    const more = contents.reduce((sum, bytes) => sum + bytes.byteLength, 0) - row.size
    const room = more > 0 ? await roomFor(more) : null
    if (room) return room

    const last = this.#lastPosition(draft, path)
    const [first, ...rest] = contents
    if (!first) return refuse('scan.no-pages')
    const added = rest.map((bytes, at) =>
      this.#taken(draft, path, slot.value, parts[at + 1] as File, bytes, last + 1 + at),
    )
    const change = {
      size: first.byteLength,
      state: 'chosen' as const,
      code: null,
      params: null,
      sha256: null,
      url: null,
      sent: 0,
    }
    const stored = await written(db, () =>
      db.transaction('rw', db.uploads, db.uploadBytes, async () => {
        // × was tapped while it was made smaller.
        if ((await db.uploads.update(id, change)) === 0) return refuse('request.not-found')
        await db.uploadBytes.put({ id, accountId, bytes: first })
        await db.uploads.bulkAdd(added)
        await db.uploadBytes.bulkAdd(
          added.map((one, at) => ({ id: one.id, accountId, bytes: rest[at] as ArrayBuffer })),
        )
        return ok()
      }),
    )
    await this.#reread()
    return stored.ok ? stored.value : stored
  }

  /** The bytes that are still here, to show or to re-make them. */
  async bytesOf(id: string): Promise<File | null> {
    const row = await this.#deps.db.uploads.get(id)
    const kept = await this.#deps.db.uploadBytes.get(id)
    return row && kept && row.accountId === this.#deps.accountId
      ? new File([kept.bytes], row.name, { type: row.mime })
      : null
  }

  /** 再传一次. */
  async retry(id: string): Promise<void> {
    const { db } = this.#deps
    await steadily(db, () =>
      db.transaction('rw', [...outboxTables(db), db.uploads], async () => {
        const row = await db.uploads.get(id)
        if (!row) return
        // Sent, but refused when it was to be attached: the mutation's answer stands for ever, so it is made anew.
        const refused = await db.outbox
          .where({ applicationId: row.applicationId })
          .filter((one) => one.mutation.kind === 'attach' && one.mutation.attachmentId === id)
          .toArray()
        await db.outbox.bulkDelete(refused.filter(({ state }) => state === 'refused').map(({ seq }) => seq as number))
        await db.uploads.update(id, {
          state: 'queued',
          code: null,
          params: null,
          ...(row.state === 'sent' && { url: null, uploadId: null }),
        })
      }),
    )
    await this.#reread()
    await this.#pump()
  }

  /** × behind a file (R45): stops it, takes it back, or detaches it where the server has it. */
  async remove(draft: Draft, path: string, id: string): Promise<Outcome<undefined>> {
    this.#running.get(id)?.abort()
    const { db } = this.#deps
    const row = await db.uploads.get(id)
    await draft.reread()
    const isShown = () => draft.answers.files[path]?.some((file) => file.id === id) ?? false
    if (isShown()) {
      const done = await draft.detach(path, id)
      if (!done.ok) return done
    }
    if (row) {
      await db.transaction('rw', [db.outbox, db.uploads, db.uploadBytes], async () => {
        const refused = await db.outbox
          .where({ applicationId: row.applicationId })
          .filter(
            (one) => one.state === 'refused' && one.mutation.kind === 'attach' && one.mutation.attachmentId === id,
          )
          .toArray()
        await db.outbox.bulkDelete(refused.map(({ seq }) => seq as number))
        await this.#erase([id])
      })
      if (row.url && row.state !== 'sent') void this.#deps.transport.forget(row.url)
      await draft.reread()
      // Its last byte was confirmed and it was linked between the look above and here.
      if (isShown()) await draft.detach(path, id)
    }
    await this.#reread()
    return ok()
  }

  async #erase(ids: readonly string[]): Promise<void> {
    await this.#deps.db.uploads.bulkDelete([...ids])
    await this.#deps.db.uploadBytes.bulkDelete([...ids])
  }

  /** Sends the next ones in order, a few at a time. */
  async #pump(): Promise<void> {
    const { db } = this.#deps
    if (this.#isStopped || this.#isExpired || !this.#deps.online()) return
    const idle = ({ id }: KeptUpload) => !this.#running.has(id) && !this.#resting.has(id)
    for (const row of this.#rows.filter(({ state }) => state === 'queued')) {
      if (this.#requests >= AT_ONCE) return
      if (!idle(row)) continue
      const rows = this.#withThose(row, idle)
      // Reserved before the first await, so that two pumps do not take one file.
      const aborts = rows.map(() => new AbortController())
      for (const [at, { id }] of rows.entries()) this.#running.set(id, aborts[at] as AbortController)
      this.#requests += 1
      const ended = () => {
        this.#requests -= 1
        for (const { id } of rows) this.#running.delete(id)
      }
      const application = await steadily(db, () => db.applications.get(row.applicationId)).catch((fault: unknown) => {
        this.#fellOut(rows, fault)
        return undefined
      })
      // The server creates the application at its reading gate; its files go after that.
      if (!application || application.version === 0) {
        ended()
        continue
      }
      const sent =
        rows.length === 1 ? this.#sendOne(row, aborts[0] as AbortController) : this.#sendTogether(rows, aborts)
      const goOn = async () => {
        ended()
        await this.#reread()
        await this.#pump()
      }
      const following = sent
        .catch((fault: unknown) => this.#fellOut(rows, fault))
        .finally(goOn)
        .finally(() => this.#following.delete(following))
      this.#following.add(following)
    }
  }

  /** The file, and those behind it that go in the same request. */
  #withThose(row: KeptUpload, idle: (row: KeptUpload) => boolean): readonly KeptUpload[] {
    if (!isNew(row)) return [row]
    const { applicationId } = row
    const behind = this.#rows.slice(this.#rows.indexOf(row))
    const fitting = behind.filter((one) => one.applicationId === applicationId && isNew(one) && idle(one))
    return groupsThatFit(fitting, ({ size }) => size, this.#carries)[0] ?? [row]
  }

  /** Resolves when nothing is being sent any more, and nothing of what was sent is still to be looked at. */
  async idle(): Promise<void> {
    while (this.#following.size > 0) await Promise.allSettled(this.#following)
  }

  async #sendOne(row: KeptUpload, abort: AbortController): Promise<void> {
    const outcome = await this.#deps.lead(`upload:${row.id}`, () => this.#carry(row, abort), false)
    if (outcome === null) return this.#rest(row.id, this.#pause)
    return this.#conclude(row, outcome, abort)
  }

  /** What became of one: sent, to be tried again, or refused. */
  async #conclude(row: KeptUpload, outcome: Outcome<undefined>, abort: AbortController): Promise<void> {
    if (outcome.ok) this.#attempts.delete(row.id)
    if (outcome.ok || abort.signal.aborted) return
    const { db } = this.#deps
    const { code } = outcome
    if (code === 'account.not-signed-in') {
      this.#isExpired = true
      this.#deps.onexpired?.()
      await steadily(db, () => db.uploads.update(row.id, { state: 'queued' }))
      return
    }
    const attempt = (this.#attempts.get(row.id) ?? 0) + 1
    // Without a network it waits for one, however long.
    const waits = code === 'network.offline' && !this.#deps.online()
    const asked = pauseAsked(outcome)
    // Who has to wait longer than until the next attempt by itself is told so.
    const again = waits || (PASSING.includes(code) && attempt < ATTEMPTS && asked <= this.#later)
    if (!waits) this.#attempts.set(row.id, again ? attempt : 0)
    if (again && !waits) this.#rest(row.id, Math.max(asked, this.#pause * 2 ** (attempt - 1)))
    const change = again
      ? { state: 'queued' as const }
      : PASSING.includes(code)
        ? failed('attachment.upload-failed')
        : refusedAs(outcome)
    await steadily(db, () => db.uploads.update(row.id, change))
    if (!again && PASSING.includes(code)) this.#tryLater(row.id, Math.max(asked, this.#later))
  }

  /** Several small ones in one request. Where that fails, each goes by itself: then it is said of each what is to be said. */
  async #sendTogether(rows: readonly KeptUpload[], aborts: readonly AbortController[]): Promise<void> {
    const leading = async (at: number, held: readonly KeptUpload[]): Promise<void> => {
      const row = rows[at]
      if (!row) return this.#carryTogether(held, (one) => aborts[rows.indexOf(one)] as AbortController)
      const led = await this.#deps.lead(
        `upload:${row.id}`,
        async () => ok(await leading(at + 1, [...held, row])),
        false,
      )
      if (led !== null) return
      // Another tab sends it at this moment.
      this.#rest(row.id, this.#pause)
      return leading(at + 1, held)
    }
    return leading(0, [])
  }

  async #carryTogether(rows: readonly KeptUpload[], abortOf: (row: KeptUpload) => AbortController): Promise<void> {
    const { db, transport } = this.#deps
    const known = await this.#digestsHere()
    const going: { row: KeptUpload; file: { path: string; name: string; sha256: string; bytes: ArrayBuffer } }[] = []
    for (const row of rows) {
      const kept = await db.uploadBytes.get(row.id)
      if (!kept || abortOf(row).signal.aborted) continue
      const digest = await sha256(kept.bytes)
      const asks = known.has(digest)
      known.add(digest)
      await db.uploads.update(row.id, { sha256: digest, ...(!asks && { state: 'sending' as const }) })
      // One that may be there already is asked for by itself.
      if (!asks) going.push({ row, file: { path: row.path, name: row.name, sha256: digest, bytes: kept.bytes } })
    }
    await this.#reread()
    if (going.length === 0) return
    const abort = new AbortController()
    for (const { row } of going) {
      const { signal } = abortOf(row)
      if (signal.aborted) abort.abort()
      signal.addEventListener('abort', () => abort.abort())
    }
    const [{ row: first }] = going as [(typeof going)[number]]
    const began = performance.now()
    const sent = await transport.together(
      first.applicationId,
      going.map(({ file }) => file),
      {
        progress: (place, bytes) => {
          const { row } = going[place] as (typeof going)[number]
          this.#progress = new Map(this.#progress).set(row.id, bytes)
        },
        signal: abort.signal,
      },
    )
    if (!abort.signal.aborted) {
      const bytes = going.reduce((sum, { file }) => sum + file.bytes.byteLength, 0)
      const took = performance.now() - began
      const within = (bytes * TOGETHER_LASTS) / took
      // What was over soon says how fast the line is at least.
      const carries = !sent.ok ? bytes / 4 : took > TOGETHER_LASTS ? within : Math.max(within, this.#carries)
      this.#carries = Math.min(TOGETHER_BYTES, Math.max(TOGETHER_AT_LEAST, carries))
    }
    for (const [place, { row, file }] of going.entries()) {
      // A server that names a pause is not asked before it is over, by none of them; nor one that asks who is there.
      const outcome = sent.ok
        ? sent.value[place]
        : pauseAsked(sent) > 0 || sent.code === 'account.not-signed-in'
          ? sent
          : undefined
      if (!outcome) {
        if (!abortOf(row).signal.aborted) await steadily(db, () => db.uploads.update(row.id, { state: 'queued' }))
        if (!abort.signal.aborted) this.#rest(row.id, this.#pause)
      } else {
        const linked = outcome.ok ? await this.#attach({ ...row, sha256: file.sha256 }, outcome.value) : outcome
        await this.#conclude(row, linked, abortOf(row))
      }
    }
  }

  /** Digests of what the server may have of this person, as far as this phone knows. */
  async #digestsHere(except?: string): Promise<Set<string>> {
    const { db, accountId } = this.#deps
    const applications = await db.applications.where({ accountId }).toArray()
    const onTheirWay = await db.uploads.where({ accountId }).toArray()
    return new Set([
      ...applications.flatMap(({ files }) => files.map(({ sha256: digest }) => digest)),
      ...onTheirWay.flatMap(({ id, sha256: digest }) => (digest === null || id === except ? [] : [digest])),
    ])
  }

  #tryLater(id: string, pause: number): void {
    if (!this.#stop) return
    const timer = setTimeout(() => {
      this.#timers.delete(timer)
      const row = this.#rows.find((one) => one.id === id)
      if (row?.state === 'failed' && row.code === 'attachment.upload-failed') void this.retry(id)
    }, pause)
    this.#timers.add(timer)
  }

  #rest(id: string, pause: number, before: () => Promise<void> = async () => {}): void {
    if (this.#isStopped) return
    this.#resting.add(id)
    const timer = setTimeout(() => {
      this.#timers.delete(timer)
      this.#resting.delete(id)
      void before().then(() => this.#pump())
    }, pause)
    this.#timers.add(timer)
  }

  /** The store failed under them: at once it would fail again, and none may stand as being sent when nobody sends it. */
  #fellOut(rows: readonly KeptUpload[], fault: unknown): void {
    console.error(fault)
    const { db } = this.#deps
    for (const row of rows) {
      this.#rest(row.id, this.#later, async () => {
        try {
          await steadily(db, () =>
            db.transaction('rw', db.uploads, async () => {
              const now = await db.uploads.get(row.id)
              if (now?.state === 'sending') await db.uploads.update(row.id, { state: 'queued' })
            }),
          )
          await this.#reread()
        } catch (again) {
          this.#fellOut([row], again)
        }
      })
    }
  }

  async #carry(row: KeptUpload, abort: AbortController): Promise<Outcome<undefined>> {
    const { db, transport } = this.#deps
    const kept = await db.uploadBytes.get(row.id)
    if (!kept) return refuse('attachment.empty')
    const digest = row.sha256 ?? (await sha256(kept.bytes))
    await db.uploads.update(row.id, { state: 'sending', sha256: digest })
    await this.#reread()
    const { applicationId, path, name, size } = row
    // Asked where it may be so: each question is a request.
    const mayBeThere = row.sha256 !== null || (await this.#digestsHere(row.id)).has(digest)
    const known = mayBeThere ? await transport.known({ applicationId, path, name, sha256: digest, size }) : ok(null)
    if (!known.ok) return known
    let uploadId = known.value
    if (uploadId === null) {
      const sent = await transport.send(
        { applicationId, path, name, sha256: digest, bytes: new Blob([kept.bytes], { type: row.mime }), url: row.url },
        {
          url: (url) => void db.uploads.update(row.id, { url }),
          progress: (bytes) => {
            this.#progress = new Map(this.#progress).set(row.id, bytes)
          },
          signal: abort.signal,
        },
      )
      if (!sent.ok) return sent
      uploadId = sent.value
    }
    return this.#attach({ ...row, sha256: digest }, uploadId)
  }

  /** The file is verified: it is linked by a mutation, in the order of everything else, in the same transaction. */
  async #attach(row: KeptUpload & { sha256: string }, uploadId: string): Promise<Outcome<undefined>> {
    const { db, clock, newId, accountId } = this.#deps
    const file: AttachedFile = {
      id: row.id,
      path: row.path,
      name: row.name,
      size: row.size,
      sha256: row.sha256,
      pages: 0,
      position: row.position,
    }
    const done = await written(db, () =>
      db.transaction('rw', [...outboxTables(db), db.uploads], async () => {
        // × was tapped in the last moment.
        if (!(await db.uploads.get(row.id))) return
        await db.uploads.update(row.id, { state: 'sent', uploadId, sent: row.size })
        const mutation = {
          kind: 'attach' as const,
          id: newId(),
          applicationId: row.applicationId,
          path: row.path,
          attachmentId: row.id,
          uploadId,
          name: row.name,
          sha256: row.sha256,
          position: row.position,
        }
        await queue(db, { accountId, mutation, file, now: clock.now() })
      }),
    )
    return done.ok ? ok() : done
  }
}

const failed = (code: ProblemCode) => ({ state: 'failed' as const, code, params: null })
const refusedAs = ({ code, params }: Refused): Partial<KeptUpload> => {
  // The file itself is at fault, or its place: nothing to go on from.
  const change: {
    state: 'failed' | 'refused'
    code: ProblemCode
    params: ProblemParams | null
    url: null
    sent: number
  } = {
    state:
      code.startsWith('attachment.') && code !== 'attachment.wrong-digest' && code !== 'attachment.upload-failed'
        ? 'refused'
        : 'failed',
    code,
    params: params ?? null,
    url: null,
    sent: 0,
  }
  return change
}

/** A name as the server takes it: composed, at most 200 characters, with the ending that its kind has. */
export function nameOf(name: string, accept: Slot['accept']): string {
  const clean = [...name.normalize('NFC')]
    .filter((one) => one >= ' ' && !'/\\'.includes(one))
    .join('')
    .trim()
  const short = clean.slice(-200)
  if (short !== '') return short
  return accept === 'pdf' ? '材料.pdf' : '照片.jpg'
}

/** Asks before a file is kept: the browser would rather throw everything away than fail in words. */
async function roomFor(bytes: number): Promise<Refused | null> {
  if (typeof navigator === 'undefined' || !navigator.storage?.estimate) return null
  const { usage = 0, quota = Infinity } = await navigator.storage.estimate()
  return usage + bytes > quota * 0.8 ? refuse('storage.full') : null
}
