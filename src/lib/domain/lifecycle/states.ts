/** The states of an application (DOMAIN §3.2), what the applicant reads, and which part of the way they belong to. */
export type Phase = 'preparing' | 'reviewing' | 'result' | 'history'

export type Stage =
  'fill' | 'submit' | 'point' | 'department' | 'preReview' | 'paper' | 'decision' | 'publicity' | 'result'

export interface StateDescription {
  readonly label: string
  /** What the applicant reads; PASSED shows as 评审中 until publication (A30). */
  readonly shown: string
  readonly phase: Phase
  readonly stage: Stage
  /** The applicant may change answers, rows, files and photo. */
  readonly editable: boolean
  readonly final: boolean
}

const state = (
  label: string,
  phase: Phase,
  stage: Stage,
  more: { shown?: string; editable?: true; final?: true } = {},
): StateDescription => ({
  label,
  shown: more.shown ?? label,
  phase,
  stage,
  editable: more.editable ?? false,
  final: more.final ?? false,
})

export const states = {
  DRAFT: state('填写中', 'preparing', 'fill', { editable: true }),
  RETURNED: state('已退回待修改', 'preparing', 'fill', { editable: true }),
  SUBMITTED: state('已提交，待受理点审核', 'reviewing', 'point'),
  DEPT_REVIEW: state('待主管部门审核', 'reviewing', 'department'),
  PRE_REVIEW: state('职称办预审中', 'reviewing', 'preReview'),
  PRE_PASSED: state('预审通过，请打印装订', 'reviewing', 'paper'),
  PAPER_RECEIVED: state('纸质材料已受理', 'reviewing', 'decision'),
  COMMITTEE: state('评委会评审中', 'reviewing', 'decision', { shown: '评审中' }),
  APPROVAL: state('核准中', 'reviewing', 'decision'),
  PASSED: state('评审（核准）通过，待公示', 'reviewing', 'decision', { shown: '评审中' }),
  PUBLICITY: state('公示中', 'reviewing', 'publicity'),
  OBJECTION: state('公示异议核查中', 'reviewing', 'publicity', { shown: '公示中' }),
  CONFIRMED: state('已核准', 'result', 'result'),
  CERTIFIED: state('已发证', 'history', 'result', { final: true }),
  FAILED: state('评审未通过', 'history', 'result', { final: true }),
  REJECTED: state('不予受理（审核不通过）', 'history', 'result', { final: true }),
  CANCELLED: state('取消资格', 'history', 'result', { final: true }),
  EXPIRED: state('逾期未提交', 'history', 'fill', { final: true }),
  REVOKED: state('已撤销', 'history', 'result', { final: true }),
} as const satisfies Record<string, StateDescription>

export type State = keyof typeof states
export const stateIds = Object.keys(states) as State[]

export const isEditable = (id: State): boolean => states[id].editable

/** States of who passed and has been published (A30). */
export const publishedStates: readonly State[] = ['PUBLICITY', 'OBJECTION', 'CONFIRMED', 'CERTIFIED', 'REVOKED']

/** States of whom the committee or the office has decided about, whether he knows it or not (T15, T17). */
export const decidedStates: readonly State[] = ['PASSED', 'FAILED', ...publishedStates]
export const isFinal = (id: State): boolean => states[id].final

/**
 * States after which an application no longer lives: the person may start again in the same batch (E3, the same list as its
 * index), and what is announced to the batch is not for him.
 */
export const overStates = stateIds.filter((id) => states[id].final && id !== 'CERTIFIED')

/** States after which the official papers may be printed (R93): from 预审通过 on, unless it went back. */
export const officialStates = [
  'PRE_PASSED',
  'PAPER_RECEIVED',
  'COMMITTEE',
  'APPROVAL',
  'PASSED',
  'PUBLICITY',
  'OBJECTION',
  'CONFIRMED',
  'CERTIFIED',
  'FAILED',
] as const satisfies readonly State[]

export const mayPrintOfficial = (id: State): boolean => (officialStates as readonly State[]).includes(id)

/** Whether there is a receipt of the submission: not while it lies with the applicant, nor once it came to nothing. */
export const mayHaveReceipt = (id: State): boolean =>
  !isEditable(id) && id !== 'CANCELLED' && id !== 'EXPIRED' && id !== 'REVOKED'
