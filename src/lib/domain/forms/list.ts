import type { Field } from './field.ts'
import type { Slot } from './slot.ts'

/** A check between fields of one row, or between the rows of a list, as data. */
export type RowRule =
  | { readonly rule: 'notBefore'; readonly field: string; readonly other: string }
  | { readonly rule: 'atMostField'; readonly field: string; readonly other: string }
  | { readonly rule: 'unique'; readonly field: string }
  | { readonly rule: 'exactlyOne'; readonly field: string }

/** Repeating rows, each with a UUID. */
export interface List<Id extends string = string, Items extends readonly (Field | Slot)[] = readonly (Field | Slot)[]> {
  readonly kind: 'list'
  readonly id: Id
  readonly label: string
  readonly items: Items
  readonly atLeast?: number
  readonly atMost?: number
  /** Labels of the buttons, as the manual prints them. */
  readonly addLabel: string
  readonly removeLabel: string
  /** Name of one row in a sentence: 这条学历. */
  readonly rowName: string
  /** Fields that make the title and the lines of a row's card. */
  readonly card: { readonly title: readonly string[]; readonly lines: readonly (readonly string[])[] }
  readonly rules?: readonly RowRule[]
  readonly hint?: string
  /** Warning shown above the rows (R71). */
  readonly warning?: string
  /** The rows belong to the person and are append-only across applications (R65–R67). */
  readonly ofPerson?: true
  readonly paper?: string
}

export const list = <const Id extends string, const Items extends readonly (Field | Slot)[]>(
  id: Id,
  label: string,
  options: Omit<List<Id, Items>, 'kind' | 'id' | 'label' | 'items' | 'addLabel' | 'removeLabel' | 'rowName'> &
    Partial<Pick<List, 'addLabel' | 'removeLabel' | 'rowName'>>,
  items: Items,
): List<Id, Items> => ({
  kind: 'list',
  id,
  label,
  items,
  addLabel: '增加一条记录',
  removeLabel: '删除一条记录',
  rowName: '这条记录',
  ...options,
})
