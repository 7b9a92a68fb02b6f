import type { FileReference } from '../attachment.ts'
import type { Answers, CellValue, Row } from '../forms/answers.ts'

/** One stored value and the application's version at which it last changed. A row is a cell too: its position, or null when removed. */
export interface Cell {
  readonly value: CellValue
  readonly version: number
}

export type Cells = Readonly<Record<string, Cell>>

export interface AttachedFile extends FileReference {
  readonly path: string
}

/**
 * Assembles what a person sees from cells and files. Rows that were removed vanish with their fields and files; the
 * order of rows is their position, then their id, so that every device shows the same order (S6).
 */
export function assemble(
  cells: Readonly<Record<string, { readonly value: CellValue }>>,
  files: readonly AttachedFile[],
  lockedRows: Readonly<Record<string, string>> = {},
): Answers {
  const fields: Record<string, CellValue> = {}
  const rows: Record<string, { id: string; position: number; values: Record<string, CellValue>; lockedBy?: string }[]> =
    {}
  const live = new Map<string, Record<string, CellValue>>()
  const ofRows: { readonly row: string; readonly field: string; readonly value: CellValue }[] = []
  for (const [path, { value }] of Object.entries(cells)) {
    const slash = path.indexOf('/')
    if (slash === -1) {
      if (value !== null) fields[path] = value
      continue
    }
    const second = path.indexOf('/', slash + 1)
    if (second !== -1) {
      // A row may come behind its fields.
      if (value !== null) ofRows.push({ row: path.slice(0, second), field: path.slice(second + 1), value })
    } else if (typeof value === 'number') {
      const id = path.slice(slash + 1)
      const values: Record<string, CellValue> = {}
      live.set(path, values)
      const lockedBy = lockedRows[id]
      const row = { id, position: value, values, ...(lockedBy !== undefined && { lockedBy }) }
      ;(rows[path.slice(0, slash)] ??= []).push(row)
    }
  }
  for (const { row, field, value } of ofRows) {
    const values = live.get(row)
    if (values) values[field] = value
  }
  for (const list of Object.values(rows)) list.sort((a, b) => a.position - b.position || (a.id < b.id ? -1 : 1))
  return { fields, rows: rows as Record<string, readonly Row[]>, files: groupFiles(files, live) }
}

/**
 * Answers with one cell of a field changed, without reading the other thousand: a keystroke in the 200th row costs no more than in the
 * first, nor does the last of two hundred changes that are sent together.
 */
export function withCell(answers: Answers, path: string, value: CellValue): Answers {
  const [head, rowId, inner] = path.split('/') as [string, string?, string?]
  if (rowId === undefined) return { ...answers, fields: withEntry(answers.fields, head, value) }
  if (inner === undefined) return answers
  const rows = answers.rows[head]
  if (!rows) return answers
  const next: readonly Row[] = rows.map((row) =>
    row.id === rowId ? { ...row, values: withEntry(row.values, inner, value) } : row,
  )
  return { ...answers, rows: { ...answers.rows, [head]: next } }
}

function withEntry(
  values: Readonly<Record<string, CellValue>>,
  key: string,
  value: CellValue,
): Record<string, CellValue> {
  const next = { ...values }
  if (value === null) delete next[key]
  else next[key] = value
  return next
}

/** Answers with other files: their cells need not be read again for it. */
export function withFiles(answers: Answers, files: readonly AttachedFile[]): Answers {
  const live = new Set(Object.entries(answers.rows).flatMap(([list, rows]) => rows.map(({ id }) => `${list}/${id}`)))
  return { ...answers, files: groupFiles(files, live) }
}

function groupFiles(
  files: readonly AttachedFile[],
  live: { has(row: string): boolean },
): Record<string, readonly FileReference[]> {
  const grouped: Record<string, FileReference[]> = {}
  for (const { path, ...file } of files) {
    const row = path.lastIndexOf('/')
    if (row !== -1 && !live.has(path.slice(0, row))) continue
    ;(grouped[path] ??= []).push(file)
  }
  for (const list of Object.values(grouped)) list.sort((a, b) => a.position - b.position || (a.id < b.id ? -1 : 1))
  return grouped
}
