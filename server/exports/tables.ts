import type { Generated, JSONColumnType } from 'kysely'

/** An export that somebody asked for: who, what, by which filter, and why the ID numbers are in full. */
export interface ExportOrderTable {
  id: string
  accountId: string
  kind: string
  filter: JSONColumnType<Record<string, unknown>, string>
  fullIdNumbers: boolean
  reason: string
  createdAt: Date
  /** how often the file was fetched, and when last; each time is in the audit (E14) */
  fetches: Generated<number>
  fetchedAt: Date | null
}
