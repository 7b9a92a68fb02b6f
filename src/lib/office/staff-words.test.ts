import { describe, expect, it } from 'vitest'
import { eventWords, grantWords, staffRoles } from './staff-words.ts'

const points = [{ id: '321202-talent', label: '海陵区人才服务中心' }]

describe('who works in the back office, in words', () => {
  it('names the place that a role reaches, even one that is no longer listed', () => {
    expect(grantWords({ role: 'pointClerk', region: null, acceptancePoint: '321202-talent' }, points)).toBe(
      '受理点经办（海陵区人才服务中心）',
    )
    expect(grantWords({ role: 'pointClerk', region: null, acceptancePoint: 'gone' }, points)).toBe('受理点经办（gone）')
    expect(grantWords({ role: 'deptReviewer', region: '321202', acceptancePoint: null }, points)).toBe(
      '主管部门（海陵区）',
    )
    expect(grantWords({ role: 'office', region: null, acceptancePoint: null }, points)).toBe('职称办')
  })

  it('offers no role of an applicant, and leaves an unknown event as it is', () => {
    expect(staffRoles.map(({ value }) => value)).not.toContain('applicant')
    expect(eventWords('account.locked')).toBe('停用账号')
    expect(eventWords('account.something')).toBe('account.something')
  })
})
