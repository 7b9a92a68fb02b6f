import { describe, expect, it } from 'vitest'
import { innerPath, isOfficeOnly, landing, login } from './landing.ts'

const applicant = {
  state: 'signed-in' as const,
  isStaff: false,
  roles: [{ role: 'applicant' as const }],
  mustChangePassword: false,
}
const clerk = {
  state: 'signed-in' as const,
  isStaff: true,
  roles: [{ role: 'pointClerk' as const, acceptancePoint: 'p1' }],
  mustChangePassword: false,
}

describe('where one lands after signing in', () => {
  it('[R19] an applicant on the main page, the office in the office, both where they wanted to go', () => {
    expect(landing(applicant, null)).toBe('/home')
    expect(landing(clerk, null)).toBe('/office')
    expect(landing(applicant, '/messages?notice=1')).toBe('/messages?notice=1')
  })

  it('[A41] whoever works in the office and applies as well lands in the office, and is let in to his own pages', () => {
    const both = { ...clerk, roles: [...clerk.roles, { role: 'applicant' as const }] }
    expect(landing(both, null)).toBe('/office')
    expect(landing(both, '/home')).toBe('/home')
    expect([isOfficeOnly(clerk), isOfficeOnly(both), isOfficeOnly(applicant)]).toEqual([true, false, false])
  })

  it('[A12] whoever came with a temporary password first sets a new one', () => {
    expect(landing({ ...applicant, mustChangePassword: true }, null)).toBe('/password')
    expect(landing({ ...applicant, mustChangePassword: true }, '/me')).toBe('/password?next=%2Fme')
  })

  it('[A12] whose session has ended before that signs in again: without it no new password is taken', () => {
    const late = { ...applicant, state: 'expired' as const, mustChangePassword: true }
    expect(landing(late, null)).toBe('/apply/login')
    expect(landing(late, '/me')).toBe('/apply/login?next=%2Fme')
    expect(landing({ ...late, mustChangePassword: false }, '/me')).toBe('/me')
    expect(login('/applications/7?step=2')).toBe('/apply/login?next=%2Fapplications%2F7%3Fstep%3D2')
  })

  it.each(['//evil.example', '/\\evil.example', 'https://evil.example/', 'javascript:alert(1)', '', 'home', null])(
    'never leads out of the app: %s',
    (wanted) => expect(innerPath(wanted)).toBeUndefined(),
  )
})
