import { expect, test } from 'vitest'
import type { ApplicationTypeId } from '../forms/application-type.ts'
import { stagesOf } from './progress.ts'
import { stateIds, states } from './states.ts'

const types: ApplicationTypeId[] = ['initial', 'review', 'reissue']

test('[R96, R102] in every state of every type exactly one stage is current, or the way is over', () => {
  for (const type of types) {
    for (const state of stateIds) {
      for (const hasDepartment of [true, false]) {
        if (state === 'DEPT_REVIEW' && !hasDepartment) continue
        if ((state === 'PUBLICITY' || state === 'OBJECTION') && type === 'reissue') continue
        const stages = stagesOf(type, state, { hasDepartment, hasPublicity: true })
        const current = stages.filter((stage) => stage.state === 'current').length
        const over = stages.at(-1)?.state === 'done' || (state === 'EXPIRED' && stages[0]?.state === 'done')
        expect(current === 1 || over, `${type} ${state}`).toBe(true)
        const order = stages.map((stage) => ['done', 'current', 'ahead'].indexOf(stage.state))
        expect(order, `${type} ${state}`).toEqual([...order].sort())
      }
    }
  }
})

test('[R102] where an application stands is in the bar, also where its batch does without that stage since', () => {
  for (const state of ['DEPT_REVIEW', 'PUBLICITY', 'OBJECTION'] as const) {
    const stages = stagesOf('review', state, { hasDepartment: false, hasPublicity: false })
    expect(stages.filter((stage) => stage.state === 'current').map(({ stage }) => stage)).toEqual([states[state].stage])
  }
})

test('[R102] 公示 stands in the bar only where the batch has it: neither ahead nor, later, as done', () => {
  for (const type of ['initial', 'review'] as const) {
    for (const state of stateIds) {
      if (states[state].stage === 'publicity') continue
      const without = stagesOf(type, state, { hasDepartment: false, hasPublicity: false })
      const stage = (one: { stage: string }) => one.stage
      expect(without.map(stage), state).not.toContain('publicity')
      const kept = stagesOf(type, state, { hasDepartment: false })
      expect(kept.map(stage), state).toContain('publicity')
      expect(kept).toEqual(stagesOf(type, state, { hasDepartment: false, hasPublicity: true }))
    }
  }
})

test('[R102] 主管部门 stands in the bar only where the route has one, 公示 only for 初定 and 评审', () => {
  const names = (type: ApplicationTypeId, hasDepartment: boolean) =>
    stagesOf(type, 'SUBMITTED', { hasDepartment, hasPublicity: true }).map(({ stage }) => stage)
  expect(names('review', true)).toContain('department')
  expect(names('review', false)).not.toContain('department')
  expect(names('initial', false)).toContain('publicity')
  expect(names('reissue', false)).not.toContain('publicity')
})
