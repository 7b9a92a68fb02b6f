import { ok, refuse, type Outcome } from '../problems.ts'
import type { TitleLevel } from '../code-lists/title-level.ts'

/** What the secretary records of a secret ballot on one application. */
export interface Votes {
  /** 组成人数 of the committee */
  readonly members: number
  readonly attending: number
  readonly yes: number
  readonly no: number
  readonly abstain: number
}

const isCount = (value: number) => Number.isSafeInteger(value) && value >= 0

/**
 * What a ballot means (E10, T15): at least two thirds of the committee attend, each of those attending has cast one vote,
 * and the application has passed if at least two thirds of those attending said yes. In whole numbers, without fractions.
 * @returns passed or failed, or `application.votes-invalid` with the reason where the numbers cannot be
 */
export function votesDecide({ members, attending, yes, no, abstain }: Votes): Outcome<'passed' | 'failed'> {
  const invalid = (reason: string) => refuse('application.votes-invalid', { reason })
  if (![members, attending, yes, no, abstain].every(isCount)) return invalid('人数和票数要是 0 或正整数')
  if (members === 0) return invalid('评委会没有组成人员')
  if (attending > members) return invalid(`出席 ${attending} 人，多于组成人数 ${members} 人`)
  if (attending * 3 < members * 2) return invalid(`出席 ${attending} 人，不到组成人数 ${members} 人的三分之二`)
  const cast = yes + no + abstain
  if (cast !== attending) return invalid(`票数合计 ${cast}，与出席 ${attending} 人不一致`)
  return ok(yes * 3 >= attending * 2 ? 'passed' : 'failed')
}

/**
 * What is unusual about how a committee is made up (§3.6): an odd number, and for 副高级 and 正高级 at least 25 experts for a
 * whole series or 11 for one specialty. Sentences for the office, which decides; empty when nothing is.
 */
export function committeeAdvice(committee: {
  readonly members: number
  readonly level: TitleLevel
  readonly scope: 'series' | 'specialty'
}): string[] {
  const advice: string[] = []
  if (committee.members % 2 === 0) advice.push(`评委会组成人数应为单数，现在是 ${committee.members} 人`)
  const high = committee.level === 'associate-senior' || committee.level === 'senior'
  const atLeast = committee.scope === 'series' ? 25 : 11
  if (high && committee.members < atLeast)
    advice.push(
      `高级评委会按${committee.scope === 'series' ? '系列' : '专业'}组建应不少于 ${atLeast} 人，现在是 ${committee.members} 人`,
    )
  return advice
}
