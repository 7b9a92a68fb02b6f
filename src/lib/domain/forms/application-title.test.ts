import { expect, test } from 'vitest'
import { titleAndSpecialty } from './application-title.ts'
import { facts } from './test-world.ts'

const named = (fields: Record<string, string>) => titleAndSpecialty(facts.batch.specialties, (id) => fields[id])

test('an application is called by its title and specialty once both are chosen and belong together', () => {
  expect(named({ specialty: 'engineering.construction', targetTitle: 'engineering.intermediate' })).toBe(
    '工程师·建筑工程',
  )
  expect(named({ specialty: 'engineering.construction' })).toBeUndefined()
  expect(named({ specialty: 'engineering.transport', targetTitle: 'engineering.intermediate' })).toBeUndefined()
})
