import { describe, expect, it } from 'vitest'
import { innerPath, landing } from './landing.ts'

const applicant = { isStaff: false, roles: [{ role: 'applicant' as const }], mustChangePassword: false }
const clerk = {
  isStaff: true,
  roles: [{ role: 'pointClerk' as const, acceptancePoint: 'p1' }],
  mustChangePassword: false,
}

describe('where one lands after signing in', () => {
  it('[R19] an applicant on the main page, the office in the office, both where they wanted to go', () => {
    expect(landing(applicant, null)).toBe('/home')
    expect(landing(clerk, null)).toBe('/office')
    expect(landing({ ...clerk, roles: [...clerk.roles, { role: 'applicant' }] }, null)).toBe('/home')
    expect(landing(applicant, '/messages?notice=1')).toBe('/messages?notice=1')
  })

  it('[A12] whoever came with a temporary password first sets a new one', () => {
    expect(landing({ ...applicant, mustChangePassword: true }, null)).toBe('/password')
    expect(landing({ ...applicant, mustChangePassword: true }, '/me')).toBe('/password?next=%2Fme')
  })

  it.each(['//evil.example', '/\\evil.example', 'https://evil.example/', 'javascript:alert(1)', '', 'home', null])(
    'never leads out of the app: %s',
    (wanted) => expect(innerPath(wanted)).toBeUndefined(),
  )
})
