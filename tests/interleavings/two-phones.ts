import 'fake-indexeddb/auto'
import { IDBFactory, IDBKeyRange } from 'fake-indexeddb'
import type { CellValue, Facts } from '#domain/forms/answers.ts'
import type { ApplicationType } from '#domain/forms/application-type.ts'
import { review } from '#domain/forms/review.ts'
import { initialCells } from '#domain/forms/start.ts'
import { ok, type Outcome, refuse } from '#domain/problems.ts'
import { applyMutation, type Content } from '#domain/sync/apply.ts'
import { assemble } from '#domain/sync/cell.ts'
import type { Mutation } from '#domain/sync/mutation.ts'
import type { Conflict, MutationResult, SyncAnswer, SyncRequest } from '#domain/sync/protocol.ts'
import { Batches } from '../../src/lib/local/batches.svelte.ts'
import { type BatchOffer, PhoneDatabase } from '../../src/lib/local/database.ts'
import { type Draft, Drafts } from '../../src/lib/local/drafts.svelte.ts'
import { openStore } from '../../src/lib/local/phone-store.ts'
import { createLead } from '../../src/lib/local/lead.ts'
import { Sync } from '../../src/lib/local/sync.svelte.ts'

export const ACCOUNT = '10000000-0000-4000-8000-000000000001'
export const account = {
  fullName: '张伟',
  idNumber: '321202199001011234',
  gender: '男',
  birthDate: '1990-01-01',
  mobile: '13800000000',
  email: 'zhang@example.com',
}

/** Ids that differ in every phone of this process, so that many may meet at one server. */
function idsOf(prefix: string, phone: number): () => string {
  let next = 0
  return () => {
    next += 1
    return `${prefix}0000000-${phone.toString(16).padStart(4, '0')}-4000-8000-${next.toString(16).padStart(12, '0')}`
  }
}

/** A clock that the test moves. */
export class TestClock {
  time = Date.parse('2026-11-15T02:00:00Z')
  readonly now = (): number => this.time
  get today(): string {
    return '2026-11-15'
  }
}

export const batch: BatchOffer = {
  id: '20000000-0000-4000-8000-000000000001',
  type: 'review',
  name: '2026 年工程系列评审',
  year: 2026,
  level: null,
  opensAt: '2026-10-31T16:00:00Z',
  closesAt: '2026-11-30T09:30:00Z',
  editionId: 'review@test',
  committeeName: '工程评委会',
  hasDepartment: false,
  specialties: [],
  acceptancePoints: [],
  heldTitles: [],
  overrides: {},
  readingTextId: 'text',
}

type KeptConflict = Omit<Conflict, 'kept' | 'version'> & { readonly seq: number; readonly id: string }

/** What one request brought: its sender has seen it (S14). */
class Own {
  readonly #mutations = new Set<string>()
  readonly #cells = new Map<string, number>()

  add({ id, kind, path }: Mutation, result: MutationResult, cells: Content['cells']): void {
    this.#mutations.add(id)
    if (result.outcome !== 'applied') return
    for (const [at, { version }] of Object.entries(cells))
      if (version === result.version && (at === path || (kind === 'addRow' && at.startsWith(`${path}/`))))
        this.#cells.set(at, version)
  }
  has(mutationId: string): boolean {
    return this.#mutations.has(mutationId)
  }
  /** The version up to which a row was seen, given what was said and what came with the request. */
  seen(row: string, base: number, cells: Content['cells']): number {
    const later = Object.entries(cells).filter(([at, { version }]) => at.startsWith(`${row}/`) && version > base)
    const mine = later.every(([at, { version }]) => this.#cells.get(at) === version)
    return mine ? Math.max(base, ...later.map(([, { version }]) => version)) : base
  }
}

/** The other side of the phones: the model below, or the real room in front of a real database. */
export interface TestServer {
  readonly clock: TestClock
  readonly type: ApplicationType
  readonly account: typeof account
  readonly accountId: string
  readonly batch: BatchOffer
  exchange(request: SyncRequest): Promise<Outcome<SyncAnswer>>
  /** What the reading gate does when it is accepted. */
  create(id: string): Promise<void>
  /** Opens or closes the window, without telling the phones. */
  setOpen(open: boolean): Promise<void>
  /** What stands at the server, and every mutation that took effect. */
  truth(id: string): Promise<Truth>
}

export interface Truth {
  readonly cells: Content['cells']
  readonly conflicts: readonly Conflict[]
  readonly applied: SyncRequest['mutations']
}

/**
 * A server as SPEC.md describes it, in memory: what the real one must do, by the same `applyMutation`. The real room is
 * driven by tests/api; here it is the other side of two phones under hundreds of random orders.
 */
export class ModelServer implements TestServer {
  readonly type: ApplicationType = review
  readonly account = account
  readonly accountId = ACCOUNT
  readonly batch = batch
  readonly clock: TestClock
  readonly #applications = new Map<string, { content: Content; version: number; conflicts: KeptConflict[] }>()
  readonly #answered = new Map<string, MutationResult>()
  /** every mutation that took effect, in order, to see doubles and what once stood */
  readonly applied: SyncRequest['mutations'] = []
  open = true

