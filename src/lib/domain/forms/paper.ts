import type { FileReference } from '../attachment.ts'
import { type Answers, type Facts, isVisible, lookupIn, pathOf, type Row, rowsOf, valueOf } from './answers.ts'
import { type ApplicationType, isField, isList, isSlot, itemsOf, itemsOfStep, type Step } from './application-type.ts'
import { formatValue } from './kinds/index.ts'
import type { List } from './list.ts'
import type { Slot } from './slot.ts'

/** A slot with the files in it, named as a person would: 学历·本科 南京工业大学·附件材料. */
export interface Material {
  readonly step: Step
  readonly path: string
  readonly slot: Slot
  /** the row's card title, where the slot lies in a row */
  readonly rowTitle?: string
  readonly required: boolean
  readonly files: readonly FileReference[]
}

/** Every slot of an application with its files, in the order of the steps (R87). */
export function materialsOf(type: ApplicationType, answers: Answers, facts: Facts): Material[] {
  return type.steps.flatMap((step) =>
    itemsOfStep(step).flatMap((item): Material[] => {
      if (isList(item)) {
        return rowsOf(item, answers).flatMap((row) =>
          item.items.filter(isSlot).map((slot) => materialAt(step, slot, answers, facts, item, row)),
        )
      }
      return isSlot(item) && isVisible(item, lookupIn(answers)) ? [materialAt(step, item, answers, facts)] : []
    }),
  )
}

function materialAt(step: Step, slot: Slot, answers: Answers, facts: Facts, list?: List, row?: Row): Material {
  const path = pathOf(slot.id, list, row)
  const lookup = lookupIn(answers, row)
  const required = slot.required === true || (slot.required !== undefined && isRequiredSlot(slot, lookup))
  const base = { step, path, slot, required, files: answers.files[path] ?? [] }
  return list && row ? { ...base, rowTitle: rowTitle(list, row, answers, facts) } : base
}

const isRequiredSlot = (slot: Slot, lookup: ReturnType<typeof lookupIn>): boolean =>
  slot.required !== undefined && slot.required !== true && isVisible({ ...slot, visible: slot.required }, lookup)

/** The words on a row's card: `本科·南京工业大学`. */
export function rowTitle(list: List, row: Row, answers: Answers, facts: Facts): string {
  return joined(list.card.title, list, row, answers, facts) || list.rowName
}

/** The lines of facts on a row's card. */
export function rowLines(list: List, row: Row, answers: Answers, facts: Facts): string[] {
  return list.card.lines.map((ids) => joined(ids, list, row, answers, facts)).filter((line) => line !== '')
}

function joined(ids: readonly string[], list: List, row: Row, answers: Answers, facts: Facts): string {
  const fields = ids
    .map((id) => list.items.filter(isField).find((field) => field.id === id))
    .filter((field) => field !== undefined)
  const words = fields
    .map((field) => formatValue(valueOf(field, answers, facts, row), field, facts))
    .filter((word) => word !== '')
  const isRange = fields.length === 2 && fields.every((field) => field.kind === 'yearMonth' || field.kind === 'date')
  return words.join(isRange ? ' — ' : '·')
}

/** What a paper prints, in words: templates place it, nothing on paper is computed anywhere else. */
export interface PaperData {
  readonly values: Readonly<Record<string, string>>
  readonly labels: Readonly<Record<string, string>>
  readonly lists: Readonly<Record<string, readonly Readonly<Record<string, string>>[]>>
  /** Fields without a cell of their own on paper: they print in the annex, so that nothing a person wrote is lost. */
  readonly annex: readonly { readonly label: string; readonly text: string }[]
  readonly materials: readonly {
    readonly line: number
    readonly step: string
    readonly name: string
    readonly files: readonly { readonly name: string; readonly pages: number; readonly size: number }[]
  }[]
}

export function paperData(type: ApplicationType, answers: Answers, facts: Facts): PaperData {
  const values: Record<string, string> = {}
  const labels: Record<string, string> = {}
  const lists: Record<string, Record<string, string>[]> = {}
  const annex: { label: string; text: string }[] = []
  for (const item of itemsOf(type)) {
    labels[item.id] = item.label
    if (isList(item)) {
      lists[item.id] = sortedRows(item, rowsOf(item, answers)).map((row) =>
        Object.fromEntries(
          item.items
            .filter(isField)
            .map((field) => [field.id, formatValue(valueOf(field, answers, facts, row), field, facts)]),
        ),
      )
    } else if (isField(item)) {
      const text = isVisible(item, lookupIn(answers)) ? formatValue(valueOf(item, answers, facts), item, facts) : ''
      values[item.id] = text
      if (item.paper === undefined && item.shows === undefined && text !== '') annex.push({ label: item.label, text })
    }
  }
  const materials = materialsOf(type, answers, facts)
    .filter(({ files }) => files.length > 0)
    .map(({ slot, step, rowTitle: title, files }) => ({
      line: slot.material,
      step: step.label,
      name: title ? `${title}·${slot.label}` : slot.label,
      files: files.map(({ name, pages, size }) => ({ name, pages, size })),
    }))
  return { values, labels, lists, annex, materials }
}

/** Rows that carry a beginning print in chronological order (E4); others keep the order in which they were entered. */
function sortedRows(list: List, rows: readonly Row[]): readonly Row[] {
  const first = list.items
    .filter(isField)
    .find(({ kind }) => kind === 'yearMonth' || kind === 'date' || kind === 'year')
  if (!first) return rows
  const key = (row: Row) => String(row.values[first.id] ?? '')
  return [...rows].sort((a, b) => key(a).localeCompare(key(b)) || a.position - b.position)
}
