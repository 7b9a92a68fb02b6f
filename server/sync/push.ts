import { type Answers, type CellValue, itemAt } from '#domain/forms/answers.ts'
import { isSlot } from '#domain/forms/application-type.ts'
import { formatLimit, formatSize } from '#domain/attachment.ts'
import { type Outcome, type ProblemCode, type ProblemParams, refuse, type Refused } from '#domain/problems.ts'
import { answersAfter, applyMutation, type Content } from '#domain/sync/apply.ts'
import type { AttachedFile, Cell } from '#domain/sync/cell.ts'
import type { Mutation } from '#domain/sync/mutation.ts'
import type { MutationResult } from '#domain/sync/protocol.ts'
import { type Application, type Form, formAndContent } from '#server/applications/actions/content.ts'
import { START_VERSION } from '#server/applications/actions/start-application.ts'
import { lockDraft } from '#server/applications/actions/submit-application.ts'
import { writingRefusal } from '#server/applications/actions/writing.ts'
import { type VerifiedUpload, verifiedUploads } from '#server/attachments/actions.ts'
import type { Act } from '#server/platform/environment.ts'
import type { Signed } from '#server/platform/who.ts'
import { findAnswered, findTakenAttachments } from './queries.ts'
import { store } from './store.ts'

type Attach = Extract<Mutation, { kind: 'attach' }>
type Removal = Extract<Mutation, { kind: 'removeRow' }>

/** What one request wants of one application. */
export interface Push {
  readonly applicationId: string
  readonly device: string
  readonly mutations: readonly Mutation[]
  /** version the phone had when it sent: it has seen every conflict up to it (S8) */
  readonly known: number
}

/** What a run of mutations changed, to be written in one go. */
export interface Changes {
  readonly results: MutationResult[]
  /** answers to be kept for a doubled send; those of mutations answered before are not among them */
  readonly fresh: MutationResult[]
  readonly paths: Set<string>
  readonly conflicts: { path: string; other: CellValue; mutationId: string; version: number }[]
  /** paths whose conflicts a person settled */
  readonly settled: Set<string>
  /** rows that were removed with the conflicts in them */
  readonly removed: Set<string>
}

const refusedBy = (
  id: string,
  problem: { readonly code: ProblemCode; readonly params?: ProblemParams | undefined },
): MutationResult => ({
  id,
  outcome: 'refused',
  code: problem.code,
  ...(problem.params && { params: problem.params }),
})

/** What PostgreSQL cannot keep in a text: a NUL, half a character. Nobody typed them; a paste or a broken keyboard did. */
// oxlint-disable-next-line no-control-regex
const UNSTORABLE = /\u0000|\p{Surrogate}/gu
const clean = (value: CellValue): CellValue => (typeof value === 'string' ? value.replace(UNSTORABLE, '') : value)

/** What is read before. The lock comes first: of two requests with the same mutations the second finds the first one's answers. */
export const lockForPush = (db: Act['db'], who: Signed, { applicationId, mutations }: Push) =>
  Promise.all([
    lockDraft(db, who, applicationId, null),
    findAnswered(
      db,
      who,
      mutations.map(({ id }) => id),
    ),
  ])

type Locked = Awaited<ReturnType<typeof lockForPush>>

/**
 * Applies the mutations of one request to one application, in order, each exactly once (S1–S5, S10). The application stays
 * locked until the transaction ends, so two phones never interleave. Answers to mutations that came before are given again.
 */
export async function push(
  ctx: Act,
  who: Signed,
  wish: Push,
  [[application, draft], { before, foreign }]: Locked,
): Promise<MutationResult[]> {
  if (!application || !draft) return wish.mutations.map(({ id }) => refusedBy(id, { code: 'request.not-found' }))
  const { form, content } = await formAndContent(ctx.db, who, application, ctx.now, draft)
  const refusal = writingRefusal(application, form.batch, ctx.receivedAt)
  const run = new Run(application, form, content, draft.conflicts)
  const uploads = await verifyUploads(ctx, who, form, wish, before, refusal)
  for (const mutation of wish.mutations) {
    const earlier = before.get(mutation.id) ?? run.answered.get(mutation.id)
    if (earlier && earlier.applicationId === application.id)
      run.repeat(mutation, earlier.result as unknown as MutationResult)
    else if (earlier || foreign.has(mutation.id))
      run.answer(mutation, refusedBy(mutation.id, { code: 'request.invalid' }), false)
    else if (refusal) run.answer(mutation, refusedBy(mutation.id, refusal), true)
    else run.apply(mutation, uploads.get(mutation.id))
  }
  await store(ctx, who, wish, application, run)
  return run.changes.results
}

