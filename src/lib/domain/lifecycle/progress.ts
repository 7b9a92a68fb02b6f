import type { ApplicationTypeId } from '../forms/application-type.ts'
import { type Stage, type State, states } from './states.ts'

export interface StageView {
  readonly stage: Stage
  readonly label: string
  readonly state: 'done' | 'current' | 'ahead'
}

const labels: Record<Stage, string> = {
  fill: '填写',
  submit: '提交',
  point: '受理点审核',
  department: '主管部门审核',
  preReview: '预审',
  paper: '打印、交材料',
  decision: '评审（核准）',
  publicity: '公示',
  result: '结果',
}

/** What of a batch decides which stages its applications pass. */
export interface Way {
  readonly hasDepartment: boolean
  /** left out: it has, as a batch that a phone has kept from an earlier version */
  readonly hasPublicity?: boolean | undefined
}

/** The bar of stages the applicant sees (R96, R102; DOMAIN §3.5): 主管部门 and 公示 only where the batch has them; 补证 has no 公示. */
export function stagesOf(
  type: ApplicationTypeId,
  state: State,
  { hasDepartment, hasPublicity = true }: Way,
): StageView[] {
  const order: Stage[] = [
    'fill',
    'submit',
    'point',
    'department',
    'preReview',
    'paper',
    'decision',
    'publicity',
    'result',
  ]
  const current = states[state].stage
  const passes = (stage: Stage): boolean => {
    // Where it stands is shown, also where the batch has done without that stage since.
    if (stage === current) return true
    if (stage === 'department') return hasDepartment
    return stage !== 'publicity' || (hasPublicity && type !== 'reissue')
  }
  const shown = order.filter(passes)
  const at = shown.indexOf(current)
  const label = (stage: Stage) => (stage === 'decision' ? (type === 'review' ? '评审' : '核准') : labels[stage])
  const over = states[state].final
  return shown.map((stage, index) => ({
    stage,
    label: label(stage),
    state: index < at || (over && index <= at) ? 'done' : index === at ? 'current' : 'ahead',
  }))
}
