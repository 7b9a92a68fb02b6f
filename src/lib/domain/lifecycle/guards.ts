import { refuse, type Issue, type Refused } from '../problems.ts'
import { refusedWhileBarred } from '../rules/barred.ts'
import { isReason } from '../rules/reason.ts'
import { LONGEST_TERM } from '../rules/window.ts'
import { type Votes, votesDecide } from '../rules/voting.ts'
import { timeInWords } from '../working-days.ts'
import type { State } from './states.ts'

/** What a decision looks at. The server gathers it inside the transaction; the phone fills in what it knows. */
export interface LifecycleFacts {
  readonly state: State
  /** the instant the server received the wish (A4) */
  readonly now: Date
  readonly opensAt: Date
  readonly closesAt: Date | null
  readonly resubmitUntil: Date | null
  /** Files and revision were on the server before the end, and the batch grants some minutes of grace. */
  readonly graceUntil?: Date | null
  readonly gateAccepted: boolean
  readonly versionCurrent: boolean
  readonly filesMissing: number
  readonly issues: readonly Issue[]
  readonly integrityUntil: Date | null
  readonly own: boolean
  readonly hasDepartment: boolean
  readonly hasPublicity: boolean
  /** 评委会 decides, or the office alone (初定, 补证, 认定) */
  readonly decidedBy: 'committee' | 'approval'
  readonly filesUnopened: number
  readonly pendingEducationChange: boolean
  readonly snapshotOnPaper: boolean
  /** put on the agenda of a session of the committee (T13) */
  readonly onAgenda: boolean
  /** a ballot on it is noted in its session (T23) */
  readonly ballotNoted: boolean
  /** entered in a list for publication (T17) */
  readonly onPublicityList: boolean
  readonly publicityEndsAt: Date | null
  readonly openObjection: boolean
  readonly reason: string
  readonly requestedResubmitUntil: Date | null
  /** the ballot of a session that its chair has confirmed (T15); null before */
  readonly votes: Votes | null
  readonly documentNumber: string
  readonly certificateNumber: string
}

type Guard = (facts: LifecycleFacts) => Refused | null

const DAY = 86_400_000
const pass = null

const within = (facts: LifecycleFacts, until: Date | null): Refused | null => {
  if (facts.now < facts.opensAt) return refuse('batch.not-open', { opensAt: timeInWords(facts.opensAt) })
  if (until === null || facts.now <= until) return pass
  if (facts.graceUntil && facts.now <= facts.graceUntil) return pass
  return refuse('batch.closed', { closesAt: timeInWords(until) })
}

const latest = (a: Date | null, b: Date | null): Date | null => (a === null || b === null ? (b ?? a) : a > b ? a : b)

/** Until when a returned application may be sent again: max(batch end, resubmitUntil) (T7); an open-ended batch never ends. */
const resubmissionEnd = (facts: LifecycleFacts): Date | null =>
  facts.closesAt === null ? null : latest(facts.closesAt, facts.resubmitUntil)

const windowIsOver = (facts: LifecycleFacts): boolean => facts.closesAt !== null && facts.now > facts.closesAt

