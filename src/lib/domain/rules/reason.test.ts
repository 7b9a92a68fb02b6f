import { expect, test } from 'vitest'
import { isReason } from './reason.ts'

test('[R91] a reason has 5 字 at least, counted as everywhere: white space at the ends is none, a rare 字 is one', () => {
  expect(isReason('单位不规')).toBe(false)
  expect(isReason('   请改   ')).toBe(false)
  expect(isReason('单位不规范')).toBe(true)
  expect(isReason('𠮷𠮷𠮷𠮷')).toBe(false)
  expect(isReason('𠮷𠮷𠮷𠮷𠮷')).toBe(true)
})
