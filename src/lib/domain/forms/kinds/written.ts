import { parseEmail } from '../../identity/email.ts'
import { parseMobile } from '../../identity/mobile.ts'
import { parsePersonName } from '../../identity/person-name.ts'
import { countCharacters } from '../../rules/text-length.ts'
import type { CellValue } from '../answers.ts'
import type { EmailField, LongTextField, MobileField, NameField, TextField } from '../field.ts'
import { type Fault, type Kind, wrongKind } from './kind.ts'

const asText = (value: CellValue) => (value === null ? '' : String(value))

/** The same count of 字 on both sides decides (A3); pasted text is never cut. */
function tooLong(value: string, field: TextField | LongTextField): Fault | null {
  const over = countCharacters(value) - field.atMost
  return over > 0 ? { code: 'answer.too-long', params: { label: field.label, over, atMost: field.atMost } } : null
}

export const textKind: Kind<TextField> = {
  check: (value, field) => {
    if (typeof value !== 'string') return wrongKind(field, '请填文字')
    if (field.pattern && !new RegExp(field.pattern.source, 'u').test(value.trim()))
      return wrongKind(field, field.pattern.says)
    return tooLong(value, field)
  },
  format: asText,
}

export const longTextKind: Kind<LongTextField> = {
  check: (value, field) => (typeof value !== 'string' ? wrongKind(field, '请填文字') : tooLong(value, field)),
  format: asText,
}

export const nameKind: Kind<NameField> = {
  check: (value) => {
    const parsed = parsePersonName(String(value))
    return parsed.ok ? null : parsed
  },
  format: asText,
}

export const mobileKind: Kind<MobileField> = {
  check: (value) => {
    const parsed = parseMobile(String(value))
    return parsed.ok ? null : parsed
  },
  format: asText,
}

export const emailKind: Kind<EmailField> = {
  check: (value) => {
    const parsed = parseEmail(String(value))
    return parsed.ok ? null : parsed
  },
  format: asText,
}
