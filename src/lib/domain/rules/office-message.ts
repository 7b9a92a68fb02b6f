import { plainText } from '../identity/typed-text.ts'
import { type Issue } from '../problems.ts'
import { isRealDate } from '../working-days.ts'
import { countCharacters } from './text-length.ts'

/** 字 of a message from the office: what says something, and what three SMS can carry. */
export const MESSAGE_AT_LEAST = 5
export const MESSAGE_AT_MOST = 150

/**
 * Every run of 18 characters that could be an ID number, whatever stands between them, from every digit on: the eight in the
 * middle are the birth date.
 */
const COULD_BE_ID_NUMBER = /(?=((?:\d[\s-]?){17}[\dXx]))/g

/** The birth date tells an ID number, also one with a slip in it, from two phone numbers side by side (E1). */
function holdsIdNumber(text: string): boolean {
  return [...plainText(text).matchAll(COULD_BE_ID_NUMBER)].some(([, found]) => {
    const [, year, month, day] = /^\d{6}((?:19|20)\d\d)(\d\d)(\d\d)/.exec(found!.replace(/[\s-]/g, '')) ?? []
    return year !== undefined && isRealDate(`${year}-${month}-${day}`)
  })
}

/**
 * What keeps a message of the office to an applicant from being sent (R106): it goes out as an SMS and stands on a lock
 * screen, so that it says enough, is short, and holds no ID number (A12, E13).
 * @returns the first thing wrong, at `text`, or null
 */
export function checkOfficeMessage(text: string): Issue | null {
  const count = countCharacters(text)
  if (count < MESSAGE_AT_LEAST) {
    return { code: 'message.too-short', path: 'text', params: { atLeast: MESSAGE_AT_LEAST } }
  }
  if (count > MESSAGE_AT_MOST) {
    const params = { label: '消息', over: count - MESSAGE_AT_MOST, atMost: MESSAGE_AT_MOST }
    return { code: 'answer.too-long', path: 'text', params }
  }
  if (holdsIdNumber(text)) return { code: 'message.id-number', path: 'text' }
  return null
}
