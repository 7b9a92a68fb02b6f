import { describe, expect, test } from 'vitest'
import { type Role, roles } from '../lifecycle/roles.ts'
import { exportingRoles, exportKindIds, mayExport } from './export-kinds.ts'

describe('who may have which export', () => {
  test('the office has all, the secretary of the committee the 一览表, and nobody else any', () => {
    const had = (role: Role) => exportKindIds.filter((kind) => mayExport([{ role }], kind))
    for (const role of Object.keys(roles) as Role[]) {
      const expected = role === 'office' ? exportKindIds : role === 'secretary' ? ['overview'] : []
      expect(had(role), role).toEqual(expected)
    }
    expect(mayExport([], 'overview')).toBe(false)
    expect([...exportingRoles].sort()).toEqual(['office', 'secretary'])
  })

  test('one grant of several is enough', () => {
    expect(mayExport([{ role: 'applicant' }, { role: 'office' }], 'archive')).toBe(true)
  })
})
