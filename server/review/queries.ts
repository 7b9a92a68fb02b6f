import { type ExpressionBuilder, type Kysely, sql, type SqlBool } from 'kysely'
import type { State } from '#domain/lifecycle/states.ts'
import type { Application } from '#server/applications/actions/content.ts'
import { inPlaces, inScope } from '#server/applications/scope.ts'
import { behind, instantText, rowsAsJson, run, snakeCase } from '#server/platform/statements.ts'
import type { Signed } from '#server/platform/who.ts'
import type { Database } from '#server/schema.ts'
import { asksForReturnText, type QueueFilter, selection, selectionInStates, statesWithoutOwn } from './selection.ts'

type Db = Kysely<Database>

/** By what a queue can be put in order; every order ends in the id, so that pages never overlap. */
export const queueSorts = {
  oldest: ['submittedAt', 'asc'],
  newest: ['submittedAt', 'desc'],
  longest: ['stateSince', 'asc'],
  name: ['fullName', 'asc'],
  number: ['number', 'asc'],
} as const
export type QueueSort = keyof typeof queueSorts

/** What the queue shows of an application. */
export interface QueueRow extends Pick<
  Application,
  | 'id'
  | 'type'
  | 'number'
  | 'state'
  | 'version'
  | 'round'
  | 'fullName'
  | 'employerName'
  | 'specialty'
  | 'targetTitle'
  | 'region'
  | 'acceptancePoint'
  | 'exceptionType'
  | 'isRecognition'
  | 'fileCount'
  | 'inGrace'
  | 'batchId'
> {
  /** instants as they go out */
  readonly submittedAt: string | null
  readonly stateSince: string
  readonly idNumberMasked: string
  readonly batchName: string
  /** changes with each change of the batch */
  readonly batchVersion: string
  readonly returnRequested: boolean
  /** whether it is the person's own */
  readonly own: boolean
  /** files that the person has not looked at */
  readonly filesUnopened: number
}

const rowText = `
  select application.id, application.type, application.number, application.state, application.version, application.round,
    application.full_name as "fullName", account.id_number_masked as "idNumberMasked",
    application.employer_name as "employerName", application.specialty, application.target_title as "targetTitle",
    application.region, application.acceptance_point as "acceptancePoint", application.exception_type as "exceptionType",
    application.is_recognition as "isRecognition", application.file_count as "fileCount",
    ${instantText('application.submitted_at')} as "submittedAt", ${instantText('application.state_since')} as "stateSince",
    application.in_grace as "inGrace",
    application.batch_id as "batchId", batch.name as "batchName", batch.xmin::text as "batchVersion",
    ${asksForReturnText} as "returnRequested",
    application.account_id = $1 as own,
    (select count(*)::int from attachment
      where attachment.application_id = application.id and attachment.removed_at is null and attachment.path <> 'photo'
        and not exists (select from file_opening
          where file_opening.attachment_id = attachment.id and file_opening.application_id = application.id
            and file_opening.account_id = $1)) as "filesUnopened"
  from application
  join batch on batch.id = application.batch_id
  join account on account.id = application.account_id`

/**
 * One page of the queue; without a wish the one that waits longest first. Only its rows are looked at more closely.
 *
 * Where the page lies is given to the database as questions and its ids as an array: so its plan does not depend on the
 * page, and is made once a connection instead of each time, which took longer than what it then did.
 */
export async function listQueue(
  db: Db,
  who: Signed,
  filter: QueueFilter,
  at: { readonly limit: number; readonly offset: number; readonly sort?: QueueSort },
): Promise<QueueRow[]> {
  const [column, direction] = queueSorts[at.sort ?? 'oldest']
  // the ids alone: what the page skips is then passed in the index
  const ids = selectionInStates(db, who, filter)
    .select('application.id')
    .orderBy(`application.${column}`, direction)
    .orderBy('application.id', direction)
    .limit(sql<number>`(select ${at.limit}::int)`)
    .offset(sql<number>`(select ${at.offset}::int)`)
    .compile()
  const order = `application.${snakeCase(column)} ${direction}, application.id ${direction}`
  const page = `${rowText} where application.id = any(array(${behind(ids.sql, 1)})) order by ${order}`
  // As one value: a thousand that are read one by one are a thousand pieces of garbage.
  const [found] = await run<{ rows: QueueRow[] }>(db, {
    text: `select ${rowsAsJson(page)} as rows`,
    values: [who.accountId, ...ids.parameters],
  })
  return found!.rows
}

