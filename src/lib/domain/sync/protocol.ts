import type { Issue, ProblemCode, ProblemParams } from '../problems.ts'
import type { CellValue } from '../forms/answers.ts'
import type { ApplicationTypeId } from '../forms/application-type.ts'
import type { State } from '../lifecycle/states.ts'
export type { SyncRequest } from './request.ts'

/** Raised when an older page could misread the answer; older ones are told to update and keep their drafts (S11). */
export const PROTOCOL_VERSION = 1

/** At most so many mutations in one request; the phone sends the rest in the next. */
export const MAX_MUTATIONS = 200

/** What became of one mutation. A doubled send gets the first answer again (S1). */
export type MutationResult =
  | { readonly id: string; readonly outcome: 'applied'; readonly version: number }
  | { readonly id: string; readonly outcome: 'conflict'; readonly version: number }
  | { readonly id: string; readonly outcome: 'refused'; readonly code: ProblemCode; readonly params?: ProblemParams }

export interface Conflict {
  readonly path: string
  /** version of the cell that stayed */
  readonly version: number
  /** the value that stayed on the server */
  readonly kept: CellValue
  /** the value that came later from the other device */
  readonly other: CellValue
  /** device that sent the other value */
  readonly device: string
  readonly at: string
}

/** A comment of the office at a field, a slot or a step. */
export interface ReviewComment {
  readonly id: string
  readonly path: string
  readonly text: string
  readonly by: string
  readonly at: string
  /** something has come to the server since, where it stands or under it (R98) */
  readonly settled: boolean
}

export interface ReturnView {
  readonly reason: string
  readonly by: string
  readonly at: string
  readonly resubmitUntil: string | null
  readonly comments: readonly ReviewComment[]
}

/** One application as the phone keeps it. `cells` holds only what changed since the version the phone named. */
export interface ApplicationChange {
  readonly id: string
  readonly type: ApplicationTypeId
  readonly batchId: string
  readonly editionId: string
  readonly state: State
  readonly version: number
  readonly number: string | null
  readonly gateAcceptedAt: string | null
  readonly submittedAt: string | null
  readonly resubmitUntil: string | null
  readonly createdAt: string
  readonly updatedAt: string
  readonly cells: Readonly<Record<string, { readonly value: CellValue; readonly version: number }>>
  /** all files, not only the changed ones: they are few, and a removed one must vanish */
  readonly files: readonly {
    readonly id: string
    readonly path: string
    readonly name: string
    readonly size: number
    readonly sha256: string
    readonly pages: number
    readonly position: number
  }[]
  readonly lockedRows: Readonly<Record<string, string>>
  readonly conflicts: readonly Conflict[]
  readonly returned: ReturnView | null
}

export interface SyncAnswer {
  readonly protocol: number
  /** the server's clock, ISO */
  readonly now: string
  readonly results: readonly MutationResult[]
  readonly applications: readonly ApplicationChange[]
  /** applications this account no longer has (a deleted draft) */
  readonly gone: readonly string[]
  readonly unreadNotices: number
}

export type { Issue }
