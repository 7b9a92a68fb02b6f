import { decide } from '#domain/lifecycle/next.ts'
import type { LifecycleFacts } from '#domain/lifecycle/guards.ts'
import type { Actor } from '#domain/lifecycle/roles.ts'
import type { State } from '#domain/lifecycle/states.ts'
import { type Transition, type TransitionId, transitions } from '#domain/lifecycle/transitions.ts'
import { ok, type Outcome, refuse } from '#domain/problems.ts'
import { notify } from '#server/notices/actions.ts'
import { refreshEducations } from '#server/education/actions.ts'
import { makeOfficialPapers, rareCharacterIn, voidPapers } from '#server/papers/actions.ts'
import type { Act } from '#server/platform/environment.ts'
import { change as changeOf, insertion } from '#server/platform/statements.ts'
import {
  type Application,
  type Draft,
  findSnapshot,
  isCertificateTaken,
  lockForActing,
  searchParts,
} from '../queries.ts'
import { rolesOver } from '../scope.ts'
import { formAndContent } from './content.ts'
import { type Frozen, freeze, type KnownToFreeze } from './freeze.ts'
import { gatherFacts, type GatheredFacts, type TransitionInput } from './lifecycle-facts.ts'
import { noticeParams } from './notice-params.ts'

export type { TransitionInput } from './lifecycle-facts.ts'

export interface Transitioned {
  readonly state: State
  readonly version: number
  readonly round: number
  readonly number: string | null
  readonly submittedAt: Date | null
  readonly sha256: string | null
}

/** In which roles somebody acts: the owner as applicant where the transition is his, staff by the grants that reach the application. */
function actorsOf(ctx: Act, application: Application, transition: Transition): readonly Actor[] {
  const { who } = ctx
  if (who.kind === 'system') return ['system']
  if (who.kind === 'public') return []
  if (transition.by.includes('applicant')) return who.accountId === application.accountId ? ['applicant'] : []
  return rolesOver(who, application)
}

/**
 * Executes one transition of the table, the only way a state changes (DOMAIN §3.3, DESIGN §4): locks the application,
 * gathers the facts, lets the domain decide, and writes state, snapshot, papers, audit, notice and jobs in the transaction
 * of `ctx`. Refused: whatever `decide` refuses; `request.not-found` for whom the application does not exist;
 * `application.handled-by-other` when somebody of the office looked at an older version.
 */
export async function applyTransition(
  ctx: Act,
  applicationId: string,
  id: TransitionId,
  input: TransitionInput,
): Promise<Outcome<Transitioned>> {
  const application = await lockForActing(ctx.db, ctx.who, applicationId)
  if (!application) return refuse('request.not-found')
  return applyToLocked(ctx, application, id, input)
}

/**
 * The same for an application that this transaction has locked already.
 * @param draft what was read of it, where it was
 */
export async function applyToLocked(
  ctx: Act,
  application: Application,
  id: TransitionId,
  input: TransitionInput,
  draft?: Draft & Pick<KnownToFreeze, 'serial'>,
): Promise<Outcome<Transitioned>> {
  const transition: Transition = transitions[id]
  const actors = actorsOf(ctx, application, transition)
  const isOffice = actors.some((actor) => actor !== 'applicant' && actor !== 'system')
  if (isOffice && input.version !== undefined && input.version !== application.version) {
    return refuse('application.handled-by-other')
  }
  const known = draft && { draft, ...(await formAndContent(ctx.db, ctx.who, application, ctx.now, draft)) }
  const gathered = await gatherFacts(ctx.db, ctx.who, application, [id], input, ctx.now, known)
  const decision = decide(id, gathered.facts, actors, application.type)
  if (!decision.ok) return decision
  const certificateNumber = input.certificateNumber?.trim()
  if (
    transition.guards.includes('certificateNumberGiven') &&
    (await isCertificateTaken(ctx.db, ctx.who, certificateNumber!))
  ) {
    return refuse('answer.duplicate', { label: '证书编号' }, { path: 'certificateNumber' })
  }
  const frozen =
    transition.freezes && gathered.content
      ? await freeze(ctx, application, gathered.form, gathered.content, draft)
      : undefined
  // What the form no longer shows is not printed either.
  const rare = frozen && rareCharacterIn(frozen.answers)
  if (rare) return rare
  const role = actors.find((actor) => transition.by.includes(actor))!
  const after = await write(ctx, { application, id, transition, role, gathered, frozen, input })
  if (transition.to === 'RETURNED') await refreshEducations(ctx, after)
  await tell(ctx, application, transition, gathered, after, input, draft)
  return ok({
    state: transition.to,
    version: after.version,
    round: after.round,
    number: after.number,
    submittedAt: after.submittedAt,
    sha256: frozen?.sha256 ?? null,
  })
}

