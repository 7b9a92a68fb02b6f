import { type Kysely, type Selectable, sql } from 'kysely'
import type { ApplicationTypeId } from '#domain/forms/application-type.ts'
import { decidedStates } from '#domain/lifecycle/states.ts'
import type { Signed, Who } from '#server/platform/who.ts'
import type { Database } from '#server/schema.ts'
import type { BatchTable } from './tables.ts'

type Db = Kysely<Database>
export type Batch = Selectable<BatchTable>

const DAY = 86_400_000
/** A batch stays on the list of recent ones for so long after its end. */
const RECENT = 180 * DAY

/** Batches that are open, still to come, or closed not long ago: public data, the same for everybody. */
export const listBatches = (db: Db, _who: Who, now: Date): Promise<Batch[]> =>
  db
    .selectFrom('batch')
    .selectAll()
    .where((eb) => eb.or([eb('closesAt', 'is', null), eb('closesAt', '>=', new Date(now.getTime() - RECENT))]))
    .orderBy('opensAt', 'desc')
    .orderBy('id')
    .execute()

export const findBatch = (db: Db, _who: Who, id: string): Promise<Batch | undefined> =>
  db.selectFrom('batch').selectAll().where('id', '=', id).executeTakeFirst()

/** What these batches offer. */
export const listSpecialties = async (db: Db, _who: Who, ids: readonly string[]) =>
  ids.length === 0 ? [] : db.selectFrom('batch').select(['id', 'specialties']).where('id', 'in', ids).execute()

/** 受理点 in the order of the directory. `active` leaves out those that no longer take anything. */
export const listPoints = (db: Db, _who: Who, only: 'active' | 'all') =>
  db
    .selectFrom('acceptancePoint')
    .selectAll()
    .$if(only === 'active', (query) => query.where('active', '=', true))
    .orderBy('position')
    .orderBy('region')
    .orderBy('id')
    .execute()

/** All of them, as {@link listPoints} gives them. */
export const pointsText = 'select * from acceptance_point order by position, region, id'

export const findEdition = (db: Db, _who: Who, id: string) =>
  db.selectFrom('catalogueEdition').select(['id', 'type', 'catalogue']).where('id', '=', id).executeTakeFirst()

export const findReadingText = (db: Db, _who: Who, id: string) =>
  db.selectFrom('readingText').selectAll().where('id', '=', id).executeTakeFirst()

/** Every version of every text that is read first, the newest of each before the others, with who wrote it. */
export const listReadingTexts = (db: Db, _office: Signed) =>
  db
    .selectFrom('readingText')
    .leftJoin('account', 'account.id', 'readingText.changedBy')
    .select(['readingText.id', 'textId', 'kind', 'version', 'title', 'account.fullName as by', 'readingText.createdAt'])
    .orderBy('textId')
    .orderBy('version', 'desc')
    .execute()

/** The versions of one of them with their words, the newest first. */
export const listReadingVersions = (db: Db, _office: Signed, textId: string) =>
  db
    .selectFrom('readingText')
    .leftJoin('account', 'account.id', 'readingText.changedBy')
    .select(['readingText.id', 'kind', 'version', 'title', 'body', 'account.fullName as by', 'readingText.createdAt'])
    .where('textId', '=', textId)
    .orderBy('version', 'desc')
    .execute()

export const newestOfReadingText = (db: Db, textId: string) =>
  db
    .selectFrom('readingText')
    .select('id')
    .where('textId', '=', textId)
    .orderBy('version', 'desc')
    .limit(1)
    .executeTakeFirst()

/** How many have accepted each version of a text. */
export const countAccepted = (db: Db, _office: Signed, textId: string) =>
  db
    .selectFrom('reading')
    .innerJoin('readingText', 'readingText.id', 'reading.readingTextId')
    .select(['readingTextId', sql<number>`count(*)::int`.as('count')])
    .where('textId', '=', textId)
    .where('acceptedAt', 'is not', null)
    .groupBy('readingTextId')
    .execute()

