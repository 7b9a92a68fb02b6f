import type { ApplicationTypeId } from '../forms/application-type.ts'
import type { GuardId } from './guards.ts'
import type { NoticeId } from './notices.ts'
import { returnableStates, reviewingStates } from './returnable.ts'
import type { Actor } from './roles.ts'
import type { State } from './states.ts'

export interface Transition {
  /** Number in DOMAIN §3.3. */
  readonly rule: string
  /** Verb on the button. */
  readonly label: string
  readonly from: readonly State[]
  readonly to: State
  readonly by: readonly Actor[]
  readonly guards: readonly GuardId[]
  /** Only for these types; all where absent. */
  readonly types?: readonly ApplicationTypeId[]
  /** Answers and files are frozen into a snapshot (R90). */
  readonly freezes?: true
  /** Official papers made before are no longer valid. */
  readonly voidsPapers?: true
  /** Official papers are made from the snapshot, once (R93). */
  readonly makesPapers?: true
  /** Internal step that the applicant is not told about. */
  readonly internal?: true
  readonly notice?: NoticeId
  /** Also by SMS (✉). */
  readonly sms?: true
  /** Taken where its own record is kept (agenda and ballot, list and objection), never at the case alone. */
  readonly at?: 'session' | 'list'
}

/**
 * THE table (DOMAIN §3.3). Nothing else changes a state; who may act in which state is further narrowed by `holders`.
 */
