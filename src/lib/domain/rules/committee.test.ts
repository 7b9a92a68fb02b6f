import { describe, expect, it } from 'vitest'
import { ballotOf, conflicted, hasQuorum, type SessionMember } from './committee.ts'
import { votesDecide } from './voting.ts'

const committee = (count: number, present: number): SessionMember[] =>
  Array.from({ length: count }, (_, at) => ({
    memberId: `m${at}`,
    fullName: `委员${at}`,
    employer: at === 0 ? '泰州市建筑设计院' : `单位${at}`,
    position: at === 0 ? 'chair' : 'member',
    present: at < present,
  }))

describe('a session of the committee', () => {
  it('[E10] needs two thirds of the committee', () => {
    expect(hasQuorum(committee(15, 10))).toBe(true)
    expect(hasQuorum(committee(15, 9))).toBe(false)
    expect(hasQuorum([])).toBe(false)
  })

  it('[E11] names who works for the same employer, whatever blanks are in the name', () => {
    expect(conflicted(committee(3, 3), { employerName: '泰州市 建筑设计院' })).toMatchObject([{ memberId: 'm0' }])
    expect(conflicted(committee(3, 3), { employerName: null })).toEqual([])
  })

  it('[E10, E11] who stays away counts neither among the members nor among those attending', () => {
    const members = committee(15, 11)
    const ballot = ballotOf(members, ['m0'], { yes: 7, no: 3, abstain: 0 })
    expect(ballot).toEqual({ members: 14, attending: 10, yes: 7, no: 3, abstain: 0 })
    expect(votesDecide(ballot)).toEqual({ ok: true, value: 'passed' })
    expect(votesDecide(ballotOf(members, ['m0'], { yes: 8, no: 3, abstain: 0 })).ok).toBe(false)
    expect(ballotOf(members, ['m14'], { yes: 11, no: 0, abstain: 0 })).toMatchObject({ members: 14, attending: 11 })
  })
})
