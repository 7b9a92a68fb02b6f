import type { ColumnType, Generated, JSONColumnType } from 'kysely'
import type { Answers, CellValue } from '#domain/forms/answers.ts'
import type { ApplicationTypeId } from '#domain/forms/application-type.ts'
import type { Actor } from '#domain/lifecycle/roles.ts'
import type { State } from '#domain/lifecycle/states.ts'
import type { TransitionId } from '#domain/lifecycle/transitions.ts'

export interface ReadingTable {
  applicationId: string
  readingTextId: string
  accountId: string
  deliveredAt: Date
  acceptedAt: Date | null
}

export interface ApplicationTable {
  id: string
  type: ApplicationTypeId
  batchId: string
  editionId: string
  accountId: string
  state: State
  version: number
  round: Generated<number>
  number: string | null
  fullName: string | null
  employerName: string | null
  specialty: string | null
  targetTitle: string | null
  region: string | null
  acceptancePoint: string | null
  exceptionType: string | null
  isRecognition: Generated<boolean>
  fileCount: Generated<number>
  /** codes of 单位性质 and of the 本专业最高学历, for the statistics */
  employerNature: string | null
  educationLevel: string | null
  /** of the applicant, for the statistics; null before the first submission */
  gender: string | null
  birthYear: number | null
  /** when the 受理点 first decided */
  pointDecidedAt: Date | null
  /** what a search looks through, in lower case: name, employer, 申报编号, last four of the ID number, a line each */
  searchText: Generated<string>
  gateAcceptedAt: Date | null
  submittedAt: Date | null
  firstSubmittedAt: Date | null
  inGrace: Generated<boolean>
  resubmitUntil: Date | null
  stateSince: Date
  publicityEndsAt: Date | null
  documentNumber: string | null
  certificateNumber: string | null
  createdAt: Date
  updatedAt: Date
  deletedAt: Date | null
}

/** `value` is jsonb: written as JSON text, read as the value. */
export interface ApplicationCellTable {
  applicationId: string
  path: string
  value: ColumnType<CellValue, string, string>
  version: number
  updatedAt: Date
}

export interface ApplicationConflictTable {
  applicationId: string
  path: string
  other: ColumnType<CellValue, string, string>
  device: string
  mutationId: string
  /** version of the application that brought the conflict: which devices have seen it */
  version: number
  at: Date
}

export interface ApplicationMutationTable {
  id: string
  applicationId: string
  accountId: string
  result: JSONColumnType<Record<string, unknown>>
  receivedAt: Date
}

/** What was frozen at a submission: answers as they stood, without the ID number, which the account keeps for ever. */
export interface SnapshotContent {
  readonly type: ApplicationTypeId
  readonly editionId: string
  readonly round: number
  readonly answers: Answers
}

export interface ApplicationSnapshotTable {
  id: string
  applicationId: string
  round: number
  content: JSONColumnType<SnapshotContent>
  /** of the canonical JSON of `content` */
  sha256: string
  createdAt: Date
}

export interface ApplicationTransitionTable {
  id: string
  applicationId: string
  transition: TransitionId
  fromState: State
  toState: State
  actorId: string | null
  role: Actor
  reason: Generated<string>
  details: JSONColumnType<Record<string, unknown>, string | undefined>
  snapshotId: string | null
  ip: string | null
  at: Date
}

/** 申请退回: the applicant asks the office to return his application (A21). */
export interface ReturnRequestTable {
  id: string
  applicationId: string
  round: number
  reason: string
  createdAt: Date
}

export interface RequestKeyTable {
  accountId: string
  key: string
  answer: JSONColumnType<Record<string, unknown>>
  at: Date
}

/** Parts of an application's `searchText`, for the index (search-text.ts). */
export interface ApplicationSearchTable {
  applicationId: string
  parts: string[]
}

/**
 * How many submitted applications stand where, in parts: their sum is the number. Written by triggers of `application`, added
 * up now and then (`addUpTally`).
 */
export interface ApplicationTallyTable {
  batchId: string
  type: ApplicationTypeId
  state: State
  region: string | null
  acceptancePoint: string | null
  count: number
}

/** A work that the submitted application names, by the key under which another is found (`workKey`). */
export interface ApplicationWorkTable {
  applicationId: string
  path: string
  key: string
}
