import { type ExpressionBuilder, type Kysely, type RawBuilder, type Selectable, sql } from 'kysely'
import type { State } from '#domain/lifecycle/states.ts'
import { inScope } from '#server/applications/scope.ts'
import { publishedStates } from '#domain/lifecycle/states.ts'
import { type CertificateStep, certificateSteps } from '#domain/lifecycle/certificate-steps.ts'
import { containing } from '#server/platform/like.ts'
import type { Signed, Who } from '#server/platform/who.ts'
import type { Database } from '#server/schema.ts'
import type { PublicityListTable } from './tables.ts'

type Db = Kysely<Database>
export type PublicityList = Selectable<PublicityListTable>

const reached = (who: Signed) => (eb: unknown) => inScope(who)(eb as ExpressionBuilder<Database, 'application'>)

/** States in which a name stands on the public list: who was cancelled or had his title revoked is taken off it. */
export const shownInPublic: readonly State[] = ['PUBLICITY', 'OBJECTION', 'CONFIRMED', 'CERTIFIED']

/** @param counted the states whose entries are counted; without them all that the office put on the list */
const withBatch = (db: Db, counted?: readonly State[]) =>
  db
    .selectFrom('publicityList')
    .innerJoin('batch', 'batch.id', 'publicityList.batchId')
    .selectAll('publicityList')
    .select(['batch.name as batchName', 'batch.type', 'batch.committeeName'])
    .select((eb) =>
      eb
        .selectFrom('publicityEntry')
        .select(sql<number>`count(*)::int`.as('count'))
        .whereRef('publicityEntry.listId', '=', 'publicityList.id')
        .$if(counted !== undefined, (query) =>
          query
            .innerJoin('application', 'application.id', 'publicityEntry.applicationId')
            .where('application.state', 'in', counted!),
        )
        .as('entries'),
    )

/** Lists as the office keeps them, drafts first. */
export const listLists = (db: Db, _who: Signed) =>
  withBatch(db)
    .orderBy(sql`publicity_list.published_at is null`, 'desc')
    .orderBy('publicityList.publishedAt', 'desc')
    .orderBy('publicityList.id')
    .execute()

export const findList = (db: Db, _who: Signed, id: string) =>
  withBatch(db).where('publicityList.id', '=', id).executeTakeFirst()

export const lockList = (db: Db, _who: Signed, id: string): Promise<PublicityList | undefined> =>
  db.selectFrom('publicityList').selectAll().where('id', '=', id).forUpdate().executeTakeFirst()

/** Published lists, newest first: for everybody. */
export const listPublished = (db: Db, _who: Who, page: { readonly limit: number; readonly offset: number }) =>
  withBatch(db, shownInPublic)
    .where('publicityList.publishedAt', 'is not', null)
    .orderBy('publicityList.publishedAt', 'desc')
    .orderBy('publicityList.id')
    .limit(page.limit)
    .offset(page.offset)
    .execute()

export async function countPublished(db: Db, _who: Who): Promise<number> {
  const { count } = await db
    .selectFrom('publicityList')
    .select(sql<number>`count(*)::int`.as('count'))
    .where('publishedAt', 'is not', null)
    .executeTakeFirstOrThrow()
  return count
}

export const findPublished = (db: Db, _who: Who, id: string) =>
  withBatch(db, shownInPublic)
    .where('publicityList.id', '=', id)
    .where('publicityList.publishedAt', 'is not', null)
    .executeTakeFirst()

/** Those on a list, in its order, with what the public may read of them: no ID number, no phone, no date of birth (E12). */
const namesOn = (db: Db, listId: string) =>
  db
    .selectFrom('publicityEntry')
    .innerJoin('application', 'application.id', 'publicityEntry.applicationId')
    .innerJoin('account', 'account.id', 'application.accountId')
    .innerJoin('batch', 'batch.id', 'application.batchId')
    .select([
      'application.fullName',
      'account.gender',
      'application.employerName',
      'application.specialty',
      'application.targetTitle',
      'application.exceptionType',
      'application.region',
      'batch.specialties',
    ])
    .where('publicityEntry.listId', '=', listId)
    .orderBy('application.region')
    .orderBy('application.employerName')
    .orderBy('application.fullName')

