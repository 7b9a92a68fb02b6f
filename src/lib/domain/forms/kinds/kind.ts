import type { ProblemCode, ProblemParams } from '../../problems.ts'
import type { CellValue, Facts } from '../answers.ts'
import type { Lookup } from '../condition.ts'
import type { Field } from '../field.ts'

export interface Fault {
  readonly code: ProblemCode
  readonly params?: ProblemParams
}

/** What the system must know about one kind of field. A new kind is one of these and one component. */
export interface Kind<F extends Field> {
  /** A fault of an entered value, whatever else the form says; null where it is fine. Blank values never come here. */
  readonly check: (value: Exclude<CellValue, null>, field: F, facts: Facts, lookup: Lookup) => Fault | null
  /** As it stands on paper and in tables. */
  readonly format: (value: CellValue, field: F, facts: Facts) => string
}

export const wrongKind = (field: Field, expected: string): Fault => ({
  code: 'answer.wrong-kind',
  params: { label: field.label, expected },
})