export const transitions = {
  submit: {
    rule: 'T2',
    label: '完成提交',
    from: ['DRAFT'],
    to: 'SUBMITTED',
    by: ['applicant'],
    guards: ['gateAccepted', 'withinWindow', 'versionCurrent', 'filesComplete', 'answersComplete', 'noIntegrityRecord'],
    freezes: true,
    notice: 'submitted',
    sms: true,
  },
  expire: {
    rule: 'T4',
    label: '逾期关闭',
    from: ['DRAFT'],
    to: 'EXPIRED',
    by: ['system'],
    guards: ['windowOver'],
    notice: 'expired',
  },
  forwardToDepartment: {
    rule: 'T5',
    label: '受理审核通过',
    from: ['SUBMITTED'],
    to: 'DEPT_REVIEW',
    by: ['pointClerk', 'office'],
    guards: ['notOwn', 'routeHasDepartment', 'filesOpened'],
    notice: 'progress',
  },
  forwardToPreReview: {
    rule: 'T5',
    label: '受理审核通过',
    from: ['SUBMITTED'],
    to: 'PRE_REVIEW',
    by: ['pointClerk', 'office'],
    guards: ['notOwn', 'routeHasNoDepartment', 'filesOpened'],
    notice: 'progress',
  },
  return: {
    rule: 'T6',
    label: '退回修改',
    from: returnableStates,
    to: 'RETURNED',
    by: ['pointClerk', 'deptReviewer', 'office'],
    guards: ['notOwn', 'reasonGiven', 'resubmitUntilGiven'],
    voidsPapers: true,
    notice: 'returned',
    sms: true,
  },
  resubmit: {
    rule: 'T7',
    label: '完成提交',
    from: ['RETURNED'],
    to: 'SUBMITTED',
    by: ['applicant'],
    guards: ['withinResubmission', 'versionCurrent', 'filesComplete', 'answersComplete'],
    freezes: true,
    notice: 'submitted',
    sms: true,
  },
  expireReturned: {
    rule: 'T8',
    label: '逾期关闭',
    from: ['RETURNED'],
    to: 'EXPIRED',
    by: ['system'],
    guards: ['resubmissionOver'],
    notice: 'expired',
    sms: true,
  },
  passDepartment: {
    rule: 'T9',
    label: '主管部门审核通过',
    from: ['DEPT_REVIEW'],
    to: 'PRE_REVIEW',
    by: ['deptReviewer', 'office'],
    guards: ['notOwn'],
    notice: 'progress',
  },
  passPreReview: {
    rule: 'T10',
    label: '预审通过',
    from: ['PRE_REVIEW'],
    to: 'PRE_PASSED',
    by: ['office'],
    guards: ['notOwn', 'filesOpened', 'noPendingEducationChange'],
    makesPapers: true,
    notice: 'prePassed',
    sms: true,
  },
  reject: {
    rule: 'T11',
    label: '不予受理',
    from: reviewingStates,
    to: 'REJECTED',
    by: ['pointClerk', 'deptReviewer', 'office'],
    guards: ['notOwn', 'reasonGiven'],
    notice: 'rejected',
    sms: true,
  },
  receivePaper: {
    rule: 'T12',
    label: '收到纸质材料',
    from: ['PRE_PASSED'],
    to: 'PAPER_RECEIVED',
    by: ['pointClerk', 'office'],
    guards: ['notOwn', 'paperMatchesSnapshot'],
    notice: 'paperReceived',
    sms: true,
  },
  assignToCommittee: {
    rule: 'T13',
    label: '提交评委会',
    from: ['PAPER_RECEIVED'],
    to: 'COMMITTEE',
    by: ['secretary', 'office'],
    guards: ['notOwn', 'decidedByCommittee', 'onAgenda'],
    types: ['review'],
    notice: 'progress',
    at: 'session',
  },
  startApproval: {
    rule: 'T14',
    label: '进入核准',
    from: ['PAPER_RECEIVED'],
    to: 'APPROVAL',
    by: ['office'],
    guards: ['notOwn', 'decidedByApproval'],
    notice: 'progress',
  },
  passCommittee: {
    rule: 'T15',
    label: '评审通过',
    from: ['COMMITTEE'],
    to: 'PASSED',
    by: ['secretary'],
    guards: ['notOwn', 'votesForPass'],
    types: ['review'],
    internal: true,
    at: 'session',
  },
  failCommittee: {
    rule: 'T15',
    label: '评审未通过',
    from: ['COMMITTEE'],
    to: 'FAILED',
    by: ['secretary'],
    guards: ['notOwn', 'votesForFail'],
    types: ['review'],
    internal: true,
    at: 'session',
  },
  approve: {
    rule: 'T16',
    label: '核准通过',
    from: ['APPROVAL'],
    to: 'PASSED',
    by: ['office'],
    guards: ['notOwn'],
    types: ['initial', 'review'],
    internal: true,
  },
  approveReissue: {
    rule: 'T16',
    label: '核准补证',
    from: ['APPROVAL'],
    to: 'CONFIRMED',
    by: ['office'],
    guards: ['notOwn'],
    types: ['reissue'],
    notice: 'reissueApproved',
    sms: true,
  },
  refuseApproval: {
    rule: 'T16',
    label: '核准不通过',
    from: ['APPROVAL'],
    to: 'REJECTED',
    by: ['office'],
    guards: ['notOwn', 'reasonGiven'],
    voidsPapers: true,
    notice: 'rejected',
    sms: true,
  },
  publish: {
    rule: 'T17',
    label: '公示',
    from: ['PASSED'],
    to: 'PUBLICITY',
    by: ['office'],
    guards: ['notOwn', 'routeHasPublicity', 'onPublicityList', 'publicityLongEnough'],
    types: ['initial', 'review'],
    notice: 'publicity',
    sms: true,
    at: 'list',
  },
  registerObjection: {
    rule: 'T18',
    label: '登记异议',
    // A second one may come while the first is looked into.
    from: ['PUBLICITY', 'OBJECTION'],
    to: 'OBJECTION',
    by: ['office'],
    guards: ['notOwn', 'reasonGiven', 'publicityRunning'],
    internal: true,
    at: 'list',
  },
  dismissObjection: {
    rule: 'T19',
    label: '异议不成立',
    from: ['OBJECTION'],
    to: 'PUBLICITY',
    by: ['office'],
    guards: ['notOwn', 'reasonGiven'],
    internal: true,
    at: 'list',
  },
  upholdObjection: {
    rule: 'T19',
    label: '异议成立，取消资格',
    from: ['OBJECTION'],
    to: 'CANCELLED',
    by: ['office'],
    guards: ['notOwn', 'reasonGiven'],
    voidsPapers: true,
    notice: 'cancelled',
    sms: true,
    at: 'list',
  },
  confirm: {
    rule: 'T20',
    label: '核准发文',
    from: ['PUBLICITY'],
    to: 'CONFIRMED',
    by: ['office'],
    guards: ['notOwn', 'publicityOver', 'documentNumberGiven'],
    notice: 'confirmed',
    sms: true,
  },
  confirmUnpublished: {
    rule: 'T20',
    label: '核准发文',
    from: ['PASSED'],
    to: 'CONFIRMED',
    by: ['office'],
    guards: ['notOwn', 'routeHasNoPublicity', 'documentNumberGiven'],
    notice: 'confirmed',
    sms: true,
  },
  certify: {
    rule: 'T21',
    label: '发证',
    from: ['CONFIRMED'],
    to: 'CERTIFIED',
    by: ['office'],
    guards: ['notOwn', 'certificateNumberGiven'],
    notice: 'certified',
    sms: true,
  },
  revoke: {
    rule: 'T22',
    label: '撤销',
    from: ['CERTIFIED'],
    to: 'REVOKED',
    by: ['office'],
    guards: ['notOwn', 'reasonGiven', 'documentNumberGiven'],
    voidsPapers: true,
    notice: 'revoked',
    sms: true,
  },
  sendBackToPoint: {
    rule: 'T23',
    label: '退回上一级',
    from: ['DEPT_REVIEW'],
    to: 'SUBMITTED',
    by: ['deptReviewer', 'office'],
    guards: ['notOwn', 'reasonGiven'],
    internal: true,
  },
  sendBackToDepartment: {
    rule: 'T23',
    label: '退回上一级',
    from: ['PRE_REVIEW'],
    to: 'DEPT_REVIEW',
    by: ['office'],
    guards: ['notOwn', 'reasonGiven', 'routeHasDepartment'],
    internal: true,
  },
  sendBackFromPreReview: {
    rule: 'T23',
    label: '退回上一级',
    from: ['PRE_REVIEW'],
    to: 'SUBMITTED',
    by: ['office'],
    guards: ['notOwn', 'reasonGiven', 'routeHasNoDepartment'],
    internal: true,
  },
  takeOffAgenda: {
    rule: 'T23',
    label: '移出议程',
    from: ['COMMITTEE'],
    to: 'PAPER_RECEIVED',
    // T23 names the office; who may put it on the agenda may take it off again (T13).
    by: ['secretary', 'office'],
    guards: ['notOwn', 'reasonGiven', 'noBallotNoted'],
    types: ['review'],
    internal: true,
    at: 'session',
  },
  cancel: {
    rule: 'T24',
    label: '取消资格',
    from: [
      'RETURNED',
      ...reviewingStates,
      'PRE_PASSED',
      'PAPER_RECEIVED',
      'COMMITTEE',
      'APPROVAL',
      'PASSED',
      'PUBLICITY',
      'OBJECTION',
      'CONFIRMED',
    ],
    to: 'CANCELLED',
    by: ['office'],
    guards: ['notOwn', 'reasonGiven'],
    voidsPapers: true,
    notice: 'cancelled',
    sms: true,
  },
} as const satisfies Record<string, Transition>

