import type { CellValue } from './answers.ts'
import { type ApplicationType, isField, itemsOf } from './application-type.ts'
import type { AccountFact, Field } from './field.ts'

/** The cells an application starts with: what the catalogue sets (R54, R55) and what the account prefills (R34, R59). */
export function initialCells(
  type: ApplicationType,
  account: Readonly<Record<AccountFact, string>>,
): Record<string, CellValue> {
  const cells: Record<string, CellValue> = {}
  for (const item of itemsOf(type)) {
    if (!isField(item) || item.shows !== undefined) continue
    if (item.initially !== undefined) cells[item.id] = item.initially
    else if (item.prefill !== undefined && account[item.prefill] !== '') cells[item.id] = account[item.prefill]
  }
  return cells
}

/** The values a new row starts with. */
export function initialRowValues(items: readonly Field[]): Record<string, CellValue> {
  return Object.fromEntries(
    items.filter((field) => field.initially !== undefined).map((field) => [field.id, field.initially as CellValue]),
  )
}
