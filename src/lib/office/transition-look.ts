import type { TransitionId } from '#domain/lifecycle/transitions.ts'

/** How a transition stands on the page: the way onward, the return, or one of the rarer ones in the menu. */
export const lookOf = {
  submit: 'menu',
  resubmit: 'menu',
  expire: 'menu',
  expireReturned: 'menu',
  forwardToDepartment: 'onward',
  forwardToPreReview: 'onward',
  passDepartment: 'onward',
  passPreReview: 'onward',
  receivePaper: 'onward',
  assignToCommittee: 'onward',
  startApproval: 'onward',
  passCommittee: 'onward',
  approve: 'onward',
  approveReissue: 'onward',
  publish: 'onward',
  confirm: 'onward',
  confirmUnpublished: 'onward',
  certify: 'onward',
  dismissObjection: 'onward',
  return: 'return',
  reject: 'menu',
  failCommittee: 'menu',
  refuseApproval: 'menu',
  registerObjection: 'menu',
  upholdObjection: 'menu',
  revoke: 'menu',
  sendBackToPoint: 'menu',
  sendBackToDepartment: 'menu',
  sendBackFromPreReview: 'menu',
  takeOffAgenda: 'menu',
  cancel: 'menu',
} as const satisfies Record<TransitionId, 'onward' | 'return' | 'menu'>

/** Taken against the applicant, for good: the button is red and asks once more. */
export const isGrave = (id: TransitionId): boolean =>
  (['reject', 'refuseApproval', 'cancel', 'revoke', 'upholdObjection', 'failCommittee'] as TransitionId[]).includes(id)
