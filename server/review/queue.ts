import { applicationTypes } from '#domain/forms/index.ts'
import { stateIds, states } from '#domain/lifecycle/states.ts'
import { offersOf } from '#server/batches/actions.ts'
import { onOneConnection } from '#server/platform/together.ts'
import type { Signed } from '#server/platform/who.ts'
import type { Database } from '#server/schema.ts'
import type { Kysely } from 'kysely'
import { ok, type Outcome, refuse } from '#domain/problems.ts'
import { countByState, findByNumber, findPaperCase, listQueue, type QueueSort } from './queries.ts'
import { narrowed, type QueueFilter } from './selection.ts'

/** One page of the review queue with its total, and how many stand in each state of the same selection. */
export async function queuePage(
  db: Kysely<Database>,
  who: Signed,
  wanted: QueueFilter,
  page: number,
  pageSize: number,
  sort?: QueueSort,
) {
  const filter = await narrowed(db, who, wanted)
  const [counts, rows] = await onOneConnection(db, (one) =>
    Promise.all([
      countByState(one, who, filter),
      listQueue(one, who, filter, { limit: pageSize, offset: (page - 1) * pageSize, ...(sort && { sort }) }),
    ]),
  )
  const offers = await offersOf(db, who, [...new Set(rows.map(({ batchId }) => batchId))])
  const shown = filter.state && filter.state.length > 0 ? filter.state : stateIds
  const total = [...new Set(shown)].reduce((sum, state) => sum + (counts[state] ?? 0), 0)
  return {
    rows: rows.map((row) => {
      const specialty = offers.get(row.batchId)?.find(({ id }) => id === row.specialty)
      return {
        ...row,
        typeLabel: applicationTypes[row.type].label,
        stateLabel: states[row.state].label,
        specialty: specialty?.label ?? row.specialty,
        targetTitle: specialty?.titles.find(({ id }) => id === row.targetTitle)?.label ?? row.targetTitle,
      }
    }),
    total,
    counts,
    page,
    pageSize,
  }
}

/**
 * The application that a paper on the counter belongs to: by the code of its QR (the code alone, or the address the QR
 * holds), or by 申报编号. Refused: nothing of that name within the person's scope.
 */
export async function paperOnCounter(
  db: Kysely<Database>,
  who: Signed,
  said: string,
): Promise<
  Outcome<{
    readonly applicationId: string
    readonly number: string | null
    /** the code on the paper, where the code was said; null for a 申报编号 */
    readonly code: string | null
    readonly voided: boolean
  }>
> {
  const words = said.trim()
  const code = words.split(/[/?#]/).filter(Boolean).at(-1) ?? words
  const paper = await findPaperCase(db, who, code)
  if (paper) return ok({ applicationId: paper.id, number: paper.number, code, voided: paper.voidedAt !== null })
  const found = await findByNumber(db, who, words.toUpperCase())
  return found
    ? ok({ applicationId: found.id, number: found.number, code: null, voided: false })
    : refuse('request.not-found')
}
