import type { CellValue } from '../answers.ts'
import type { DateField, Field, YearField, YearMonthField } from '../field.ts'
import { type Fault, type Kind, wrongKind } from './kind.ts'

const isRealDate = (text: string): boolean => {
  const match = /^(\d{4})-(\d{2})-(\d{2})$/.exec(text)
  if (!match) return false
  const [, y, m, d] = match.map(Number) as [number, number, number, number]
  const date = new Date(Date.UTC(y, m - 1, d))
  return date.getUTCFullYear() === y && date.getUTCMonth() === m - 1 && date.getUTCDate() === d
}

const isRealMonth = (text: string): boolean => /^(19|20)\d{2}-(0[1-9]|1[0-2])$/.test(text)

function inFuture(value: string, field: Field, today: string, shown: string): Fault | null {
  return field.notFuture && value > today.slice(0, value.length)
    ? { code: 'answer.in-future', params: { label: field.label, today: shown } }
    : null
}

/** `2024-01` → `2024 年 1 月` */
export const sayMonth = (value: string): string => `${value.slice(0, 4)} 年 ${Number(value.slice(5, 7))} 月`

/** `2024-01` → `2024.01`, `2024-01-09` → `2024.01.09`: as table cells print dates (DOMAIN §2). */
export const printDate = (value: CellValue): string => (typeof value === 'string' ? value.replaceAll('-', '.') : '')

export const yearMonthKind: Kind<YearMonthField> = {
  check: (value, field, facts) =>
    typeof value === 'string' && isRealMonth(value)
      ? inFuture(value, field, facts.today, sayMonth(facts.today))
      : wrongKind(field, '请填年和月，例如 2015.7'),
  format: (value, field) => (value === null || value === '' ? (field.blank ?? '') : printDate(value)),
}

export const dateKind: Kind<DateField> = {
  check: (value, field, facts) =>
    typeof value === 'string' && isRealDate(value)
      ? inFuture(value, field, facts.today, facts.today)
      : wrongKind(field, '请填年月日，例如 2024-03-15'),
  format: printDate,
}

export const yearKind: Kind<YearField> = {
  check: (value, field, facts) => {
    const thisYear = Number(facts.today.slice(0, 4))
    if (typeof value !== 'number' || !Number.isInteger(value) || value < 1950)
      return wrongKind(field, '请填四位数的年份')
    return value > thisYear
      ? { code: 'answer.in-future', params: { label: field.label, today: `${thisYear} 年` } }
      : null
  },
  format: (value) => (value === null ? '' : String(value)),
}
