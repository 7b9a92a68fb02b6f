import type { Answers, CellValue, Facts } from '#domain/forms/answers.ts'
import { type ApplicationTypeId, isAmong, placesAt } from '#domain/forms/application-type.ts'
import { checkApplication } from '#domain/forms/check.ts'
import { applicationTypes } from '#domain/forms/index.ts'
import { stagesOf } from '#domain/lifecycle/progress.ts'
import { roles, type Role } from '#domain/lifecycle/roles.ts'
import { isEditable, mayPrintOfficial, type Phase, type State, states } from '#domain/lifecycle/states.ts'
import { knownTransition, transitions } from '#domain/lifecycle/transitions.ts'
import { ok, type Outcome, refuse } from '#domain/problems.ts'
import { writingEndsAt } from '#domain/rules/window.ts'
import type { ReturnView } from '#domain/sync/protocol.ts'
import type { Dependencies } from '#server/platform/environment.ts'
import type { Signed, Who } from '#server/platform/who.ts'
import type { Database } from '#server/schema.ts'
import type { Kysely } from 'kysely'
import {
  type Application,
  findOwn,
  findReturn,
  listChangedSince,
  findReturnRequest,
  listOwn,
  listPapers,
  listTransitions,
  released,
  type TransitionRow,
} from '../queries.ts'
import { isHidden, lastWritten, shownState, shownWithoutObjection } from '../shown-state.ts'
import { contentOf, formOf, frozenContentOf } from './content.ts'
import { decidedBy } from './lifecycle-facts.ts'

type Db = Kysely<Database>

const roleLabel = (role: string): string => (role in roles ? roles[role as Role] : '系统')

/** 退回原因 with the comments that were sent along, each with whether something was changed there (R98); null unless the application is returned now. */
export async function returnOf(db: Db, who: Who, application: Application): Promise<ReturnView | null> {
  if (application.state !== 'RETURNED') return null
  const found = await findReturn(db, who, application.id)
  if (!found) return null
  const { transition, comments } = found
  const type = applicationTypes[application.type]
  const changed = await listChangedSince(db, who, application.id, transition.at)
  return {
    reason: transition.reason,
    by: roleLabel(transition.role),
    at: transition.at.toISOString(),
    resubmitUntil: application.resubmitUntil?.toISOString() ?? null,
    comments: comments.map(({ id, path, text, authorRole, createdAt }) => ({
      id,
      path,
      text,
      by: roleLabel(authorRole),
      at: createdAt.toISOString(),
      settled: changed.some((one) => isAmong(placesAt(type, path), one)),
    })),
  }
}

type OwnRow = Awaited<ReturnType<typeof listOwn>>[number]

interface OwnSummary {
  readonly id: string
  readonly type: ApplicationTypeId
  readonly typeLabel: string
  readonly batchId: string
  readonly batchName: string
  readonly year: number
  readonly state: State
  readonly stateLabel: string
  readonly phase: Phase
  readonly editable: boolean
  readonly version: number
  readonly number: string | null
  readonly specialty: string | null
  readonly targetTitle: string | null
  readonly employerName: string | null
  readonly createdAt: Date
  /** when its owner last wrote in it (`lastWritten`) */
  readonly updatedAt: Date
  readonly submittedAt: Date | null
  /** last moment to send it in, while it is editable */
  readonly writingEndsAt: Date | null
  readonly stages: ReturnType<typeof stagesOf>
  /** how much still stands against a submission, while it is editable */
  readonly issues: number | null
  readonly returned: ReturnView | null
  readonly mayPrintOfficial: boolean
  readonly documentNumber: string | null
  readonly certificateNumber: string | null
}

const labelIn = (facts: Facts, specialtyId: CellValue, titleId: CellValue) => {
  const specialty = facts.batch.specialties.find(({ id }) => id === specialtyId)
  const title = specialty?.titles.find(({ id }) => id === titleId)
  const text = (value: CellValue) => (typeof value === 'string' && value !== '' ? value : null)
  return { specialty: specialty?.label ?? text(specialtyId), targetTitle: title?.label ?? text(titleId) }
}

async function summaryOf(db: Db, who: Signed, row: OwnRow, now: Date): Promise<OwnSummary> {
  const state = shownState({ state: row.state, decidedBy: decidedBy(row, row) }, row.released)
  const editable = isEditable(row.state)
  const { type, facts, batch } = await formOf(db, who, row, now)
  const content = editable ? await contentOf(db, who, row) : undefined
  const fields = content?.answers.fields
  const chosen = fields
    ? labelIn(facts, fields['specialty'] ?? null, fields['targetTitle'] ?? null)
    : labelIn(facts, row.specialty, row.targetTitle)
  const employer = fields ? fields['employerName'] : row.employerName
  return {
    id: row.id,
    type: row.type,
    typeLabel: applicationTypes[row.type].label,
    batchId: row.batchId,
    batchName: row.batchName,
    year: row.batchYear,
    state,
    stateLabel: states[state].shown,
    phase: states[state].phase,
    editable,
    version: row.version,
    number: row.number,
    ...chosen,
    employerName: typeof employer === 'string' ? employer : null,
    createdAt: row.createdAt,
    updatedAt: lastWritten(row),
    submittedAt: row.submittedAt,
    writingEndsAt: editable ? writingEndsAt(batch, row.resubmitUntil) : null,
    stages: stagesOf(row.type, state, row),
    issues: content ? checkApplication(type, content.answers, facts).length : null,
    returned: await returnOf(db, who, row),
    mayPrintOfficial: mayPrintOfficial(row.state),
    documentNumber: row.documentNumber,
    certificateNumber: row.certificateNumber,
  }
}