/** The parts of a filter that the tally knows. */
const tallied: ReadonlySet<string> = new Set([
  'state',
  'batch',
  'type',
  'region',
  'point',
] satisfies (keyof QueueFilter)[])

/** Whether the numbers need no counting: they stand in the tally, however many applications there are. */
const isTallied = (filter: QueueFilter): boolean =>
  Object.entries(filter).every(
    ([name, value]) => value === undefined || tallied.has(name) || (name === 'q' && value === ''),
  )

/** How many stand in each state. */
export interface Counts {
  readonly byState: Partial<Record<State, number>>
  /** rows of the tally that were added up for it */
  readonly tallyRows: number
}

async function tallyByState(db: Db, who: Signed, filter: QueueFilter): Promise<Counts> {
  const rows = await db
    .selectFrom('applicationTally as application')
    .select(['application.state', sql<number>`sum(count)::int`.as('count'), sql<number>`count(*)::int`.as('rows')])
    .where((eb) => {
      const place = inPlaces(who)(eb as never)
      return place === 'everywhere' ? sql<SqlBool>`true` : place === 'nowhere' ? sql<SqlBool>`false` : place
    })
    .$if(filter.batch !== undefined, (query) => query.where('application.batchId', '=', filter.batch!))
    .$if(filter.type !== undefined, (query) => query.where('application.type', '=', filter.type!))
    .$if(filter.region !== undefined, (query) => query.where('application.region', '=', filter.region!))
    .$if(filter.point !== undefined, (query) => query.where('application.acceptancePoint', '=', filter.point!))
    .groupBy('application.state')
    .execute()
  return {
    byState: Object.fromEntries(rows.filter(({ count }) => count !== 0).map(({ state, count }) => [state, count])),
    tallyRows: rows.reduce((sum, one) => sum + one.rows, 0),
  }
}

/**
 * How many stand in each state, over everything the person reaches and asked for.
 * @param undisclosed his own whose decision is not published, by the state in which he may see it: looking for his own name, he
 * would read it from the numbers
 */
export async function countByState(
  db: Db,
  who: Signed,
  filter: QueueFilter,
  undisclosed: ReadonlyMap<string, State>,
): Promise<Counts> {
  if (isTallied(filter)) return tallyByState(db, who, filter)
  const own = [...undisclosed.keys()]
  const rows = await selection(db, who, filter)
    .$if(own.length > 0, (query) => query.where('application.id', 'not in', own))
    .select(['application.state', sql<number>`count(*)::int`.as('count')])
    .groupBy('application.state')
    .execute()
  const byState: Partial<Record<State, number>> = Object.fromEntries(rows.map(({ state, count }) => [state, count]))
  if (own.length > 0) {
    const found = await selection(db, who, filter).select('application.id').where('application.id', 'in', own).execute()
    for (const { id } of found) byState[undisclosed.get(id)!] = (byState[undisclosed.get(id)!] ?? 0) + 1
  }
  return { byState, tallyRows: 0 }
}

/** How many of his own the numbers hold in the states asked for, although the queue leaves them out there (A30). */
export async function countLeftOut(
  db: Db,
  who: Signed,
  filter: QueueFilter,
  undisclosed: ReadonlyMap<string, State>,
): Promise<number> {
  const asked = statesWithoutOwn(filter)
  if (asked.length === 0) return 0
  const own = await selection(db, who, filter)
    .select(['application.id', 'application.state'])
    .where('application.accountId', '=', who.accountId)
    .execute()
  const countedAs = isTallied(filter)
    ? own.map(({ state }) => state)
    : own.map(({ id, state }) => undisclosed.get(id) ?? state)
  return countedAs.filter((state) => asked.includes(state)).length
}