export type TransitionId = keyof typeof transitions
export const transitionIds = Object.keys(transitions) as TransitionId[]

/** Whose desk an application lies on: only they may return, reject or pass it on (T6, T11). */
export const holders = {
  SUBMITTED: ['pointClerk', 'office'],
  DEPT_REVIEW: ['deptReviewer', 'office'],
  PRE_REVIEW: ['office'],
  PRE_PASSED: ['office', 'pointClerk'],
  PAPER_RECEIVED: ['office', 'secretary'],
  COMMITTEE: ['secretary', 'office'],
  APPROVAL: ['office'],
  PASSED: ['office'],
  PUBLICITY: ['office'],
  OBJECTION: ['office'],
  CONFIRMED: ['office'],
  CERTIFIED: ['office'],
} as const satisfies Partial<Record<State, readonly Actor[]>>

/** T6: after 预审 only the office may return an application, though the clerk takes the paper in. */
export const officeOnlyReturn: readonly State[] = ['PRE_PASSED', 'PAPER_RECEIVED']

/**
 * A step that was taken, as this version knows it. One that a later version has is unknown to a node of before: undefined, and no
 * page may break by that.
 */
export const knownTransition = (id: string): Transition | undefined =>
  (transitions as Readonly<Record<string, Transition>>)[id]

/** Transitions that a case offers by itself. */
export const atTheCase = (id: TransitionId): boolean => (transitions[id] as Transition).at === undefined
