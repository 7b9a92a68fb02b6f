import type { Generated, JSONColumnType } from 'kysely'
import type { CodeItem } from '#domain/code-lists/code-list.ts'
import type { SpecialtyOffer } from '#domain/forms/answers.ts'
import type { ApplicationType, ApplicationTypeId } from '#domain/forms/application-type.ts'
import type { BatchOverrides } from '#domain/forms/edition.ts'
import type { ReadingKind } from '#domain/rules/reading-text.ts'

export interface AcceptancePointTable {
  id: string
  region: string
  label: string
  accepts: string
  address: string
  phone: string
  hours: string
  active: Generated<boolean>
  position: Generated<number>
}

export interface CatalogueEditionTable {
  id: string
  type: ApplicationTypeId
  catalogue: JSONColumnType<ApplicationType>
  createdAt: Generated<Date>
}

/** One version of a text that is read before an application starts (R28–R30). The database refuses to change it. */
export interface ReadingTextTable {
  id: string
  /** the text that it is a version of; the kind, for the one that comes with the product */
  textId: string
  kind: ReadingKind
  version: number
  title: string
  /** with its marks (#domain/bulletin/rich-text.ts) */
  body: Generated<string>
  /** the same without marks */
  paragraphs: JSONColumnType<string[]>
  /** null: it comes with the product */
  changedBy: string | null
  createdAt: Generated<Date>
}

/** A serial of the batch that nobody has yet; whoever takes it deletes the row. */
export interface BatchSerialTable {
  batchId: string
  serial: number
}

export interface BatchTable {
  id: string
  type: ApplicationTypeId
  name: string
  year: number
  serial: number
  level: string | null
  opensAt: Date
  closesAt: Date | null
  editionId: string
  overrides: JSONColumnType<BatchOverrides, string | undefined>
  readingTextId: string
  committeeName: Generated<string>
  specialties: JSONColumnType<SpecialtyOffer[]>
  hasDepartment: Generated<boolean>
  hasPublicity: Generated<boolean>
  recognitionByApproval: Generated<boolean>
  graceMinutes: Generated<number>
  /** the first that lies not in `batch_serial` yet */
  nextSerial: Generated<number>
  createdAt: Generated<Date>
}

/** One version of a list that the office keeps, whole; the newest is in use. */
export interface CodeListVersionTable {
  list: string
  version: number
  items: JSONColumnType<CodeItem[]>
  changedBy: string
  changedAt: Date
}
