import fc from 'fast-check'
import { expect, test } from 'vitest'
import { maskPersonName, NAME_AT_MOST, parsePersonName } from './person-name.ts'

const read = (text: string) => {
  const outcome = parsePersonName(text)
  return outcome.ok ? outcome.value : outcome.code
}

test.each([
  '周文静',
  '欧阳修',
  '𠮷田',
  '㐂',
  '王〇',
  '迪丽热巴·迪力木拉提',
  'Anna Müller',
  '李 Anna',
  '\u{2EBF0}',
  '\u{323B0}',
])('[R9] %s is a name', (name) => expect(read(name)).toBe(name))

test.each([
  '',
  '   ',
  '·',
  '张三1',
  '张三!',
  '张-三',
  '<b>张三</b>',
  '张三😀',
  '·张三',
  '张三·',
  '张··三',
  'Иван',
  'アンナ',
  '\uE863',
  'Ⅳ',
  '张\u0000三',
])('[R9] %j is refused', (name) => expect(read(name)).toBe('identity.name-wrong'))

test('[R9] 1 to 50 字, counted by characters', () => {
  expect(read('𠮷'.repeat(NAME_AT_MOST))).toBe('𠮷'.repeat(NAME_AT_MOST))
  expect(read('𠮷'.repeat(NAME_AT_MOST + 1))).toBe('identity.name-wrong')
})

test.each([
  ['  周文静　', '周文静'],
  ['买买提•艾力', '买买提·艾力'],
  ['买买提・艾力', '买买提·艾力'],
  ['买买提 · 艾力', '买买提·艾力'],
  ['周\u200B文静', '周文静'],
  ['⼈文', '人文'],
  ['Ａｎｎａ', 'Anna'],
  ['Mu\u0308ller', 'Müller'],
  ['Anna   Li', 'Anna Li'],
])('[R9] %j is set right', (typed, name) => expect(read(typed)).toBe(name))

test('[R9] a name once read is in NFC and reads the same again', () => {
  fc.assert(
    fc.property(
      fc.array(fc.constantFrom('张', '𠮷', '·', ' ', '　', 'é', 'e\u0301', '•', '⼈', 'Ａ', '\u200B', '1'), {
        maxLength: 12,
      }),
      (parts) => {
        const outcome = parsePersonName(parts.join(''))
        if (!outcome.ok) return
        expect(read(outcome.value)).toBe(outcome.value)
        expect(outcome.value).toBe(outcome.value.normalize('NFC').trim())
      },
    ),
  )
})

test('[E12] masked for a page anyone can open', () => {
  expect(maskPersonName('周文静')).toBe('周**')
  expect(maskPersonName('𠮷田')).toBe('𠮷*')
  expect(maskPersonName('')).toBe('')
})
