import type { CodeItem } from '../code-lists/code-list.ts'
import type { CodeListId } from '../code-lists/index.ts'
import type { Condition } from './condition.ts'

/** Where the choices of a field come from: a standard code list, or what the batch offers. */
export type OptionSource =
  /** `items`: the list as the office had it when the edition was made; without them, as the product brings it */
  | { readonly list: CodeListId; readonly items?: readonly CodeItem[] }
  | { readonly batch: 'specialties' }
  | { readonly batch: 'titles'; readonly of: string }
  | { readonly batch: 'acceptancePoints'; readonly of: string }
  | { readonly batch: 'allTitles' }

/** Facts of the account that a field starts from, or always shows. */
export type AccountFact = 'fullName' | 'idNumber' | 'gender' | 'birthDate' | 'mobile' | 'email'

/** Facts of the batch and the moment that a field always shows. */
export type BatchFact = 'batchName' | 'committeeName'

export interface FieldOptions {
  /** true: red star. A condition: required when it holds. */
  readonly required?: true | Condition
  /** Shown and kept only when the condition holds. */
  readonly visible?: Condition
  /** Value a new application starts with (R54, R55). */
  readonly initially?: string | number | boolean
  /** Copied from the account when the application starts; can be changed (R8, R59). */
  readonly prefill?: AccountFact
  /** Always the account's or batch's own value, never stored with the application, never editable (R7). */
  readonly shows?: AccountFact | BatchFact
  /** One line under the label: what belongs here. */
  readonly hint?: string
  /** Longer explanation behind the field, opened on demand. */
  readonly help?: string
  /** Placeholder, always an example. */
  readonly example?: string
  /** Warning in words when the value equals this one (E6); never a block. */
  readonly caution?: { readonly when: string | boolean; readonly text: string }
  /** Cell on paper, e.g. `D1.1-r3c1`; without one the field prints in the annex. */
  readonly paper?: string
  /** Yellow advice only in the row's own check. */
  readonly notFuture?: true
}

interface FieldBase<Kind extends string, Id extends string> extends FieldOptions {
  readonly kind: Kind
  readonly id: Id
  readonly label: string
}

export interface TextField<Id extends string = string> extends FieldBase<'text', Id> {
  /** 字, counted as A3 says */
  readonly atMost: number
  readonly pattern?: { readonly source: string; readonly says: string }
}
export interface LongTextField<Id extends string = string> extends FieldBase<'longText', Id> {
  readonly atMost: number
  /** More line breaks than this are warned about (R84). */
  readonly lineBreaks?: number
}
export interface ChoiceField<Id extends string = string> extends FieldBase<'choice', Id> {
  readonly from: OptionSource
}
export interface YesNoField<Id extends string = string> extends FieldBase<'yesNo', Id> {}
export interface YearMonthField<Id extends string = string> extends FieldBase<'yearMonth', Id> {
  /** Blank means this, e.g. 至今 (R76). */
  readonly blank?: string
}
export interface DateField<Id extends string = string> extends FieldBase<'date', Id> {}
export interface YearField<Id extends string = string> extends FieldBase<'year', Id> {}
export interface NumberField<Id extends string = string> extends FieldBase<'number', Id> {
  readonly from: number
  readonly to: number
  /** 1 for whole numbers, 0.5 for 学制 */
  readonly step: number
  readonly unit?: string
}
export interface NameField<Id extends string = string> extends FieldBase<'name', Id> {}
export interface MobileField<Id extends string = string> extends FieldBase<'mobile', Id> {}
export interface EmailField<Id extends string = string> extends FieldBase<'email', Id> {}
/** One row of a list is the chosen one (R68). */
export interface MarkField<Id extends string = string> extends FieldBase<'mark', Id> {
  readonly action: string
}

export type Field =
  | TextField
  | LongTextField
  | ChoiceField
  | YesNoField
  | YearMonthField
  | DateField
  | YearField
  | NumberField
  | NameField
  | MobileField
  | EmailField
  | MarkField
export type FieldKind = Field['kind']

export const text = <const Id extends string>(
  id: Id,
  label: string,
  options: FieldOptions & { readonly atMost: number; readonly pattern?: TextField['pattern'] },
): TextField<Id> => ({ kind: 'text', id, label, ...options })

export const longText = <const Id extends string>(
  id: Id,
  label: string,
  options: FieldOptions & { readonly atMost: number; readonly lineBreaks?: number },
): LongTextField<Id> => ({ kind: 'longText', id, label, ...options })

export const choice = <const Id extends string>(
  id: Id,
  label: string,
  options: FieldOptions & { readonly from: OptionSource },
): ChoiceField<Id> => ({ kind: 'choice', id, label, ...options })

export const yesNo = <const Id extends string>(id: Id, label: string, options: FieldOptions = {}): YesNoField<Id> => ({
  kind: 'yesNo',
  id,
  label,
  ...options,
})

export const yearMonth = <const Id extends string>(
  id: Id,
  label: string,
  options: FieldOptions & { readonly blank?: string } = {},
): YearMonthField<Id> => ({ kind: 'yearMonth', id, label, notFuture: true, ...options })

export const date = <const Id extends string>(id: Id, label: string, options: FieldOptions = {}): DateField<Id> => ({
  kind: 'date',
  id,
  label,
  notFuture: true,
  ...options,
})

export const year = <const Id extends string>(id: Id, label: string, options: FieldOptions = {}): YearField<Id> => ({
  kind: 'year',
  id,
  label,
  notFuture: true,
  ...options,
})

export const number = <const Id extends string>(
  id: Id,
  label: string,
  options: FieldOptions & {
    readonly from: number
    readonly to: number
    readonly step?: number
    readonly unit?: string
  },
): NumberField<Id> => ({ kind: 'number', id, label, step: 1, ...options })

export const personName = <const Id extends string>(
  id: Id,
  label: string,
  options: FieldOptions = {},
): NameField<Id> => ({
  kind: 'name',
  id,
  label,
  ...options,
})

export const mobile = <const Id extends string>(
  id: Id,
  label: string,
  options: FieldOptions = {},
): MobileField<Id> => ({
  kind: 'mobile',
  id,
  label,
  ...options,
})

export const email = <const Id extends string>(id: Id, label: string, options: FieldOptions = {}): EmailField<Id> => ({
  kind: 'email',
  id,
  label,
  ...options,
})

export const mark = <const Id extends string>(
  id: Id,
  label: string,
  options: FieldOptions & { readonly action: string },
): MarkField<Id> => ({ kind: 'mark', id, label, ...options })
