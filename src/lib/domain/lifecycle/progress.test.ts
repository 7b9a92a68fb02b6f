import { expect, test } from 'vitest'
import type { ApplicationTypeId } from '../forms/application-type.ts'
import { stagesOf } from './progress.ts'
import { stateIds } from './states.ts'

const types: ApplicationTypeId[] = ['initial', 'review', 'reissue']

test('[R96, R102] in every state of every type exactly one stage is current, or the way is over', () => {
  for (const type of types) {
    for (const state of stateIds) {
      for (const hasDepartment of [true, false]) {
        if (state === 'DEPT_REVIEW' && !hasDepartment) continue
        if ((state === 'PUBLICITY' || state === 'OBJECTION') && type === 'reissue') continue
        const stages = stagesOf(type, state, hasDepartment)
        const current = stages.filter((stage) => stage.state === 'current').length
        const over = stages.at(-1)?.state === 'done' || (state === 'EXPIRED' && stages[0]?.state === 'done')
        expect(current === 1 || over, `${type} ${state}`).toBe(true)
        const order = stages.map((stage) => ['done', 'current', 'ahead'].indexOf(stage.state))
        expect(order, `${type} ${state}`).toEqual([...order].sort())
      }
    }
  }
})

test('[R102] 主管部门 stands in the bar only where the route has one, 公示 only for 初定 and 评审', () => {
  const names = (type: ApplicationTypeId, hasDepartment: boolean) =>
    stagesOf(type, 'SUBMITTED', hasDepartment).map(({ stage }) => stage)
  expect(names('review', true)).toContain('department')
  expect(names('review', false)).not.toContain('department')
  expect(names('initial', false)).toContain('publicity')
  expect(names('reissue', false)).not.toContain('publicity')
})