/** 当前申报信息: all applications of the person with the stage each stands at (R96, R102). */
export async function ownApplications(db: Db, who: Signed, now: Date): Promise<OwnSummary[]> {
  const rows = await listOwn(db, who)
  return Promise.all(rows.map((row) => summaryOf(db, who, row, now)))
}

/** 历史申报信息: what is over or has a result, by year, type and words (R101, R103). */
export async function history(
  db: Db,
  who: Signed,
  filter: {
    readonly year?: number | undefined
    readonly type?: ApplicationTypeId | undefined
    readonly q?: string | undefined
  },
  now: Date,
): Promise<OwnSummary[]> {
  const all = await Promise.all((await listOwn(db, who, filter)).map((row) => summaryOf(db, who, row, now)))
  const words = filter.q?.trim().toLowerCase() ?? ''
  return all
    .filter(({ phase }) => phase === 'history' || phase === 'result')
    .filter(({ batchName, number, specialty, targetTitle, employerName }) =>
      [batchName, number, specialty, targetTitle, employerName].some((text) => text?.toLowerCase().includes(words)),
    )
}

/** One line of the timeline the applicant sees. */
interface TimelineEntry {
  readonly transition: string
  readonly label: string
  readonly state: State
  readonly stateLabel: string
  readonly at: Date
  readonly by: string
  readonly reason: string
}

/** What happened, without the internal steps; a decision that is not published yet is not there (A30). */
const timelineOf = (rows: readonly TransitionRow[]): TimelineEntry[] =>
  rows
    .filter(({ transition }) => {
      const known = knownTransition(transition)
      return known !== undefined && !known.internal
    })
    .map(({ transition, toState, at, role, reason }) => ({
      transition,
      label: transitions[transition].label,
      state: toState,
      stateLabel: states[toState].shown,
      at,
      by: role === 'applicant' ? '本人' : roleLabel(role),
      reason,
    }))

interface ApplicationView {
  readonly application: OwnSummary
  readonly editionId: string
  readonly answers: Answers
  readonly facts: Facts
  readonly timeline: readonly TimelineEntry[]
  readonly snapshot: { readonly round: number; readonly sha256: string } | null
  readonly papers: readonly {
    readonly kind: string
    readonly code: string
    readonly voided: boolean
    readonly at: Date
  }[]
  readonly returnRequest: { readonly reason: string; readonly at: Date } | null
}

/**
 * 查看详情: the whole application, read-only, in any state (R99): what was frozen at the last submission, or what stands in
 * it now while it may be edited.
 */
export async function viewOwn(platform: Dependencies, who: Signed, id: string): Promise<Outcome<ApplicationView>> {
  const { db } = platform.database
  const now = await platform.clock.now(db)
  const application = await findOwn(db, who, id)
  if (!application) return refuse('request.not-found')
  const row = (await listOwn(db, who)).find((one) => one.id === id)!
  const { facts } = await formOf(db, who, application, now, platform.secrets)
  const frozen = await frozenContentOf(db, who, id)
  const editable = isEditable(application.state)
  const answers = editable || !frozen ? (await contentOf(db, who, application)).answers : frozen.answers
  const request = await findReturnRequest(db, who, id, application.round)
  return ok({
    application: await summaryOf(db, who, row, now),
    editionId: application.editionId,
    answers,
    facts,
    timeline: timelineOf(await listTransitions(db, who, id)),
    snapshot: frozen ? { round: frozen.round, sha256: frozen.sha256 } : null,
    papers: (await listPapers(db, who, id)).map(({ kind, code, voidedAt, createdAt }) => ({
      kind,
      code,
      voided: voidedAt !== null,
      at: createdAt,
    })),
    returnRequest: request ? { reason: request.reason, at: request.createdAt } : null,
  })
}

/** The state of an application as its owner may know it, for the sync. */
export async function stateForOwner(db: Db, who: Who, application: Application): Promise<State> {
  if (!isHidden(application.state, false)) return shownWithoutObjection(application.state)
  const { batch } = await formOf(db, who, application, application.stateSince)
  return shownState(
    { state: application.state, decidedBy: decidedBy(application, batch) },
    await released(db, who, application.id),
  )
}
