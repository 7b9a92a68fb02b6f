import type { ChoiceField, MarkField, YesNoField } from '../field.ts'
import { labelOfChoice, optionsOf } from '../options.ts'
import { type Kind, wrongKind } from './kind.ts'

export const choiceKind: Kind<ChoiceField> = {
  check: (value, field, facts, lookup) =>
    optionsOf(field, facts, lookup).some(({ code }) => code === value)
      ? null
      : { code: 'answer.not-in-list', params: { label: field.label } },
  format: (value, field, facts) => labelOfChoice(field, value, facts),
}

export const yesNoKind: Kind<YesNoField> = {
  check: (value, field) => (typeof value === 'boolean' ? null : wrongKind(field, '请选“是”或“否”')),
  format: (value) => (value === null ? '' : value === true ? '是' : '否'),
}

export const markKind: Kind<MarkField> = {
  check: (value, field) => (typeof value === 'boolean' ? null : wrongKind(field, '请重新选择')),
  format: (value, field) => (value === true ? field.label : ''),
}
