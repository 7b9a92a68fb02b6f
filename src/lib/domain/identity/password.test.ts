import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { wordsOf } from '../problems.ts'
import { parsePassword } from './password.ts'

const owner = {
  idNumber: '321202199001010017',
  mobile: '13800005678',
  fullName: '周文静',
  email: 'zhou.wenjing@example.com',
}
const says = (password: string) => {
  const outcome = parsePassword(password, owner)
  return outcome.ok ? 'ok' : wordsOf(outcome).detail
}

test.each([
  'Xq7#mmPd',
  'blue-Kettle9',
  'correct horse battery',
  '姑苏城外寒山寺夜',
  'ten elephants walk',
  'p4ss Über Straße',
])('%s is accepted as typed', (password) =>
  expect(parsePassword(password, owner)).toEqual({ ok: true, value: password }),
)

describe('length', () => {
  test('8 characters are enough, 7 are not', () => {
    expect(says('Xq7#mmPd')).toBe('ok')
    expect(says('Xq7#mmP')).toBe('密码太简单：至少要 8 位，现在只有 7 位。请换一个。')
    expect(says('')).toContain('至少要 8 位')
  })

  test('64 characters are allowed, 65 are not, and nothing is cut', () => {
    const sentence = 'ten elephants walk by the river and one of them forgot its hat ok'
    expect(sentence).toHaveLength(65)
    expect(says(sentence.slice(0, 64))).toBe('ok')
    expect(parsePassword(sentence, owner)).toMatchObject({ code: 'answer.too-long', params: { over: 1, atMost: 64 } })
  })

  test('a rare character is one character', () => {
    expect(says('𠮷野家的咖喱'.repeat(1))).toContain('现在只有 6 位')
  })
})

test.each([
  ['Tz-199001-door', '身份证号'],
  ['my321202home', '身份证号'],
  ['x321202199001010017', '身份证号'],
  ['call13800005678', '手机号码'],
  ['call005678me', '手机号码'],
  ['周文静的家门口1', '姓名'],
  ['Zhou.Wenjing-9', '邮箱'],
  ['aaaaaaa1', '重复'],
  ['abxabxabx', '重复'],
  ['12345678', '顺序'],
  ['87654321', '顺序'],
  ['qwertyuiop', '顺序'],
  ['abcd1234!', '顺序'],
  ['1qaz2wsx', '顺序'],
  ['1qaz@WSX', '顺序'],
  ['a123456789', '顺序'],
  ['password', '常见'],
  ['Password123!', '常见'],
  ['P@ssw0rd', '常见'],
  ['woaini1314', '常见'],
  ['5201314520', '常见'],
  ['Taizhou@2026', '常见'],
  ['职称申报@2026', '常见'],
  ['86420975', '只有一种字符'],
  ['correcthorse', '只有一种字符'],
])('%s is refused and says why: %s', (password, reason) => {
  expect(says(password)).toContain(reason)
})

test('without facts about the owner the rest still holds', () => {
  expect(parsePassword('my321202home').ok).toBe(true)
  expect(parsePassword('12345678').ok).toBe(false)
})

test('composed and decomposed letters are one password', () => {
  expect(parsePassword('cafe\u0301-au-lait-9')).toEqual(parsePassword('caf\u00E9-au-lait-9'))
})

test('any six characters of the ID number or the mobile in a row are found wherever they stand', () => {
  const piece = fc.oneof(
    fc.nat(12).map((start) => owner.idNumber.slice(start, start + 6)),
    fc.nat(5).map((start) => owner.mobile.slice(start, start + 6)),
  )
  fc.assert(
    fc.property(
      fc.stringMatching(/^[f-p#-]{2,9}$/),
      piece,
      fc.stringMatching(/^[f-p#-]{2,9}$/),
      (before, digits, after) => {
        expect(says(before + digits + after)).toMatch(/身份证号|手机号码/)
      },
    ),
  )
})

test('no text makes it throw', () => {
  fc.assert(
    fc.property(
      fc
        .array(fc.integer({ min: 0, max: 0x10ffff }), { maxLength: 80 })
        .map((points) => String.fromCodePoint(...points)),
      (text) => void parsePassword(text, owner),
    ),
  )
})
