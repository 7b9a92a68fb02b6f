import { ok, refuse, type Outcome } from '../problems.ts'
import { isRealDate } from '../working-days.ts'
import { plainText } from './typed-text.ts'

export interface IdNumber {
  /** 18 characters, X in capital */
  readonly number: string
  /** YYYY-MM-DD */
  readonly birthDate: string
  /** GB/T 2261.1: 1 male, 2 female */
  readonly gender: '1' | '2'
}

const WEIGHTS = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2] as const
const CHECKS = '10X98765432'

/**
 * First two digits: provinces, Taiwan, the residence permits of Hong Kong (81), Macao (82) and Taiwan (83),
 * and 9 for the permanent residence card of a foreigner. The other four are not looked at: abolished codes stay valid for life.
 */
const PROVINCE = /^(1[1-5]|2[1-3]|3[1-7]|4[1-6]|5[0-4]|6[1-5]|71|8[1-3]|9\d)/

/** Nobody alive is older; the samples of the standard itself are of 1880. */
const FIRST_BIRTH_DATE = '1800-01-01'

/** The check character of GB 11643 over the first 17 digits. */
export function checkCharacter(first17: string): string {
  const sum = WEIGHTS.reduce((total, weight, place) => total + weight * Number(first17[place]), 0)
  return CHECKS[sum % 11]!
}

/**
 * Reads an ID number of 18 characters by GB 11643: province, a real birth date not after `today`, check character (E1).
 * Spaces, full-width digits and a small x are set right first. Numbers of 15 digits are void since 2013 and refused.
 * @param today the date in Asia/Shanghai, YYYY-MM-DD
 * @returns the number with what follows from it, or `identity.id-number-wrong`
 */
export function parseIdNumber(typed: string, today: string): Outcome<IdNumber> {
  const number = plainText(typed).replace(/\s/g, '').toUpperCase()
  if (!/^\d{17}[\dX]$/.test(number) || !PROVINCE.test(number)) return refuse('identity.id-number-wrong')
  const birthDate = `${number.slice(6, 10)}-${number.slice(10, 12)}-${number.slice(12, 14)}`
  if (!isRealDate(birthDate) || birthDate < FIRST_BIRTH_DATE || birthDate > today)
    return refuse('identity.id-number-wrong')
  if (checkCharacter(number) !== number[17]) return refuse('identity.id-number-wrong')
  return ok({ number, birthDate, gender: Number(number[16]) % 2 === 1 ? '1' : '2' })
}

/** `321202********0017`: what lists and public places may show (E13). */
export function maskIdNumber(number: string): string {
  return number.length === 18 ? `${number.slice(0, 6)}********${number.slice(14)}` : '*'.repeat(number.length)
}

/** `321202 19900101 0017`, for reading only; also while it is still being typed. */
export function groupIdNumber(number: string): string {
  return [number.slice(0, 6), number.slice(6, 14), number.slice(14)].filter((part) => part !== '').join(' ')
}
