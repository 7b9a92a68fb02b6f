import { type Kysely, type Selectable, sql } from 'kysely'
import { inScope } from '#server/applications/scope.ts'
import type { Signed, Who } from '#server/platform/who.ts'
import type { Database } from '#server/schema.ts'
import type { UploadTable } from './tables.ts'

type Db = Kysely<Database>
export type Upload = Selectable<UploadTable>

/** The person's own application with the facts that decide whether a file may be added. */
export const findOwnApplication = (db: Db, who: Signed, id: string) =>
  db
    .selectFrom('application')
    .select(['id', 'state', 'batchId', 'editionId', 'resubmitUntil'])
    .where('id', '=', id)
    .where('accountId', '=', who.accountId)
    .where('deletedAt', 'is', null)
    .executeTakeFirst()

/** Files that hang in a slot now. */
export async function countInSlot(db: Db, _who: Who, applicationId: string, path: string): Promise<number> {
  const { count } = await db
    .selectFrom('attachment')
    .select(sql<number>`count(*)::int`.as('count'))
    .where('applicationId', '=', applicationId)
    .where('path', '=', path)
    .where('removedAt', 'is', null)
    .executeTakeFirstOrThrow()
  return count
}

/** What a person keeps with us: files that hang somewhere, and uploads that may yet. */
export async function usageOf(db: Db, who: Signed): Promise<{ files: number; bytes: number; unfinished: number }> {
  const counting = db
    .selectFrom('attachment')
    .innerJoin('application', 'application.id', 'attachment.applicationId')
    .select([
      sql<number>`count(*)::int`.as('files'),
      sql<number>`coalesce(sum(attachment.size), 0)::float8`.as('bytes'),
    ])
    .where('application.accountId', '=', who.accountId)
    .where('attachment.removedAt', 'is', null)
    .executeTakeFirstOrThrow()
  const unfinished = db
    .selectFrom('upload')
    .select([sql<number>`count(*)::int`.as('files'), sql<number>`coalesce(sum(length), 0)::float8`.as('bytes')])
    .where('accountId', '=', who.accountId)
    .where('state', '=', 'receiving')
    .executeTakeFirstOrThrow()
  const [attached, waiting] = await Promise.all([counting, unfinished])
  return {
    files: attached.files + waiting.files,
    bytes: attached.bytes + waiting.bytes,
    unfinished: waiting.files,
  }
}

/** The person's own upload. */
export const findUpload = (db: Db, who: Signed, id: string): Promise<Upload | undefined> =>
  db.selectFrom('upload').selectAll().where('id', '=', id).where('accountId', '=', who.accountId).executeTakeFirst()

/** Notes an upload: one that is to come, or one whose bytes came at once, with the verdict on them. */
export const insertUpload = (db: Db, _who: Signed, upload: Upload) =>
  db
    .insertInto('upload')
    .values({ ...upload, parts: JSON.stringify(upload.parts) })
    .execute()

/**
 * The kept bytes of a file that this person sent before and that passed, by the digest of what was sent: attached in any of
 * his applications, or uploaded and not attached yet.
 */
export const findKnown = (db: Db, who: Signed, sha256: string, size: number) =>
  db
    .selectFrom('storedFile')
    .selectAll('storedFile')
    .where((eb) =>
      eb.or([
        eb.and([
          eb('storedFile.sha256', '=', sha256),
          eb('storedFile.size', '=', size),
          eb.exists(
            eb
              .selectFrom('attachment')
              .innerJoin('application', 'application.id', 'attachment.applicationId')
              .select('attachment.id')
              .where('attachment.sha256', '=', sha256)
              .where('application.accountId', '=', who.accountId),
          ),
        ]),
        eb(
          'storedFile.sha256',
          'in',
          eb
            .selectFrom('upload')
            .select(sql<string>`upload.content_sha256`.as('contentSha256'))
            .where('upload.sha256', '=', sha256)
            .where('upload.length', '=', size)
            .where('upload.state', '=', 'verified')
            .where('upload.accountId', '=', who.accountId)
            .where('upload.contentSha256', 'is not', null),
        ),
      ]),
    )
    .limit(1)
    .executeTakeFirst()