  constructor(clock: TestClock) {
    this.clock = clock
  }

  async create(id: string): Promise<void> {
    const cells = Object.entries(initialCells(this.type, account)).map(([path, value]) => [path, { value, version: 1 }])
    this.#applications.set(id, { content: { cells: Object.fromEntries(cells), files: [] }, version: 1, conflicts: [] })
  }

  async setOpen(open: boolean): Promise<void> {
    this.open = open
  }
  async truth(id: string): Promise<Truth> {
    return { cells: this.contentOf(id).cells, conflicts: this.conflictsOf(id), applied: this.applied }
  }
  contentOf(id: string): Content {
    return this.#applications.get(id)?.content ?? { cells: {}, files: [] }
  }
  conflictsOf(id: string): readonly Conflict[] {
    const stored = this.#applications.get(id)
    return (stored?.conflicts ?? []).map(({ path, other, device, at }) => {
      const cell = stored?.content.cells[path]
      return { path, other, device, at, version: cell?.version ?? 0, kept: cell?.value ?? null }
    })
  }

  get facts(): Facts {
    return {
      today: this.clock.today,
      account,
      batch: {
        batchName: batch.name,
        committeeName: batch.committeeName,
        specialties: [],
        acceptancePoints: [],
        heldTitles: [],
      },
    }
  }

  async exchange(request: SyncRequest): Promise<Outcome<SyncAnswer>> {
    const own = new Own()
    const results = request.mutations.map((mutation): MutationResult => {
      const before = this.#answered.get(mutation.id)
      const known = request.known[mutation.applicationId] ?? 0
      const result = before ?? this.#apply(mutation, request.device, known, own)
      this.#answered.set(mutation.id, result)
      own.add(mutation, result, this.contentOf(mutation.applicationId).cells)
      return result
    })
    const applications = [...this.#applications].map(([id, { content, version }]) => {
      const known = request.known[id] ?? 0
      return {
        id,
        type: this.type.id,
        batchId: batch.id,
        editionId: batch.editionId,
        state: 'DRAFT' as const,
        version,
        number: null,
        gateAcceptedAt: '2026-11-15T01:00:00Z',
        submittedAt: null,
        resubmitUntil: null,
        createdAt: '2026-11-15T01:00:00Z',
        updatedAt: '2026-11-15T01:00:00Z',
        cells: Object.fromEntries(Object.entries(content.cells).filter(([, cell]) => cell.version > known)),
        files: content.files,
        lockedRows: {},
        conflicts: this.conflictsOf(id),
        returned: null,
      }
    })
    // A copy, as over the wire.
    const now = new Date(this.clock.time).toISOString()
    return ok(structuredClone({ protocol: 1, now, results, applications, gone: [], unreadNotices: 0 }))
  }

  #apply(sent: Mutation, device: string, known: number, own: Own): MutationResult {
    const { id } = sent
    let mutation = sent
    const stored = this.#applications.get(mutation.applicationId)
    if (!stored) return { id, outcome: 'refused', code: 'request.not-found' }
    if (!this.open) return { id, outcome: 'refused', code: 'batch.closed', params: { closesAt: '2026-11-30' } }
    const version = stored.version + 1
    if (mutation.kind === 'removeRow') {
      const { path, base } = mutation
      const unseen = ({ path: at, seq, id: by }: KeptConflict) =>
        at.startsWith(`${path}/`) && (seq > base || own.has(by))
      if (stored.conflicts.some(unseen)) return { id, outcome: 'refused', code: 'sync.row-changed' }
      mutation = { ...mutation, base: own.seen(path, base, stored.content.cells) }
    }
    const answers = assemble(stored.content.cells, stored.content.files)
    const file =
      mutation.kind === 'attach'
        ? {
            id: mutation.attachmentId,
            path: mutation.path,
            name: mutation.name,
            size: 1000,
            sha256: mutation.sha256,
            pages: 1,
            position: mutation.position,
          }
        : undefined
    const done = applyMutation(mutation, stored.content, { type: this.type, answers, facts: this.facts, version, file })
    if (done.outcome === 'refused')
      return { id, outcome: 'refused', code: done.issue.code, ...(done.issue.params && { params: done.issue.params }) }
    if (done.outcome === 'conflict') {
      stored.version = version
      const other = mutation.kind === 'setField' || mutation.kind === 'settle' ? mutation.value : null
      // What a device typed on before it heard of the conflict takes the place of what it typed before; a conflict that
      // it has been shown stays beside the new one.
      const others = stored.conflicts.filter(
        (one) => one.path !== done.path || one.device !== device || one.seq <= known,
      )
      stored.conflicts = [
        ...others,
        { path: done.path, other, device, seq: version, id, at: new Date(this.clock.time).toISOString() },
      ]
      return { id, outcome: 'conflict', version }
    }
    this.applied.push(mutation)
    if (mutation.kind === 'settle') {
      // What its sender had not seen yet is still a question (S8).
      stored.conflicts = stored.conflicts.filter(({ path, seq }) => path !== mutation.path || seq > known)
      stored.version = version
    }
    if (mutation.kind === 'removeRow')
      stored.conflicts = stored.conflicts.filter(({ path }) => !path.startsWith(`${mutation.path}/`))
    if (done.content !== stored.content) {
      stored.content = done.content
      stored.version = version
    }
    return { id, outcome: 'applied', version: stored.version }
  }
}

