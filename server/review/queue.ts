import type { SpecialtyOffer } from '#domain/forms/answers.ts'
import { applicationTypes } from '#domain/forms/index.ts'
import { paperCodeOf } from '#domain/lifecycle/paper-code.ts'
import { type State, stateIds, states } from '#domain/lifecycle/states.ts'
import { addUpTally } from '#server/applications/actions/records.ts'
import { undisclosedAmong } from '#server/applications/undisclosed.ts'
import { offersOf } from '#server/batches/actions.ts'
import type { Dependencies } from '#server/platform/environment.ts'
import type { Signed } from '#server/platform/who.ts'
import type { Database } from '#server/schema.ts'
import type { Kysely } from 'kysely'
import { ok, type Outcome, refuse } from '#domain/problems.ts'
import { findByNumber, findPage, findPaperCase, type QueuePage, type QueueRow, type QueueSort } from './queries.ts'
import { narrowed, type QueueFilter, statesWithoutOwn } from './selection.ts'

type Offers = ReadonlyMap<string, readonly SpecialtyOffer[]>

/** What batches offer, as it stood in a version of each: long lists that change with the batch only. */
const rememberedOffers = new Map<string, { readonly version: string; readonly offers: readonly SpecialtyOffer[] }>()

/** What the batches of these rows offer. */
async function offersOfRows(
  db: Kysely<Database>,
  who: Signed,
  rows: readonly { readonly batchId: string; readonly batchVersion: string }[],
): Promise<Offers> {
  const versions = new Map(rows.map(({ batchId, batchVersion }) => [batchId, batchVersion]))
  const isKnown = ([id, version]: readonly [string, string]) => rememberedOffers.get(id)?.version === version
  const missing = [...versions].filter((one) => !isKnown(one)).map(([id]) => id)
  // One that changed since the rows were read is remembered with their version, which it has no more: it is asked for again.
  for (const [id, offers] of await offersOf(db, who, missing)) {
    rememberedOffers.set(id, { version: versions.get(id)!, offers })
  }
  return new Map([...versions.keys()].map((id) => [id, rememberedOffers.get(id)?.offers ?? []]))
}

/**
 * A row in words. Said name by name: fifty copies of objects of unknown form took longer than all else that was done for a page.
 * One's own stands in the state that its applicant may know, and since when is not said: that would be when it was decided.
 */
function shownRow(row: QueueRow, offers: Offers, undisclosed: ReadonlyMap<string, State>) {
  const hiddenAs = row.own ? undisclosed.get(row.id) : undefined
  const state = hiddenAs ?? row.state
  const specialty = offers.get(row.batchId)?.find(({ id }) => id === row.specialty)
  return {
    id: row.id,
    type: row.type,
    number: row.number,
    state,
    version: row.version,
    round: row.round,
    fullName: row.fullName,
    idNumberMasked: row.idNumberMasked,
    employerName: row.employerName,
    specialty: specialty?.label ?? row.specialty,
    targetTitle: specialty?.titles.find(({ id }) => id === row.targetTitle)?.label ?? row.targetTitle,
    region: row.region,
    acceptancePoint: row.acceptancePoint,
    exceptionType: row.exceptionType,
    isRecognition: row.isRecognition,
    fileCount: row.fileCount,
    submittedAt: row.submittedAt,
    stateSince: hiddenAs === undefined ? row.stateSince : null,
    inGrace: row.inGrace,
    batchId: row.batchId,
    batchName: row.batchName,
    returnRequested: row.returnRequested,
    own: row.own,
    filesUnopened: row.filesUnopened,
    typeLabel: applicationTypes[row.type].label,
    stateLabel: states[state].label,
  }
}

/** Rows of the tally that a page adds up without it being felt, besides those that are left when they are added up. */
const TALLY_ROWS = 500
/** Milliseconds from one time that a node adds up the tally to the next. */
const ADD_UP_EVERY = 5_000
/** When a node did so in its database, and how many rows were left. */
const addedUp = new WeakMap<Dependencies['database'], { readonly at: number; left: number }>()

/**
 * Has the tally added up where a page found many rows: in the busiest hour thousands come before the job does, and each page would
 * read them all. Nobody waits for it.
 */
function addUpIfMany({ database, log }: Dependencies, rows: number): void {
  const before = addedUp.get(database)
  if (rows <= TALLY_ROWS + 2 * (before?.left ?? 0)) return
  const at = performance.now()
  if (before && at - before.at < ADD_UP_EVERY) return
  const now = { at, left: before?.left ?? 0 }
  addedUp.set(database, now)
  addUpTally(database.db).then(
    (left) => (now.left = left),
    (error: unknown) => log.warn({ err: error }, 'the tally could not be added up'),
  )
}

/** How many stand in each state, as the person may know it: looking for his own, he would read his result from them (A30). */
function countsByState({ numbers, own }: QueuePage, undisclosed: ReadonlyMap<string, State>) {
  const counts = new Map(numbers.map(({ state, count }) => [state, count]))
  const add = (state: State, count: number) => counts.set(state, (counts.get(state) ?? 0) + count)
  for (const { id, state } of own) {
    const hiddenAs = undisclosed.get(id)
    if (hiddenAs === undefined) continue
    add(state, -1)
    add(hiddenAs, 1)
  }
  return Object.fromEntries([...counts].filter(([, count]) => count !== 0)) as Partial<Record<State, number>>
}

/** One page of the review queue with its total, and how many stand in each state of the same selection. */
export async function queuePage(
  platform: Dependencies,
  who: Signed,
  wanted: QueueFilter,
  page: number,
  pageSize: number,
  sort?: QueueSort,
) {
  const { db } = platform.database
  const filter = await narrowed(db, who, wanted)
  const at = { limit: pageSize, offset: (page - 1) * pageSize, ...(sort && { sort }) }
  const found = await findPage(db, who, filter, at)
  addUpIfMany(
    platform,
    found.numbers.reduce((sum, { rows }) => sum + rows, 0),
  )
  const offers = await offersOfRows(db, who, found.rows)
  const undisclosed = undisclosedAmong(found.own)
  const counts = countsByState(found, undisclosed)
  const withoutOwn = statesWithoutOwn(filter)
  const leftOut = found.own.filter(({ id, state }) => withoutOwn.includes(undisclosed.get(id) ?? state)).length
  const shown = filter.state && filter.state.length > 0 ? filter.state : stateIds
  return {
    rows: found.rows.map((row) => shownRow(row, offers, undisclosed)),
    total: [...new Set(shown)].reduce((sum, state) => sum + (counts[state] ?? 0), -leftOut),
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
    /** the code on the paper, where the code was said; null for a 申报编号, and for a receipt, which is none of what is stamped */
    readonly code: string | null
    readonly voided: boolean
  }>
> {
  const words = said.trim()
  const code = paperCodeOf(words)
  const paper = await findPaperCase(db, who, code)
  if (paper) {
    const isStamped = paper.kind !== 'receipt'
    const about = { applicationId: paper.id, number: paper.number }
    return ok({ ...about, code: isStamped ? code : null, voided: isStamped && paper.voidedAt !== null })
  }
  const found = await findByNumber(db, who, words.toUpperCase())
  return found
    ? ok({ applicationId: found.id, number: found.number, code: null, voided: false })
    : refuse('request.not-found')
}
