import type { Kysely } from 'kysely'
import type { Who } from '#server/platform/who.ts'
import type { Signed } from '#server/platform/who.ts'
import type { Database } from '#server/schema.ts'

type Db = Kysely<Database>
const LISTED_AT_MOST = 500

const like = (text: string) => `%${text.replace(/[\\%_]/g, '\\$&')}%`

/** Entries, the latest first; `index` finds a whole ID number, `words` a name, a document or the last four. */
export function listRecords(
  db: Db,
  _office: Signed,
  { words, index }: { readonly words: string; readonly index: string },
) {
  return db
    .selectFrom('integrityRecord')
    .innerJoin('account as author', 'author.id', 'integrityRecord.createdBy')
    .$if(words !== '', (query) =>
      query.where((eb) =>
        eb.or([
          eb('integrityRecord.idNumberIndex', '=', index),
          eb('integrityRecord.fullName', 'like', like(words)),
          eb('integrityRecord.documentNumber', 'like', like(words)),
          eb('integrityRecord.idNumberMasked', 'like', `%${words.replace(/[\\%_*]/g, '')}`),
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
}

/** The entry of a person that lasts longest and was not ended, by his account's blind index. */
export const findRecordOf = (db: Db, _who: Who, accountId: string) =>
  db
    .selectFrom('integrityRecord')
    .innerJoin('account', 'account.idNumberIndex', 'integrityRecord.idNumberIndex')
    .where('account.id', '=', accountId)
    .where('integrityRecord.endedAt', 'is', null)
    .select(['integrityRecord.until', 'integrityRecord.reason', 'integrityRecord.documentNumber'])
    .orderBy('integrityRecord.until', 'desc')
    .limit(1)
    .executeTakeFirst()
