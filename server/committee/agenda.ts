import type { Kysely } from 'kysely'
import { ballotOf } from '#domain/rules/committee.ts'
import type { Votes } from '#domain/rules/voting.ts'
import type { Who } from '#server/platform/who.ts'
import type { Database } from '#server/schema.ts'

type Db = Kysely<Database>

/** Whether an application stands on the agenda of a session (T13). */
export const isOnAgenda = async (db: Db, _who: Who, applicationId: string): Promise<boolean> =>
  (await db
    .selectFrom('sessionCase')
    .select('applicationId')
    .where('applicationId', '=', applicationId)
    .executeTakeFirst()) !== undefined

/** Whether a ballot on an application is noted, confirmed or not: it stays on its agenda then (T23). */
export const hasBallot = async (db: Db, _who: Who, applicationId: string): Promise<boolean> =>
  (await db
    .selectFrom('sessionCase')
    .select('applicationId')
    .where('applicationId', '=', applicationId)
    .where('yes', 'is not', null)
    .executeTakeFirst()) !== undefined

/** The ballot on an application, once the chair of its session has confirmed it; null before (T15). */
export async function confirmedVotes(db: Db, _who: Who, applicationId: string): Promise<Votes | null> {
  const found = await db
    .selectFrom('sessionCase')
    .innerJoin('committeeSession', 'committeeSession.id', 'sessionCase.sessionId')
    .select(['sessionCase.sessionId', 'sessionCase.yes', 'sessionCase.no', 'sessionCase.abstain'])
    .where('sessionCase.applicationId', '=', applicationId)
    .where('committeeSession.confirmedAt', 'is not', null)
    .executeTakeFirst()
  if (!found || found.yes === null || found.no === null || found.abstain === null) return null
  const { sessionId, yes, no, abstain } = found
  const members = await db.selectFrom('sessionMember').selectAll().where('sessionId', '=', sessionId).execute()
  const recused = await db
    .selectFrom('sessionRecusal')
    .select('memberId')
    .where('applicationId', '=', applicationId)
    .execute()
  return ballotOf(
    members,
    recused.map(({ memberId }) => memberId),
    { yes, no, abstain },
  )
}
