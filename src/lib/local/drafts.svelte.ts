import {
  type Answers,
  type CellValue,
  emptyAnswers,
  type Facts,
  itemAt,
  pathOf,
  sharingParts,
} from '#domain/forms/answers.ts'
import { type ApplicationType, isAmong, isField, isList, placesAt } from '#domain/forms/application-type.ts'
import { checkCell } from '#domain/forms/check.ts'
import { type StepState, stepStates } from '#domain/forms/completeness.ts'
import { withOverrides } from '#domain/forms/edition.ts'
import type { AccountFact } from '#domain/forms/field.ts'
import { initialCells } from '#domain/forms/start.ts'
import { isEditable, type State } from '#domain/lifecycle/states.ts'
import { ok, type Outcome, refuse, type Refused } from '#domain/problems.ts'
import { graceEndsAt, isInGrace } from '#domain/rules/window.ts'
import type { Mutation } from '#domain/sync/mutation.ts'
import type { Conflict, ReturnView, ReviewComment } from '#domain/sync/protocol.ts'
import { timeInWords } from '#domain/working-days.ts'
import type { Batches } from './batches.svelte.ts'
import type { BatchOffer, KeptApplication, PhoneDatabase, Waiting } from './database.ts'
import { Live } from './live-query.svelte.ts'
import { type AttentionItem, attentionOf } from './attention.ts'
import { erasedKey } from './erasure.ts'
import {
  countConflicts,
  fileTables,
  follow,
  forgetApplication,
  labelAt,
  outboxTables,
  putBack,
  queue,
  queueField,
  readSnapshot,
  rowInWords,
  type Snapshot,
  takeBack,
  UNDO_TIME,
} from './outbox.ts'
import type { NewId, PhoneClock } from './phone-clock.ts'
import type { StoreAccess } from './phone-store.ts'
import { answersWith, type Shown, shownContent } from './shown-content.ts'
import { isStorageFull, steadily, storeProblemOf, written } from './store-faults.ts'

/** A keystroke is on the disk at the latest so long after it was made, ms. */
export const AUTOSAVE = 300
/** After a write that failed, the next attempt, ms. */
const AGAIN = 3_000

export interface DraftConflict {
  readonly path: string
  readonly label: string
  /** version of the cell that both values were seen at */
  readonly version: number
  /** what the field shows on this device where something was typed since; else what this device sent, or what stands */
  readonly mine: CellValue
  readonly theirs: CellValue
  /** every further value that was typed for this field and that settling gives up */
  readonly others: readonly CellValue[]
  readonly at: string
}

/** A removed row, to be handed to `undoRemove`. */
export interface RemovedRow {
  readonly path: string
  readonly mutationId: string
  /** ms of the server's time */
  readonly until: number
}

export interface DraftDeps {
  readonly store: StoreAccess
  readonly clock: PhoneClock
  readonly newId: NewId
  readonly accountId: string
  readonly device: string
}

type AccountFacts = Readonly<Record<AccountFact, string>>

/** Typed and not yet on the disk, or on the disk but not yet read back from it. */
interface Typed {
  readonly value: CellValue
  readonly was: CellValue
  readonly base: number
  readonly held: Refused | null
  /** tick of the write that holds it; null while it is not written */
  readonly tick: number | null
}

/**
 * One application being filled. What it shows is the server's content with everything that waits here applied (S13);
 * what its methods are told is shown at once, in Dexie within half a second, and at the server when there is a network.
 */
export class Draft {
  readonly id: string
  readonly type: ApplicationType
  readonly #deps: DraftDeps
  readonly #account: AccountFacts
  readonly #live: Live<Snapshot>
  /** as the office set it last: an end that it moved reaches a form that is open */
  readonly #batchLive: Live<BatchOffer | undefined>
  #batch: BatchOffer = $state.raw() as unknown as BatchOffer
  #application: KeptApplication = $state.raw() as unknown as KeptApplication
  #rows: readonly Waiting[] = $state.raw([])
  #typed: ReadonlyMap<string, Typed> = $state.raw(new Map())
  /** Those of them that lie in no row: what fifty cards depend on must not stir when a word in one of them does. */
  #typedAroundRows: ReadonlyMap<string, Typed> = $state.raw(new Map())
  #writing = $state(0)
  #problem: Refused | null = $state.raw(null)
  #tick = 0
  /** The store told of less than was written into it. */
  #doubts = false
  #erased: unknown
  #last: Snapshot | null = null
  #timer: ReturnType<typeof setTimeout> | null = null
  #flushing: Promise<void> | null = null
  #unlisten: () => void = () => {}
  #users = 0
  /** nobody looks at it any more */
  #isLeft = false
  #ended = false

