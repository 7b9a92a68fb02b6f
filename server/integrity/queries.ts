import type { Kysely, Selectable } from 'kysely'
import { run } from '#server/platform/statements.ts'
import type { Who } from '#server/platform/who.ts'
import type { Signed } from '#server/platform/who.ts'
import type { Database } from '#server/schema.ts'
import type { IntegrityRecordTable } from './tables.ts'

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

/**
 * The entry of a person that lasts longest and was not ended, by his account's blind index.
 * @param account what stands for the account's id in the statement
 */
export const recordOfText = (account: string) => `
  select integrity_record.until, integrity_record.reason, integrity_record.document_number
  from integrity_record join account on account.id_number_index = integrity_record.id_number_index
  where account.id = ${account} and integrity_record.ended_at is null
  order by integrity_record.until desc limit 1`

export const findRecordOf = async (db: Db, _who: Who, accountId: string): Promise<RecordOfPerson | undefined> =>
  (await run<RecordOfPerson>(db, { text: recordOfText('$1'), values: [accountId] }))[0]

export type RecordOfPerson = Pick<Selectable<IntegrityRecordTable>, 'until' | 'reason' | 'documentNumber'>
