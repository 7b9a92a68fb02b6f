import type { JSONColumnType } from 'kysely'

/** An export that somebody asked for: who, what, by which filter, and why the ID numbers are in full. */
export interface ExportOrderTable {
  id: string
  accountId: string
  kind: string
  filter: JSONColumnType<Record<string, unknown>, string>
  fullIdNumbers: boolean
  reason: string
  createdAt: Date
}
