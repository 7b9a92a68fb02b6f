import { ok, refuse, type Outcome } from '../problems.ts'
import { plainText } from './typed-text.ts'

export const EMAIL_AT_MOST = 100

/** Local part by the characters that mail providers here use, then labels of letters, digits and inner hyphens. */
const EMAIL = /^[\w.!#$%&'*+/=?^`{|}~-]{1,64}@(?:[a-z\d](?:[a-z\d-]{0,61}[a-z\d])?\.)+[a-z]{2,63}$/i

/**
 * Reads an e-mail address (R10). Full-width ＠ and the full stop of a Chinese keyboard are set right first;
 * the domain is put in small letters, the part before the @ is the owner's and stays.
 * @returns the address, or `identity.email-wrong`
 */
export function parseEmail(typed: string): Outcome<string> {
  const address = plainText(typed).replace(/。/g, '.')
  if (address.length > EMAIL_AT_MOST || !EMAIL.test(address) || /^\.|\.\.|\.@/.test(address))
    return refuse('identity.email-wrong')
  const at = address.lastIndexOf('@')
  return ok(address.slice(0, at) + address.slice(at).toLowerCase())
}