/** A file for whoever may open it: the owner of its application, or a person of the back office within his scope. */
export const findOpenable = (db: Db, who: Who, attachmentId: string) =>
  db
    .selectFrom('attachment')
    .innerJoin('application', 'application.id', 'attachment.applicationId')
    .innerJoin('storedFile', 'storedFile.sha256', 'attachment.sha256')
    .select([
      'attachment.id',
      'attachment.applicationId',
      'attachment.name',
      'attachment.sha256',
      'storedFile.size',
      'storedFile.mediaType',
      'storedFile.pages',
    ])
    .where('attachment.id', '=', attachmentId)
    .where('application.deletedAt', 'is', null)
    .where((eb) => {
      if (who.kind !== 'account') return sql<boolean>`false`
      return eb.or([
        eb('application.accountId', '=', who.accountId),
        inScope(who)(eb as unknown as Parameters<ReturnType<typeof inScope>>[0]),
      ])
    })
    .executeTakeFirst()

/** Adds a chunk if the upload still stands where the sender thinks; the row itself is the lock, whichever node asks. */
export async function appendPart(
  db: Db,
  who: Signed,
  id: string,
  offset: number,
  part: { readonly key: string; readonly size: number },
  now: Date,
): Promise<boolean> {
  const result = await db
    .updateTable('upload')
    .set({
      received: offset + part.size,
      parts: sql`parts || ${JSON.stringify([part])}::jsonb` as never,
      updatedAt: now,
    })
    .where('id', '=', id)
    .where('accountId', '=', who.accountId)
    .where('state', '=', 'receiving')
    .where('received', '=', offset)
    .executeTakeFirst()
  return result.numUpdatedRows === 1n
}

/** Writes the verdict on an upload; false where another was faster. */
export async function writeVerdict(
  db: Db,
  _who: Signed,
  id: string,
  verdict: Pick<Upload, 'state' | 'refusal' | 'contentSha256' | 'received' | 'updatedAt'>,
): Promise<boolean> {
  const { numUpdatedRows } = await db
    .updateTable('upload')
    .set({ ...verdict, parts: '[]' })
    .where('id', '=', id)
    .where('state', '=', 'receiving')
    .executeTakeFirstOrThrow()
  return numUpdatedRows > 0n
}

/** Notes bytes that were checked; noted again, they count as seen now, so that no sweep takes them meanwhile. */
export const noteStored = (
  db: Db,
  _who: Who,
  file: { sha256: string; size: number; mediaType: string; pages: number; checkedAt: Date },
) =>
  db
    .insertInto('storedFile')
    .values(file)
    .onConflict((conflict) => conflict.column('sha256').doUpdateSet({ checkedAt: file.checkedAt }))
    .execute()

/** Uploads that end with their time: unfinished or refused ones after a day, passed ones after a month. */
export const listStale = (db: Db, _who: Who, before: { unfinished: Date; verified: Date }) =>
  db
    .selectFrom('upload')
    .select(['id', 'parts'])
    .where((eb) =>
      eb.or([
        eb.and([eb('state', '!=', 'verified'), eb('createdAt', '<', before.unfinished)]),
        eb.and([eb('state', '=', 'verified'), eb('createdAt', '<', before.verified)]),
      ]),
    )
    .limit(500)
    .execute()

/** Takes bytes from the books that nothing refers to, and gives their digests. */
export async function takeUnreferenced(db: Db, _who: Who, checkedBefore: Date): Promise<string[]> {
  const { rows } = await sql<{ sha256: string }>`
    delete from stored_file where sha256 in (
      select sha256 from stored_file as f
      where checked_at < ${checkedBefore}
        and not exists (select 1 from attachment a where a.sha256 = f.sha256)
        and not exists (select 1 from bulletin_file b where b.sha256 = f.sha256)
        and not exists (select 1 from upload u where u.content_sha256 = f.sha256)
        and not exists (select 1 from education_record e where e.files @> jsonb_build_array(jsonb_build_object('sha256', f.sha256)))
        and not exists (select 1 from education_change c where c.proof @> jsonb_build_array(jsonb_build_object('sha256', f.sha256)))
      limit 500
    ) and checked_at < ${checkedBefore}
    returning sha256`.execute(db)
  return rows.map(({ sha256 }) => sha256)
}
