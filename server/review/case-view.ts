import type { Answers, Facts } from '#domain/forms/answers.ts'
import { applicationTypes } from '#domain/forms/index.ts'
import type { BatchOverrides } from '#domain/forms/edition.ts'
import { guards, type LifecycleFacts } from '#domain/lifecycle/guards.ts'
import { availableTransitions, mayAct } from '#domain/lifecycle/next.ts'
import { stagesOf } from '#domain/lifecycle/progress.ts'
import { type State, states } from '#domain/lifecycle/states.ts'
import {
  atTheCase,
  knownTransition,
  type TransitionId,
  transitionIds,
  transitions,
} from '#domain/lifecycle/transitions.ts'
import { ok, type Outcome, refuse, type Refused } from '#domain/problems.ts'
import type { OtherApplication } from '#domain/rules/eligibility-input.ts'
import type { Bar } from '#domain/rules/integrity.ts'
import { LONGEST_TERM } from '#domain/rules/window.ts'
import { type Application, type Form, formOf } from '#server/applications/actions/content.ts'
import { gatherFacts, mustBeOpened } from '#server/applications/actions/lifecycle-facts.ts'
import { openedBy, papersOf, returnRequestOf, snapshotOf, transitionsOf } from '#server/applications/actions/records.ts'
import { rolesOver } from '#server/applications/scope.ts'
import { aboutObjections } from '#server/applications/shown-state.ts'
import { barOf } from '#server/integrity/bar.ts'
import { isReachable, officeMessagesOf } from '#server/notices/actions.ts'
import type { StockPhrases } from '#domain/rules/stock-phrases.ts'
import type { Act, Dependencies } from '#server/platform/environment.ts'
import type { Signed } from '#server/platform/who.ts'
import { type Duplicate, duplicatesOf } from './duplicates.ts'
import { writerRole } from './message.ts'
import { stockPhrases } from './phrases.ts'
import { findCase, findNeighbours, listBeside, listComments, listMarks, namesOf } from './queries.ts'

/** What a transition asks the person for, from the guards that look at it. */
const asked = {
  reasonGiven: 'reason',
  resubmitUntilGiven: 'resubmitUntil',
  paperMatchesSnapshot: 'paperCode',
  documentNumberGiven: 'documentNumber',
  certificateNumberGiven: 'certificateNumber',
} as const

export type Asked = (typeof asked)[keyof typeof asked]

interface Offer {
  readonly id: TransitionId
  readonly label: string
  readonly to: State
  /** what stands against it whatever is filled in; null when only the answers to `asks` are missing */
  readonly refusal: Refused | null
  readonly asks: readonly Asked[]
  /** what of it may be left out */
  readonly optional: readonly Asked[]
}

