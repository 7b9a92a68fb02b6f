import { expect, it } from 'vitest'
import { applicationTypes } from '#domain/forms/index.ts'
import { fileNames, hrefOfPlace, scanPlaceOf } from './scan-place.ts'

it('[R41] finds the slot of a path with its limit and the field to come back to; a photo’s slot takes no scan', () => {
  const place = scanPlaceOf(applicationTypes.review, 'a1', 'idCard')
  expect(place?.slot.maxBytes).toBe(512_000)
  expect(place && hrefOfPlace(place)).toBe('/applications/a1/basics#field-idCard')
  const inRow = scanPlaceOf(applicationTypes.review, 'a1', 'educations/r1/proof')
  expect([place?.title, inRow?.title]).toEqual(['身份证正反面', '学历'])
  expect(inRow && hrefOfPlace(inRow)).toMatch(/#field-educations-r1-proof$/)
  expect(scanPlaceOf(applicationTypes.review, 'a1', 'photo')).toBeNull()
  expect(scanPlaceOf(applicationTypes.review, 'a1', 'nothing')).toBeNull()
})

it('gives each file of a slot a name of its own', () => {
  expect(fileNames('毕业证书', 2, [])).toEqual(['毕业证书.pdf', '毕业证书（2）.pdf'])
  expect(fileNames('毕业证书', 1, ['毕业证书.pdf', '毕业证书（2）.pdf'])).toEqual(['毕业证书（3）.pdf'])
})
