import fc from 'fast-check'
import { expect, test } from 'vitest'
import { applicationNumber, isApplicationNumber } from './application-number.ts'

const parts = fc.record({
  year: fc.integer({ min: 2020, max: 2099 }),
  region: fc.constantFrom('321200', '321202', '321203', '321204', '321281'),
  letter: fc.constantFrom('P', 'C', 'B'),
  batch: fc.integer({ min: 1, max: 99 }),
  serial: fc.integer({ min: 1, max: 99_999 }),
})

test('the number is made of year, region, type, batch, serial and a check digit', () => {
  const number = applicationNumber({ year: 2026, region: '321202', letter: 'P', batch: 1, serial: 42 })
  expect(number).toBe('2026321202P0100042-3')
  expect(isApplicationNumber(number)).toBe(true)
})

test('every number made is whole, and different parts give different numbers', () => {
  fc.assert(
    fc.property(parts, parts, (a, b) => {
      expect(isApplicationNumber(applicationNumber(a))).toBe(true)
      expect(applicationNumber(a) === applicationNumber(b)).toBe(JSON.stringify(a) === JSON.stringify(b))
    }),
  )
})

test('one wrong digit typed from paper is always found', () => {
  fc.assert(
    fc.property(parts, fc.integer({ min: 0, max: 19 }), fc.integer({ min: 1, max: 9 }), (a, at, by) => {
      const number = applicationNumber(a)
      fc.pre(/\d/.test(number[at]!))
      const wrong = `${number.slice(0, at)}${(Number(number[at]) + by) % 10}${number.slice(at + 1)}`
      expect(isApplicationNumber(wrong)).toBe(false)
    }),
  )
})

test('a part that does not fit is our bug and throws', () => {
  const fine = { year: 2026, region: '321202', letter: 'P', batch: 1, serial: 1 }
  expect(() => applicationNumber({ ...fine, serial: 100_000 })).toThrow(RangeError)
  expect(() => applicationNumber({ ...fine, batch: 100 })).toThrow(RangeError)
  expect(() => applicationNumber({ ...fine, region: '泰州' })).toThrow(RangeError)
  expect(isApplicationNumber('2026321202P0100042')).toBe(false)
})
