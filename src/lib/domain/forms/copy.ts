import type { FileReference } from '../attachment.ts'
import { type Answers, type CellValue, type Facts, lookupIn, type Row, rowsOf } from './answers.ts'
import { type ApplicationType, isField, isList, isSlot, itemsOf } from './application-type.ts'
import { checkCell } from './check.ts'
import { isBlank } from './condition.ts'
import type { Field } from './field.ts'
import type { List } from './list.ts'
import { optionsOf } from './options.ts'
import type { Slot } from './slot.ts'

/** What an application takes over from an earlier one (A28): a start that can be changed, like anything typed. */
export interface Copy {
  /** by path; a row is a cell too: its position */
  readonly cells: Readonly<Record<string, CellValue>>
  /** by the path of their slot: the same bytes, never sent again */
  readonly files: readonly { readonly path: string; readonly file: Omit<FileReference, 'id'> }[]
}

/** Education is the person's, and comes by itself (R65); what must be signed for each application is signed anew (R56). */
const takesOver = (item: Field | Slot | List): boolean => {
  if (isList(item)) return item.ofPerson !== true
  if (isSlot(item)) return item.template === undefined
  return item.shows === undefined && item.prefill === undefined && item.kind !== 'mark'
}

/**
 * Works out what of an earlier application, of whatever type and year, can stand in one that is being filled in (A28): what
 * both forms have and what the new form and batch allow. Nothing that the person entered here is replaced: only fields he left
 * as the form began, lists without rows, slots without files.
 * @param untouched whether a path holds only what the form itself began with
 * @param newRowId makes the id of a row, which belongs to one application alone
 */
export function copyOf(
  type: ApplicationType,
  earlier: Answers,
  here: Answers,
  facts: Facts,
  untouched: (path: string) => boolean,
  newRowId: () => string,
): Copy {
  const cells: Record<string, CellValue> = {}
  const files: { path: string; file: Omit<FileReference, 'id'> }[] = []
  // Choices of a batch depend on one another: each is held against those already taken over.
  const fields: Record<string, CellValue> = { ...here.fields }
  const now = (): Answers => ({ ...here, fields })

  const mayStand = (field: Field, path: string, value: CellValue, row?: Row): boolean => {
    if (isBlank(value) || checkCell(type, path, value, now(), facts)) return false
    return field.kind !== 'choice' || optionsOf(field, facts, lookupIn(now(), row)).some(({ code }) => code === value)
  }
  const takeFiles = (slot: Slot, from: string, to: string) => {
    if ((here.files[to]?.length ?? 0) > 0) return
    const fit = (earlier.files[from] ?? []).filter(({ size }) => size <= slot.maxBytes)
    for (const { id: _, ...file } of fit.slice(0, slot.maxFiles)) files.push({ path: to, file })
  }

  for (const item of itemsOf(type)) {
    if (!takesOver(item)) continue
    if (isSlot(item)) takeFiles(item, item.id, item.id)
    else if (isField(item)) {
      const value = earlier.fields[item.id] ?? null
      const free = isBlank(here.fields[item.id]) || untouched(item.id)
      if (!free || value === here.fields[item.id] || !mayStand(item, item.id, value)) continue
      cells[item.id] = value
      fields[item.id] = value
    } else if (rowsOf(item, here).length === 0) {
      for (const row of rowsOf(item, earlier).slice(0, item.atMost)) takeRow(item, row)
    }
  }
  return { cells, files }

  function takeRow(list: List, row: Row): void {
    const path = `${list.id}/${newRowId()}`
    cells[path] = row.position
    for (const item of list.items) {
      if (!takesOver(item)) continue
      if (isSlot(item)) takeFiles(item, `${list.id}/${row.id}/${item.id}`, `${path}/${item.id}`)
      else {
        const value = row.values[item.id] ?? null
        if (mayStand(item, `${path}/${item.id}`, value, row)) cells[`${path}/${item.id}`] = value
      }
    }
  }
}

/** How much a copy holds, as a person counts: fields, rows, files. */
export const sizeOfCopy = ({ cells, files }: Copy) => {
  const paths = Object.keys(cells).map((path) => path.split('/').length)
  return {
    fields: paths.filter((parts) => parts === 1).length,
    rows: paths.filter((parts) => parts === 2).length,
    files: files.length,
  }
}
