import type { FileReference } from '../attachment.ts'
import { type AnswersOf, type ApplicationType, isField, isList, type Item, itemsOf } from './application-type.ts'
import { holds, type Lookup } from './condition.ts'
import type { AccountFact, BatchFact, Field } from './field.ts'
import type { List } from './list.ts'
import type { Slot } from './slot.ts'

/** What one cell of a form can hold. `null` is an emptied cell. */
export type CellValue = string | number | boolean | null

/** One row of a list. */
export interface Row {
  readonly id: string
  readonly position: number
  readonly values: Readonly<Record<string, CellValue>>
  /** Label of the earlier application that used this row; such a row cannot be changed or removed (R66). */
  readonly lockedBy?: string
}

/** Everything an application contains, assembled from its cells. */
export interface Answers {
  readonly fields: Readonly<Record<string, CellValue>>
  readonly rows: Readonly<Record<string, readonly Row[]>>
  /** by slot path: `idCard`, `educations/<row>/proof` */
  readonly files: Readonly<Record<string, readonly FileReference[]>>
}

export const emptyAnswers: Answers = { fields: {}, rows: {}, files: {} }

export interface Option {
  readonly code: string
  readonly label: string
  readonly group?: string
  /** Second line in a picker. */
  readonly note?: string
}

export interface SpecialtyOffer {
  readonly id: string
  readonly label: string
  readonly series: string
  readonly titles: readonly { readonly id: string; readonly label: string; readonly level: string }[]
}

export interface AcceptancePointOffer {
  readonly id: string
  readonly label: string
  readonly region: string
  readonly accepts: string
  readonly address: string
  readonly phone: string
  readonly hours: string
}

/**
 * The same answers, with every part of `before` that has not changed in place of its equal: who keeps what it found out about a row
 * or about the fields by their identity need not find it out again.
 */
export function sharingParts(before: Answers, next: Answers): Answers {
  return {
    fields: sameEntries(before.fields, next.fields) ? before.fields : next.fields,
    rows: Object.fromEntries(
      Object.entries(next.rows).map(([list, rows]) => [list, sharingRows(before.rows[list] ?? [], rows)]),
    ),
    files: sameEntries(before.files, next.files, sameFiles) ? before.files : next.files,
  }
}

function sharingRows(before: readonly Row[], next: readonly Row[]): readonly Row[] {
  const known = new Map(before.map((row) => [row.id, row]))
  const rows = next.map((row) => {
    const old = known.get(row.id)
    const same = old && old.position === row.position && old.lockedBy === row.lockedBy
    return same && sameEntries(old.values, row.values) ? old : row
  })
  return rows.length === before.length && rows.every((row, at) => row === before[at]) ? before : rows
}

function sameEntries<T>(
  one: Readonly<Record<string, T>>,
  other: Readonly<Record<string, T>>,
  same: (a: T, b: T) => boolean = Object.is,
): boolean {
  const keys = Object.keys(one)
  if (keys.length !== Object.keys(other).length) return false
  return keys.every((key) => Object.hasOwn(other, key) && same(one[key] as T, other[key] as T))
}

const sameFiles = (one: readonly FileReference[], other: readonly FileReference[]): boolean =>
  one.length === other.length &&
  one.every((file, at) =>
    sameEntries({ ...file } as Record<string, unknown>, { ...other[at] } as Record<string, unknown>),
  )

/** What the batch offers, and the moment: the facts that a form is filled and checked against. */
export interface Facts {
  /** today in Asia/Shanghai, YYYY-MM-DD */
  readonly today: string
  readonly account: Readonly<Record<AccountFact, string>>
  readonly batch: Readonly<Record<BatchFact, string>> & {
    readonly specialties: readonly SpecialtyOffer[]
    readonly acceptancePoints: readonly AcceptancePointOffer[]
    /** titles a person may hold already, with 无 first */
    readonly heldTitles: readonly Option[]
  }
}

/** The value a field shows: the account's or batch's where it only shows one, else the row's or the application's. */
export function valueOf(field: Field, answers: Answers, facts: Facts, row?: Row): CellValue {
  if (field.shows !== undefined) {
    const shown = field.shows
    return shown === 'batchName' || shown === 'committeeName' ? facts.batch[shown] : facts.account[shown]
  }
  return (row ? row.values[field.id] : answers.fields[field.id]) ?? null
}

/** Looks a field up in the row first, then among the fields of the application. */
export function lookupIn(answers: Answers, row?: Row): Lookup {
  return (id) => (row && id in row.values ? row.values[id] : answers.fields[id])
}

export function isVisible(item: Field | Slot, lookup: Lookup): boolean {
  return item.visible === undefined || holds(item.visible, lookup)
}

export function isRequired(item: Field | Slot, lookup: Lookup): boolean {
  return item.required === true || (item.required !== undefined && holds(item.required, lookup))
}

export const rowsOf = (list: List, answers: Answers): readonly Row[] => answers.rows[list.id] ?? []

/** Path of a cell or slot: `fullName`, or `educations/<row>/school`. */
export const pathOf = (id: string, list?: List, row?: { readonly id: string }): string =>
  list && row ? `${list.id}/${row.id}/${id}` : id

/** The item a path points at, with its list and row id where it lies in one. */
export function itemAt(
  type: ApplicationType,
  path: string,
): { readonly item: Item; readonly list?: List; readonly rowId?: string } | undefined {
  const [head, rowId, inner, ...rest] = path.split('/')
  if (rest.length > 0) return undefined
  const top = itemsOf(type).find((item) => item.id === head)
  if (!top) return undefined
  if (rowId === undefined) return { item: top }
  if (!isList(top)) return undefined
  if (inner === undefined) return { item: top, list: top, rowId }
  const item = top.items.find((one) => one.id === inner)
  return item && { item, list: top, rowId }
}

/** Fields and rows as the typed object that the catalogue promises. */
export function typedAnswers<T extends ApplicationType>(type: T, answers: Answers): AnswersOf<T> {
  const result: Record<string, unknown> = {}
  for (const item of itemsOf(type)) {
    if (isList(item)) result[item.id] = rowsOf(item, answers).map((row) => ({ id: row.id, ...row.values }))
    else if (isField(item) && item.shows === undefined && answers.fields[item.id] != null)
      result[item.id] = answers.fields[item.id]
  }
  // The one place where data becomes its derived type; answers.test-d.ts guards it.
  return result as AnswersOf<T>
}

/** The education marked as 本专业最高学历 (R68); undefined where none is marked, as in 补证. */
export const topEducation = (answers: Pick<Answers, 'rows'>): Row | undefined =>
  answers.rows['educations']?.find(({ values }) => values['isTopInSpecialty'] === true)
