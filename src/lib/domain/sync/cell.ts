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
  for (const [path, cell] of Object.entries(cells)) {
    const parts = path.split('/')
    if (parts.length === 1) {
      if (cell.value !== null) fields[path] = cell.value
    } else if (parts.length === 2 && typeof cell.value === 'number') {
      const [list, id] = parts as [string, string]
      const values: Record<string, CellValue> = {}
      live.set(path, values)
      const lockedBy = lockedRows[id]
      ;(rows[list] ??= []).push({ id, position: cell.value, values, ...(lockedBy !== undefined && { lockedBy }) })
    }
  }
  for (const [path, cell] of Object.entries(cells)) {
    const parts = path.split('/')
    if (parts.length !== 3 || cell.value === null) continue
    const values = live.get(`${parts[0]}/${parts[1]}`)
    if (values) values[parts[2] as string] = cell.value
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

function groupFiles(
  files: readonly AttachedFile[],
  live: ReadonlyMap<string, unknown>,
): Record<string, readonly FileReference[]> {
  const grouped: Record<string, FileReference[]> = {}
  for (const { path, ...file } of files) {
    const parts = path.split('/')
    if (parts.length === 3 && !live.has(`${parts[0]}/${parts[1]}`)) continue
    ;(grouped[path] ??= []).push(file)
  }
  for (const list of Object.values(grouped)) list.sort((a, b) => a.position - b.position || (a.id < b.id ? -1 : 1))
  return grouped
}