interface Step {
  readonly application: Application
  readonly id: TransitionId
  readonly transition: Transition
  readonly role: Actor
  readonly gathered: GatheredFacts
  readonly frozen: Frozen | undefined
  readonly input: TransitionInput
}

/** Columns that a transition sets besides the state, by what it asks for. */
function settled({ transition, gathered, input }: Step) {
  const { guards } = transition
  return {
    ...(guards.includes('resubmitUntilGiven') && { resubmitUntil: input.resubmitUntil ?? null }),
    ...(guards.includes('publicityLongEnough') && { publicityEndsAt: gathered.facts.publicityEndsAt }),
    ...(guards.includes('documentNumberGiven') && { documentNumber: input.documentNumber!.trim() }),
    ...(guards.includes('certificateNumberGiven') && { certificateNumber: input.certificateNumber!.trim() }),
  }
}

async function write(ctx: Act, step: Step): Promise<Application> {
  const { application, id, transition, role, frozen, input } = step
  const transitionId = ctx.newId()
  const reason = input.reason?.trim() ?? ''
  // where there is grace, the row says whether it was used
  const inGrace = frozen !== undefined && frozen.columns['inGrace'] === true
  const details = { ...detailsOf(input, step.gathered.facts), ...(inGrace && { inGrace }) }
  const snapshotId = frozen?.snapshotId ?? (await findSnapshot(ctx.db, ctx.who, application.id))?.id ?? null
  const change: Partial<Application> = {
    ...settled(step),
    ...frozen?.columns,
    ...(application.state === 'SUBMITTED' && application.pointDecidedAt === null && { pointDecidedAt: ctx.now }),
    state: transition.to,
    version: application.version + 1,
    stateSince: ctx.now,
    updatedAt: ctx.now,
  }
  // It is locked: what is written now is what stands there afterwards.
  const after: Application = { ...application, ...change }
  ctx.write(changeOf('application', change, { id: application.id, version: application.version }))
  ctx.write(
    insertion('applicationTransition', {
      id: transitionId,
      applicationId: application.id,
      transition: id,
      fromState: application.state,
      toState: transition.to,
      actorId: ctx.who.kind === 'account' ? ctx.who.accountId : null,
      role,
      reason,
      details: JSON.stringify(details),
      snapshotId,
      ip: ctx.who.ip === '' ? null : ctx.who.ip,
      at: ctx.now,
    }),
  )
  if (frozen) ctx.write(searchParts(application.id, frozen.searchParts))
  if (transition.to === 'RETURNED') await sendComments(ctx, application, transitionId)
  ctx.audit({
    action: `application.${id}`,
    applicationId: application.id,
    ...(role !== 'system' && { role }),
    details: {
      from: application.state,
      to: transition.to,
      version: after.version,
      round: after.round,
      snapshotId,
      ...(inGrace && { inGrace }),
    },
  })
  if (transition.voidsPapers) await voidPapers(ctx, application.id)
  if (transition.makesPapers) await makeOfficialPapers(ctx, after)
  return after
}

const detailsOf = (
  { resubmitUntil, paperCode, documentNumber, certificateNumber }: TransitionInput,
  { votes }: LifecycleFacts,
) => ({
  ...(resubmitUntil && { resubmitUntil: resubmitUntil.toISOString() }),
  ...(paperCode !== undefined && { paperCode }),
  ...(votes && { votes }),
  ...(documentNumber !== undefined && { documentNumber }),
  ...(certificateNumber !== undefined && { certificateNumber }),
})

/** The comments written in this round go to the applicant with the return (R98). */
const sendComments = (ctx: Act, application: Application, transitionId: string) =>
  ctx.db
    .updateTable('reviewComment')
    .set({ transitionId })
    .where('applicationId', '=', application.id)
    .where('transitionId', 'is', null)
    .execute()

/** Every result is told to the applicant at once, by SMS too where the table says ✉ (R114). */
async function tell(
  ctx: Act,
  application: Application,
  transition: Transition,
  gathered: GatheredFacts,
  after: Application,
  input: TransitionInput,
  draft: Draft | undefined,
): Promise<void> {
  if (!transition.notice) return
  const { batch, facts } = gathered.form
  const point = facts.batch.acceptancePoints.find(({ id }) => id === after.acceptancePoint)?.label ?? '受理点'
  await notify(ctx, {
    accountId: application.accountId,
    notice: transition.notice,
    params: noticeParams(application, batch, after, point, input),
    applicationId: application.id,
    // a return leads to its reasons, each beside its field
    link: `/applications/${application.id}${transition.notice === 'returned' ? '/returned' : ''}`,
    sms: transition.sms === true,
    reach: draft && { browsers: draft.browsers, mobile: draft.account.mobile },
  })
}