  readonly #facts: Facts = $derived.by(() => ({
    today: this.#deps.clock.today,
    account: this.#account,
    batch: {
      batchName: this.batch.name,
      committeeName: this.batch.committeeName,
      specialties: this.batch.specialties,
      acceptancePoints: this.batch.acceptancePoints,
      heldTitles: this.batch.heldTitles,
    },
  }))
  /** Turns when the last moment of writing passes under the person's hands, and when the grace after it does. */
  readonly #isOver: string = $derived.by(() => {
    const now = this.#deps.clock.second ?? 0
    const end = Date.parse(this.closesAt ?? '')
    return `${now > end} ${now > end + (this.batch.graceMinutes ?? 0) * 60_000}`
  })
  /** Changes only when the disk does: a keystroke is laid over it. Rows that an autosave left as they were stay the same rows. */
  readonly #kept: Shown = $derived.by(() => {
    const { content, answers } = shownContent(this.#application, this.#rows, this.type, this.#facts)
    this.#before = sharingParts(this.#before, answers)
    return { content, answers: this.#before }
  })
  #before: Answers = emptyAnswers
  readonly #answers: Answers = $derived(this.#withTyped(this.#kept.answers, this.#typed))
  readonly #keptFields = $derived(this.#kept.answers.fields)
  readonly #keptFiles = $derived(this.#kept.answers.files)
  readonly #aroundRows: Answers = $derived(
    this.#withTyped({ fields: this.#keptFields, files: this.#keptFiles, rows: {} }, this.#typedAroundRows),
  )
  /** From what is on the disk, at most one autosave old: a keystroke must not check two hundred rows. */
  readonly #steps: readonly StepState[] = $derived.by(() =>
    stepStates(this.type, this.#kept.answers, this.#facts, this.#openComments()),
  )

  constructor(
    deps: DraftDeps,
    given: { application: KeptApplication; batch: BatchOffer; edition: ApplicationType; account: AccountFacts },
  ) {
    this.id = given.application.id
    this.#deps = deps
    this.#account = given.account
    this.#batch = given.batch
    this.type = withOverrides(given.edition, given.batch.overrides)
    this.#application = given.application
    const { calm } = deps.store
    this.#live = new Live<Snapshot>(
      calm,
      (db) => readSnapshot(db, this.id, this.#last),
      { application: given.application, rows: [], tick: 0, truth: -1 },
      (snapshot) => this.#take(snapshot),
    )
    this.#batchLive = new Live<BatchOffer | undefined>(
      calm,
      (db) => db.batches.get(given.batch.id),
      given.batch,
      (batch) => {
        // Every pull stores the batches again: only one that says something else is a new one.
        if (batch && JSON.stringify(batch) !== JSON.stringify(this.#batch)) this.#batch = batch
      },
    )
  }

  /** Starts to listen to the store. Resolves when the first content is there. */
  async listen(): Promise<void> {
    this.#live.start()
    this.#batchLive.start()
    const erasure = this.#deps.store.read((reader) => reader.meta(erasedKey))
    this.#erased = (await Promise.all([erasure, this.reread()]))[0]?.value
    if (typeof window === 'undefined') return
    const save = () => void this.flush()
    const hidden = () => document.visibilityState === 'hidden' && save()
    window.addEventListener('pagehide', save)
    window.addEventListener('blur', save)
    document.addEventListener('visibilitychange', hidden)
    document.addEventListener('focusout', save)
    this.#unlisten = () => {
      window.removeEventListener('pagehide', save)
      window.removeEventListener('blur', save)
      document.removeEventListener('visibilitychange', hidden)
      document.removeEventListener('focusout', save)
    }
  }

  /** Reads the store now, instead of waiting to be told. */
  async reread(): Promise<void> {
    this.#take(await this.#deps.store.read((reader) => reader.snapshot(this.id, this.#last)))
  }

  #take(snapshot: Snapshot): void {
    const { application, rows, tick } = snapshot
    // Older than what this draft wrote itself: it would bring back what was typed over. Or the store lost what it had
    // confirmed; the next write looks.
    if (tick < this.#tick) {
      this.#doubts = true
      if (!this.#ended) this.#timer ??= setTimeout(() => void this.flush(), AUTOSAVE)
      return
    }
    if (application) this.#application = application
    // Thrown away elsewhere, and not lost: its count is still there.
    else if (this.#last?.application) this.#application = { ...this.#application, gone: 1 }
    this.#tick = tick
    this.#last = snapshot
    this.#rows = rows
    const open = [...this.#typed].filter(([, typed]) => typed.tick === null || typed.tick > tick)
    if (open.length !== this.#typed.size) this.#setTyped(new Map(open))
  }

  #setTyped(typed: ReadonlyMap<string, Typed>): void {
    this.#typed = typed
    const aroundRows = [...typed].filter(([path]) => !path.includes('/'))
    if (aroundRows.length > 0 || this.#typedAroundRows.size > 0) this.#typedAroundRows = new Map(aroundRows)
  }

  #withTyped(answers: Answers, typed: ReadonlyMap<string, Typed>): Answers {
    let shown = answers
    for (const [path, { value }] of typed) shown = answersWith(shown, path, value, this.type)
    return shown
  }

  /** What a cell shows now. */
  #valueAt(path: string): CellValue {
    const typed = this.#typed.get(path)
    return typed ? typed.value : (this.#kept.content.cells[path]?.value ?? null)
  }

  // ---- what stands

  get batch(): BatchOffer {
    return this.#batch
  }
  get answers(): Answers {
    return this.#answers
  }
  /** Without the rows: all that a row's card depends on beside its own row. Typing in another row leaves it as it is. */
  get answersAroundRows(): Answers {
    return this.#aroundRows
  }
  /** As they are on the disk, at most one autosave old. */
  get keptAnswers(): Answers {
    return this.#kept.answers
  }
  get facts(): Facts {
    return this.#facts
  }
  get steps(): readonly StepState[] {
    return this.#steps
  }
  get editionId(): string {
    return this.#application.editionId
  }
  get state(): State {
    return this.#application.state
  }
  get number(): string | null {
    return this.#application.number
  }
  get version(): number {
    return this.#application.version
  }
  get isOnServer(): boolean {
    return this.#application.version > 0
  }
  get gateAcceptedAt(): string | null {
    return this.#application.gateAcceptedAt
  }
  get submittedAt(): string | null {
    return this.#application.submittedAt
  }
  get resubmitUntil(): string | null {
    return this.#application.resubmitUntil
  }
  get returned(): ReturnView | null {
    return this.#application.returned
  }

  /** The last moment at which this application may be changed and sent: the window, or what a return gives beyond it. */
  get closesAt(): string | null {
    const { closesAt } = this.batch
    const { resubmitUntil } = this.#application
    if (closesAt === null || resubmitUntil === null) return closesAt
    return Date.parse(resubmitUntil) > Date.parse(closesAt) ? resubmitUntil : closesAt
  }

  /** Whether its owner may change it now (A5). The server decides again. */
  get editable(): boolean {
    void this.#isOver
    return this.#mayEdit() === null
  }

  /**
   * Until when it may still be sent although writing has ended: while the minutes of grace run, and only where the server
   * had everything before the end. ISO; null otherwise. The server decides again.
   */
  get graceUntil(): string | null {
    void this.#isOver
    const { state, version, updatedAt, gone } = this.#application
    const now = this.#deps.clock.now()
    if (!isEditable(state) || version === 0 || gone === 1 || this.#rows.length > 0) return null
    if (!isInGrace(this.batch, this.resubmitUntil, new Date(now))) return null
    const until = graceEndsAt(this.batch, this.batch.graceMinutes ?? 0, updatedAt)
    return until !== null && now <= until.getTime() ? until.toISOString() : null
  }

  #mayEdit(): Refused | null {
    if (!isEditable(this.#application.state) || this.#application.gone === 1) return refuse('application.not-editable')
    const now = this.#deps.clock.now()
    if (now < Date.parse(this.batch.opensAt))
      return refuse('batch.not-open', { opensAt: timeInWords(this.batch.opensAt) })
    const { closesAt } = this
    return closesAt !== null && now > Date.parse(closesAt)
      ? refuse('batch.closed', { closesAt: timeInWords(closesAt) })
      : null
  }

  /** How safe what was typed is on this phone. */
  get saved(): 'saved' | 'saving' | 'failed' {
    if (this.#problem) return 'failed'
    return this.#writing > 0 || this.hasUnwritten ? 'saving' : 'saved'
  }
  get problem(): Refused | null {
    return this.#problem
  }
  get hasUnwritten(): boolean {
    return [...this.#typed.values()].some(({ tick }) => tick === null)
  }

  get conflicts(): readonly DraftConflict[] {
    return this.#application.conflicts
      .filter(({ path }) => !this.#isSettling(path))
      .map((one) => this.#conflictView(one))
  }
  /** The latest conflict at a path that nobody has settled yet. */
  conflictAt(path: string): DraftConflict | null {
    return this.conflicts.filter((one) => one.path === path).at(-1) ?? null
  }
  #isSettling(path: string): boolean {
    return this.#rows.some((row) => row.path === path && row.mutation.kind === 'settle' && row.state === 'waiting')
  }
  #conflictView({ path, version, kept, other, device, at }: Conflict): DraftConflict {
    const fromHere = device === this.#deps.device
    const typed = this.#typed.has(path) || this.#rows.some((row) => row.path === path && row.state !== 'refused')
    const shown = this.#valueAt(path)
    const mine = typed ? shown : fromHere ? other : kept
    const theirs = fromHere ? kept : other
    const all = this.#application.conflicts.filter((one) => one.path === path).map((one) => one.other)
    const others = [...new Set([...all, kept])].filter((value) => value !== mine && value !== theirs)
    return { path, label: labelAt(this.type, path), version, at, mine, theirs, others }
  }

  /** What the office wrote at a field, slot, row or step; `settled` once it has been changed since. */
  commentsAt(path: string): readonly ReviewComment[] {
    return (this.returned?.comments ?? [])
      .filter((one) => one.path === path)
      .map((one) => ({ ...one, settled: this.#isSettled(one) }))
  }
  /** The server says what came to it since; what is typed or waits here it does not know yet. */
  #isSettled({ path, settled }: ReviewComment): boolean {
    const places = placesAt(this.type, path)
    return (
      settled ||
      [...this.#typed.keys()].some((one) => isAmong(places, one)) ||
      this.#rows.some((row) => row.state === 'waiting' && isAmong(places, row.path))
    )
  }
  #openComments(): readonly string[] {
    return (this.returned?.comments ?? []).filter((one) => !this.#isSettled(one)).map(({ path }) => path)
  }

  /** What the server refused at a field and what therefore stands only here. */
  refusalAt(path: string): AttentionItem | null {
    const row = this.#rows.filter((one) => one.state === 'refused' && one.path === path).at(-1)
    return row ? attentionOf(row, this.type) : null
  }

  /** A value that only the account or the batch gives, or one in a row that an earlier application used (R66). */
  isLocked(path: string): boolean {
    const found = itemAt(this.type, path)
    if (!found) return true
    if (isField(found.item) && found.item.shows !== undefined) return true
    // Who locks a row is the server's word, so what is on the disk tells it.
    const row = found.list && this.#kept.answers.rows[found.list.id]?.find(({ id }) => id === found.rowId)
    return row?.lockedBy !== undefined && !(isField(found.item) && found.item.kind === 'mark')
  }

  // ---- what can be done

  /**
   * Sets a field: shown at once, on the disk within half a second, merged with what was typed at it before.
   * A value that its limit refuses is kept and shown but not sent (R83); the refusal is returned.
   */
  setField(path: string, typed: CellValue): Outcome<undefined> {
    const value = whole(typed)
    const closed = this.#mayEdit()
    if (closed) return closed
    const found = itemAt(this.type, path)
    if (!found || !isField(found.item)) return refuse('answer.unknown-path', undefined, { path })
    if (this.isLocked(path)) {
      return found.item.shows !== undefined
        ? refuse('answer.locked', { label: found.item.label, advice: found.item.hint ?? '' }, { path })
        : refuse('answer.row-locked', undefined, { path })
    }
    if (found.list && typeof this.#valueAt(`${found.list.id}/${found.rowId}`) !== 'number')
      return refuse('answer.row-missing', undefined, { path })
    const current = this.#valueAt(path)
    const issue = checkCell(this.type, path, value, this.#answers, this.#facts)
    const held = issue && refuse(issue.code, issue.params, { path })
    if (current !== value) {
      const before = this.#typed.get(path)
      const start = before?.tick === null ? before : { was: current, base: this.#application.cells[path]?.version ?? 0 }
      this.#setTyped(new Map(this.#typed).set(path, { value, was: start.was, base: start.base, held, tick: null }))
      this.#timer ??= setTimeout(() => void this.flush(), AUTOSAVE)
    }
    return held ?? ok()
  }

  /** Writes what was typed since the last write, in one transaction. Resolves when the disk has it. */
  flush(): Promise<void> {
    if (this.#timer !== null) clearTimeout(this.#timer)
    this.#timer = null
    // One after the other: two writes of one field must not overtake each other.
    this.#flushing = (this.#flushing ?? Promise.resolve()).then(() => this.#write())
    return this.#flushing
  }

  async #write(): Promise<void> {
    const batch = [...this.#typed].filter(([, typed]) => typed.tick === null)
    if (batch.length === 0 && !this.#problem && !this.#doubts) return
    this.#writing += 1
    try {
      if (batch.length > 0 || this.#doubts) await this.#store(batch)
      // A store that cannot be read has not recovered, though it took what was written.
      await this.reread()
      this.#problem = null
      this.#endIfLeft()
    } catch (error) {
      // It stays in memory and on the screen, and the next attempt is made with the next keystroke, or by itself.
      this.#failed(storeProblemOf(error))
      if (!isStorageFull(error)) console.error(error)
    } finally {
      this.#writing -= 1
    }
  }

  #failed(problem: Refused): void {
    this.#problem = problem
    if (!this.#ended) this.#timer ??= setTimeout(() => void this.flush(), AGAIN)
  }

  async #store(fresh: readonly (readonly [string, Typed])[]): Promise<void> {
    const { store, newId, clock, accountId } = this.#deps
    const db = await store.open()
    const { tick, batch } = await steadily(db, () =>
      db.transaction('rw', outboxTables(db), async () => {
        const batch = (await this.#putBack(db, this.#typed.size > 0)) ? [...this.#typed] : fresh
        let last = this.#tick
        for (const [path, { value, was, base, held }] of batch) {
          const mutation = { kind: 'setField' as const, id: newId(), applicationId: this.id, path, value, base }
          last = await queueField(db, { accountId, mutation, was, held, now: clock.now() })
        }
        return { tick: last, batch }
      }),
    )
    this.#doubts = false
    this.#tick = Math.max(this.#tick, tick)
    const next = new Map(this.#typed)
    for (const [path, typed] of batch) {
      const now = next.get(path)
      if (now === typed) next.set(path, { ...typed, tick })
      // Typed on during the write: it replaces what is written now.
      else if (now) next.set(path, { ...now, was: typed.value })
    }
    this.#setTyped(next)
  }

  /** In the transaction of each write: what the store has lost since this page wrote it stands there again. */
  #putBack(db: PhoneDatabase, isChanging: boolean): Promise<boolean> {
    return putBack(db, {
      application: this.#application,
      rows: this.#rows,
      truth: this.#last?.truth ?? 0,
      tick: this.#tick,
      erased: this.#erased,
      isChanging,
    })
  }

  async #queue(mutation: Mutation, more: { dueAt?: number; was?: CellValue } = {}): Promise<Outcome<undefined>> {
    const { store, clock, accountId } = this.#deps
    // In the order made: what was typed before stands before it (S2).
    await this.flush()
    if (this.#problem) return this.#problem
    const db = await store.open()
    const done = await written(db, () =>
      db.transaction('rw', outboxTables(db), async () => {
        const wasLost = await this.#putBack(db, true)
        return { wasLost, tick: await queue(db, { accountId, mutation, now: clock.now(), ...more }) }
      }),
    )
    if (!done.ok) {
      this.#failed(done)
      return done
    }
    const { wasLost, tick } = done.value
    // Written before, not read back, and lost: it is written once more.
    if (wasLost) this.#setTyped(new Map([...this.#typed].map(([path, one]) => [path, { ...one, tick: null }])))
    this.#tick = Math.max(this.#tick, tick)
    await this.reread()
    return ok()
  }

  /** Adds a row at the end of a list. @returns its id */
  async addRow(listId: string): Promise<Outcome<string>> {
    const closed = this.#mayEdit()
    if (closed) return closed
    const found = itemAt(this.type, listId)
    if (!found || !isList(found.item)) return refuse('answer.unknown-path', undefined, { path: listId })
    const rows = this.answers.rows[listId] ?? []
    const { atMost, label } = found.item
    if (atMost !== undefined && rows.length >= atMost)
      return refuse('answer.too-many-rows', { label, atMost }, { path: listId })
    const { newId } = this.#deps
    const rowId = newId()
    const position = Math.max(0, ...rows.map((row) => row.position)) + 1
    const done = await this.#queue({
      kind: 'addRow',
      id: newId(),
      applicationId: this.id,
      path: `${listId}/${rowId}`,
      position,
    })
    return done.ok ? ok(rowId) : done
  }

  /** Removes a row with its fields and files. Nothing of it leaves the phone while it can still be taken back. */
  async removeRow(path: string): Promise<Outcome<RemovedRow>> {
    const closed = this.#mayEdit()
    if (closed) return closed
    const found = itemAt(this.type, path)
    if (!found || !isList(found.item) || found.rowId === undefined)
      return refuse('answer.unknown-path', undefined, { path })
    const row = this.answers.rows[found.item.id]?.find(({ id }) => id === found.rowId)
    if (!row) return refuse('answer.row-missing', undefined, { path })
    if (row.lockedBy !== undefined) return refuse('answer.row-locked', undefined, { path })
    const { newId, clock } = this.#deps
    const mutationId = newId()
    const until = clock.now() + UNDO_TIME
    const { version, conflicts } = this.#application
    const { files } = this.#kept.content
    const cells: Record<string, { value: CellValue }> = { ...this.#kept.content.cells }
    for (const [one, { value }] of this.#typed) cells[one] = { value }
    const seen = files.filter((file) => file.path.startsWith(`${path}/`)).map(({ id }) => id)
    const done = await this.#queue(
      { kind: 'removeRow', id: mutationId, applicationId: this.id, path, base: version, files: seen },
      { dueAt: until, was: rowInWords(path, cells, conflicts) },
    )
    return done.ok ? ok({ path, mutationId, until }) : done
  }

  /** Takes a removal back. Refused once it has left the phone. */
  async undoRemove(removed: RemovedRow): Promise<Outcome<undefined>> {
    const taken = await takeBack(await this.#deps.store.open(), removed.mutationId)
    await this.reread()
    return taken ? ok() : refuse('answer.row-missing', undefined, { path: removed.path })
  }

  /** 【设为本专业最高学历】: this row yes, all others no (R68). */
  markOnly(listId: string, rowId: string, fieldId: string): Outcome<undefined> {
    const found = itemAt(this.type, listId)
    if (!found || !isList(found.item)) return refuse('answer.unknown-path', undefined, { path: listId })
    const list = found.item
    for (const row of this.answers.rows[listId] ?? []) {
      const mark = row.id === rowId
      if (!mark && row.values[fieldId] !== true) continue
      const done = this.setField(pathOf(fieldId, list, row), mark)
      if (!done.ok) return done
    }
    return ok()
  }

  /** × behind an attached file (R45). One that is still on its way is removed by `Uploads.remove`. */
  async detach(path: string, attachmentId: string): Promise<Outcome<undefined>> {
    const closed = this.#mayEdit()
    if (closed) return closed
    if (this.isLocked(path)) return refuse('answer.row-locked', undefined, { path })
    const waiting = this.#rows.find(
      (row) => row.mutation.kind === 'attach' && row.mutation.attachmentId === attachmentId,
    )
    if (waiting && (await takeBack(await this.#deps.store.open(), waiting.id))) {
      await this.reread()
      return ok()
    }
    return this.#queue({ kind: 'detach', id: this.#deps.newId(), applicationId: this.id, path, attachmentId })
  }

  /** 【保留本机】 or 【保留另一台】 (S8). */
  async settle(path: string, keep: 'mine' | 'theirs'): Promise<Outcome<undefined>> {
    const conflict = this.conflictAt(path)
    return conflict ? this.settleWith(path, keep === 'mine' ? conflict.mine : conflict.theirs) : ok()
  }

  /** Settles a conflict with a value put together by hand. */
  async settleWith(path: string, value: CellValue): Promise<Outcome<undefined>> {
    const conflict = this.conflictAt(path)
    if (!conflict) return ok()
    const closed = this.#mayEdit()
    if (closed) return closed
    const issue = checkCell(this.type, path, value, this.answers, this.#facts)
    if (issue) return refuse(issue.code, issue.params, { path })
    const mutation = {
      kind: 'settle' as const,
      id: this.#deps.newId(),
      applicationId: this.id,
      path,
      value,
      base: conflict.version,
    }
    return this.#queue(mutation, { was: this.#valueAt(path) })
  }

  /** One more who looks at it; each `close` takes one away. */
  hold(): void {
    this.#users += 1
    this.#isLeft = false
  }
  /** It listens no more: whoever wants the application opens it anew. */
  get isEnded(): boolean {
    return this.#ended
  }

  /** Saves; when the last one who looked at it has left, stops listening: where the store takes nothing, not before it does. */
  async close(): Promise<void> {
    this.#users = Math.max(0, this.#users - 1)
    this.#isLeft = this.#users === 0
    await this.flush()
    this.#endIfLeft()
  }

  /** Somebody may have come while it was being saved. */
  #endIfLeft(): void {
    if (this.#isLeft && !this.hasUnwritten) this.#end()
  }

  /** Saves and stops listening, whoever still looks at it. */
  async end(): Promise<void> {
    await this.flush()
    this.#end()
  }

  #end(): void {
    if (this.#ended) return
    this.#ended = true
    this.#live.stop()
    this.#batchLive.stop()
    this.#unlisten()
    if (this.#timer !== null) clearTimeout(this.#timer)
  }
}

/** Half a character or a NUL is nothing that was typed: a paste or a broken keyboard. The server takes them out too. */
const whole = (value: CellValue): CellValue =>
  // oxlint-disable-next-line no-control-regex
  typeof value === 'string' ? value.replace(/\u0000|\p{Surrogate}/gu, '') : value

/** The applications of one account on this phone. */
export class Drafts {
  readonly #deps: DraftDeps & {
    readonly batches: Batches
    readonly account: () => AccountFacts
    readonly pull: () => Promise<Outcome<undefined>>
  }
  readonly #live: Live<readonly KeptApplication[]>
  readonly #open = new Map<string, Promise<Outcome<Draft>>>()

  constructor(
    deps: DraftDeps & { batches: Batches; account: () => AccountFacts; pull: () => Promise<Outcome<undefined>> },
  ) {
    this.#deps = deps
    const { store, accountId } = deps
    this.#live = new Live<readonly KeptApplication[]>(
      store.open,
      async (db) =>
        (await db.applications.where({ accountId }).toArray())
          .filter(({ gone }) => gone === 0)
          .sort((a, b) => (a.createdAt < b.createdAt ? 1 : -1)),
      [],
    )
  }

  get list(): readonly KeptApplication[] {
    return this.#live.current
  }
  /** Whether the list is what lies on the phone, and no longer merely empty. */
  get isRead(): boolean {
    return this.#live.isRead
  }

  /** Another application of this person in the batch, which the server has: begun on another device. */
  async joinable(batchId: string, localId: string): Promise<KeptApplication | undefined> {
    const { store, accountId } = this.#deps
    // Read, not taken from the list: that follows the store only while a page shows it.
    const all = await (await store.open()).applications.where({ accountId }).toArray()
    return all.find((one) => one.batchId === batchId && one.id !== localId && one.version > 0 && one.gone === 0)
  }

  /** Opens an application; the same object for all who open it, until the last of them has closed it. */
  async open(id: string): Promise<Outcome<Draft>> {
    const opening = this.#open.get(id) ?? this.#load(id)
    this.#open.set(id, opening)
    const forget = () => {
      if (this.#open.get(id) === opening) this.#open.delete(id)
    }
    const outcome = await opening.catch((fault: unknown) => {
      // A store that did not open may open the next time.
      forget()
      throw fault
    })
    if (outcome.ok && !outcome.value.isEnded) {
      outcome.value.hold()
      return outcome
    }
    forget()
    return outcome.ok ? this.open(id) : outcome
  }

  async #load(id: string): Promise<Outcome<Draft>> {
    const { store, accountId, batches } = this.#deps
    const find = async () => {
      const kept = await store.read((reader) => reader.application(id))
      return kept?.accountId === accountId ? kept : undefined
    }
    let application = await find()
    if (!application) {
      const pulled = await this.#deps.pull()
      application = await find()
      // What could not be asked for, or not be kept, is not missing.
      if (!application && !pulled.ok) return pulled
    }
    if (!application) return refuse('request.not-found')
    const batch = await batches.batchOf(application.batchId)
    if (!batch.ok) return batch
    const edition = await batches.editionOf(application.editionId)
    if (!edition.ok) return edition
    const draft = new Draft(this.#deps, {
      application,
      batch: batch.value,
      edition: edition.value,
      account: this.#deps.account(),
    })
    await draft.listen()
    return ok(draft)
  }

  /**
   * Starts an application on this phone, with or without a network. The server creates it when the reading gate is
   * accepted; until then what is typed waits here.
   */
  async start(batchId: string): Promise<Outcome<Draft>> {
    const { store, newId, clock, accountId, batches } = this.#deps
    const batch = await batches.batchOf(batchId)
    if (!batch.ok) return batch
    const window = batches.windowOf(batch.value)
    if (window === 'before') return refuse('batch.not-open', { opensAt: timeInWords(batch.value.opensAt) })
    if (window === 'closed')
      return refuse('batch.closed', { closesAt: timeInWords(batch.value.closesAt ?? clock.now()) })
    const edition = await batches.editionOf(batch.value.editionId)
    if (!edition.ok) return edition
    const now = new Date(clock.now()).toISOString()
    const cells = initialCells(edition.value, this.#deps.account())
    const application: KeptApplication = {
      id: newId(),
      accountId,
      type: batch.value.type,
      batchId,
      editionId: batch.value.editionId,
      state: 'DRAFT',
      version: 0,
      number: null,
      gateAcceptedAt: null,
      submittedAt: null,
      resubmitUntil: null,
      createdAt: now,
      updatedAt: now,
      cells: Object.fromEntries(Object.entries(cells).map(([path, value]) => [path, { value, version: 0 }])),
      files: [],
      lockedRows: {},
      conflicts: [],
      returned: null,
      gone: 0,
    }
    const db = await store.open()
    // One person has one application in a batch: a second tap opens the first one (R: batch.already-applied).
    const stored = await written(db, () =>
      db.transaction('rw', db.applications, async () => {
        const others = await db.applications.where({ accountId }).toArray()
        const mine = others.find((one) => one.batchId === batchId && isEditable(one.state) && one.gone === 0)
        if (mine) return mine.id
        await db.applications.add(application)
        return application.id
      }),
    )
    return stored.ok ? this.open(stored.value) : stored
  }

  /**
   * Moves what was typed into an application that was started here without a network into the one that the same person
   * had already started elsewhere. Rows keep their UUIDs; a field that both filled differently becomes a conflict.
   */
  async merge(localId: string, existingId: string): Promise<void> {
    await this.#close(localId)
    const db = await this.#deps.store.open()
    await db.transaction('rw', [...outboxTables(db), ...fileTables(db)], async () => {
      const local = await db.applications.get(localId)
      if (!local || local.version > 0) return
      const rows = await db.outbox.where({ applicationId: localId }).toArray()
      const existing = await db.applications.get(existingId)
      const moved = rows.map((row) => ({
        ...row,
        applicationId: existingId,
        mutation: { ...row.mutation, applicationId: existingId },
      }))
      await db.outbox.bulkPut(existing ? moved.map((row) => follow(row, existing)) : moved)
      await db.uploads.where({ applicationId: localId }).modify({ applicationId: existingId })
      await db.scans.where({ applicationId: localId }).modify({ applicationId: existingId })
      await forgetApplication(db, localId)
    })
    await this.#deps.pull()
  }

  /**
   * Throws an application away with all that was typed: one that never was on the server, or one that the server deletes.
   * @param atServer asks it to; that it has it no more is as good: the answer of an earlier tap was lost
   */
  async discard(id: string, atServer?: () => Promise<Outcome<unknown>>): Promise<Outcome<undefined>> {
    const deleted = await atServer?.()
    if (deleted && !deleted.ok && deleted.code !== 'request.not-found') return deleted
    await this.#close(id)
    const { store, accountId } = this.#deps
    const db = await store.open()
    await db.transaction('rw', [...outboxTables(db), ...fileTables(db)], async () => {
      const application = await db.applications.get(id)
      if (!application || (!deleted && application.version > 0)) return
      await forgetApplication(db, id)
      await countConflicts(db, accountId)
    })
    return ok()
  }

  /** Writes what is typed in any open application. */
  async flush(): Promise<void> {
    await Promise.all((await this.#drafts()).map((draft) => draft.flush()))
  }

  /** Writes what is typed. @returns whether the store has all of it: only then may the page go */
  async isWritten(): Promise<boolean> {
    await this.flush()
    return (await this.#drafts()).every((draft) => !draft.hasUnwritten)
  }

  /** Those that are open: one that did not open has nothing typed in it. */
  async #drafts(): Promise<Draft[]> {
    const open = await Promise.allSettled(this.#open.values())
    return open.flatMap((one) => (one.status === 'fulfilled' && one.value.ok ? [one.value.value] : []))
  }

  async #close(id: string): Promise<void> {
    const open = await this.#open.get(id)?.catch(() => undefined)
    this.#open.delete(id)
    if (open?.ok) await open.value.end()
  }

  async closeAll(): Promise<void> {
    await Promise.all([...this.#open.keys()].map((id) => this.#close(id)))
  }
}