interface CaseView {
  readonly application: {
    readonly id: string
    readonly type: string
    readonly typeLabel: string
    readonly state: State
    readonly stateLabel: string
    readonly version: number
    readonly round: number
    readonly number: string | null
    readonly batchId: string
    readonly batchName: string
    readonly batchYear: number
    readonly batchClosed: boolean
    readonly batchClosesAt: Date | null
    readonly fullName: string | null
    readonly employerName: string | null
    readonly submittedAt: Date | null
    readonly firstSubmittedAt: Date | null
    readonly stateSince: Date
    readonly inGrace: boolean
    readonly resubmitUntil: Date | null
    readonly publicityEndsAt: Date | null
    readonly documentNumber: string | null
    readonly certificateNumber: string | null
    readonly stages: ReturnType<typeof stagesOf>
  }
  readonly edition: { readonly id: string; readonly overrides: BatchOverrides }
  readonly answers: Answers
  /** answers of the round before, for the diff; null in the first round (A20) */
  readonly previousAnswers: Answers | null
  readonly snapshot: { readonly round: number; readonly sha256: string }
  readonly facts: Facts
  readonly comments: readonly {
    readonly id: string
    readonly round: number
    readonly path: string
    readonly text: string
    readonly by: string
    readonly role: string
    readonly mine: boolean
    readonly sent: boolean
    readonly at: Date
  }[]
  /** places ticked off as right, with the round in which they were */
  readonly marks: readonly { readonly path: string; readonly round: number; readonly by: string }[]
  readonly transitions: readonly {
    readonly id: string
    readonly transition: TransitionId
    readonly label: string
    readonly from: State
    readonly to: State
    readonly by: string
    readonly role: string
    readonly reason: string
    readonly at: Date
  }[]
  readonly available: readonly Offer[]
  /** ids of the files this person has opened, and how many there are to open (T10) */
  readonly filesOpened: readonly string[]
  readonly filesToOpen: number
  readonly papers: readonly {
    readonly kind: string
    readonly code: string
    readonly voided: boolean
    readonly at: Date
  }[]
  /** what else its person applies for in the year, the other way (E3) */
  readonly beside: readonly OtherApplication[]
  /** what stands in another application as well */
  readonly duplicates: readonly Duplicate[]
  /** what bars the applicant from applying now (E15) */
  readonly integrity: Bar | null
  /** the words that are at hand for comments and reasons */
  readonly phrases: StockPhrases
  /** what the office wrote to the applicant, with what became of the SMS (R106) */
  readonly messages: readonly {
    readonly id: string
    readonly text: string
    readonly sms: 'waiting' | 'sent' | 'confirmed' | 'cancelled' | 'failed' | null
    readonly read: boolean
    readonly at: Date
  }[]
  /** whether the person may write to the applicant */
  readonly mayWrite: boolean
  /** false where the applicant closed his account: no notice comes to him */
  readonly isReachable: boolean
  readonly returnRequest: { readonly reason: string; readonly at: Date } | null
  readonly neighbours: { readonly prev: string | null; readonly next: string | null }
}

/** The transitions a person may take now, each judged as if everything it asks for were filled in well. */
async function offersFor({ db, now }: Act, who: Signed, application: Application, form: Form): Promise<Offer[]> {
  const actors = rolesOver(who, application)
  const candidates = transitionIds.filter((id) => atTheCase(id) && mayAct(id, application, actors, application.type))
  const { facts } = await gatherFacts(db, who, application, candidates, {}, now, { form })
  return availableTransitions(facts, actors, application.type)
    .filter(({ id }) => atTheCase(id))
    .map(({ id }) => {
      const standingGuards: readonly string[] = transitions[id].guards
      const asks = [
        ...new Set(standingGuards.flatMap((guard) => (guard in asked ? [asked[guard as keyof typeof asked]] : []))),
      ]
      const { label, to } = transitions[id]
      return {
        id,
        label,
        to,
        refusal: standing(id, facts),
        asks: asks.filter((one) => one !== 'resubmitUntil' || batchEndsSoon(facts)),
        optional: batchOver(facts) ? [] : ['resubmitUntil' as const],
      }
    })
}

const batchOver = (facts: LifecycleFacts): boolean => facts.closesAt !== null && facts.now > facts.closesAt

/** Whether a term given now may end later than the batch: who is returned in the last minutes needs one (A22). */
const batchEndsSoon = (facts: LifecycleFacts): boolean =>
  facts.closesAt !== null && facts.closesAt.getTime() - facts.now.getTime() < (LONGEST_TERM + 1) * 86_400_000

/** What the guards refuse besides those that only ask for something to be filled in. */
function standing(id: TransitionId, facts: LifecycleFacts): Refused | null {
  for (const guard of transitions[id].guards) {
    if (guard in asked) continue
    const refusal = guards[guard](facts)
    if (refusal) return refusal
  }
  return null
}

/**
 * The whole case for one reviewer: what was submitted last, what was submitted before, the marks and words of the office, and
 * what can be done. One's own application is not shown (E11). That it was looked at stands in the audit (E13).
 */
