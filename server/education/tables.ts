import type { JSONColumnType } from 'kysely'
import type { FileReference } from '#domain/attachment.ts'
import type { CellValue } from '#domain/forms/answers.ts'

/** A file of an education row, with the slot of the row in which it lies. */
export interface EducationFile extends FileReference {
  readonly slot: string
}

/** One version of one education row of a person. The newest version counts; older ones stay (A16). */
export interface EducationRecordTable {
  rowId: string
  version: number
  accountId: string
  cells: JSONColumnType<Record<string, CellValue>>
  files: JSONColumnType<EducationFile[]>
  position: number
  applicationId: string
  batchId: string
  /** words for the lock: 2025 年评审 */
  lockedBy: string
  createdAt: Date
}

export interface EducationChangeTable {
  id: string
  accountId: string
  rowId: string
  proposed: JSONColumnType<Record<string, CellValue>>
  reason: string
  proof: JSONColumnType<FileReference[]>
  state: 'pending' | 'approved' | 'rejected'
  opinion: string | null
  decidedBy: string | null
  decidedAt: Date | null
  createdAt: Date
}
