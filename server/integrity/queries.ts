import { type ExpressionBuilder, type Kysely, type Selectable, sql } from 'kysely'
import { barringTransitions } from '#domain/rules/integrity.ts'
import { inScope } from '#server/applications/scope.ts'
import { containing } from '#server/platform/like.ts'
import type { Signed } from '#server/platform/who.ts'
import type { Database } from '#server/schema.ts'
import type { IntegrityReleaseTable } from './tables.ts'

type Db = Kysely<Database>
export const LISTED_AT_MOST = 500

const ending = (words: string) => `%${words.replace(/[\\%_*]/g, '')}`

/** What is looked for: `index` finds a whole ID number, `words` a name, a document, the last four, or a 申报编号. */
interface Sought {
  readonly words: string
  readonly index: string
}

/** Entries of the office, the latest first. */
export const listRecords = (db: Db, _office: Signed, { words, index }: Sought) =>
  db
    .selectFrom('integrityRecord')
    .innerJoin('account as author', 'author.id', 'integrityRecord.createdBy')
    .$if(words !== '', (query) =>
      query.where((eb) =>
        eb.or([
          eb('integrityRecord.idNumberIndex', '=', index),
          eb('integrityRecord.fullName', 'like', containing(words)),
          eb('integrityRecord.documentNumber', 'like', containing(words)),
          eb('integrityRecord.idNumberMasked', 'like', ending(words)),
        ]),
      ),
    )
    .select([
      'integrityRecord.id',
      'integrityRecord.fullName',
      'integrityRecord.idNumberMasked',
      'integrityRecord.reason',
      'integrityRecord.documentNumber',
      'integrityRecord.until',
      'integrityRecord.createdAt',
      'integrityRecord.endedAt',
      'integrityRecord.endedReason',
      'author.fullName as by',
    ])
    .orderBy('integrityRecord.createdAt', 'desc')
    .orderBy('integrityRecord.id')
    .limit(LISTED_AT_MOST)
    .execute()

const documentNumber = sql<string>`coalesce(application_transition.details ->> 'documentNumber', '')`

const isBarring = (eb: ExpressionBuilder<Database, 'applicationTransition'>) =>
  // Said out, not given: only so does the index of these few fit.
  eb(
    'applicationTransition.transition',
    'in',
    barringTransitions.map((id) => sql.lit(id)),
  )

/** Revocations and upheld objections of the applications within the person's scope, the latest first (T19, T22). */
export const listDecisions = (db: Db, who: Signed, { words, index }: Sought) =>
  db
    .selectFrom('applicationTransition')
    .innerJoin('application', 'application.id', 'applicationTransition.applicationId')
    .innerJoin('account', 'account.id', 'application.accountId')
    .leftJoin('account as author', 'author.id', 'applicationTransition.actorId')
    .leftJoin('integrityRelease', 'integrityRelease.transitionId', 'applicationTransition.id')
    .where(isBarring)
    .where((eb) => inScope(who)(eb))
    .$if(words !== '', (query) =>
      query.where((eb) =>
        eb.or([
          eb('account.idNumberIndex', '=', index),
          eb('account.fullName', 'like', containing(words)),
          eb('application.fullName', 'like', containing(words)),
          eb('application.number', 'like', containing(words)),
          eb(documentNumber, 'like', containing(words)),
          eb('account.idNumberMasked', 'like', ending(words)),
        ]),
      ),
    )
    .select([
      'applicationTransition.id',
      'applicationTransition.transition',
      'applicationTransition.reason',
      'applicationTransition.at as createdAt',
      documentNumber.as('documentNumber'),
      'application.id as applicationId',
      'application.number as applicationNumber',
      'account.fullName',
      'account.idNumberMasked',
      'integrityRelease.endedAt',
      'integrityRelease.endedReason',
      'author.fullName as by',
    ])
    .orderBy('applicationTransition.at', 'desc')
    .orderBy('applicationTransition.id')
    .limit(LISTED_AT_MOST)
    .execute()

/** Whom an entry of the office is about, registered or not; undefined where there is none of that id, or it was ended. */
export const findStandingRecord = (db: Db, _office: Signed, id: string) =>
  db
    .selectFrom('integrityRecord')
    .leftJoin('account', 'account.idNumberIndex', 'integrityRecord.idNumberIndex')
    .select('account.id as accountId')
    .where('integrityRecord.id', '=', id)
    .where('integrityRecord.endedAt', 'is', null)
    .executeTakeFirst()

/** Whom a revocation or an upheld objection bars; undefined where there is none of that id, or its bar was lifted. */
export const findStandingDecision = (db: Db, who: Signed, id: string) =>
  db
    .selectFrom('applicationTransition')
    .innerJoin('application', 'application.id', 'applicationTransition.applicationId')
    .select(['application.accountId', 'application.id as applicationId'])
    .where('applicationTransition.id', '=', id)
    .where(isBarring)
    .where((eb) => inScope(who)(eb))
    .where((eb) =>
      eb.not(eb.exists(eb.selectFrom('integrityRelease').select('transitionId').where('transitionId', '=', id))),
    )
    .executeTakeFirst()

type Ended = Omit<Selectable<IntegrityReleaseTable>, 'transitionId'>

/** @returns whether there was such an entry that nobody had ended */
export const endStandingRecord = async (db: Db, _office: Signed, id: string, ended: Ended): Promise<boolean> =>
  (await db
    .updateTable('integrityRecord')
    .set(ended)
    .where('id', '=', id)
    .where('endedAt', 'is', null)
    .returning('id')
    .executeTakeFirst()) !== undefined

/** @returns whether nobody had lifted the bar of that decision before */
export const releaseDecision = async (db: Db, _office: Signed, transitionId: string, ended: Ended): Promise<boolean> =>
  (await db
    .insertInto('integrityRelease')
    .values({ transitionId, ...ended })
    .onConflict((conflict) => conflict.doNothing())
    .returning('transitionId')
    .executeTakeFirst()) !== undefined
