import type { Votes } from './voting.ts'

/** What a member is in the committee. */
export const memberPositions = { chair: '主任委员', deputy: '副主任委员', member: '委员' } as const
export type MemberPosition = keyof typeof memberPositions

/** Who may chair a session and confirm what it decided (T15). */
export const mayChair = (position: MemberPosition): boolean => position !== 'member'

export interface SessionMember {
  readonly memberId: string
  readonly fullName: string
  readonly employer: string
  readonly position: MemberPosition
  readonly present: boolean
}

const bare = (text: string | null) => (text ?? '').replace(/\s/g, '')

/**
 * Members who have to stay away from an application: those of the same employer, the applicant himself among them (回避, E11).
 * What else makes a conflict, the secretary adds by hand.
 */
export const conflicted = (
  members: readonly SessionMember[],
  application: { readonly employerName: string | null },
): readonly SessionMember[] =>
  members.filter(({ employer }) => bare(employer) !== '' && bare(employer) === bare(application.employerName))

/**
 * The ballot on one application as `votesDecide` judges it. Who stays away counts neither among the committee nor among those
 * attending for this application, so that a conflict changes neither the quorum nor the two thirds (E10, E11).
 */
export function ballotOf(
  members: readonly SessionMember[],
  recused: readonly string[],
  count: { readonly yes: number; readonly no: number; readonly abstain: number },
): Votes {
  const voting = members.filter(({ memberId }) => !recused.includes(memberId))
  return { members: voting.length, attending: voting.filter(({ present }) => present).length, ...count }
}

/** Whether enough of the committee are there for a session at all: two thirds (E10). */
export const hasQuorum = (members: readonly SessionMember[]): boolean =>
  members.length > 0 && members.filter(({ present }) => present).length * 3 >= members.length * 2
