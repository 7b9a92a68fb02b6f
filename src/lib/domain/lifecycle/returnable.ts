import type { State } from './states.ts'

/** States in which the office reviews what was submitted, before the paper is there. */
export const reviewingStates = ['SUBMITTED', 'DEPT_REVIEW', 'PRE_REVIEW'] as const satisfies readonly State[]

/** States out of which the office can return an application (T6). */
export const returnableStates = [...reviewingStates, 'PRE_PASSED', 'PAPER_RECEIVED'] as const satisfies readonly State[]

/** Whether an application can still be returned: only then may its owner ask for it (R91, A21). */
export const isReturnable = (state: State): boolean => (returnableStates as readonly State[]).includes(state)
