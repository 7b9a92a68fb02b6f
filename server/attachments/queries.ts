import { type Kysely, type Selectable, sql } from 'kysely'
import type { State } from '#domain/lifecycle/states.ts'
import { inScope } from '#server/applications/scope.ts'
import type { Batch } from '#server/batches/actions.ts'
import { type Taking, TAKING } from '#server/platform/limits.ts'
import { behind, insertion, run, type Statement } from '#server/platform/statements.ts'
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

/**
 * What decides whether a person may send files, in one statement: his application with its batch, what hangs in the slots,
 * and what he keeps with us: what hangs somewhere or came lately, whichever is more, since most of it is the same; what was taken out
 * again, whose bytes stay; and what is on its way. `$1` is the application, `$2` the person,
 * `$3` the slots as a JSON array.
 */
const SENDING = `
  select batch.*, own.state as own_state, own.edition_id as own_edition_id, own.resubmit_until as own_resubmit_until,
    (select coalesce(json_object_agg(path, files), '{}'::json) from (
      select path, count(*)::int as files from attachment
      where application_id = $1 and path = any (array(select jsonb_array_elements_text($3::jsonb))) and removed_at is null
      group by path
    ) as held) as in_slot,
    greatest(attached.files, sent.files) + sent.unfinished as files,
    greatest(attached.bytes, sent.bytes) + sent.unfinished_bytes as bytes, sent.unfinished,
    clock_timestamp() as database_time
  from (
    select count(*) filter (where attachment.removed_at is null)::int as files,
      coalesce(sum(attachment.size), 0)::float8 as bytes
    from attachment join application on application.id = attachment.application_id
    where application.account_id = $2
  ) as attached
  cross join (
    select count(*) filter (where state = 'verified')::int as files,
      coalesce(sum(length) filter (where state = 'verified'), 0)::float8 as bytes,
      count(*) filter (where state = 'receiving')::int as unfinished,
      coalesce(sum(length) filter (where state = 'receiving'), 0)::float8 as unfinished_bytes
    from upload where account_id = $2 and state in ('receiving', 'verified')
  ) as sent
  left join application as own on own.id = $1 and own.account_id = $2 and own.deleted_at is null
  left join batch on batch.id = own.batch_id`

/** The same, and tries counted. Its values stand behind those of the question. */
const SENDING_COUNTED = `with taken as (${behind(TAKING, 3)})
  select sending.*, taken.count as tries, taken.seconds as tried_for from (${SENDING}) as sending cross join taken`

/** @param counted tries of a limit, counted in the same statement */
export async function findSending(
  db: Db,
  who: Signed,
  applicationId: string,
  paths: readonly string[],
  counted?: Taking,
) {
  const [row] = await run<
    Batch & {
      ownState: State | null
      ownEditionId: string | null
      ownResubmitUntil: Date | null
      inSlot: Readonly<Record<string, number>>
      files: number
      bytes: number
      unfinished: number
      databaseTime: Date
      tries?: number
      triedFor?: number
    }
  >(db, {
    text: counted ? SENDING_COUNTED : SENDING,
    values: [applicationId, who.accountId, JSON.stringify(paths), ...(counted?.values ?? [])],
  })
  const {
    ownState,
    ownEditionId,
    ownResubmitUntil,
    inSlot,
    files,
    bytes,
    unfinished,
    databaseTime,
    tries,
    triedFor,
    ...batch
  } = row!
  return {
    application:
      ownState === null || ownEditionId === null
        ? undefined
        : { state: ownState, editionId: ownEditionId, resubmitUntil: ownResubmitUntil, batch: batch as Batch },
    inSlot,
    usage: { files, bytes, unfinished },
    databaseTime,
    taken: counted?.read({ count: tries!, seconds: triedFor! }),
  }
}

/** The person's own upload. */
export const findUpload = (db: Db, who: Signed, id: string): Promise<Upload | undefined> =>
  db.selectFrom('upload').selectAll().where('id', '=', id).where('accountId', '=', who.accountId).executeTakeFirst()

/** Some of the person's own uploads, with what is kept of them. */
export const findUploads = (db: Db, who: Signed, ids: readonly string[]) =>
  run<Upload & { keptSha256: string | null; keptSize: number | null; keptPages: number | null }>(db, {
    text: `select upload.*, kept.sha256 as kept_sha256, kept.size as kept_size, kept.pages as kept_pages
      from upload left join stored_file as kept on kept.sha256 = upload.content_sha256
      where upload.id = any (array(select jsonb_array_elements_text($1::jsonb))) and upload.account_id = $2`,
    values: [JSON.stringify(ids), who.accountId],
  })

/** Notes an upload: one that is to come, or one whose bytes came at once, with the verdict on them. */
export const uploadNoted = (upload: Upload): Statement =>
  insertion('upload', { ...upload, parts: JSON.stringify(upload.parts) })

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
export const storedNoted = (file: {
  readonly sha256: string
  readonly size: number
  readonly mediaType: string
  readonly pages: number
  readonly checkedAt: Date
}): Statement => ({
  text: `insert into stored_file (sha256, size, media_type, pages, checked_at) values ($1, $2, $3, $4, $5)
    on conflict (sha256) do update set checked_at = excluded.checked_at`,
  values: [file.sha256, file.size, file.mediaType, file.pages, file.checkedAt],
})

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

/**
 * Takes bytes from the books that nothing refers to, and gives their digests. Papers lie under the same keys: whoever uploads the
 * official PDF that he was given brings bytes that are ours already.
 */
export async function takeUnreferenced(db: Db, _who: Who, checkedBefore: Date): Promise<string[]> {
  const { rows } = await sql<{ sha256: string }>`
    delete from stored_file where sha256 in (
      select sha256 from stored_file as f
      where checked_at < ${checkedBefore}
        and not exists (select 1 from attachment a where a.sha256 = f.sha256)
        and not exists (select 1 from bulletin_file b where b.sha256 = f.sha256)
        and not exists (select 1 from upload u where u.content_sha256 = f.sha256)
        and not exists (select 1 from paper p where p.sha256 = f.sha256)
        and not exists (select 1 from education_record e where e.files @> jsonb_build_array(jsonb_build_object('sha256', f.sha256)))
        and not exists (select 1 from education_change c where c.proof @> jsonb_build_array(jsonb_build_object('sha256', f.sha256)))
      limit 500
    ) and checked_at < ${checkedBefore}
    returning sha256`.execute(db)
  return rows.map(({ sha256 }) => sha256)
}
