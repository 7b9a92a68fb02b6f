import { type ExpressionBuilder, type Kysely, sql } from 'kysely'
import type { ApplicationTypeId } from '#domain/forms/application-type.ts'
import type { State } from '#domain/lifecycle/states.ts'
import { inScope } from '#server/applications/scope.ts'
import type { Signed } from '#server/platform/who.ts'
import type { Database } from '#server/schema.ts'

type Db = Kysely<Database>

export interface StatisticsFilter {
  readonly batch?: string | undefined
  readonly year?: number | undefined
  readonly type?: ApplicationTypeId | undefined
}

const reached = (db: Db, who: Signed, filter: StatisticsFilter) =>
  db
    .selectFrom('application')
    .where((eb) => inScope(who)(eb))
    .$if(filter.batch !== undefined, (query) => query.where('application.batchId', '=', filter.batch!))
    .$if(filter.type !== undefined, (query) => query.where('application.type', '=', filter.type!))
    .$if(filter.year !== undefined, (query) =>
      query.where((eb) =>
        eb(
          'application.batchId',
          'in',
          (eb as unknown as ExpressionBuilder<Database, 'batch'>)
            .selectFrom('batch')
            .select('batch.id')
            .where('batch.year', '=', filter.year!),
        ),
      ),
    )

/** One count: of the cube of region, specialty, title and state, or of one other side beside the state. */
export interface Counted {
  readonly side: 'cube' | 'employerNature' | 'gender' | 'age' | 'education' | 'exception'
  readonly region: string | null
  readonly specialty: string | null
  readonly targetTitle: string | null
  readonly state: State
  readonly employerNature: string | null
  readonly gender: string | null
  readonly age: string | null
  readonly education: string | null
  readonly exception: string | null
  readonly count: number
}

/**
 * Everything the statistics count, in one pass over the applications. Ages are those in the year of the first submission, as the
 * calendar of Shanghai has it.
 */
export async function countAll(db: Db, who: Signed, filter: StatisticsFilter): Promise<Counted[]> {
  const years = sql`extract(year from application.first_submitted_at at time zone 'Asia/Shanghai')::int - application.birth_year`
  const facts = reached(db, who, filter).select([
    'application.region',
    'application.specialty',
    'application.targetTitle',
    'application.state',
    'application.employerNature',
    'application.gender',
    sql<string>`case when ${years} <= 30 then '-30' when ${years} <= 35 then '31-35' when ${years} <= 40 then '36-40'
        when ${years} <= 45 then '41-45' when ${years} <= 50 then '46-50' else '51-' end`.as('age'),
    'application.educationLevel as education',
    sql<string>`coalesce(application.exception_type, 'NORMAL')`.as('exception'),
  ])
  const { rows } = await sql<Counted>`
    select case grouping(region, employer_nature, gender, age, education, exception)
        when 31 then 'cube' when 47 then 'employerNature' when 55 then 'gender' when 59 then 'age'
        when 61 then 'education' else 'exception' end as side,
      region, specialty, target_title, state, employer_nature, gender, age, education, exception, count(*)::int as count
    from (${facts}) facts
    group by grouping sets ((region, specialty, target_title, state), (employer_nature, state), (gender, state),
      (age, state), (education, state), (exception, state))`.execute(db)
  return rows
}

/** How each 受理点 works: submitted, waiting there, returned at least once, and days until it first decided. */
export const countPoints = (db: Db, who: Signed, filter: StatisticsFilter) =>
  reached(db, who, filter)
    .select([
      'application.acceptancePoint as point',
      sql<number>`count(*)::int`.as('submitted'),
      sql<number>`(count(*) filter (where application.state = 'SUBMITTED'))::int`.as('waiting'),
      sql<number>`(count(*) filter (where application.round > 1 or application.state = 'RETURNED'))::int`.as(
        'returned',
      ),
      sql<
        number | null
      >`(avg(extract(epoch from application.point_decided_at - application.first_submitted_at)) / 86400)::float8`.as(
        'days',
      ),
    ])
    .groupBy('application.acceptancePoint')
    .orderBy('application.acceptancePoint')
    .execute()

/** Names for what the statistics count by: what batches offer, and the 受理点. */
export const listBatchOffers = (db: Db, _who: Signed, filter: StatisticsFilter) =>
  db
    .selectFrom('batch')
    .select(['id', 'name', 'year', 'type', 'specialties'])
    .$if(filter.batch !== undefined, (query) => query.where('id', '=', filter.batch!))
    .execute()

export const listPointNames = (db: Db, _who: Signed) =>
  db.selectFrom('acceptancePoint').select(['id', 'label', 'region']).execute()
