import { applicationTypes } from '#domain/forms/index.ts'
import { checkApplication } from '#domain/forms/check.ts'
import { itemAt } from '#domain/forms/answers.ts'
import { isSlot } from '#domain/forms/application-type.ts'
import type { ApplicationType } from '#domain/forms/application-type.ts'
import type { LifecycleFacts } from '#domain/lifecycle/guards.ts'
import { paperCodeOf } from '#domain/lifecycle/paper-code.ts'
import { type Transition, type TransitionId, transitionIds, transitions } from '#domain/lifecycle/transitions.ts'
import type { State } from '#domain/lifecycle/states.ts'
import type { Issue } from '#domain/problems.ts'
import { barAt } from '#domain/rules/integrity.ts'
import { graceEndsAt } from '#domain/rules/window.ts'
import { type HolidayCalendar, NO_HOLIDAYS, publicityEnds } from '#domain/working-days.ts'
import type { Batch } from '#server/batches/actions.ts'
import { confirmedVotes, hasBallot, isOnAgenda } from '#server/committee/agenda.ts'
import { changePending, listsOfPerson } from '#server/education/actions.ts'
import { barOf } from '#server/integrity/bar.ts'
import { holidayCalendar } from '#server/publicity/calendar.ts'
import { isListed } from '#server/publicity/listed.ts'
import type { Who } from '#server/platform/who.ts'
import type { Database } from '#server/schema.ts'
import type { Kysely } from 'kysely'
import {
  type Application,
  countUnverified,
  type Draft,
  findSnapshot,
  isPaperCurrent,
  listOpened,
  readConflicts,
} from '../queries.ts'
import { type Content, contentOf, type Form, formOf } from './content.ts'

type Db = Kysely<Database>

/** What a person hands in with a transition, as far as the transition asks for it. */
export interface TransitionInput {
  /** the version both sides speak of (optimistic lock) */
  readonly version?: number | undefined
  readonly reason?: string | undefined
  readonly resubmitUntil?: Date | undefined
  /** code of the official paper handed in, from its QR (T12) */
  readonly paperCode?: string | undefined
  readonly publicityEndsAt?: Date | undefined
  readonly documentNumber?: string | undefined
  readonly certificateNumber?: string | undefined
}

/** Who decides: the committee, or the office alone for 初定, 补证 and, where the batch says so, 认定 (DOMAIN §3.2). */
export const decidedBy = (
  application: Pick<Application, 'type' | 'isRecognition'>,
  batch: Pick<Batch, 'recognitionByApproval'>,
): 'committee' | 'approval' =>
  applicationTypes[application.type].route === 'committee' &&
  !(application.isRecognition && batch.recognitionByApproval)
    ? 'committee'
    : 'approval'

/** The transition by which the applicant sends in from this state: 提交 or 再次提交; undefined where he has nothing to send. */
export const sendingTransition = (state: State): TransitionId | undefined =>
  transitionIds.find((id) => {
    const { freezes, from }: Transition = transitions[id]
    return freezes === true && from.includes(state)
  })

/** Everything that stands against a submission: what the form says, and choices between two devices that nobody made yet. */
function issuesOf(form: Form, content: Content, conflicts: readonly { readonly path: string }[]): Issue[] {
  const open = [...new Set(conflicts.map(({ path }) => path))].map((path) => ({ code: 'sync.conflict' as const, path }))
  return [...checkApplication(form.type, content.answers, form.facts), ...open]
}

/** Paths of files that a reviewer has to open: every file but the photo, which is on the page. */
export const mustBeOpened = (type: ApplicationType, path: string): boolean => {
  const found = itemAt(type, path)
  return found !== undefined && isSlot(found.item) && found.item.accept !== 'photo'
}

async function countUnopened(db: Db, who: Who, application: Application, type: ApplicationType): Promise<number> {
  if (who.kind !== 'account') return 0
  const snapshot = await findSnapshot(db, who, application.id)
  if (!snapshot) return 0
  const opened = await listOpened(db, who, application.id)
  return Object.entries(snapshot.content.answers.files)
    .filter(([path]) => mustBeOpened(type, path))
    .flatMap(([, files]) => files)
    .filter(({ id }) => !opened.has(id)).length
}

async function isPending(db: Db, who: Who, application: Application, type: ApplicationType): Promise<boolean> {
  const snapshot = await findSnapshot(db, who, application.id)
  const rows = listsOfPerson(type).flatMap((list) => snapshot?.content.answers.rows[list.id] ?? [])
  return changePending(
    db,
    who,
    application.accountId,
    rows.map(({ id }) => id),
  )
}

