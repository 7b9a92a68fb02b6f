import type { Generated, JSONColumnType } from 'kysely'
import type { PrintId } from '#domain/forms/application-type.ts'

export interface PaperTable {
  id: string
  applicationId: string
  snapshotId: string
  kind: PrintId
  /** what the QR code leads to: /verify/<code> */
  code: string
  sha256: string | null
  size: number | null
  madeAt: Date | null
  voidedAt: Date | null
  createdAt: Date
}

export interface PaperTextTable {
  kind: string
  version: number
  texts: JSONColumnType<Record<string, string>>
  createdBy: string | null
  createdAt: Generated<Date>
}
