import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { partsOf, searchTextOf } from './search-text.ts'

describe('the parts by which an application is found', () => {
  test('two characters of Chinese, four letters or digits, nothing over a gap', () => {
    expect(partsOf('周明远 2026321202P')).toEqual([
      '周明',
      '明远',
      '2026',
      '0263',
      '2632',
      '6321',
      '3212',
      '2120',
      '1202',
      '202p',
    ])
    expect(partsOf('周')).toEqual([])
    expect(partsOf('202')).toEqual([])
    expect(partsOf('泰州·江苏')).toEqual(['泰州', '江苏'])
  })

  test('whatever is part of a text has no part that the text has not: the index never hides what the text has', () => {
    const letters = fc.constantFrom(...'周明远泰州有限公司0123456789PX-·（） ')
    fc.assert(
      fc.property(fc.array(letters, { maxLength: 40 }), fc.nat(40), fc.nat(12), (text, from, size) => {
        const whole = text.join('').toLowerCase()
        const known = new Set(partsOf(whole))
        const said = text.slice(from, from + size).join('')
        expect(partsOf(said).filter((part) => !known.has(part))).toEqual([])
      }),
    )
  })

  test('name, employer, number, and the last four of the ID number, a line each', () => {
    expect(searchTextOf({ fullName: '周明远', employerName: null, number: '2026P1' }, '321202********001X')).toBe(
      '周明远\n2026p1\n001x',
    )
  })
})
