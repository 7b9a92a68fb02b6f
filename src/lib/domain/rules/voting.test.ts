import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { wordsOf } from '../problems.ts'
import { committeeAdvice, votesDecide, type Votes } from './voting.ts'

const says = (votes: Votes) => {
  const outcome = votesDecide(votes)
  return outcome.ok ? outcome.value : wordsOf(outcome).detail
}

describe('[E10] ballot', () => {
  test.each([
    ['all say yes', { members: 25, attending: 25, yes: 25, no: 0, abstain: 0 }, 'passed'],
    [
      'exactly two thirds attend and exactly two thirds say yes',
      { members: 27, attending: 18, yes: 12, no: 6, abstain: 0 },
      'passed',
    ],
    ['one yes short', { members: 27, attending: 18, yes: 11, no: 6, abstain: 1 }, 'failed'],
    ['abstentions are no yes', { members: 27, attending: 18, yes: 11, no: 0, abstain: 7 }, 'failed'],
    ['17 of 25 attend, 12 say yes', { members: 25, attending: 17, yes: 12, no: 5, abstain: 0 }, 'passed'],
    ['17 of 25 attend, 11 say yes', { members: 25, attending: 17, yes: 11, no: 6, abstain: 0 }, 'failed'],
  ])('%s', (_, votes, result) => expect(says(votes)).toBe(result))

  test.each([
    [
      'one short of two thirds',
      { members: 25, attending: 16, yes: 16, no: 0, abstain: 0 },
      '不到组成人数 25 人的三分之二',
    ],
    ['more attend than there are', { members: 25, attending: 26, yes: 26, no: 0, abstain: 0 }, '多于组成人数'],
    [
      'a vote is missing',
      { members: 25, attending: 20, yes: 15, no: 4, abstain: 0 },
      '票数合计 19，与出席 20 人不一致',
    ],
    [
      'a vote too many: nobody votes for an absent one',
      { members: 25, attending: 20, yes: 21, no: 0, abstain: 0 },
      '票数合计 21',
    ],
    ['nobody at all', { members: 0, attending: 0, yes: 0, no: 0, abstain: 0 }, '没有组成人员'],
    ['half a vote', { members: 3, attending: 3, yes: 2.5, no: 0.5, abstain: 0 }, '正整数'],
    ['a negative one', { members: 3, attending: 3, yes: 4, no: -1, abstain: 0 }, '正整数'],
    ['no number', { members: Number.NaN, attending: 3, yes: 3, no: 0, abstain: 0 }, '正整数'],
  ])('%s is refused', (_, votes, reason) => expect(says(votes)).toContain(reason))

  const ballot = fc
    .tuple(fc.integer({ min: 1, max: 51 }), fc.nat(51), fc.nat(51), fc.nat(51))
    .filter(([members, attending, yes]) => attending <= members && attending * 3 >= members * 2 && yes <= attending)
    .map(([members, attending, yes, no]): Votes => {
      const against = Math.min(no, attending - yes)
      return { members, attending, yes, no: against, abstain: attending - yes - against }
    })

  test('passed means at most half as many others as yes', () => {
    fc.assert(
      fc.property(ballot, (votes) => {
        expect(says(votes)).toBe(votes.no + votes.abstain <= votes.yes / 2 ? 'passed' : 'failed')
      }),
    )
  })

  test('one more yes in place of a no never turns passed into failed', () => {
    fc.assert(
      fc.property(ballot, (votes) => {
        fc.pre(votes.no > 0 && says(votes) === 'passed')
        expect(says({ ...votes, yes: votes.yes + 1, no: votes.no - 1 })).toBe('passed')
      }),
    )
  })
})

describe('[E10] make-up of a committee', () => {
  test.each([
    [{ members: 25, level: 'senior', scope: 'series' }, 0],
    [{ members: 11, level: 'associate-senior', scope: 'specialty' }, 0],
    [{ members: 7, level: 'intermediate', scope: 'series' }, 0],
    [{ members: 23, level: 'senior', scope: 'series' }, 1],
    [{ members: 12, level: 'senior', scope: 'specialty' }, 1],
    [{ members: 10, level: 'senior', scope: 'specialty' }, 2],
  ] as const)('%j: %i remarks', (committee, remarks) => expect(committeeAdvice(committee)).toHaveLength(remarks))
})
