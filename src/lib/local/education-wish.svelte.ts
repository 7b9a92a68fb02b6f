import type { FileReference } from '#domain/attachment.ts'
import type { Answers, CellValue, Facts } from '#domain/forms/answers.ts'
import type { ApplicationType } from '#domain/forms/application-type.ts'
import {
  answersWithRow,
  changeableFields,
  changedFields,
  checkEducationChange,
  educationProof,
  type EducationRow,
  factsForEducation,
} from '#domain/forms/education-change.ts'
import { review } from '#domain/forms/review.ts'
import {
  ok,
  type Issue,
  type Outcome,
  type ProblemCode,
  type ProblemParams,
  refuse,
  wordsOf,
} from '#domain/problems.ts'
import type { PhoneDatabase } from './database.ts'
import { wishPrefix } from './education-wish-key.ts'
import { checkFile, sha256 } from './file-check.ts'
import type { NewId } from './phone-clock.ts'
import { steadily, written } from './store-faults.ts'
import { nameOf, type SlotLine, type UploadTransport } from './uploads.svelte.ts'

/** A keystroke is on the disk at the latest so long after it was made, ms. */
const AUTOSAVE = 300
/** After a write that failed, the next attempt, ms. */
const AGAIN = 3_000

interface WishFile {
  readonly id: string
  readonly name: string
  readonly size: number
  readonly state: 'chosen' | 'sending' | 'sent' | 'refused' | 'failed'
  readonly sha256: string | null
  /** where tus goes on */
  readonly url: string | null
  readonly uploadId: string | null
  readonly code: ProblemCode | null
  readonly params: ProblemParams | null
}

const lineState = {
  chosen: 'waiting',
  sending: 'uploading',
  sent: 'uploaded',
  refused: 'failed',
  failed: 'failed',
} as const satisfies Record<WishFile['state'], SlotLine['state']>

/** A request as it lies on this phone until the server has it. */
interface KeptWish {
  /** the request's id: the proof is uploaded under it */
  readonly id: string
  readonly record: EducationRow & { readonly lockedBy: string }
  readonly values: Readonly<Record<string, CellValue>>
  readonly reason: string
  readonly files: readonly WishFile[]
}

/** The request as the server takes it. */
export interface Wish {
  id: string
  rowId: string
  proposed: Record<string, CellValue>
  reason: string
  proof: { id: string; uploadId: string; name: string; sha256: string }[]
}

export interface WishDeps {
  readonly db: PhoneDatabase
  readonly newId: NewId
  readonly accountId: string
  readonly today: () => string
  readonly transport: Omit<UploadTransport, 'together'>
  readonly send: (wish: Wish) => Promise<Outcome<unknown>>
}

/**
 * 申请修改学历 being filled (R67): one locked row with the changes wished, the reason and the proof. It stands in Dexie
 * half a second after the last keystroke and goes when the server has it. The form's renderer takes it as it takes a draft.
 */
export class EducationWish {
  readonly editable = true
  readonly type: ApplicationType = review
  readonly #deps: WishDeps
  #kept: KeptWish = $state.raw() as unknown as KeptWish
  #sent: ReadonlyMap<string, number> = $state.raw(new Map())
  readonly #running = new Map<string, AbortController>()
  #timer: ReturnType<typeof setTimeout> | null = null

  private constructor(deps: WishDeps, kept: KeptWish) {
    this.#deps = deps
    this.#kept = kept
  }

  /**
   * The request begun here earlier, or a new one for this row.
   * @param record the row as the server tells it; without it only one begun earlier opens
   * @param made ids of the requests that the server has: one begun here that is among them has arrived, though its answer was lost
   */
  static async open(
    deps: WishDeps,
    rowId: string,
    record?: KeptWish['record'],
    made: readonly string[] = [],
  ): Promise<EducationWish | null> {
    const key = `${wishPrefix(deps.accountId)}${rowId}`
    const kept = (await steadily(deps.db, () => deps.db.meta.get(key)))?.value as KeptWish | undefined
    if (kept && made.includes(kept.id)) {
      await new EducationWish(deps, kept).discard()
      return EducationWish.open(deps, rowId, record)
    }
    if (!kept && !record) return null
    const fresh = { id: deps.newId(), values: {}, reason: '', files: [] }
    // A page that was killed while it sent: its files are nobody's now.
    const files = (kept?.files ?? []).map((file) =>
      file.state === 'sending' ? { ...file, state: 'chosen' as const } : file,
    )
    return new EducationWish(deps, { ...fresh, ...kept, files, record: (record ?? kept?.record) as KeptWish['record'] })
  }