/** Which batches have which version, the newest batch first; of one text or of all. */
export const listBatchesByText = (db: Db, _office: Signed, textId?: string) =>
  db
    .selectFrom('batch')
    .innerJoin('readingText', 'readingText.id', 'batch.readingTextId')
    .select(['batch.id', 'batch.name', 'readingTextId'])
    .$if(textId !== undefined, (query) => query.where('textId', '=', textId!))
    .orderBy('opensAt', 'desc')
    .orderBy('batch.id')
    .execute()

/** Every batch there is, the newest first: the office's calendar. */
export const listAllBatches = (db: Db, _office: Signed): Promise<Batch[]> =>
  db.selectFrom('batch').selectAll().orderBy('opensAt', 'desc').orderBy('id').execute()

/** Applications of each batch by state, and how many of them were submitted at least once. */
export const countStates = (db: Db, _office: Signed) =>
  db
    .selectFrom('application')
    .select(['batchId', 'state'])
    .select([sql<number>`count(*)::int`.as('count'), sql<number>`count(first_submitted_at)::int`.as('submitted')])
    .where('deletedAt', 'is', null)
    .groupBy(['batchId', 'state'])
    .execute()

/** First submissions by day in Shanghai, `YYYY-MM-DD`. */
export const submissionsByDay = (db: Db, _office: Signed, id: string) => {
  const day = sql<string>`to_char(first_submitted_at at time zone 'Asia/Shanghai', 'YYYY-MM-DD')`
  return db
    .selectFrom('application')
    .select([day.as('day'), sql<number>`count(*)::int`.as('count')])
    .where('batchId', '=', id)
    .where('firstSubmittedAt', 'is not', null)
    .where('deletedAt', 'is', null)
    .groupBy(day)
    .orderBy('day')
    .execute()
}

export const lockBatch = (db: Db, _office: Signed, id: string): Promise<Batch | undefined> =>
  db.selectFrom('batch').selectAll().where('id', '=', id).forUpdate().executeTakeFirst()

/** What stands on the settings of a batch: whether anybody has submitted, and whether there are results. */
export async function standingOf(
  db: Db,
  _office: Signed,
  id: string,
): Promise<{ readonly submitted: boolean; readonly decided: boolean }> {
  const own = db.selectFrom('application').select('id').where('batchId', '=', id)
  return db
    .selectNoFrom(({ exists }) => [
      exists(own.where('firstSubmittedAt', 'is not', null))
        .$castTo<boolean>()
        .as('submitted'),
      exists(own.where('state', 'in', decidedStates))
        .$castTo<boolean>()
        .as('decided'),
    ])
    .executeTakeFirstOrThrow()
}

/** The serial a new batch of the year and type gets. Two at once: the second meets the unique constraint and is done again by hand. */
export async function nextBatchSerial(db: Db, _office: Signed, type: ApplicationTypeId, year: number): Promise<number> {
  const { serial } = await db
    .selectFrom('batch')
    .select(sql<number>`coalesce(max(serial), 0)::int + 1`.as('serial'))
    .where('type', '=', type)
    .where('year', '=', year)
    .executeTakeFirstOrThrow()
  return serial
}

/** Batches that take applications now or later. */
export const listBatchesStillOpen = (db: Db, _office: Signed, now: Date): Promise<Batch[]> =>
  db
    .selectFrom('batch')
    .selectAll()
    .where((eb) => eb.or([eb('closesAt', 'is', null), eb('closesAt', '>=', now)]))
    .orderBy('opensAt')
    .orderBy('id')
    .execute()

/** The newest version of each list that the office has written. */
export const listNewestLists = (db: Db, _who: Who) =>
  db
    .selectFrom('codeListVersion')
    .distinctOn('list')
    .select(['list', 'version', 'items', 'changedAt'])
    .orderBy('list')
    .orderBy('version', 'desc')
    .execute()