export async function viewCase(platform: Dependencies, ctx: Act, who: Signed, id: string): Promise<Outcome<CaseView>> {
  const { db, now } = ctx
  const application = await findCase(db, who, id)
  if (!application) return refuse('request.not-found')
  if (application.accountId === who.accountId) return refuse('account.own-application')
  // What does not wait for one another goes to the database together.
  const [
    snapshot,
    form,
    steps,
    comments,
    opened,
    request,
    marks,
    papers,
    neighbours,
    beside,
    duplicates,
    integrity,
    phrases,
    reachable,
  ] = await Promise.all([
    snapshotOf(db, who, id),
    formOf(db, who, application, now, platform.secrets),
    transitionsOf(db, who, id),
    listComments(db, who, id),
    openedBy(db, who, id),
    returnRequestOf(db, who, id, application.round),
    listMarks(db, who, id),
    papersOf(db, who, id),
    findNeighbours(db, who, application),
    listBeside(db, who, application),
    duplicatesOf(db, who, application),
    barOf(db, who, application.accountId, now),
    stockPhrases(db, who),
    isReachable(db, application.accountId),
  ])
  if (!snapshot) throw new Error(`Submitted but not frozen: ${id}`)
  const { batch, type, facts } = form
  const [before, names, available] = await Promise.all([
    snapshot.round > 1 ? snapshotOf(db, who, id, snapshot.round - 1) : undefined,
    namesOf(
      db,
      who,
      steps.flatMap(({ actorId }) => (actorId === null ? [] : [actorId])),
    ),
    offersFor(ctx, who, application, form),
  ])
  const readsObjections = rolesOver(who, application).includes('office')
  const toOpen = Object.entries(snapshot.content.answers.files)
    .filter(([path]) => mustBeOpened(type, path))
    .flatMap(([, files]) => files)
  ctx.audit({ action: 'application.viewed', applicationId: id })
  return ok({
    application: {
      id,
      type: application.type,
      typeLabel: applicationTypes[application.type].label,
      state: application.state,
      stateLabel: states[application.state].label,
      version: application.version,
      round: application.round,
      number: application.number,
      batchId: batch.id,
      batchName: batch.name,
      batchYear: batch.year,
      batchClosed: batch.closesAt !== null && now > batch.closesAt,
      batchClosesAt: batch.closesAt,
      fullName: application.fullName,
      employerName: application.employerName,
      submittedAt: application.submittedAt,
      firstSubmittedAt: application.firstSubmittedAt,
      stateSince: application.stateSince,
      inGrace: application.inGrace,
      resubmitUntil: application.resubmitUntil,
      publicityEndsAt: application.publicityEndsAt,
      documentNumber: application.documentNumber,
      certificateNumber: application.certificateNumber,
      stages: stagesOf(application.type, application.state, batch),
    },
    edition: { id: application.editionId, overrides: batch.overrides },
    answers: snapshot.content.answers,
    previousAnswers: before?.content.answers ?? null,
    snapshot: { round: snapshot.round, sha256: snapshot.sha256 },
    facts,
    comments: comments.map((one) => ({
      id: one.id,
      round: one.round,
      path: one.path,
      text: one.text,
      by: one.authorName,
      role: one.authorRole,
      mine: one.authorId === who.accountId,
      sent: one.transitionId !== null,
      at: one.createdAt,
    })),
    marks,
    transitions: steps.map((one) => ({
      id: one.id,
      transition: one.transition,
      label: knownTransition(one.transition)?.label ?? one.transition,
      from: one.fromState,
      to: one.toState,
      by: one.actorId === null ? '系统' : (names.get(one.actorId) ?? ''),
      role: one.role,
      reason: readsObjections || !aboutObjections.includes(one.transition) ? one.reason : '',
      at: one.at,
    })),
    available,
    filesOpened: toOpen.filter((file) => opened.has(file.id)).map((file) => file.id),
    filesToOpen: toOpen.length,
    papers: papers.map(({ kind, code, voidedAt, createdAt }) => ({
      kind,
      code,
      voided: voidedAt !== null,
      at: createdAt,
    })),
    beside,
    duplicates,
    integrity,
    phrases,
    messages: (await officeMessagesOf(db, id)).map((one) => ({
      id: one.id,
      text: one.body,
      sms: one.sms,
      read: one.readAt !== null,
      at: one.createdAt,
    })),
    mayWrite: writerRole(who, application) !== undefined,
    isReachable: reachable,
    returnRequest: request ? { reason: request.reason, at: request.createdAt } : null,
    neighbours,
  })
}
