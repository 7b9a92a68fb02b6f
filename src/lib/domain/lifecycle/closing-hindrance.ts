import { refuse, type Refused } from '../problems.ts'
import { type Grant, isStaff } from './roles.ts'
import { isFinal, type State } from './states.ts'

/** What of an application decides whether its owner's account may be closed. */
export interface ApplicationAtClosing {
  /** as its owner may know it (A30): whether he may close must not tell what was decided */
  readonly state: State
  /** null: it was never submitted */
  readonly number: string | null
}

/** Whether it is a record of the office: whatever was submitted once is, and stays (PIPL 47). */
export const isOnRecord = ({ number }: ApplicationAtClosing): boolean => number !== null

/**
 * Why an account may not be closed now; null where it may (PIPL 47). Who works in the office is let go by an administrator, and
 * what was submitted is first brought to its end: its owner has to be reached about it.
 */
export function closingHindrance(
  grants: readonly Grant[],
  applications: readonly ApplicationAtClosing[],
): Refused | null {
  if (isStaff(grants)) return refuse('account.closing-staff')
  const open = applications.filter((one) => isOnRecord(one) && !isFinal(one.state))
  return open.length > 0 ? refuse('account.closing-under-way', { count: open.length }) : null
}