  get id(): string {
    return this.#kept.id
  }
  get record(): KeptWish['record'] {
    return this.#kept.record
  }
  get reason(): string {
    return this.#kept.reason
  }
  /** the fields whose value would change */
  get proposed(): Record<string, CellValue> {
    return changedFields(this.record, this.#kept.values)
  }
  get facts(): Facts {
    return factsForEducation(this.#deps.today())
  }
  get answers(): Answers {
    return answersWithRow(this.record, this.#kept.values)
  }
  get answersAroundRows(): Answers {
    return this.answers
  }
  get keptAnswers(): Answers {
    return this.answers
  }
  /** What keeps it from being sent, in the order of the form. */
  get issues(): readonly Issue[] {
    const { reason, files } = this.#kept
    const proof = files.filter(({ state }) => state !== 'refused')
    return checkEducationChange(this.record, { proposed: this.proposed, reason, proof }, this.#deps.today())
  }

  // ---- as a draft of the form's renderer

  commentsAt = (): readonly never[] => []
  conflictAt = (): null => null
  refusalAt = (): null => null
  settle = async (): Promise<Outcome<undefined>> => ok()
  addRow = async (): Promise<Outcome<string>> => refuse('answer.row-locked')
  removeRow = async (): Promise<Outcome<never>> => refuse('answer.row-locked')
  undoRemove = async (): Promise<Outcome<undefined>> => ok()
  markOnly = (): Outcome<undefined> => ok()

  setField(path: string, value: CellValue): Outcome<undefined> {
    const id = path.split('/').at(-1) ?? path
    if (!changeableFields.some((field) => field.id === id)) return refuse('answer.unknown-path', undefined, { path })
    this.#keep({ values: { ...this.#kept.values, [id]: value } })
    return ok()
  }
  setReason(reason: string): void {
    this.#keep({ reason })
  }

  #keep(change: Partial<KeptWish>): void {
    this.#kept = { ...this.#kept, ...change }
    this.#saveIn(AUTOSAVE)
  }
  #saveIn(delay: number): void {
    this.#timer ??= setTimeout(() => void this.flush().catch(console.error), delay)
  }
  #keepFile(id: string, change: Partial<WishFile>): void {
    this.#keep({ files: this.#kept.files.map((file) => (file.id === id ? { ...file, ...change } : file)) })
  }

  get #key(): string {
    return `${wishPrefix(this.#deps.accountId)}${this.record.rowId}`
  }

