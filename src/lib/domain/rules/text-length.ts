/** Every way a paste ends a line; Word's soft line break arrives as a vertical tab. */
const LINE_END = /\r\n?|[\v\f\u0085\u2028\u2029]/g
/** Control characters that no paper shows and PostgreSQL does not store; tab and line feed stay. */
// oxlint-disable-next-line no-control-regex
const UNPRINTABLE = /[\u0000-\u0008\u000E-\u001F\u007F]/g
const LONE_SURROGATE = /\p{Surrogate}/gu

/**
 * The one form in which text is counted, stored, compared and printed (A3): NFC, line ends as LF, no white space at
 * either end, nothing unprintable. Doing it twice changes nothing.
 */
export function normalizeText(text: string): string {
  return text.replace(LONE_SURROGATE, '').replace(LINE_END, '\n').replace(UNPRINTABLE, '').normalize('NFC').trim()
}

/**
 * How many 字 a text has (A3, R38, R39, R83): one for each code point of the normalized text, whether Han, letter, digit,
 * punctuation, space or line feed. Word counts a Latin word as one and no spaces, so this count is never the lower one.
 * @example countCharacters('你好') // 2
 * @example countCharacters('𠮷') // 1, although its .length is 2
 * @example countCharacters('a\r\nb') // 3
 */
export function countCharacters(text: string): number {
  return [...normalizeText(text)].length
}

/** Line feeds inside the normalized text: too many of them spoil the print (R84). */
export function lineBreaks(text: string): number {
  return normalizeText(text).split('\n').length - 1
}
