import { describe, expect, test } from 'vitest'
import { closingHindrance, isOnRecord } from './closing-hindrance.ts'
import { stateIds, states } from './states.ts'

const applicant = [{ role: 'applicant' }] as const

describe('when an account may be closed (PIPL 47)', () => {
  test('with nothing, with drafts that were never submitted, and with what has come to its end', () => {
    expect(closingHindrance(applicant, [])).toBeNull()
    expect(closingHindrance(applicant, [{ state: 'DRAFT', number: null }])).toBeNull()
    for (const state of stateIds.filter((id) => states[id].final))
      expect(closingHindrance(applicant, [{ state, number: '2026321202P0000001-1' }])).toBeNull()
  })

  test('not while anything that was submitted is under way, one that was sent back too', () => {
    for (const state of stateIds.filter((id) => !states[id].final))
      expect(closingHindrance(applicant, [{ state, number: '2026321202P0000001-1' }])).toMatchObject({
        code: 'account.closing-under-way',
        params: { count: 1 },
      })
  })

  test('not by who works in the office', () => {
    expect(closingHindrance([...applicant, { role: 'office' }], [])).toMatchObject({ code: 'account.closing-staff' })
  })

  test('what has a number was submitted once, and is on record', () => {
    expect(isOnRecord({ state: 'RETURNED', number: '2026321202P0000001-1' })).toBe(true)
    expect(isOnRecord({ state: 'DRAFT', number: null })).toBe(false)
  })
})