/** An application within the person's scope, or undefined: what lies outside does not exist for him. */
export const findCase = (db: Db, who: Signed, id: string) =>
  db
    .selectFrom('application')
    .selectAll()
    .where('application.id', '=', id)
    .where((eb) => inScope(who)(eb))
    .executeTakeFirst()

/** The ones before and after it in its part of the queue, others' applications only. */
export async function findNeighbours(
  db: Db,
  who: Signed,
  at: { readonly id: string; readonly state: State; readonly submittedAt: Date | null },
) {
  const around = (operator: '<' | '>', order: 'asc' | 'desc') =>
    db
      .selectFrom('application')
      .select('id')
      .where((eb) => inScope(who)(eb))
      .where('state', '=', at.state)
      .where('accountId', '!=', who.accountId)
      .where((eb) => eb(eb.refTuple('submittedAt', 'id'), operator, eb.tuple(at.submittedAt, at.id)))
      .orderBy('submittedAt', order)
      .orderBy('id', order)
      .limit(1)
      .executeTakeFirst()
  const [prev, next] = await Promise.all([around('<', 'desc'), around('>', 'asc')])
  return { prev: prev?.id ?? null, next: next?.id ?? null }
}

/** Comments of the office on an application, those not sent yet among them. */
export const listComments = (db: Db, _who: Signed, applicationId: string) =>
  db
    .selectFrom('reviewComment')
    .innerJoin('account', 'account.id', 'reviewComment.authorId')
    .select([
      'reviewComment.id',
      'reviewComment.round',
      'reviewComment.path',
      'reviewComment.text',
      'reviewComment.authorId',
      'reviewComment.authorRole',
      'reviewComment.transitionId',
      'reviewComment.createdAt',
      'account.fullName as authorName',
    ])
    .where('reviewComment.applicationId', '=', applicationId)
    .orderBy('reviewComment.createdAt')
    .orderBy('reviewComment.id')
    .execute()

/** Places ticked off, in every round. */
export const listMarks = (db: Db, _who: Signed, applicationId: string) =>
  db
    .selectFrom('reviewMark')
    .innerJoin('account', 'account.id', 'reviewMark.accountId')
    .select(['reviewMark.path', 'reviewMark.round', 'account.fullName as by'])
    .where('reviewMark.applicationId', '=', applicationId)
    .orderBy('reviewMark.round')
    .orderBy('reviewMark.path')
    .execute()

/** The application a paper belongs to, by the code printed on it, within the person's scope (T12). */
export const findPaperCase = (db: Db, who: Signed, code: string) =>
  db
    .selectFrom('paper')
    .innerJoin('application', 'application.id', 'paper.applicationId')
    .select(['application.id', 'application.number', 'paper.kind', 'paper.voidedAt'])
    .where('paper.code', '=', code)
    .where((eb) => inScope(who)(eb as unknown as ExpressionBuilder<Database, 'application'>))
    .executeTakeFirst()

/** The application with this 申报编号, within the person's scope. */
export const findByNumber = (db: Db, who: Signed, number: string) =>
  db
    .selectFrom('application')
    .select(['application.id', 'application.number'])
    .where('application.number', '=', number)
    .where((eb) => inScope(who)(eb))
    .executeTakeFirst()

/** The names of those who acted, for the office's own record. */
export async function namesOf(db: Db, _who: Signed, ids: readonly string[]): Promise<Map<string, string>> {
  if (ids.length === 0) return new Map()
  const rows = await db.selectFrom('account').select(['id', 'fullName']).where('id', 'in', ids).execute()
  return new Map(rows.map(({ id, fullName }) => [id, fullName]))
}