/** Applies mutations one after another, in memory. */
export class Run {
  readonly changes: Changes = {
    results: [],
    fresh: [],
    paths: new Set(),
    conflicts: [],
    settled: new Set(),
    removed: new Set(),
  }
  readonly answered = new Map<string, { applicationId: string; result: unknown }>()
  readonly before: Content
  content: Content
  version: number
  #answers: Answers
  readonly #application: Application
  readonly #form: Form
  readonly #lockedRows: Readonly<Record<string, string>>
  /** cells that this very request wrote, by the version it wrote: their sender has seen them */
  readonly #own = new Map<string, number>()

  /** conflicts that are open, where a row is to be removed */
  readonly #conflicts: readonly { readonly path: string; readonly version: number }[]

  constructor(
    application: Application,
    form: Form,
    { cells, files, lockedRows, answers }: Awaited<ReturnType<typeof formAndContent>>['content'],
    conflicts: readonly { readonly path: string; readonly version: number }[],
  ) {
    this.#conflicts = conflicts
    this.#application = application
    this.#form = form
    this.#lockedRows = lockedRows
    this.before = { cells, files }
    this.content = this.before
    this.version = application.version
    this.#answers = answers
  }

  answer(mutation: Mutation, result: MutationResult, keep: boolean): void {
    this.changes.results.push(result)
    if (!keep) return
    this.changes.fresh.push(result)
    this.answered.set(mutation.id, { applicationId: this.#application.id, result })
  }

  /** A doubled send gets the first answer again (S1), and counts as seen by what follows it in the same request. */
  repeat(mutation: Mutation, result: MutationResult): void {
    this.changes.results.push(result)
    if (result.outcome !== 'applied') return
    this.#own.set(mutation.path, result.version)
    // With a row come the values that it starts with.
    if (mutation.kind !== 'addRow') return
    for (const [path, cell] of Object.entries(this.content.cells))
      if (path.startsWith(`${mutation.path}/`) && cell.version === result.version) this.#own.set(path, result.version)
  }

  apply(typed: Mutation, upload: Outcome<AttachedFile> | undefined): void {
    const mutation = this.#prepared(typed)
    if (upload && !upload.ok) return this.answer(mutation, refusedBy(mutation.id, upload), true)
    if (typed.kind === 'removeRow' && this.#holdsUnseenConflict(typed))
      return this.answer(typed, refusedBy(typed.id, { code: 'sync.row-changed' }), true)
    const { type, facts } = this.#form
    const next = this.version + 1
    const done = applyMutation(mutation, this.content, {
      type,
      facts,
      answers: this.#answers,
      version: next,
      ...(upload && { file: upload.value }),
    })
    if (done.outcome === 'refused') return this.answer(mutation, refusedBy(mutation.id, done.issue), true)
    if (done.outcome === 'conflict') {
      // Both values are kept (S4); the version rises so that every device hears of it.
      this.version = next
      const { path, value } = mutation as Extract<Mutation, { kind: 'setField' }>
      this.changes.conflicts.push({ path, other: value, mutationId: mutation.id, version: next })
      return this.answer(mutation, { id: mutation.id, outcome: 'conflict', version: next }, true)
    }
    if (mutation.kind === 'settle') this.changes.settled.add(mutation.path)
    if (mutation.kind === 'removeRow') this.changes.removed.add(mutation.path)
    if (done.changed.length > 0 || mutation.kind === 'settle') this.version = next
    if (done.content !== this.content) {
      this.content = done.content
      this.#answers = answersAfter(mutation, this.#answers, done.content, this.#lockedRows)
    }
    for (const path of done.changed) {
      this.changes.paths.add(path)
      this.#own.set(path, next)
    }
    // Where nothing changed the phone is told the version of the cell that stands, so that its next base is right.
    const version = done.changed.length > 0 ? next : (this.content.cells[mutation.path]?.version ?? this.version)
    this.answer(mutation, { id: mutation.id, outcome: 'applied', version }, true)
  }

  #prepared(mutation: Mutation): Mutation {
    if (mutation.kind === 'removeRow') return { ...mutation, base: this.#seenOf(mutation) }
    if (mutation.kind !== 'setField' && mutation.kind !== 'settle') return mutation
    return { ...mutation, value: clean(mutation.value), base: this.#baseOf(mutation) }
  }

  /** What this very request wrote into a row before it removes it, its sender has seen. */
  #seenOf({ path, base }: Removal): number {
    const later = Object.entries(this.content.cells).filter(
      ([one, { version }]) => one.startsWith(`${path}/`) && version > base,
    )
    const mine = later.every(([one, { version }]) => this.#own.get(one) === version)
    return mine ? Math.max(base, ...later.map(([, { version }]) => version)) : base
  }

  /**
   * Two values that wait for somebody to choose, since the row was looked at (S14). What this request itself ran into was
   * hidden under what its sender typed.
   */
  #holdsUnseenConflict({ path, base }: Removal): boolean {
    const unseen = [...this.#conflicts.filter(({ version }) => version > base), ...this.changes.conflicts]
    return unseen.some((one) => one.path.startsWith(`${path}/`))
  }

  /**
   * The base as its sender meant it. Typing on before the answer came is no conflict with oneself; and a value that the form
   * itself set, at the start or with a new row, was typed by nobody, so that whoever had seen nothing may replace it.
   */
  #baseOf(mutation: Extract<Mutation, { kind: 'setField' | 'settle' }>): number {
    const cell = this.content.cells[mutation.path]
    if (!cell) return mutation.base
    if (this.#own.get(mutation.path) === cell.version) return cell.version
    return mutation.base === 0 && this.#isUntouched(mutation.path, cell) ? cell.version : mutation.base
  }

  #isUntouched(path: string, cell: Cell): boolean {
    const [list, row, field] = path.split('/')
    return field === undefined
      ? cell.version === START_VERSION
      : cell.version === this.content.cells[`${list}/${row}`]?.version
  }
}

/** What the server knows of the files that are to be linked: each verified after its last byte (S10). */
async function verifyUploads(
  ctx: Act,
  who: Signed,
  form: Form,
  wish: Push,
  before: ReadonlyMap<string, unknown>,
  refusal: Refused | null,
): Promise<Map<string, Outcome<AttachedFile>>> {
  const found = new Map<string, Outcome<AttachedFile>>()
  if (refusal) return found
  const attaching = wish.mutations.filter((one): one is Attach => one.kind === 'attach' && !before.has(one.id))
  if (attaching.length === 0) return found
  const [taken, uploads] = await Promise.all([
    findTakenAttachments(
      ctx.db,
      who,
      wish.applicationId,
      attaching.map(({ attachmentId }) => attachmentId),
    ),
    verifiedUploads(ctx, attaching),
  ])
  for (const [at, mutation] of attaching.entries()) {
    const isTaken = taken.has(mutation.attachmentId)
    found.set(mutation.id, isTaken ? refuse('request.invalid') : attached(form, mutation, uploads[at]!))
  }
  return found
}

function attached(form: Form, mutation: Attach, upload: Outcome<VerifiedUpload>): Outcome<AttachedFile> {
  const { path, attachmentId, name, position } = mutation
  const item = itemAt(form.type, path)?.item
  if (!item || !isSlot(item)) return refuse('answer.unknown-path')
  if (!upload.ok) return upload
  // Of a photo other bytes are kept than were sent: the digest is that of the kept ones.
  const { size, pages, sha256: kept } = upload.value
  if (size > item.maxBytes) {
    return refuse('attachment.too-large', { size: formatSize(size), limit: formatLimit(item.maxBytes) })
  }
  return { ok: true, value: { id: attachmentId, path, name, size, sha256: kept, pages, position } }
}
