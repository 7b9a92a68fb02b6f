import type { State } from '#domain/lifecycle/states.ts'

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
  const hidden = state === 'PASSED' || (state === 'FAILED' && !released)
  return hidden ? (decidedBy === 'committee' ? 'COMMITTEE' : 'APPROVAL') : state
}
