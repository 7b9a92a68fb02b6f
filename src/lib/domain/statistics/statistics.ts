import type { OfficeLists } from '../code-lists/office-lists.ts'
import type { State } from '../lifecycle/states.ts'

/** By what applications are counted beside the cube. */
export type Side = 'employerNature' | 'gender' | 'age' | 'education' | 'exception'
/** By what the cube is cut. */
export type Dimension = 'region' | 'specialty' | 'level'

/** So many applications that have these things in common. */
export type CountedCell = Readonly<Partial<Record<Dimension | Side, string>>> & {
  readonly state: State
  readonly count: number
}

export interface PointFigures {
  readonly point: string | null
  readonly label: string
  readonly submitted: number
  readonly waiting: number
  readonly returned: number
  /** from the first submission to the first decision of the 受理点; null where none was made */
  readonly days: number | null
}

export interface Statistics {
  readonly total: number
  readonly cells: readonly CountedCell[]
  readonly sides: Readonly<Record<Side, readonly CountedCell[]>>
  readonly points: readonly PointFigures[]
  /** the office's lists that are counted by, where it changed any */
  readonly lists: Pick<OfficeLists, 'employerNature' | 'exceptionType'>
  /** names of the specialties by id */
  readonly specialties: Readonly<Record<string, string>>
}

export const ages = {
  '-30': '30 岁及以下',
  '31-35': '31–35 岁',
  '36-40': '36–40 岁',
  '41-45': '41–45 岁',
  '46-50': '46–50 岁',
  '51-': '51 岁及以上',
} as const

/** Where an application stands, as far as a table of results needs it. */
export const outcomes = {
  waiting: { label: '办理中', states: ['SUBMITTED', 'DEPT_REVIEW', 'PRE_REVIEW', 'RETURNED'] },
  reviewed: { label: '预审通过', states: ['PRE_PASSED', 'PAPER_RECEIVED', 'COMMITTEE', 'APPROVAL'] },
  passed: { label: '通过', states: ['PASSED', 'PUBLICITY', 'OBJECTION', 'CONFIRMED', 'CERTIFIED'] },
  failed: { label: '未通过', states: ['FAILED', 'REJECTED'] },
  ended: { label: '取消、逾期、撤销', states: ['CANCELLED', 'EXPIRED', 'REVOKED'] },
} as const satisfies Record<string, { label: string; states: readonly State[] }>
export type OutcomeId = keyof typeof outcomes
export const outcomeIds = Object.keys(outcomes) as OutcomeId[]

const outcomeByState = new Map<State, OutcomeId>(
  outcomeIds.flatMap((id) => outcomes[id].states.map((state): [State, OutcomeId] => [state, id])),
)
/** A draft counts nowhere: it was never submitted. */
export const outcomeOf = (state: State): OutcomeId | undefined => outcomeByState.get(state)

/** One line of a table: a value of the dimension, and how many stand where. */
export interface StatisticsLine {
  readonly key: string
  readonly total: number
  readonly byOutcome: Readonly<Record<OutcomeId, number>>
  /** passed of those that were decided, 0 to 1; null where nothing is decided yet */
  readonly passRate: number | null
}

const none = (): Record<OutcomeId, number> => ({ waiting: 0, reviewed: 0, passed: 0, failed: 0, ended: 0 })

/** Adds cells up. Decided are those that passed and those that failed; who withdrew or ran out of time is neither. */
export function lineOf(key: string, cells: readonly CountedCell[]): StatisticsLine {
  const byOutcome = none()
  for (const { state, count } of cells) {
    const outcome = outcomeOf(state)
    if (outcome === undefined) continue
    byOutcome[outcome] += count
  }
  const total = outcomeIds.reduce((sum, id) => sum + byOutcome[id], 0)
  const decided = byOutcome.passed + byOutcome.failed
  return { key, total, byOutcome, passRate: decided === 0 ? null : byOutcome.passed / decided }
}

/** Cells by one dimension or side, the most first; only those that fit what is chosen in the others. */
export function linesBy(
  cells: readonly CountedCell[],
  by: Dimension | Side,
  chosen: Readonly<Partial<Record<Dimension, string>>> = {},
): StatisticsLine[] {
  const wanted = Object.entries(chosen).filter(([, value]) => value !== '')
  const groups = new Map<string, CountedCell[]>()
  for (const cell of cells) {
    if (!wanted.every(([dimension, value]) => cell[dimension as Dimension] === value)) continue
    const key = cell[by] ?? ''
    const group = groups.get(key)
    if (group) group.push(cell)
    else groups.set(key, [cell])
  }
  return [...groups]
    .map(([key, group]) => lineOf(key, group))
    .sort((a, b) => b.total - a.total || a.key.localeCompare(b.key))
}
