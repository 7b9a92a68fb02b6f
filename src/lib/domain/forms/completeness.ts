import type { Issue } from '../problems.ts'
import { type Answers, type Facts, rowsOf } from './answers.ts'
import { type ApplicationType, isField, isList, isSlot, itemsOfStep, type Step } from './application-type.ts'
import { checkStep } from './check.ts'
import { isBlank } from './condition.ts'

export interface StepState {
  readonly step: Step
  /** `error`: something entered is wrong, or the office asks for a change; `started`: something is still missing */
  readonly state: 'empty' | 'started' | 'done' | 'error'
  readonly issues: readonly Issue[]
  readonly files: number
}

const isMissing = (issue: Issue) =>
  issue.code === 'answer.required' || issue.code === 'answer.too-few-rows' || issue.code === 'answer.exactly-one'

/** How far each step is: what the check-list and the cells show. `flagged` are paths the office wants changed. */
export function stepStates(
  type: ApplicationType,
  answers: Answers,
  facts: Facts,
  flagged: readonly string[] = [],
): StepState[] {
  return type.steps.map((step) => {
    const issues = checkStep(step, answers, facts)
    const heads = new Set(itemsOfStep(step).map(({ id }) => id))
    const isFlagged = flagged.some((path) => heads.has(path.split('/')[0] ?? ''))
    const state =
      isFlagged || issues.some((issue) => !isMissing(issue))
        ? 'error'
        : issues.length === 0
          ? 'done'
          : isTouched(step, answers)
            ? 'started'
            : 'empty'
    return { step, state, issues, files: filesOf(step, answers) }
  })
}

/** Something beyond the values every application starts with was entered on this step. */
function isTouched(step: Step, answers: Answers): boolean {
  return itemsOfStep(step).some((item) => {
    if (isList(item)) return rowsOf(item, answers).length > 0
    if (isSlot(item)) return (answers.files[item.id]?.length ?? 0) > 0
    if (item.initially !== undefined || item.prefill !== undefined || item.shows !== undefined) return false
    return isField(item) && !isBlank(answers.fields[item.id])
  })
}

function filesOf(step: Step, answers: Answers): number {
  const heads = new Set(itemsOfStep(step).map(({ id }) => id))
  return Object.entries(answers.files).reduce(
    (sum, [path, files]) => sum + (heads.has(path.split('/')[0] ?? '') ? files.length : 0),
    0,
  )
}
