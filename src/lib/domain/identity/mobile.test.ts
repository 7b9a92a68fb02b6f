import fc from 'fast-check'
import { expect, test } from 'vitest'
import { maskMobile, parseMobile } from './mobile.ts'

const read = (text: string) => {
  const outcome = parseMobile(text)
  return outcome.ok ? outcome.value : outcome.code
}

test.each(['13800005678', '19912345678', '17012345678'])('[R10][E2] %s is a mobile number', (number) => {
  expect(read(number)).toBe(number)
})

test.each([
  '',
  '12800005678',
  '1380000567',
  '138000056789',
  '02386881234',
  '1380000567a',
  '+1 415 555 0100',
  '11086138000',
])('[R10][E2] %s is refused', (number) => expect(read(number)).toBe('identity.mobile-wrong'))

test.each([
  '138 0000 5678',
  '138-0000-5678',
  '+86 138 0000 5678',
  '008613800005678',
  '8613800005678',
  '１３８００００５６７８',
  '\u202D13800005678\u202C',
])('[E2] %s out of a contact list is set right', (number) => expect(read(number)).toBe('13800005678'))

test('[E2] what is read once reads the same again', () => {
  fc.assert(
    fc.property(fc.stringMatching(/^1[3-9]\d{9}$/), (number) => {
      expect(read(`+86 ${number}`)).toBe(number)
    }),
  )
})

test('[E13] masked', () => {
  expect(maskMobile('13800005678')).toBe('138****5678')
  expect(maskMobile('110')).toBe('***')
})
