import { expect, test } from 'vitest'
import { isReturnable } from './returnable.ts'
import { stateIds } from './states.ts'

test('[R91] A21: a return is asked for from the submission until the paper has been handed in, not before, and not once others decide', () => {
  expect(stateIds.filter(isReturnable)).toEqual([
    'SUBMITTED',
    'DEPT_REVIEW',
    'PRE_REVIEW',
    'PRE_PASSED',
    'PAPER_RECEIVED',
  ])
})
