import type { Print } from '#domain/forms/application-type.ts'
import { applicationTypes } from '#domain/forms/index.ts'
import { mayPrintOfficial } from '#domain/lifecycle/states.ts'
import type { KeptApplication } from '$lib/local/database.ts'

/** What 材料打印 offers (R104, A37). */
export interface PrintList<Kept> {
  /** official papers are ready, and the stamped paper is not handed in yet */
  readonly waiting: readonly Kept[]
  /** handed in, or further on: may be printed once more */
  readonly printed: readonly Kept[]
}

/** Sorts a person's applications into those that wait to be printed and those that were (R104); others have no place in it. */
export function printList<Kept extends Pick<KeptApplication, 'state'>>(applications: readonly Kept[]): PrintList<Kept> {
  const official = applications.filter(({ state }) => mayPrintOfficial(state))
  return {
    waiting: official.filter(({ state }) => state === 'PRE_PASSED'),
    printed: official.filter(({ state }) => state !== 'PRE_PASSED'),
  }
}

/** The documents of an application, without those that were not asked for (R105). */
export const printsOf = (application: Pick<KeptApplication, 'type' | 'cells'>): readonly Print[] =>
  applicationTypes[application.type].prints.filter(
    (print: Print) => print.onlyIf === undefined || application.cells[print.onlyIf]?.value === true,
  )
