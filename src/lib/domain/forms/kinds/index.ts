import type { CellValue, Facts } from '../answers.ts'
import type { Lookup } from '../condition.ts'
import type { Field, FieldKind } from '../field.ts'
import { choiceKind, markKind, yesNoKind } from './chosen.ts'
import { dateKind, yearKind, yearMonthKind } from './dated.ts'
import type { Fault, Kind } from './kind.ts'
import { numberKind } from './numbered.ts'
import { emailKind, longTextKind, mobileKind, nameKind, textKind } from './written.ts'

/** Every kind of field; the compiler lists what is missing when one is added. */
export const kinds = {
  text: textKind,
  longText: longTextKind,
  choice: choiceKind,
  yesNo: yesNoKind,
  yearMonth: yearMonthKind,
  date: dateKind,
  year: yearKind,
  number: numberKind,
  name: nameKind,
  mobile: mobileKind,
  email: emailKind,
  mark: markKind,
} as const satisfies { [K in FieldKind]: Kind<Extract<Field, { kind: K }>> }

/** Checks an entered value by its kind. */
export function checkValue(value: Exclude<CellValue, null>, field: Field, facts: Facts, lookup: Lookup): Fault | null {
  // The registry pairs each kind with its own field type; TypeScript cannot follow that through the index.
  return (kinds[field.kind] as Kind<Field>).check(value, field, facts, lookup)
}

/** A value in the words of paper and tables. */
export function formatValue(value: CellValue, field: Field, facts: Facts): string {
  return (kinds[field.kind] as Kind<Field>).format(value, field, facts)
}
