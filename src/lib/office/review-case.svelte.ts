import { attended } from '$lib/session/attendance.ts'
import type { InferRequestType, InferResponseType } from 'hono/client'
import type { ApplicationType } from '#domain/forms/application-type.ts'
import type { Answers, Facts } from '#domain/forms/answers.ts'
import { withOverrides } from '#domain/forms/edition.ts'
import type { Role } from '#domain/lifecycle/roles.ts'
import { type Advice, eligibilityAdvice } from '#domain/rules/eligibility.ts'
import { initialPhrases, type StockPhrases } from '#domain/rules/stock-phrases.ts'
import { ok, type Outcome, type Refused } from '#domain/problems.ts'
import { api, ask } from '$lib/session/api.ts'
import { type CaseFile, caseSteps, type CaseStep, filesToOpen } from './case-lines.ts'
import { editionOf } from './editions.ts'

const one = api.review.applications[':id']
export type CaseView = InferResponseType<typeof one.$get, 200>
export type CaseDuplicate = CaseView['duplicates'][number]
export type CaseComment = CaseView['comments'][number]
export type TransitionOffer = CaseView['available'][number]
export type TransitionWish = Omit<InferRequestType<typeof one.transition.$post>['json'], 'version'>

/** One application on the reviewer's table: what was submitted, what he and others noted, what can be done with it. */
export class ReviewCase {
  readonly id: string
  #view: CaseView | null = $state.raw(null)
  #type: ApplicationType | null = $state.raw(null)
  #problem: Refused | null = $state.raw(null)
  #opened: ReadonlySet<string> = $state.raw(new Set())
  #others: readonly string[] = $state.raw([])
  #latest = $state(0)
  readonly #steps: readonly CaseStep[] = $derived.by(() =>
    this.#view && this.#type
      ? caseSteps({ type: this.#type, answers: this.answers, previous: this.previous, facts: this.facts })
      : [],
  )
  readonly #files: readonly CaseFile[] = $derived(filesToOpen(this.#steps))
  readonly #advice: readonly Advice[] = $derived.by(() =>
    this.#view && this.#type
      ? eligibilityAdvice({
          type: this.#type.id,
          answers: this.answers,
          facts: this.facts,
          beside: { year: this.#view.application.batchYear, others: this.#view.beside },
        })
      : [],
  )

  constructor(id: string) {
    this.id = id
  }

  get view(): CaseView | null {
    return this.#view
  }
  get problem(): Refused | null {
    return this.#problem
  }
  get type(): ApplicationType | null {
    return this.#type
  }
  /** names of the colleagues who have it open as well */
  get others(): readonly string[] {
    return this.#others
  }
  /** somebody has acted on it since it was opened here */
  get isOutdated(): boolean {
    return this.#view !== null && this.#latest > this.#view.application.version
  }
  get phrases(): StockPhrases {
    return this.#view?.phrases ?? initialPhrases
  }
  get duplicates(): readonly CaseDuplicate[] {
    return this.#view?.duplicates ?? []
  }
  get steps(): readonly CaseStep[] {
    return this.#steps
  }
  /** every file that has to be opened, in order */
  get files(): readonly CaseFile[] {
    return this.#files
  }
  get opened(): ReadonlySet<string> {
    return this.#opened
  }
  get unopened(): number {
    return this.#files.filter(({ id }) => !this.#opened.has(id)).length
  }
  get advice(): readonly Advice[] {
    return this.#advice
  }
  get answers(): Answers {
    return this.#view!.answers
  }
  get previous(): Answers | null {
    return this.#view!.previousAnswers
  }
  get facts(): Facts {
    return this.#view!.facts
  }
  get changes(): number {
    return this.#steps.reduce((sum, { changes }) => sum + changes, 0)
  }

  /** Comments that go to the applicant with the next return. */
  get unsent(): readonly CaseComment[] {
    return this.#view?.comments.filter(({ sent }) => !sent) ?? []
  }
  commentsAt(path: string): readonly CaseComment[] {
    return this.#view?.comments.filter((comment) => comment.path === path) ?? []
  }
  /** Ticked off in this round. */
  isChecked(path: string): boolean {
    return this.#view?.marks.some((mark) => mark.path === path && mark.round === this.#view!.application.round) ?? false
  }
  /** Ticked off in an earlier round. */
  wasChecked(path: string): boolean {
    return this.#view?.marks.some((mark) => mark.path === path && mark.round < this.#view!.application.round) ?? false
  }
  /** What stands against a transition now: files opened since it was asked count. */
  refusalOf(offer: TransitionOffer): Refused | null {
    const refusal = offer.refusal as Refused | null
    if (refusal?.code !== 'application.files-unopened') return refusal
    return this.unopened === 0 ? null : { ...refusal, params: { count: this.unopened } }
  }

  async load(): Promise<void> {
    const found = await ask(one.$get({ param: { id: this.id } }))
    if (!found.ok) {
      this.#problem = found
      return
    }
    const type = await editionOf(found.value.edition.id)
    if (!type.ok) {
      this.#problem = type
      return
    }
    this.#problem = null
    this.#type = withOverrides(type.value, found.value.edition.overrides)
    this.#view = found.value
    this.#opened = new Set(found.value.filesOpened)
  }

  /** Says that it is open here, and hears who else has it open; without network nobody is heard. */
  async stay(): Promise<void> {
    const heard = await ask(one.presence.$post({ param: { id: this.id } }, { headers: attended() }))
    if (!heard.ok) return
    this.#others = heard.value.others
    this.#latest = heard.value.version
  }

  async leave(): Promise<void> {
    await ask(one.presence.$delete({ param: { id: this.id } }))
  }

  async comment(path: string, text: string, by: { name: string; role: Role }): Promise<Outcome<undefined>> {
    const sent = await ask(one.comments.$post({ param: { id: this.id }, json: { path, text } }))
    if (!sent.ok) return sent
    const view = this.#view!
    const own: CaseComment = {
      id: sent.value.id,
      round: view.application.round,
      path,
      text: text.trim(),
      by: by.name,
      role: by.role,
      mine: true,
      sent: false,
      at: new Date().toISOString(),
    }
    this.#view = { ...view, comments: [...view.comments, own] }
    return ok()
  }

  async removeComment(id: string): Promise<Outcome<undefined>> {
    const gone = await ask(one.comments[':commentId'].$delete({ param: { id: this.id, commentId: id } }))
    if (!gone.ok) return gone
    this.#view = { ...this.#view!, comments: this.#view!.comments.filter((comment) => comment.id !== id) }
    return ok()
  }

  /** Ticks places off, or takes the ticks away again. */
  async mark(paths: readonly string[], checked: boolean): Promise<Outcome<undefined>> {
    if (paths.length === 0) return ok()
    const before = this.#view!
    const { round } = before.application
    const rest = before.marks.filter((mark) => mark.round !== round || !paths.includes(mark.path))
    this.#view = { ...before, marks: checked ? [...rest, ...paths.map((path) => ({ path, round, by: '' }))] : rest }
    const sent = await ask(one.marks.$post({ param: { id: this.id }, json: { paths: [...paths], checked } }))
    if (sent.ok) return ok()
    this.#view = { ...this.#view, marks: before.marks }
    return sent
  }

  /** Notes that a file was looked at; called when its first page is on the screen. */
  async noteOpened(fileId: string): Promise<Outcome<undefined>> {
    if (this.#opened.has(fileId)) return ok()
    const sent = await ask(one.opened.$post({ param: { id: this.id }, json: { attachmentId: fileId } }))
    if (!sent.ok) return sent
    this.#opened = new Set([...this.#opened, fileId])
    return ok()
  }

  /**
   * Sends the applicant a message by SMS and into his inbox (R106).
   * @param id made once for what is written, so that sending it again after a lost answer sends no second SMS
   */
  async tellApplicant(id: string, text: string): Promise<Outcome<undefined>> {
    const sent = await ask(one.messages.$post({ param: { id: this.id }, json: { id, text } }))
    if (!sent.ok) return sent
    await this.load()
    return ok()
  }

  /** Executes a transition. What others did in the meantime is refused with `application.handled-by-other`. */
  async take(wish: TransitionWish): Promise<Outcome<undefined>> {
    const json = { ...wish, version: this.#view!.application.version }
    const done = await ask(one.transition.$post({ param: { id: this.id }, json }))
    return done.ok ? ok() : done
  }
}
