import { parseEmail } from '#domain/identity/email.ts'
import { parseIdNumber } from '#domain/identity/id-number.ts'
import type { IdNumber } from '#domain/identity/id-number.ts'
import { parseMobile } from '#domain/identity/mobile.ts'
import { normalizePassword, parsePassword } from '#domain/identity/password.ts'
import { parsePersonName } from '#domain/identity/person-name.ts'
import type { Issue, Outcome, Refused } from '#domain/problems.ts'
import { ok, refuse } from '#domain/problems.ts'

/** One account may share its number with two others: a family, or the clerk who helps (A14). */
export const ACCOUNTS_PER_MOBILE = 3

export interface PersonalDataTyped {
  readonly fullName: string
  readonly email: string
  readonly mobile: string
  readonly contactName?: string | undefined
  readonly contactMobile?: string | undefined
}

export interface RegistrationTyped extends PersonalDataTyped {
  readonly idNumber: string
  readonly password: string
  readonly passwordConfirm: string
}

export interface PersonalData {
  readonly fullName: string
  readonly email: string
  readonly mobile: string
  readonly contactName: string | null
  readonly contactMobile: string | null
}

/** All faults in one refusal, so that a person sees every field at once; its own code is that of the first. */
function refuseAll(issues: readonly Issue[]): Refused {
  const [first] = issues as [Issue]
  return refuse(first.code, first.params, { path: first.path, issues })
}

class Reading {
  readonly issues: Issue[] = []

  /** The value read, or undefined with the fault noted for the path. */
  take<T>(path: string, outcome: Outcome<T>): T | undefined {
    if (outcome.ok) return outcome.value
    this.issues.push({ code: outcome.code, path, ...(outcome.params && { params: outcome.params }) })
    return undefined
  }
}

const isEmpty = (typed: string | undefined): boolean => typed === undefined || typed.trim() === ''

const LABELS = { fullName: '姓名', email: 'E-mail', mobile: '手机号码' } as const

function readPersonalData(typed: PersonalDataTyped, reading: Reading): Partial<PersonalData> {
  const required = <T>(path: keyof typeof LABELS, parse: (text: string) => Outcome<T>) =>
    reading.take(path, isEmpty(typed[path]) ? refuse('answer.required', { label: LABELS[path] }) : parse(typed[path]))
  const optional = (path: 'contactName' | 'contactMobile', parse: (text: string) => Outcome<string>) =>
    isEmpty(typed[path]) ? null : reading.take(path, parse(typed[path]!))
  const fullName = required('fullName', parsePersonName) // R9
  const email = required('email', parseEmail) // R10
  const mobile = required('mobile', parseMobile) // R10
  const contactName = optional('contactName', parsePersonName) // R11
  const contactMobile = optional('contactMobile', parseMobile) // R11
  return {
    ...(fullName !== undefined && { fullName }),
    ...(email !== undefined && { email }),
    ...(mobile !== undefined && { mobile }),
    ...(contactName !== undefined && { contactName }),
    ...(contactMobile !== undefined && { contactMobile }),
  }
}

/** Name, mail, mobile and contact as they will be stored, or all that is wrong with them (R8–R11). */
export function parsePersonalData(typed: PersonalDataTyped): Outcome<PersonalData> {
  const reading = new Reading()
  const data = readPersonalData(typed, reading)
  return reading.issues.length > 0 ? refuseAll(reading.issues) : ok(data as PersonalData)
}

/** A registration as it will be stored, the password ready to be hashed, or all that is wrong with it (DOMAIN §1.1). */
export function parseRegistration(
  typed: RegistrationTyped,
  today: string,
): Outcome<PersonalData & { readonly identity: IdNumber; readonly password: string }> {
  const reading = new Reading()
  const data = readPersonalData(typed, reading)
  const identity = reading.take('idNumber', parseIdNumber(typed.idNumber, today))
  const owner = { ...data, idNumber: identity?.number }
  const password = reading.take('password', parsePassword(typed.password, owner))
  if (password !== undefined && password !== normalizePassword(typed.passwordConfirm)) {
    reading.issues.push({ code: 'account.passwords-differ', path: 'passwordConfirm' })
  }
  if (reading.issues.length > 0) return refuseAll(reading.issues)
  return ok({ ...(data as PersonalData), identity: identity!, password: password! })
}
