import type { Component } from 'svelte'
import type { FieldKind } from '#domain/forms/field.ts'
import ChoiceKind from './ChoiceKind.svelte'
import DateKind from './DateKind.svelte'
import LongTextKind from './LongTextKind.svelte'
import MarkKind from './MarkKind.svelte'
import NumberKind from './NumberKind.svelte'
import TextKind from './TextKind.svelte'
import YearMonthKind from './YearMonthKind.svelte'
import YesNoKind from './YesNoKind.svelte'

/** One component a kind; the compiler lists what is missing when a kind is added. */
// eslint-disable-next-line @typescript-eslint/no-explicit-any -- each component takes its own field type
export const kindComponents: Record<FieldKind, Component<any>> = {
  text: TextKind,
  longText: LongTextKind,
  choice: ChoiceKind,
  yesNo: YesNoKind,
  yearMonth: YearMonthKind,
  date: DateKind,
  year: NumberKind,
  number: NumberKind,
  name: TextKind,
  mobile: TextKind,
  email: TextKind,
  mark: MarkKind,
}
