import { titleLevels, type TitleLevel } from '../code-lists/title-level.ts'
import { findTitle } from '../code-lists/title.ts'
import type { Answers, CellValue, Facts, Row } from '../forms/answers.ts'
import type { ApplicationTypeId } from '../forms/application-type.ts'
import type { YearRequirement } from './year-requirements.ts'

export type AdviceCode =
  | 'civil-servant'
  | 'retired'
  | 'penalty'
  | 'range-order'
  | 'in-future'
  | 'work-overlap'
  | 'rank-above-total'
  | 'before-current-title'
  | 'hours-short'
  | 'years-short'
  | 'level-skipped'
  | 'already-held'
  | 'not-by-initial'
  | 'by-condition'
  | 'by-exception'
  | 'exception-seniority'
  | 'exception-both'
  | 'transfer-level'
  | 'transfer-year'
  | 'both-ways'

/** A yellow remark to the applicant and to the reviewer. It never keeps anything from being saved or submitted. */
export interface Advice {
  readonly code: AdviceCode
  readonly text: string
  /** Field, list or cell it belongs to: `exceptionType`, `achievements/<row>/rank`. */
  readonly path: string
}

/** Another application of the person that was not turned away (`turnedAwayStates`). */
export interface OtherApplication {
  readonly type: ApplicationTypeId
  /** of its batch */
  readonly year: number
  readonly batchName: string
  readonly targetTitle: string | null
}

/** The year of the application's batch, and what else its person applied for. */
export interface Beside {
  readonly year: number
  readonly others: readonly OtherApplication[]
}

export interface EligibilityInput {
  readonly type: ApplicationTypeId
  readonly answers: Pick<Answers, 'fields' | 'rows'>
  readonly facts: Pick<Facts, 'today' | 'account'> & { readonly batch: Pick<Facts['batch'], 'specialties'> }
  /** Left out: not known here, as where a form is only looked at. */
  readonly beside?: Beside | undefined
  /** The batch's own table in place of the defaults (§3.6). */
  readonly requirements?: readonly YearRequirement[]
  /** Day up to which years are counted, where the batch names one, e.g. the 31 December of its year; else today. */
  readonly countedTo?: string
}

// ---- reading the answers

export const text = (value: CellValue | undefined): string => (typeof value === 'string' ? value : '')
export const field = (input: EligibilityInput, id: string): string => text(input.answers.fields[id])
export const rows = (input: EligibilityInput, list: string): readonly Row[] => input.answers.rows[list] ?? []
export const cell = (list: string, row: Row, id: string): string => `${list}/${row.id}/${id}`

/** Level of the title applied for, by the batch's offer or by the standard list. */
export function targetLevel(input: EligibilityInput): TitleLevel | undefined {
  const id = field(input, 'targetTitle')
  const offered = input.facts.batch.specialties.flatMap((one) => one.titles).find((one) => one.id === id)
  const level = offered?.level ?? findTitle(id)?.level
  return titleLevels.find((one) => one === level)
}

/** Level of the title held; null for 无; undefined when not answered, or of a title no list knows. */
export function heldLevel(input: EligibilityInput): TitleLevel | null | undefined {
  const id = field(input, 'currentTitle')
  return id === 'none' ? null : findTitle(id)?.level
}

/** Day up to which years are counted. */
export const countedTo = (input: EligibilityInput): string => input.countedTo ?? input.facts.today

/** Months from one month or day to another, days left aside: the papers know only months. */
export function monthsBetween(from: string, to: string): number {
  const months = (date: string) => Number(date.slice(0, 4)) * 12 + Number(date.slice(5, 7))
  return months(to) - months(from)
}
