import { isEditable, type State } from '#domain/lifecycle/states.ts'
import type { TransitionId } from '#domain/lifecycle/transitions.ts'

/** Whether the applicant must not know the state yet (A30). */
export const isHidden = (state: State, released: boolean): boolean =>
  state === 'PASSED' || (state === 'FAILED' && !released)

/**
 * When its owner last wrote in it: when the row last changed would tell him when it was decided (A30), or that somebody objected (T18).
 */
export const lastWritten = (application: {
  readonly state: State
  readonly updatedAt: Date
  readonly submittedAt: Date | null
  readonly createdAt: Date
}): Date => (isEditable(application.state) ? application.updatedAt : (application.submittedAt ?? application.createdAt))

/** Steps whose reasons name who objected: those are for the office alone (T18). */
export const aboutObjections: readonly string[] = ['registerObjection', 'dismissObjection'] satisfies TransitionId[]

/**
 * Steps that are not told to whom they are about, with their reasons, not even in the copy of what is kept about him: who objected (T18),
 * and what the committee has before it (A30).
 */
export const untold: readonly string[] = [...aboutObjections, 'takeOffAgenda' satisfies TransitionId]

/** Whether somebody objected, and is being looked into, is the office's (T18): outside it the publicity goes on. */
export const shownWithoutObjection = (state: State): State => (state === 'OBJECTION' ? 'PUBLICITY' : state)

/**
 * The state as the applicant may know it (A30): what the committee or the office decided stays 评审中 or 核准中 until it is
 * published, not only in words but on the wire.
 * @param released its applicant has been told that it failed
 */
export function shownState(
  application: { readonly state: State; readonly decidedBy: 'committee' | 'approval' },
  released: boolean,
): State {
  const { state, decidedBy } = application
  if (isHidden(state, released)) return decidedBy === 'committee' ? 'COMMITTEE' : 'APPROVAL'
  return shownWithoutObjection(state)
}
