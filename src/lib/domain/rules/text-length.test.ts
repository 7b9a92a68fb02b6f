import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { countCharacters, lineBreaks, normalizeText } from './text-length.ts'

describe('[A3] one 字 is one code point after NFC and LF', () => {
  test.each([
    ['你好', 2],
    ['𠮷', 1],
    ['a\r\nb', 3],
    ['a\rb', 3],
    ['', 0],
    ['   \r\n　', 0],
    ['  前后空白不算　\n', 6],
    ['中 文，ABC 123。', 12],
    ['e\u0301', 1],
    ['一\n\n二', 4],
    ['\uFEFF开头', 2],
  ])('%j has %i', (text, count) => {
    expect(countCharacters(text)).toBe(count)
  })

  test('[R38] 400 fit and 401 do not, also of rare characters', () => {
    expect(countCharacters('字'.repeat(400))).toBe(400)
    expect(countCharacters('𠮷'.repeat(401))).toBe(401)
  })
})

describe('normalized text', () => {
  const anyText = fc.string({
    unit: fc.oneof(
      fc.constantFrom('\r', '\n', '\r\n', ' ', '　', '\u0000', '\uD842', '\uDFB7', 'e\u0301', '𠮷', '\u000B', '\u2028'),
      fc.integer({ min: 0, max: 0x10ffff }).map((point) => String.fromCodePoint(point)),
    ),
  })

  test('[A3] doing it twice changes nothing', () => {
    fc.assert(
      fc.property(anyText, (text) => {
        expect(normalizeText(normalizeText(text))).toBe(normalizeText(text))
      }),
    )
  })

  test('[A3] the count is that of what is stored', () => {
    fc.assert(
      fc.property(anyText, (text) => {
        expect(countCharacters(text)).toBe(Array.from(normalizeText(text)).length)
      }),
    )
  })

  test('[A3] the line ends of a machine do not change the count', () => {
    fc.assert(
      fc.property(fc.array(fc.stringMatching(/^[a-z字。 ]{0,9}$/)), (lines) => {
        expect(countCharacters(lines.join('\r\n'))).toBe(countCharacters(lines.join('\n')))
        expect(countCharacters(lines.join('\r'))).toBe(countCharacters(lines.join('\n')))
      }),
    )
  })

  test('nothing is left that a database or a paper cannot take', () => {
    fc.assert(
      fc.property(anyText, (text) => {
        const clean = normalizeText(text)
        // oxlint-disable-next-line no-control-regex
        expect(clean).not.toMatch(/[\u0000-\u0008\u000B-\u001F\u007F]/)
        expect(clean).not.toMatch(/\p{Surrogate}/u)
      }),
    )
  })

  test('a tab and an inner line feed stay; a soft line break of Word becomes a line feed', () => {
    expect(normalizeText('a\tb\nc')).toBe('a\tb\nc')
    expect(normalizeText('a\vb')).toBe('a\nb')
  })
})

describe('[R84] line breaks', () => {
  test.each([
    ['', 0],
    ['一行', 0],
    ['一\n二\n三', 2],
    ['一\r\n\r\n二\r', 2],
    ['\n\n一\n\n', 0],
  ])('%j has %i', (text, count) => expect(lineBreaks(text)).toBe(count))
})
