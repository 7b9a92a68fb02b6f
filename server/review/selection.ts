import { type ExpressionBuilder, type Kysely, type RawBuilder, sql, type SqlBool } from 'kysely'
import type { ApplicationTypeId } from '#domain/forms/application-type.ts'
import type { State } from '#domain/lifecycle/states.ts'
import { partsOf } from '#server/applications/search-text.ts'
import { inScope } from '#server/applications/scope.ts'
import { literally } from '#server/platform/like.ts'
import type { Signed } from '#server/platform/who.ts'
import type { Database } from '#server/schema.ts'

type Db = Kysely<Database>
type Eb = ExpressionBuilder<Database, 'application'>

/** By what the office looks for applications (DOMAIN §6, review queue). */
export interface QueueFilter {
  readonly ids?: readonly string[] | undefined
  readonly state?: readonly State[] | undefined
  readonly type?: ApplicationTypeId | undefined
  readonly batch?: string | undefined
  readonly region?: string | undefined
  readonly point?: string | undefined
  readonly specialty?: string | undefined
  readonly title?: string | undefined
  readonly exception?: boolean | undefined
  readonly recognition?: boolean | undefined
  /** returned at least once before */
  readonly returned?: boolean | undefined
  /** the applicant asks for it to be returned */
  readonly requested?: boolean | undefined
  readonly from?: Date | undefined
  readonly to?: Date | undefined
  /** has stood in its state since before this instant: what waits too long */
  readonly waitingSince?: Date | undefined
  /** name, employer, 申报编号, or the last digits of the ID number */
  readonly q?: string | undefined
}

const like = (text: string) => literally(text.toLowerCase())

/** Whether the applicant asks for it to be returned, as SQL over `application`. */
export const asksForReturnText = `exists (
    select from return_request
    where return_request.application_id = application.id and return_request.round = application.round)`

const asksForReturn = (): RawBuilder<SqlBool> => sql.raw(asksForReturnText)

/** What is asked for, without the state: the counts beside the states are taken over the same selection. */
function matches(filter: QueueFilter) {
  return (eb: Eb) => {
    const all = []
    if (filter.ids !== undefined) {
      all.push(filter.ids.length > 0 ? eb('application.id', 'in', filter.ids) : sql<SqlBool>`false`)
    }
    if (filter.type !== undefined) all.push(eb('application.type', '=', filter.type))
    if (filter.batch !== undefined) all.push(eb('application.batchId', '=', filter.batch))
    if (filter.region !== undefined) all.push(eb('application.region', '=', filter.region))
    if (filter.point !== undefined) all.push(eb('application.acceptancePoint', '=', filter.point))
    if (filter.specialty !== undefined) all.push(eb('application.specialty', '=', filter.specialty))
    if (filter.title !== undefined) all.push(eb('application.targetTitle', '=', filter.title))
    if (filter.recognition !== undefined) all.push(eb('application.isRecognition', '=', filter.recognition))
    if (filter.exception === true) all.push(eb('application.exceptionType', '<>', 'NORMAL'))
    if (filter.exception === false) {
      all.push(eb.or([eb('application.exceptionType', 'is', null), eb('application.exceptionType', '=', 'NORMAL')]))
    }
    if (filter.returned !== undefined) all.push(eb('application.round', filter.returned ? '>' : '=', 1))
    if (filter.requested !== undefined) all.push(filter.requested ? asksForReturn() : eb.not(asksForReturn()))
    if (filter.from !== undefined) all.push(eb('application.submittedAt', '>=', filter.from))
    if (filter.to !== undefined) all.push(eb('application.submittedAt', '<=', filter.to))
    if (filter.waitingSince !== undefined) all.push(eb('application.stateSince', '<=', filter.waitingSince))
    const words = filter.q?.trim()
    if (words) {
      const found = eb('application.searchText', 'like', `%${like(words)}%`)
      // Of an ID number only the last four stand in the text, as its last line.
      const ends = eb('application.searchText', 'like', `%\n${like(words.slice(-4))}`)
      all.push(endsIdNumber(words) ? eb.or([found, ends]) : found)
    }
    return eb.and(all)
  }
}

/** More hits than this and the words say too little for the index: then the texts themselves are gone through. */
const FOUND_AT_MOST = 1000

/**
 * The filter with what the index of parts knows of its words, so that the queries that follow look at a few applications
 * instead of all. It only saves work: the words themselves stay in the filter and decide.
 */
export async function narrowed(db: Db, _who: Signed, filter: QueueFilter): Promise<QueueFilter> {
  const words = filter.q?.trim() ?? ''
  const parts = partsOf(words)
  if (parts.length === 0) return filter
  const ways = endsIdNumber(words) ? [parts, partsOf(words.slice(-4))] : [parts]
  const found = await db
    .selectFrom('applicationSearch')
    .select('applicationId')
    .where((eb) =>
      eb.or(
        ways.map(
          (way) => sql<SqlBool>`parts @> array(select jsonb_array_elements_text(${JSON.stringify(way)}::jsonb))`,
        ),
      ),
    )
    .limit(FOUND_AT_MOST + 1)
    .execute()
  if (found.length > FOUND_AT_MOST) return filter
  const ids = found.map(({ applicationId }) => applicationId)
  return { ...filter, ids: filter.ids ? ids.filter((id) => filter.ids!.includes(id)) : ids }
}

/** Whether the words may be an ID number or its end, of which only the last four can be looked up. */
const endsIdNumber = (words: string): boolean => /^\d{4,17}[\dXx]$/.test(words)

/** The applications within the person's scope that fit the filter, whatever their state. */
export const selection = (db: Db, who: Signed, filter: QueueFilter) =>
  db
    .selectFrom('application')
    .where((eb) => inScope(who)(eb))
    .where(matches(filter))

/**
 * From when a committee or the office has it until all are told, and while others may object: asked for by one of these, one's own
 * would tell its result, or that somebody objected (T18).
 */
const tellingStates: readonly State[] = ['COMMITTEE', 'APPROVAL', 'PASSED', 'FAILED', 'PUBLICITY', 'OBJECTION']

/** The states asked for in which the person's own are left out (A30). */
export const statesWithoutOwn = (filter: QueueFilter): readonly State[] =>
  (filter.state ?? []).filter((state) => tellingStates.includes(state))

/** Those of the person himself that a filter by state leaves out. */
const ownLeftOut = (db: Db, who: Signed, filter: QueueFilter) => {
  const asked = statesWithoutOwn(filter)
  return asked.length === 0
    ? undefined
    : db
        .selectFrom('application as own')
        .select('own.id')
        .where('own.accountId', '=', who.accountId)
        .where('own.state', 'in', asked)
}

/** The same, in the states that are asked for, without the person's own where its state would tell him what was decided. */
export const selectionInStates = (db: Db, who: Signed, filter: QueueFilter) => {
  const own = ownLeftOut(db, who, filter)
  return selection(db, who, filter)
    .$if(filter.state !== undefined && filter.state.length > 0, (query) =>
      query.where('application.state', 'in', filter.state!),
    )
    .$if(own !== undefined, (query) => query.where('application.id', 'not in', own!))
}

/** The same with the account beside it, for registers that show more than the queue. */
export const selectionWithAccount = (db: Db, who: Signed, filter: QueueFilter) =>
  selectionInStates(db, who, filter).innerJoin('account', 'account.id', 'application.accountId')