export const listPublicNames = (db: Db, _who: Who, listId: string) =>
  namesOn(db, listId).where('application.state', 'in', shownInPublic).execute()

/** Everything on a list, for the office. */
export const listEntries = (db: Db, who: Signed, listId: string) =>
  namesOn(db, listId)
    .select(['application.id', 'application.number', 'application.state', 'application.version'])
    .select((eb) => eb('application.accountId', '=', who.accountId).as('own'))
    .where(reached(who))
    .execute()

/** The batch of an application that passed and is not published yet. */
export const findPassed = (db: Db, who: Signed, id: string) =>
  db
    .selectFrom('application')
    .select('batchId')
    .where('application.id', '=', id)
    .where('application.state', '=', 'PASSED')
    .where(reached(who))
    .executeTakeFirst()

/** Applications of a batch that passed and stand on no list. */
export const listPassed = (db: Db, who: Signed, batchId: string) =>
  db
    .selectFrom('application')
    .select('application.id')
    .where('application.batchId', '=', batchId)
    .where('application.state', '=', 'PASSED')
    .where(reached(who))
    .where((eb) =>
      eb.not(
        eb.exists(
          eb
            .selectFrom('publicityEntry')
            .select('publicityEntry.applicationId')
            .whereRef('publicityEntry.applicationId', '=', 'application.id'),
        ),
      ),
    )
    .execute()

/**
 * Whoever of a batch failed, was not told yet, and may be now (T15, A30): somebody of his own session has been published, or
 * nobody of it waits to be. His phone hears of it, for which the version rises.
 * @param published those who are published in this very act
 * @param cancelled those who are cancelled in it: nobody waits for them any more
 */
export const releaseFailed = (
  db: Db,
  _who: Signed,
  batchId: string,
  {
    published = [],
    cancelled = [],
  }: { readonly published?: readonly string[]; readonly cancelled?: readonly string[] },
) => {
  const mates = (which: RawBuilder<boolean>) => sql<boolean>`exists (
    select 1 from session_case own
    join session_case other on other.session_id = own.session_id
    join application mate on mate.id = other.application_id
    where own.application_id = application.id and ${which})`
  const now = sql<boolean>`mate.id = any(${[...published]}::uuid[])`
  const settled = sql<boolean>`mate.id = any(${[...published, ...cancelled]}::uuid[])`
  return db
    .updateTable('application')
    .from('batch')
    .whereRef('batch.id', '=', 'application.batchId')
    .set({ version: sql<number>`application.version + 1` })
    .where('application.batchId', '=', batchId)
    .where('application.state', '=', 'FAILED')
    .where((eb) =>
      eb.or([
        mates(sql<boolean>`(mate.state in (${sql.join(publishedStates)}) or ${now})`),
        eb.not(mates(sql<boolean>`(mate.state = 'PASSED' and not ${settled})`)),
      ]),
    )
    .where(
      sql<boolean>`not exists (select 1 from notice where notice.application_id = application.id and notice.kind = 'failed')`,
    )
    .returning(['application.id', 'application.accountId', 'application.type', 'batch.year'])
    .execute()
}

/** What a notice about these applications names. */
export const listToTell = (db: Db, _who: Signed, ids: readonly string[]) =>
  db
    .selectFrom('application')
    .innerJoin('batch', 'batch.id', 'application.batchId')
    .select(['application.id', 'application.accountId', 'application.type', 'batch.year'])
    .where('application.id', 'in', ids)
    .execute()

