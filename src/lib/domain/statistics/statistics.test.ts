import { describe, expect, test } from 'vitest'
import { stateIds } from '../lifecycle/states.ts'
import { type CountedCell, lineOf, linesBy, outcomeOf } from './statistics.ts'

const cells: CountedCell[] = [
  { region: '321202', specialty: 'a', level: 'intermediate', state: 'CERTIFIED', count: 6 },
  { region: '321202', specialty: 'a', level: 'intermediate', state: 'FAILED', count: 2 },
  { region: '321203', specialty: 'b', level: 'intermediate', state: 'SUBMITTED', count: 5 },
  { region: '321203', specialty: 'a', level: 'senior', state: 'CANCELLED', count: 1 },
]

describe('statistics', () => {
  test('every state that was submitted once counts somewhere, a draft nowhere', () => {
    expect(stateIds.filter((state) => outcomeOf(state) === undefined)).toEqual(['DRAFT'])
    expect(lineOf('', [{ state: 'DRAFT', count: 3 }])).toMatchObject({ total: 0, passRate: null })
  })

  test('the pass rate is of those decided: who withdrew is neither, and nobody decided is no rate', () => {
    expect(lineOf('', cells)).toMatchObject({ total: 14, passRate: 0.75 })
    expect(linesBy(cells, 'region').find(({ key }) => key === '321203')!.passRate).toBeNull()
  })

  test('lines are by one dimension, the most first, within what is chosen in the others', () => {
    expect(linesBy(cells, 'region').map(({ key, total }) => [key, total])).toEqual([
      ['321202', 8],
      ['321203', 6],
    ])
    expect(linesBy(cells, 'specialty', { region: '321203' }).map(({ key, total }) => [key, total])).toEqual([
      ['b', 5],
      ['a', 1],
    ])
    expect(linesBy(cells, 'level', { region: '321203', specialty: 'a' })).toHaveLength(1)
    expect(linesBy(cells, 'level', { region: '' })[0]!.total).toBe(13)
  })
})
