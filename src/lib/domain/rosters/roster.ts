import type { OfficeLists } from '../code-lists/office-lists.ts'
import type { CellValue, Row } from '../forms/answers.ts'
import type { ApplicationTypeId } from '../forms/application-type.ts'
import type { State } from '../lifecycle/states.ts'

/** One application as the registers of the office print it: what its row, its account and its newest submission say. */
export interface RosterEntry {
  readonly type: ApplicationTypeId
  readonly number: string
  readonly state: State
  readonly round: number
  readonly fullName: string
  /** code of GB/T 2261.1 */
  readonly gender: string
  /** YYYY-MM-DD */
  readonly birthDate: string
  /** masked, or in full for who may have it and said why (E13) */
  readonly idNumber: string
  readonly mobile: string
  readonly employerName: string
  readonly region: string
  readonly acceptancePoint: string
  readonly specialty: string
  readonly targetTitle: string
  readonly exceptionType: string
  readonly isRecognition: boolean
  readonly firstSubmittedAt: Date
  readonly certificateNumber: string
  /** the office's lists as they are now: no entry ever leaves them, so every code reads */
  readonly lists: OfficeLists
  /** of the newest submission, the fields of `rosterFields` */
  readonly fields: Readonly<Record<string, CellValue>>
  /** of the newest submission, the lists of `rosterLists` */
  readonly rows: Readonly<Record<string, readonly Row[]>>
}

/** What a register reads from a submission: no more is fetched for twenty thousand people. */
export const rosterFields = [
  'mobile',
  'politicalStatus',
  'employerNature',
  'employerRegion',
  'workStartDate',
  'currentSpecialty',
  'specialtyYears',
  'currentTitle',
  'currentTitleDate',
  'currentTitleIssuer',
  'foreignLanguage',
] as const
export const rosterLists = ['educations', 'continuingEducation', 'assessments', 'examResults'] as const

export interface RosterColumn {
  readonly label: string
  /** characters */
  readonly width: number
  readonly value: (entry: RosterEntry, place: number) => string
}

/**
 * Text as a spreadsheet may hold it: what a program could take for a formula gets an apostrophe before it, so that it stays
 * text when the file is saved as CSV and opened again.
 */
export const cellText = (text: string): string => (/^[=+\-@\t\r]/.test(text) ? `'${text}` : text)