/** The objections about those on a list, for the office; whom they are about does not read who objected (T18, E11). */
export const listObjections = (db: Db, who: Signed, listId: string) =>
  db
    .selectFrom('objection')
    .innerJoin('publicityEntry', 'publicityEntry.applicationId', 'objection.applicationId')
    .innerJoin('application', 'application.id', 'objection.applicationId')
    .selectAll('objection')
    .select(['application.fullName', 'application.number'])
    .where('publicityEntry.listId', '=', listId)
    .where('application.accountId', '!=', who.accountId)
    .orderBy('objection.receivedAt', 'desc')
    .orderBy('objection.id')
    .execute()

/** An objection and the application that it is about: of two about one application, one is decided after the other. */
export const lockObjection = (db: Db, _who: Signed, id: string) =>
  db
    .selectFrom('objection')
    .innerJoin('application', 'application.id', 'objection.applicationId')
    .selectAll('objection')
    .select(['application.state', 'application.accountId'])
    .where('objection.id', '=', id)
    .forUpdate()
    .executeTakeFirst()

/** Whether another objection about the application is still being looked into. */
export async function hasOtherObjection(
  db: Db,
  _who: Signed,
  { id, applicationId }: { readonly id: string; readonly applicationId: string },
): Promise<boolean> {
  const other = await db
    .selectFrom('objection')
    .select('id')
    .where('applicationId', '=', applicationId)
    .where('id', '!=', id)
    .where('upheld', 'is', null)
    .executeTakeFirst()
  return other !== undefined
}

/** The list an application stands on, published or not. */
export const findListOf = (db: Db, _who: Signed, applicationId: string) =>
  db.selectFrom('publicityEntry').select('listId').where('applicationId', '=', applicationId).executeTakeFirst()

/** What is asked of the certificates. */
export interface CertificateFilter {
  readonly batch?: string | undefined
  readonly step?: CertificateStep | undefined
  /** a part of a name, a unit, an 申报编号, a 文号 or a 证书编号 */
  readonly q?: string | undefined
  readonly page: number
  readonly pageSize: number
}

/** Certificates in the order in which they want something: a number, to be handed out, nothing. */
export const findCertificates = (db: Db, who: Signed, { batch, step, q = '', page, pageSize }: CertificateFilter) => {
  const like = containing(q)
  return db
    .selectFrom('application')
    .innerJoin('batch', 'batch.id', 'application.batchId')
    .leftJoin('certificate', 'certificate.applicationId', 'application.id')
    .select([
      'application.id',
      'application.number',
      'application.state',
      'application.version',
      'application.fullName',
      'application.employerName',
      'application.specialty',
      'application.targetTitle',
      'application.documentNumber',
      'application.certificateNumber',
      'batch.specialties',
      'batch.name as batchName',
      'certificate.issuedOn',
      'certificate.pickedUpOn',
      'certificate.pickedUpBy',
      sql<number>`(count(*) over ())::int`.as('total'),
    ])
    .where('application.state', 'in', step === undefined ? ['CONFIRMED', 'CERTIFIED'] : [certificateSteps[step].state])
    .where(reached(who))
    .$if(step === 'handOut', (query) => query.where('certificate.pickedUpOn', 'is', null))
    .$if(step === 'done', (query) => query.where('certificate.pickedUpOn', 'is not', null))
    .$if(batch !== undefined, (query) => query.where('application.batchId', '=', batch!))
    .$if(q !== '', (query) =>
      query.where((eb) =>
        eb.or(
          (['fullName', 'employerName', 'number', 'documentNumber', 'certificateNumber'] as const).map((column) =>
            eb(`application.${column}`, 'ilike', like),
          ),
        ),
      ),
    )
    .orderBy('application.state', 'desc')
    .orderBy(sql`certificate.picked_up_on is not null`)
    .orderBy('application.number')
    .orderBy('application.id')
    .limit(pageSize)
    .offset((page - 1) * pageSize)
    .execute()
}

export const findCertified = (db: Db, who: Signed, id: string) =>
  db
    .selectFrom('application')
    .select(['application.id', 'application.certificateNumber', 'application.stateSince'])
    .where('application.id', '=', id)
    .where('application.state', '=', 'CERTIFIED')
    .where(reached(who))
    .executeTakeFirst()
