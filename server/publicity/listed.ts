import type { Kysely } from 'kysely'
import type { Who } from '#server/platform/who.ts'
import type { Database } from '#server/schema.ts'

/** Whether an application stands on a list that is being published: only so it enters the publicity (T17). */
export const isListed = async (db: Kysely<Database>, _who: Who, applicationId: string): Promise<boolean> =>
  (await db
    .selectFrom('publicityEntry')
    .innerJoin('publicityList', 'publicityList.id', 'publicityEntry.listId')
    .select('publicityEntry.applicationId')
    .where('publicityEntry.applicationId', '=', applicationId)
    .where('publicityList.publishedAt', 'is not', null)
    .executeTakeFirst()) !== undefined
