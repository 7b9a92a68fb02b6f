import { describe, expect, test } from 'vitest'
import { applicationNumber } from '../lifecycle/application-number.ts'
import { isIdNumber, withoutIdNumber } from './number-in-words.ts'

describe('[A40] of an ID number in words to search by only the last four stay', () => {
  test.each([
    ['321202199001010017', '0017'],
    [' 32120219900101001x ', '001x'],
    ['321202 19900101 001X', '001X'],
    ['321202-19900101-0017', '0017'],
    ['３２１２０２１９９００１０１００１７', '0017'],
    ['3212021990010100\u200b17', '0017'],
    ['周文静 321202199001010017', '周文静 0017'],
    ['321202199001010017周文静', '0017周文静'],
    ['321202199001010017 321281198808080041', '0041'],
    // not typed to its end, or a number of before: the birthday is in it
    ['32120219900101', '0101'],
    ['320202900101001', '1001'],
    // a mobile
    ['13812345678', '5678'],
  ])('%j becomes %j', (typed, kept) => {
    expect(withoutIdNumber(typed)).toBe(kept)
    expect(withoutIdNumber(kept)).toBe(kept)
  })

  test.each(['周文静', '0017', '10017', '2026321202', '泰州 2026 年 3 号厂', ''])('%j stays', (typed) => {
    expect(withoutIdNumber(typed)).toBe(typed)
  })

  test('every 申报编号 stays whole', () => {
    for (const letter of ['P', 'C', 'B'] as const) {
      for (const serial of [1, 42, 99_999]) {
        const number = applicationNumber({ year: 2026, region: '321202', letter, batch: 12, serial })
        expect(withoutIdNumber(number)).toBe(number)
      }
    }
  })

  test('a whole number is told from a code and from a 申报编号', () => {
    for (const typed of ['321202199001010017', '321202 19900101 001x', '321202199001010018'])
      expect(isIdNumber(typed)).toBe(true)
    for (const typed of ['2026321202P0100042-7', '0123456789012345', '32120219900101001', '周文静'])
      expect(isIdNumber(typed)).toBe(false)
  })
})