async function onPaper(db: Db, who: Who, application: Application, code: string | undefined): Promise<boolean> {
  const snapshot = await findSnapshot(db, who, application.id)
  if (snapshot === undefined || code === undefined) return false
  return isPaperCurrent(db, who, application.id, snapshot.id, paperCodeOf(code))
}

/** Until when the person is barred from applying, or null (T19, T22, E15). */
const barredUntil = async (
  db: Db,
  who: Who,
  accountId: string,
  now: Date,
  draft: Draft | undefined,
): Promise<Date | null> => (draft ? barAt(draft.bars, now) : await barOf(db, who, accountId, now))?.until ?? null

/** The end of a publicity that starts now: what the office asked for if it is long enough, else the shortest; null where too short (E9). */
function publicityEnd(
  application: Application,
  now: Date,
  asked: Date | undefined,
  calendar: HolidayCalendar,
): Date | null {
  if (application.publicityEndsAt) return application.publicityEndsAt
  const { endsAt } = publicityEnds(now, calendar)
  if (asked === undefined) return endsAt
  return asked >= endsAt ? asked : null
}

/** What was read of an application before its facts are gathered. */
export interface Known {
  readonly form?: Form
  readonly content?: Content
  readonly draft?: Draft
}

export interface GatheredFacts {
  readonly facts: LifecycleFacts
  readonly form: Form
  /** read only where the transition freezes it */
  readonly content: Content | undefined
}

/**
 * Gathers what a decision looks at, inside the transaction. Facts that only some transitions look at are read for those
 * (`ids`), so that a submission does not count opened files and a return does not read 200 rows.
 * @param known what was read already
 */
export async function gatherFacts(
  db: Db,
  who: Who,
  application: Application,
  ids: readonly TransitionId[],
  input: TransitionInput,
  now: Date,
  known: Known = {},
): Promise<GatheredFacts> {
  const asked = new Set<string>(ids.flatMap((id) => transitions[id].guards))
  const complete = asked.has('answersComplete')
  const [form, content, conflicts, filesMissing, until] = await Promise.all([
    known.form ?? formOf(db, who, application, now),
    complete ? (known.content ?? contentOf(db, who, application)) : undefined,
    complete ? (known.draft?.conflicts ?? readConflicts(db, who, application.id)) : [],
    asked.has('filesComplete') ? (known.draft?.unverified ?? countUnverified(db, who, application.id)) : 0,
    asked.has('noIntegrityRecord') ? barredUntil(db, who, application.accountId, now, known.draft) : null,
  ])
  const { batch, type } = form
  const facts: LifecycleFacts = {
    state: application.state,
    now,
    opensAt: batch.opensAt,
    closesAt: batch.closesAt,
    resubmitUntil: application.resubmitUntil,
    graceUntil: graceEndsAt(batch, batch.graceMinutes, application.updatedAt),
    gateAccepted: application.gateAcceptedAt !== null,
    versionCurrent: input.version === undefined || input.version === application.version,
    filesMissing,
    issues: content ? issuesOf(form, content, conflicts) : [],
    integrityUntil: until,
    own: who.kind === 'account' && who.accountId === application.accountId,
    hasDepartment: batch.hasDepartment,
    hasPublicity: batch.hasPublicity && application.type !== 'reissue',
    decidedBy: decidedBy(application, batch),
    filesUnopened: asked.has('filesOpened') ? await countUnopened(db, who, application, type) : 0,
    pendingEducationChange: asked.has('noPendingEducationChange') ? await isPending(db, who, application, type) : false,
    snapshotOnPaper: asked.has('paperMatchesSnapshot') ? await onPaper(db, who, application, input.paperCode) : false,
    onAgenda: asked.has('onAgenda') ? await isOnAgenda(db, who, application.id) : false,
    ballotNoted: asked.has('noBallotNoted') ? await hasBallot(db, who, application.id) : false,
    onPublicityList: asked.has('onPublicityList') ? await isListed(db, who, application.id) : false,
    publicityEndsAt: publicityEnd(
      application,
      now,
      input.publicityEndsAt,
      asked.has('publicityLongEnough') ? await holidayCalendar(db, who) : NO_HOLIDAYS,
    ),
    openObjection: application.state === 'OBJECTION',
    reason: input.reason ?? '',
    requestedResubmitUntil: input.resubmitUntil ?? null,
    votes:
      asked.has('votesForPass') || asked.has('votesForFail') ? await confirmedVotes(db, who, application.id) : null,
    documentNumber: input.documentNumber ?? '',
    certificateNumber: input.certificateNumber ?? '',
  }
  return { facts, form, content }
}
