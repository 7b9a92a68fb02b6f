import { expect, test } from 'vitest'
import { paperCodeOf } from './paper-code.ts'

test('T12: a code is taken alone, out of the address of its QR, and as it is printed or typed off a page', () => {
  for (const said of [
    'ABCD12300123WXYZ',
    ' ABCD 1230 0123 WXYZ ',
    'abcd-l23o-oi23-wxyz',
    'https://zhicheng.example/verify/ABCD12300123WXYZ',
  ]) {
    expect(paperCodeOf(said)).toBe('ABCD12300123WXYZ')
  }
  expect(paperCodeOf('  ')).toBe('')
})
