import type { ExpressionBuilder, Kysely, Selectable } from 'kysely'
import { inScope } from '#server/applications/scope.ts'
import type { Signed } from '#server/platform/who.ts'
import type { Database } from '#server/schema.ts'
import type { CommitteeSessionTable } from './tables.ts'

type Db = Kysely<Database>
export type Session = Selectable<CommitteeSessionTable>

const reached = (who: Signed) => (eb: unknown) => inScope(who)(eb as ExpressionBuilder<Database, 'application'>)

export const listCommittees = (db: Db, _who: Signed) =>
  db.selectFrom('committee').selectAll().orderBy('active', 'desc').orderBy('name').execute()

export const listMembers = (db: Db, _who: Signed, committeeId?: string) =>
  db
    .selectFrom('committeeMember')
    .selectAll()
    .where('active', '=', true)
    .$if(committeeId !== undefined, (query) => query.where('committeeId', '=', committeeId!))
    .orderBy('place')
    .execute()

export const lockCommittee = (db: Db, _who: Signed, id: string) =>
  db.selectFrom('committee').selectAll().where('id', '=', id).forUpdate().executeTakeFirst()

export const isNameTaken = async (db: Db, _who: Signed, name: string, except: string): Promise<boolean> =>
  (await db
    .selectFrom('committee')
    .select('id')
    .where('name', '=', name)
    .where('id', '!=', except)
    .executeTakeFirst()) !== undefined

/** Sessions with how many applications stand on their agenda, the latest first. */
export const listSessions = (db: Db, _who: Signed) =>
  db
    .selectFrom('committeeSession')
    .innerJoin('committee', 'committee.id', 'committeeSession.committeeId')
    .innerJoin('batch', 'batch.id', 'committeeSession.batchId')
    .select([
      'committeeSession.id',
      'committeeSession.name',
      'committeeSession.heldOn',
      'committeeSession.confirmedAt',
      'committeeSession.batchId',
      'committee.name as committeeName',
      'batch.name as batchName',
    ])
    .select((eb) =>
      eb
        .selectFrom('sessionCase')
        .select((inner) => inner.fn.countAll<string>().as('count'))
        .whereRef('sessionCase.sessionId', '=', 'committeeSession.id')
        .as('cases'),
    )
    .orderBy('committeeSession.heldOn', 'desc')
    .orderBy('committeeSession.id', 'desc')
    .execute()

export const findSession = (db: Db, _who: Signed, id: string): Promise<Session | undefined> =>
  db.selectFrom('committeeSession').selectAll().where('id', '=', id).executeTakeFirst()

export const lockSession = (db: Db, _who: Signed, id: string): Promise<Session | undefined> =>
  db.selectFrom('committeeSession').selectAll().where('id', '=', id).forUpdate().executeTakeFirst()

export const listSessionMembers = (db: Db, _who: Signed, sessionId: string) =>
  db.selectFrom('sessionMember').selectAll().where('sessionId', '=', sessionId).orderBy('place').execute()

/** The agenda in its order; an application outside the person's scope is not on it for him. */
export const listCases = (db: Db, who: Signed, sessionId: string) =>
  db
    .selectFrom('sessionCase')
    .innerJoin('application', 'application.id', 'sessionCase.applicationId')
    .select([
      'sessionCase.applicationId',
      'sessionCase.place',
      'sessionCase.yes',
      'sessionCase.no',
      'sessionCase.abstain',
      'sessionCase.opinion',
      'application.number',
      'application.fullName',
      'application.employerName',
      'application.specialty',
      'application.targetTitle',
      'application.exceptionType',
      'application.state',
      'application.version',
      'application.accountId',
    ])
    .where('sessionCase.sessionId', '=', sessionId)
    .where(reached(who))
    .orderBy('sessionCase.place')
    .execute()

/** How many applications stand on an agenda, whoever asks. */
export const countCases = async (db: Db, _who: Signed, sessionId: string): Promise<number> =>
  Number(
    (
      await db
        .selectFrom('sessionCase')
        .select((eb) => eb.fn.countAll<string>().as('count'))
        .where('sessionId', '=', sessionId)
        .executeTakeFirstOrThrow()
    ).count,
  )

export const listRecusals = (db: Db, _who: Signed, sessionId: string) =>
  db
    .selectFrom('sessionRecusal')
    .innerJoin('sessionCase', 'sessionCase.applicationId', 'sessionRecusal.applicationId')
    .select(['sessionRecusal.applicationId', 'sessionRecusal.memberId'])
    .where('sessionCase.sessionId', '=', sessionId)
    .execute()

/** Applications of a batch whose papers are in and that no session has on its agenda. */
export const listCandidates = (db: Db, who: Signed, batchId: string) =>
  db
    .selectFrom('application')
    .innerJoin('batch', 'batch.id', 'application.batchId')
    .select([
      'application.id',
      'application.number',
      'application.fullName',
      'application.employerName',
      'application.specialty',
      'application.targetTitle',
      'application.isRecognition',
    ])
    .where('application.batchId', '=', batchId)
    .where('application.state', '=', 'PAPER_RECEIVED')
    .where('application.type', '=', 'review')
    .where((eb) => eb.or([eb('application.isRecognition', '=', false), eb('batch.recognitionByApproval', '=', false)]))
    .where(reached(who))
    .where((eb) =>
      eb.not(
        eb.exists(
          eb
            .selectFrom('sessionCase')
            .select('sessionCase.applicationId')
            .whereRef('sessionCase.applicationId', '=', 'application.id'),
        ),
      ),
    )
    .orderBy('application.specialty')
    .orderBy('application.number')
    .execute()
