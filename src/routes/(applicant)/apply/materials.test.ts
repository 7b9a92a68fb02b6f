import { expect, it } from 'vitest'
import { applicationTypes } from '#domain/forms/index.ts'
import { materialsOf } from './materials.ts'

it('[R41] [R42] lists every attachment of a type with its limit, rows under the name of their list', () => {
  const review = materialsOf(applicationTypes.review)
  const all = review.flatMap(({ materials }) => materials)
  expect(all.find(({ path }) => path === 'idCard')).toMatchObject({ limit: 500 * 1024 })
  expect(all.some(({ limit }) => limit === 10_000 * 1024)).toBe(true)
  expect(all.filter(({ path }) => path.startsWith('educations/')).map(({ label }) => label.split('·')[0])).toEqual([
    '学历',
  ])
  expect(new Set(all.map(({ path }) => path)).size).toBe(all.length)
  expect(review.every(({ materials }) => materials.length > 0)).toBe(true)
})