/** How a network can fail: nothing, the request is lost, or its answer is, or it arrives long after it was given up. */
export type Weather = 'fine' | 'request-lost' | 'answer-lost' | 'request-late' | 'offline'

let stores = 0

/** One phone with its own store, in front of the server. */
export class TestPhone {
  readonly db: PhoneDatabase
  readonly factory: IDBFactory
  readonly device: string
  readonly clock: TestClock
  readonly sync: Sync
  drafts: Drafts
  weather: Weather = 'fine'
  /** what happens once while a request is on its way, before the server has it and after */
  during: (() => Promise<void>) | undefined
  sends = 0
  readonly #server: TestServer
  readonly #newId: () => string
  readonly #batches: Batches
  #late: SyncRequest[] = []

  constructor(name: string, server: TestServer, factory = new IDBFactory()) {
    this.factory = factory
    this.clock = server.clock
    this.#server = server
    stores += 1
    this.#newId = idsOf(name, stores)
    this.device = this.#newId()
    // Dexie tells every live query of a name about a change, whichever factory it came from: each phone has its own.
    this.db = new PhoneDatabase(`zhicheng-${name}-${stores}`, { indexedDB: factory, IDBKeyRange })
    this.#batches = new Batches({
      store: openStore(this.db),
      clock: this.clock,
      source: {
        batches: async () => (this.weather === 'fine' ? ok([server.batch]) : refuse('network.offline')),
        edition: async () => (this.weather === 'fine' ? ok(server.type) : refuse('network.offline')),
      },
    })
    this.sync = new Sync({
      store: openStore(this.db),
      clock: this.clock,
      newId: this.#newId,
      accountId: server.accountId,
      device: this.device,
      lead: createLead(openStore(this.db), this.device, this.clock.now, undefined),
      online: () => this.weather !== 'offline',
      flush: () => this.drafts.flush(),
      exchange: (request) => this.#exchange(request),
    })
    this.drafts = this.#makeDrafts()
  }

  #makeDrafts(): Drafts {
    return new Drafts({
      store: openStore(this.db),
      clock: this.clock,
      newId: this.#newId,
      accountId: this.#server.accountId,
      device: this.device,
      batches: this.#batches,
      account: () => this.#server.account,
      pull: () => this.sync.now(),
    })
  }

  async #exchange(request: SyncRequest): Promise<Outcome<SyncAnswer>> {
    this.sends += 1
    const { during } = this
    this.during = undefined
    await during?.()
    if (this.weather === 'request-late') this.#late.push(structuredClone(request))
    if (this.weather !== 'fine' && this.weather !== 'answer-lost') return refuse('network.offline')
    const answer = await this.#server.exchange(structuredClone(request))
    await during?.()
    return this.weather === 'answer-lost' ? refuse('network.offline') : answer
  }

  /** Requests that were given up come to the server after all; their answers reach nobody. */
  async deliverLate(): Promise<void> {
    for (const request of this.#late.splice(0)) await this.#server.exchange(request)
  }

  /** A new page opens what the last one left in the store. */
  async restart(): Promise<void> {
    await this.drafts.closeAll()
    this.drafts = this.#makeDrafts()
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.drafts.closeAll()
    await this.db.delete()
  }

  async draft(id: string): Promise<Draft> {
    const opened = await this.drafts.open(id)
    if (!opened.ok) throw new Error(opened.code)
    await opened.value.reread()
    return opened.value
  }

  /** Where a value that was typed here stands now. */
  async findValue(
    applicationId: string,
    path: string,
    value: CellValue,
  ): Promise<'shown' | 'conflict' | 'attention' | 'lost'> {
    const draft = await this.draft(applicationId)
    const [head, row, inner] = path.split('/') as [string, string?, string?]
    const shown = inner
      ? draft.answers.rows[head]?.find(({ id }) => id === row)?.values[inner]
      : draft.answers.fields[head]
    if ((shown ?? null) === value) return 'shown'
    const stored = await this.db.applications.get(applicationId)
    if (stored?.conflicts.some((one) => one.path === path && (one.other === value || one.kept === value)))
      return 'conflict'
    const refused = await this.db.outbox.where({ applicationId }).toArray()
    return refused.some((one) => one.path === path && one.mutation.kind === 'setField' && one.mutation.value === value)
      ? 'attention'
      : 'lost'
  }
}

/** A phone with a draft that the server has created. */
export async function draftOnServer(name: string, factory: IDBFactory) {
  const server = new ModelServer(new TestClock())
  const phone = new TestPhone(name, server, factory)
  const started = await phone.drafts.start(batch.id)
  if (!started.ok) throw new Error(started.code)
  const draft = started.value
  await server.create(draft.id)
  await phone.sync.now()
  return { server, phone, draft }
}
