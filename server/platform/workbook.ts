import { writeXlsxStream } from 'hucre/xlsx'
import { cellText } from '#domain/rosters/roster.ts'

export const SPREADSHEET = 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet'

export interface SheetColumn {
  readonly label: string
  /** characters */
  readonly width: number
}

/**
 * A workbook of one sheet, written while its rows are read: memory does not grow with them. Every cell is text, so that an
 * ID number keeps its digits and nothing is taken for a formula.
 */
export function workbook(
  name: string,
  columns: readonly SheetColumn[],
  rows: AsyncIterable<readonly string[]> | Iterable<readonly string[]>,
): ReadableStream<Uint8Array> {
  async function* cells() {
    for await (const row of rows) yield row.map(cellText)
  }
  return writeXlsxStream(cells(), {
    name,
    columns: columns.map(({ label, width }) => ({
      header: label,
      width,
      style: { numFmt: '@', alignment: { vertical: 'top' } },
    })),
    freezePane: { rows: 1 },
  })
}
