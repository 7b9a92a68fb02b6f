import type { Generated } from 'kysely'
import type { MemberPosition } from '#domain/rules/committee.ts'

export interface CommitteeTable {
  id: string
  name: string
  /** highest level it decides on: a code of 资格级别 */
  level: string
  scope: 'series' | 'specialty'
  active: Generated<boolean>
  createdAt: Date
}

export interface CommitteeMemberTable {
  id: string
  committeeId: string
  fullName: string
  employer: string
  title: string
  position: MemberPosition
  active: Generated<boolean>
  place: number
}

export interface CommitteeSessionTable {
  id: string
  committeeId: string
  batchId: string
  name: string
  /** YYYY-MM-DD */
  heldOn: string
  minutes: Generated<string>
  /** how often they were written: who writes says over which he does */
  minutesVersion: Generated<number>
  /** who chaired it and answers for the result (T15) */
  chairId: string | null
  /** from then on the ballots are sealed */
  confirmedAt: Date | null
  confirmedBy: string | null
  createdBy: string
  createdAt: Date
}

/** The committee as it was made up on the day of the session. */
export interface SessionMemberTable {
  sessionId: string
  memberId: string
  fullName: string
  employer: string
  position: MemberPosition
  place: number
  present: Generated<boolean>
}

/** One application on the agenda, with its secret ballot as the secretary counted it. */
export interface SessionCaseTable {
  applicationId: string
  sessionId: string
  place: number
  yes: number | null
  no: number | null
  abstain: number | null
  opinion: Generated<string>
}

/** A member who has left the room for one application (回避, E11). */
export interface SessionRecusalTable {
  applicationId: string
  memberId: string
}