export const guards = {
  gateAccepted: (facts) => (facts.gateAccepted ? pass : refuse('reading.missing')),
  withinWindow: (facts) => within(facts, facts.closesAt),
  withinResubmission: (facts) => within(facts, resubmissionEnd(facts)),
  windowOver: (facts) => (windowIsOver(facts) ? pass : refuse('application.handled-by-other')),
  resubmissionOver: (facts) => {
    const end = resubmissionEnd(facts)
    return end !== null && facts.now > end ? pass : refuse('application.handled-by-other')
  },
  versionCurrent: (facts) => (facts.versionCurrent ? pass : refuse('application.version-changed')),
  filesComplete: (facts) =>
    facts.filesMissing === 0 ? pass : refuse('attachment.missing', { count: facts.filesMissing }),
  answersComplete: (facts) =>
    facts.issues.length === 0
      ? pass
      : refuse(
          'application.incomplete',
          { count: facts.issues.length },
          { issues: facts.issues, ...(facts.issues[0] && { path: facts.issues[0].path }) },
        ),
  noIntegrityRecord: (facts) => refusedWhileBarred(facts.integrityUntil, facts.now),
  notOwn: (facts) => (facts.own ? refuse('account.own-application') : pass),
  reasonGiven: (facts) => (isReason(facts.reason) ? pass : refuse('application.reason-required')),
  resubmitUntilGiven: (facts) => {
    const until = facts.requestedResubmitUntil
    if (until === null) return windowIsOver(facts) ? refuse('application.resubmit-until-required') : pass
    const days = (until.getTime() - facts.now.getTime()) / DAY
    // to the end of the last day
    return days > 0 && days <= LONGEST_TERM + 1 ? pass : refuse('application.resubmit-until-required')
  },
  routeHasDepartment: (facts) => (facts.hasDepartment ? pass : refuse('application.handled-by-other')),
  routeHasNoDepartment: (facts) => (facts.hasDepartment ? refuse('application.handled-by-other') : pass),
  filesOpened: (facts) =>
    facts.filesUnopened === 0 ? pass : refuse('application.files-unopened', { count: facts.filesUnopened }),
  noPendingEducationChange: (facts) =>
    facts.pendingEducationChange ? refuse('application.pending-education-change') : pass,
  paperMatchesSnapshot: (facts) => (facts.snapshotOnPaper ? pass : refuse('application.version-changed')),
  decidedByCommittee: (facts) => (facts.decidedBy === 'committee' ? pass : refuse('application.handled-by-other')),
  decidedByApproval: (facts) => (facts.decidedBy === 'approval' ? pass : refuse('application.handled-by-other')),
  onAgenda: (facts) => (facts.onAgenda ? pass : refuse('committee.not-on-agenda')),
  // A ballot is a record, and what it was about stays with it.
  noBallotNoted: ({ ballotNoted }: Pick<LifecycleFacts, 'ballotNoted'>) =>
    ballotNoted ? refuse('committee.ballot-noted') : pass,
  onPublicityList: (facts) => (facts.onPublicityList ? pass : refuse('publicity.not-on-list')),
  votesForPass: (facts) => votesFor(facts, 'passed'),
  votesForFail: (facts) => votesFor(facts, 'failed'),
  routeHasPublicity: (facts) => (facts.hasPublicity ? pass : refuse('application.handled-by-other')),
  routeHasNoPublicity: (facts) => (facts.hasPublicity ? refuse('application.publicity-running') : pass),
  publicityLongEnough: (facts) =>
    facts.publicityEndsAt !== null && facts.publicityEndsAt > facts.now
      ? pass
      : refuse('application.publicity-running'),
  publicityRunning: (facts) =>
    facts.publicityEndsAt !== null && facts.now <= facts.publicityEndsAt
      ? pass
      : refuse('application.handled-by-other'),
  publicityOver: (facts) =>
    facts.publicityEndsAt !== null && facts.now > facts.publicityEndsAt && !facts.openObjection
      ? pass
      : refuse('application.publicity-running'),
  documentNumberGiven: (facts) =>
    facts.documentNumber.trim() === '' ? refuse('answer.required', { label: '文号' }) : pass,
  certificateNumberGiven: (facts) =>
    facts.certificateNumber.trim() === '' ? refuse('answer.required', { label: '证书编号' }) : pass,
} as const satisfies Record<string, Guard>

export type GuardId = keyof typeof guards

/** T15, E10: the recorded votes must be possible and must mean what the secretary records. */
function votesFor(facts: LifecycleFacts, result: 'passed' | 'failed'): Refused | null {
  if (facts.votes === null) return refuse('application.votes-invalid', { reason: '主任委员还没有确认票数' })
  const decided = votesDecide(facts.votes)
  if (!decided.ok) return decided
  return decided.value === result
    ? pass
    : refuse('application.votes-invalid', { reason: result === 'passed' ? '赞成票不到三分之二' : '赞成票已到三分之二' })
}