  /** Writes what was typed. Resolves when the disk has it; what it did not take is tried again. */
  async flush(): Promise<void> {
    if (this.#timer === null) return
    clearTimeout(this.#timer)
    this.#timer = null
    const { db, accountId } = this.#deps
    try {
      await steadily(db, () => db.meta.put({ key: this.#key, accountId, value: this.#kept }))
    } catch (fault) {
      this.#saveIn(AGAIN)
      throw fault
    }
  }

  /** Forgets it, with its files. */
  async discard(): Promise<void> {
    if (this.#timer !== null) clearTimeout(this.#timer)
    this.#timer = null
    for (const one of this.#running.values()) one.abort()
    const { db } = this.#deps
    const ids = this.#kept.files.map(({ id }) => id)
    await steadily(db, () =>
      db.transaction('rw', db.meta, db.uploadBytes, async () => {
        await db.meta.delete(this.#key)
        await db.uploadBytes.bulkDelete(ids)
      }),
    )
  }

  // ---- as the files of the form's renderer

  linesOf(path: string): readonly SlotLine[] {
    if (path !== educationProof.id) {
      const attached: readonly FileReference[] = this.answers.files[path] ?? []
      return attached.map(({ id, name, size, pages }): SlotLine => ({
        id,
        name,
        bytes: size,
        pages,
        state: 'uploaded',
        href: `/api/files/${id}`,
        removable: false,
        retryable: false,
      }))
    }
    return this.#kept.files.map((file): SlotLine => {
      const { id, name, size, state, code, params } = file
      return {
        id,
        name,
        bytes: size,
        removable: true,
        retryable: state === 'failed',
        state: code === 'attachment.too-large' ? 'too-large' : lineState[state],
        ...(state === 'sending' && { sent: (this.#sent.get(id) ?? 0) / size }),
        ...(code !== null && { code, problem: wordsOf({ code, params: params ?? undefined }).detail }),
      }
    })
  }

  /** Takes chosen files in and keeps their bytes; nothing is sent before 【开始上传】. */
  async choose(path: string, chosen: Iterable<File>): Promise<Outcome<undefined>> {
    if (path !== educationProof.id) return refuse('answer.row-locked', undefined, { path })
    const { db, newId, accountId } = this.#deps
    const files = [...chosen]
    const contents = await Promise.all(files.map((file) => file.arrayBuffer().catch(() => new ArrayBuffer(0))))
    const { maxFiles } = educationProof
    if (this.#kept.files.filter(({ state }) => state !== 'refused').length + files.length > maxFiles)
      return refuse('attachment.too-many-files', { atMost: maxFiles }, { path })
    const added = files.map((file, at): WishFile => {
      const bytes = contents[at] as ArrayBuffer
      const issue = checkFile(new Uint8Array(bytes), educationProof)
      return {
        id: newId(),
        name: nameOf(file.name, 'pdf'),
        size: bytes.byteLength,
        state: issue ? 'refused' : 'chosen',
        sha256: null,
        url: null,
        uploadId: null,
        code: issue?.code ?? null,
        params: issue?.params ?? null,
      }
    })
    const kept = added.flatMap(({ id, state }, at) =>
      state === 'chosen' ? [{ id, accountId, bytes: contents[at] as ArrayBuffer }] : [],
    )
    const stored = await written(db, () => db.uploadBytes.bulkAdd(kept))
    if (!stored.ok) return stored
    this.#keep({ files: [...this.#kept.files, ...added] })
    await this.flush()
    return ok()
  }

  /** The bytes still on this phone, to look at. */
  async bytesOf(id: string): Promise<ArrayBuffer | null> {
    return (await this.#deps.db.uploadBytes.get(id))?.bytes ?? null
  }

  /** 【开始上传】: one after the other. */
  async start(): Promise<void> {
    for (const file of this.#kept.files.filter(({ state }) => state === 'chosen')) await this.#sendOne(file)
  }
  async retry(id: string): Promise<void> {
    const file = this.#kept.files.find((one) => one.id === id)
    if (file) await this.#sendOne(file)
  }
  async remove(_path: string, id: string): Promise<Outcome<undefined>> {
    this.#running.get(id)?.abort()
    const file = this.#kept.files.find((one) => one.id === id)
    if (file?.url && file.state !== 'sent') void this.#deps.transport.forget(file.url)
    this.#keep({ files: this.#kept.files.filter((one) => one.id !== id) })
    await this.#deps.db.uploadBytes.delete(id)
    await this.flush()
    return ok()
  }

  async #sendOne({ id, name, size, url }: WishFile): Promise<void> {
    const { transport } = this.#deps
    const bytes = await this.bytesOf(id)
    if (!bytes || this.#running.has(id)) return
    const abort = new AbortController()
    this.#running.set(id, abort)
    const digest = await sha256(bytes)
    this.#keepFile(id, { state: 'sending', sha256: digest, code: null, params: null })
    const place = { applicationId: this.id, path: educationProof.id, name, sha256: digest }
    const known = await transport.known({ ...place, size })
    const outcome =
      !known.ok || known.value !== null
        ? known
        : await transport.send(
            { ...place, bytes: new Blob([bytes], { type: 'application/pdf' }), url },
            {
              url: (at) => this.#keepFile(id, { url: at }),
              progress: (so) => (this.#sent = new Map(this.#sent).set(id, so)),
              signal: abort.signal,
            },
          )
    this.#running.delete(id)
    if (abort.signal.aborted) return
    if (outcome.ok) this.#keepFile(id, { state: 'sent', uploadId: outcome.value })
    else {
      const { code, params = null } = outcome
      const atFault = code.startsWith('attachment.') && code !== 'attachment.upload-failed'
      this.#keepFile(id, { state: atFault ? 'refused' : 'failed', url: null, code, params })
    }
    await this.flush()
  }

  /**
   * 【提交申请】: sends what is still here, then the request. Sent twice it is one request; refused, everything stays.
   * Refused where something is missing with the first issue, and with `attachment.upload-failed` where a file does not go.
   */
  async submit(): Promise<Outcome<undefined>> {
    const [first] = this.issues
    if (first) return refuse(first.code, first.params, { path: first.path, issues: this.issues })
    await this.flush()
    for (const file of this.#kept.files.filter(({ state }) => state === 'chosen' || state === 'failed')) {
      await this.#sendOne(file)
    }
    const files = this.#kept.files.filter(({ state }) => state !== 'refused')
    const proof = files.flatMap(({ id, name, sha256: digest, uploadId }) =>
      digest !== null && uploadId !== null ? [{ id, name, sha256: digest, uploadId }] : [],
    )
    const lost = files.find(({ state }) => state !== 'sent')
    if (lost || proof.length === 0) return refuse(lost?.code ?? 'attachment.upload-failed', lost?.params ?? undefined)
    const { rowId } = this.record
    const { id, proposed, reason } = this
    const done = await this.#deps.send({ id, rowId, proposed, reason, proof })
    if (done.ok) {
      await this.discard()
      return ok()
    }
    // The server no longer has the bytes: they are still here and go again with the next attempt.
    if (done.code === 'attachment.missing') {
      for (const file of files) this.#keepFile(file.id, { state: 'chosen', url: null, uploadId: null })
      await this.flush()
    }
    return done
  }
}
