import { type CompiledQuery, type ExpressionBuilder, type Kysely, sql, type SqlBool } from 'kysely'
import { type State } from '#domain/lifecycle/states.ts'
import { turnedAwayStates } from '#domain/lifecycle/turned-away.ts'
import type { OtherApplication } from '#domain/rules/eligibility-input.ts'
import type { Application } from '#server/applications/actions/content.ts'
import { inPlaces, inScope } from '#server/applications/scope.ts'
import { type OwnState, ownStatesText } from '#server/applications/undisclosed.ts'
import { behind, fromJson, instantText, rowsAsJson, run, snakeCase } from '#server/platform/statements.ts'
import { onOneConnection } from '#server/platform/together.ts'
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

const tallyByState = (db: Db, who: Signed, filter: QueueFilter) =>
  db
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

const countedByState = (db: Db, who: Signed, filter: QueueFilter) =>
  selection(db, who, filter)
    .select(['application.state', sql<number>`count(*)::int`.as('count'), sql<number>`0`.as('rows')])
    .groupBy('application.state')

interface PageAt {
  readonly limit: number
  readonly offset: number
  readonly sort?: QueueSort
}

/** What a page of the queue is made of. */
export interface QueuePage {
  readonly rows: readonly QueueRow[]
  /**
   * how many stand in each state, over everything that the person reaches and asked for, whatever state he asked for; `rows` of the
   * tally were added up for it
   */
  readonly numbers: readonly { readonly state: State; readonly count: number; readonly rows: number }[]
  /** the person's own among them, by which rows and numbers are told as he may know them (A30) */
  readonly own: readonly OwnState[]
}

/** What a statement is given, in the order in which it is mentioned. */
class Given {
  readonly values: unknown[] = []

  /** A value; what stands for it in the text. */
  one(value: unknown): string {
    return `$${this.values.push(value)}`
  }

  /** A question that was made by itself; its text here. */
  question({ sql: text, parameters }: CompiledQuery): string {
    const here = behind(text, this.values.length)
    this.values.push(...parameters)
    return here
  }
}

/**
 * A page with its numbers and the person's own, in one statement where nothing has to be counted, otherwise in one journey; without
 * a wish the one that waits longest comes first. Only the rows of the page are looked at more closely.
 *
 * Where the page lies is given to the database as questions and its ids as an array: so its plan does not depend on the page,
 * and is made once a connection instead of each time, which took longer than what it then did. Ids alone are passed in the index,
 * and where it is known how many there are, from the end that is nearer.
 */
export async function findPage(db: Db, who: Signed, filter: QueueFilter, at: PageAt): Promise<QueuePage> {
  const given = new Given()
  const me = given.one(who.accountId)
  const isAtOnce = isTallied(filter)
  const numbers = isAtOnce ? given.question(tallyByState(db, who, filter).compile()) : undefined
  const ids = given.question(selectionInStates(db, who, filter).select('application.id').compile())
  const [column, direction] = queueSorts[at.sort ?? 'oldest']
  const order = (way: 'asc' | 'desc') => `order by application.${snakeCase(column)} ${way}, application.id ${way}`
  const part = (way: 'asc' | 'desc', limit: string, offset: string) =>
    `(${ids} ${order(way)} limit (select ${limit}) offset (select ${offset}))`
  const limit = `${given.one(at.limit)}::int`
  const offset = `${given.one(at.offset)}::int`
  const isTotalKnown = isAtOnce && statesWithoutOwn(filter).length === 0
  const states = isTotalKnown && filter.state && filter.state.length > 0 ? given.one(filter.state) : undefined
  const total = `select coalesce(sum(count), 0)::int as total from numbers ${states ? `where state = any(${states}::text[])` : ''}`
  const isNearer = `case when ${offset} * 2 <= total then`
  const page = isTotalKnown
    ? `${part(direction, `${isNearer} ${limit} else 0 end from total`, offset)} union all
       ${part(
         direction === 'asc' ? 'desc' : 'asc',
         `${isNearer} 0 else greatest(least(${limit}, total - ${offset}), 0) end from total`,
         `greatest(total - ${offset} - ${limit}, 0) from total`,
       )}`
    : part(direction, limit, offset)
  // As one value: a thousand that are read one by one are a thousand pieces of garbage.
  const text = `${numbers ? `with numbers as materialized (${numbers})${isTotalKnown ? `, total as materialized (${total})` : ''}` : ''}
    select ${rowsAsJson(ownStatesText(`application.account_id = ${me} and application.deleted_at is null`))} as own,
      ${rowsAsJson(`${rowText} where application.id = any(array(${page})) ${order(direction)}`)} as rows,
      ${numbers ? rowsAsJson('select * from numbers') : 'null'} as numbers`
  const [[found], counted] = await onOneConnection(db, (one) =>
    Promise.all([
      run<Pick<QueuePage, 'rows' | 'numbers'> & { readonly own: Readonly<Record<string, unknown>>[] }>(one, {
        text,
        values: given.values,
      }),
      isAtOnce ? undefined : countedByState(one, who, filter).execute(),
    ]),
  )
  const own = fromJson<OwnState>(found!.own)
  return { rows: found!.rows, numbers: counted ?? found!.numbers, own: await selectedOf(db, who, filter, own) }
}

/** Those of the person's own that are among what is asked for. Few in the office have any. */
async function selectedOf(db: Db, who: Signed, filter: QueueFilter, own: readonly OwnState[]): Promise<OwnState[]> {
  if (own.length === 0) return []
  const selected = await selection(db, who, filter)
    .select('application.id')
    .where('application.accountId', '=', who.accountId)
    .execute()
  return own.filter(({ id }) => selected.some((one) => one.id === id))
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

/**
 * What the person of a case has submitted in its year of the other type, 初定 or 评审, and was not turned away with (E3): no more of
 * it than the rule asks, for whoever may see the case.
 */
export const listBeside = (
  db: Db,
  _who: Signed,
  { id, accountId, batchId, type }: Pick<Application, 'id' | 'accountId' | 'batchId' | 'type'>,
): Promise<OtherApplication[]> =>
  db
    .selectFrom('application')
    .innerJoin('batch', 'batch.id', 'application.batchId')
    .innerJoin('batch as own', (join) => join.onRef('own.year', '=', 'batch.year').on('own.id', '=', batchId))
    .select(['application.type', 'batch.year', 'batch.name as batchName', 'application.targetTitle'])
    .where('application.accountId', '=', accountId)
    .where('application.id', '!=', id)
    .where('application.type', 'in', ['initial', 'review'])
    .where('application.type', '!=', type)
    .where('application.firstSubmittedAt', 'is not', null)
    .where('application.deletedAt', 'is', null)
    .where('application.state', 'not in', turnedAwayStates)
    .orderBy('application.firstSubmittedAt')
    .execute()

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
