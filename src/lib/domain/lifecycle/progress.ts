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

/** The bar of stages the applicant sees (R96, R102; DOMAIN §3.5). 主管部门 only where the route has one; 补证 has no 公示. */
export function stagesOf(type: ApplicationTypeId, state: State, hasDepartment: boolean): StageView[] {
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
  const shown = order.filter(
    (stage) => (stage !== 'department' || hasDepartment) && (stage !== 'publicity' || type !== 'reissue'),
  )
  const current = states[state].stage
  const at = shown.indexOf(current)
  const label = (stage: Stage) => (stage === 'decision' ? (type === 'review' ? '评审' : '核准') : labels[stage])
  const over = states[state].final
  return shown.map((stage, index) => ({
    stage,
    label: label(stage),
    state: index < at || (over && index <= at) ? 'done' : index === at ? 'current' : 'ahead',
  }))
}
