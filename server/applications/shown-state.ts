import type { State } from '#domain/lifecycle/states.ts'

/** States in which the applicants of a batch see that its results were published (A30). */
export const publishedStates: readonly State[] = ['PUBLICITY', 'OBJECTION', 'CONFIRMED', 'CERTIFIED', 'REVOKED']

/** Whether the applicant must not know the state yet (A30). */
export const isHidden = (state: State, released: boolean): boolean =>
  state === 'PASSED' || (state === 'FAILED' && !released)

/**
 * The state as the applicant may know it (A30): what the committee or the office decided stays 评审中 or 核准中 until the
 * list is published, not only in words but on the wire.
 * @param released the list of the batch has been published
 */
export function shownState(
  application: { readonly state: State; readonly decidedBy: 'committee' | 'approval' },
  released: boolean,
): State {
  const { state, decidedBy } = application
  return isHidden(state, released) ? (decidedBy === 'committee' ? 'COMMITTEE' : 'APPROVAL') : state
}
