import type { NumberField } from '../field.ts'
import { type Kind, wrongKind } from './kind.ts'

export const numberKind: Kind<NumberField> = {
  check: (value, field) => {
    if (typeof value !== 'number' || !Number.isFinite(value)) return wrongKind(field, '请填数字')
    if (value < field.from || value > field.to) {
      return { code: 'answer.out-of-range', params: { label: field.label, from: field.from, to: field.to } }
    }
    return Number.isInteger(value / field.step)
      ? null
      : wrongKind(field, field.step === 1 ? '请填整数' : `请填 ${field.step} 的倍数`)
  },
  format: (value) => (value === null ? '' : String(value)),
}
