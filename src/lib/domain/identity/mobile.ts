import { ok, refuse, type Outcome } from '../problems.ts'
import { plainText } from './typed-text.ts'

/**
 * Reads a mobile number of the mainland: 11 digits, `1` then `3`–`9` (R10, E2).
 * Spaces, hyphens, full-width digits and a leading +86 are set right first.
 * @returns 11 digits, or `identity.mobile-wrong`
 */
export function parseMobile(typed: string): Outcome<string> {
  const number = plainText(typed)
    .replace(/[\s-]/g, '')
    .replace(/^(?:\+|00)?86(?=1\d{10}$)/, '')
  return /^1[3-9]\d{9}$/.test(number) ? ok(number) : refuse('identity.mobile-wrong')
}

/** `138****5678` (§1.3). */
export function maskMobile(number: string): string {
  return number.length === 11 ? `${number.slice(0, 3)}****${number.slice(7)}` : '*'.repeat(number.length)
}
