import { normalizeText } from '../rules/text-length.ts'
import { type Answers, type CellValue, isVisible, lookupIn, pathOf, type Row, rowsOf } from './answers.ts'
import { type ApplicationType, isField, isList, isSlot, itemsOf } from './application-type.ts'
import type { Field } from './field.ts'
import { isBlank } from './condition.ts'

/**
 * The answers as a submission freezes them (R90): texts in the one form in which they are counted, compared and printed
 * (A3), without fields and files that the form no longer shows, without anything the catalogue does not know.
 */
export function frozenAnswers(type: ApplicationType, answers: Answers): Answers {
  const fields: Record<string, CellValue> = {}
  const rows: Record<string, Row[]> = {}
  const files: Record<string, Answers['files'][string]> = {}
  const keepFiles = (path: string) => {
    const found = answers.files[path]
    if (found && found.length > 0) files[path] = found
  }
  for (const item of itemsOf(type)) {
    if (isList(item)) {
      const kept = rowsOf(item, answers)
      if (kept.length === 0) continue
      rows[item.id] = kept.map((row) => ({
        id: row.id,
        position: row.position,
        values: valuesOf(item.items.filter(isField), answers, row),
        ...(row.lockedBy !== undefined && { lockedBy: row.lockedBy }),
      }))
      for (const row of kept) {
        for (const slot of item.items.filter(isSlot)) {
          if (isVisible(slot, lookupIn(answers, row))) keepFiles(pathOf(slot.id, item, row))
        }
      }
    } else if (isSlot(item)) {
      if (isVisible(item, lookupIn(answers))) keepFiles(item.id)
    } else Object.assign(fields, valuesOf([item], answers))
  }
  return { fields, rows, files }
}

function valuesOf(fields: readonly Field[], answers: Answers, row?: Row): Record<string, CellValue> {
  const lookup = lookupIn(answers, row)
  const values: Record<string, CellValue> = {}
  for (const field of fields) {
    const value = (row ? row.values : answers.fields)[field.id]
    if (field.shows !== undefined || value === undefined || isBlank(value) || !isVisible(field, lookup)) continue
    values[field.id] = typeof value === 'string' ? normalizeText(value) : value
  }
  return values
}
