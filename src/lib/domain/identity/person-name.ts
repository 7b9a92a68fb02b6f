import { ok, refuse, type Outcome } from '../problems.ts'

export const NAME_AT_MOST = 50

/**
 * Han by ranges, not by script: planes 2 and 3 whole, because phones and servers of different years know different
 * extensions, and a person whose name got its code point last year must be able to register.
 */
const HAN = '\\u3007\\u3400-\\u4DBF\\u4E00-\\u9FFF\\uF900-\\uFAFF\\u{20000}-\\u{3FFFD}'
const LATIN = 'A-Za-z\\u00C0-\\u00D6\\u00D8-\\u00F6\\u00F8-\\u024F\\u1E00-\\u1EFF'
const NAME = new RegExp(`^[${HAN}${LATIN}\\u00B7 ]+$`, 'u')
const LETTER = new RegExp(`[${HAN}${LATIN}]`, 'u')

/** Dots people type for the 间隔号, which is U+00B7 and no other. */
const DOTS = /[\u0387\u2022\u2027\u2219\u22C5\u30FB\uFF65]/g

/**
 * Reads a person's name as the papers print it (R9): Han with all extensions, Latin letters, space and `·`; NFC, trimmed,
 * 1–50 字. Other middle dots, full-width letters, radicals copied out of a PDF and doubled spaces are set right first.
 * @returns the name, or `identity.name-wrong`
 */
export function parsePersonName(typed: string): Outcome<string> {
  const name = typed
    .normalize('NFC')
    // Kangxi radicals look like characters and are none; full-width letters likewise
    .replace(/[\u2E80-\u2FDF\uFF21-\uFF3A\uFF41-\uFF5A]/g, (character) => character.normalize('NFKC'))
    .replace(/[\p{Cf}]/gu, '')
    .replace(DOTS, '·')
    .replace(/\s+/g, ' ')
    .replace(/ ?· ?/g, '·')
    .trim()
  const characters = [...name].length
  if (characters < 1 || characters > NAME_AT_MOST) return refuse('identity.name-wrong')
  if (!NAME.test(name) || !LETTER.test(name) || /^·|·$|··/.test(name)) return refuse('identity.name-wrong')
  return ok(name)
}

/** `周**`: the first character and a star for each other, for a page anyone can open. */
export function maskPersonName(name: string): string {
  const [first = '', ...others] = name
  return first + '*'.repeat(others.length)
}
