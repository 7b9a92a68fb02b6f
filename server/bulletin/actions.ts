import { createHash } from 'node:crypto'
import type { Kysely } from 'kysely'
import {
  type Audience,
  type BulletinEntry,
  bulletinStateAt,
  bulletinStates,
  checkBulletin,
  checkPublishing,
  FILES_AT_MOST,
  PINNED_AT_MOST,
  tidied,
} from '#domain/bulletin/bulletin.ts'
import { paragraphsOf } from '#domain/bulletin/rich-text.ts'
import { canonicalJson } from '#domain/forms/edition.ts'
import { ok, type Outcome, refuse } from '#domain/problems.ts'
import { keepPdf } from '#server/attachments/actions.ts'
import type { Act, Asked } from '#server/platform/environment.ts'
import { act } from '#server/platform/transaction.ts'
import type { Signed, Who } from '#server/platform/who.ts'
import type { Database } from '#server/schema.ts'
import {
  countPinned,
  countReach,
  findBulletin,
  findForDesk,
  listFiles,
  listVersions,
  noteReader,
  unknownBatches,
} from './queries.ts'

type Row = NonNullable<Awaited<ReturnType<typeof findForDesk>>>

const entryOf = (row: Row): BulletinEntry => ({
  kind: row.kind,
  title: row.title,
  documentNumber: row.documentNumber,
  issuer: row.issuer,
  body: row.body,
  audience: row.audience as Audience[],
  regions: row.regions,
  batches: row.batches.map(({ id }) => id).sort(),
  pinned: row.pinned,
})

/** An entry as columns: the text once with its marks and once without. Its batches are rows of their own. */
export function columnsOf(entry: BulletinEntry) {
  const { audience, regions, batches: _, ...columns } = entry
  return {
    ...columns,
    paragraphs: JSON.stringify(paragraphsOf(entry.body)),
    audience: JSON.stringify(audience),
    regions: JSON.stringify(regions),
  }
}

/** What hangs at a bulletin, as a reader is told of it. */
const shownFiles = async (db: Kysely<Database>, who: Who, id: string) =>
  (await listFiles(db, who, id)).map(({ id: fileId, name, size, pages }) => ({ id: fileId, name, size, pages }))

/** A bulletin for its readers (R109). Refused: what is not there for this person, or not now. */
export async function readBulletin(db: Kysely<Database>, who: Who, now: Date, id: string) {
  const found = await findBulletin(db, who, now, id)
  return found ? ok({ ...found, files: await shownFiles(db, who, id) }) : refuse('request.not-found')
}

/** The person has it open before him. */
export const noteOpened = async (ctx: Act, who: Signed, id: string): Promise<Outcome<undefined>> =>
  (await noteReader(ctx.db, who, ctx.now, id)) ? ok() : refuse('request.not-found')

/** A bulletin for its writers, with the texts that stood there before. */
export async function openForDesk(db: Kysely<Database>, who: Signed, now: Date, id: string) {
  const row = await findForDesk(db, who, id)
  if (!row) return refuse('request.not-found')
  const { paragraphs: _, authorId: __, ...bulletin } = row
  return ok({
    ...bulletin,
    audience: bulletin.audience as Audience[],
    state: bulletinStateAt(row, now),
    files: await shownFiles(db, who, id),
    reach: await countReach(db, who, id),
    versions: (await listVersions(db, who, id)).map(({ content, ...version }) => ({
      ...version,
      content: content as Omit<BulletinEntry, 'batches'> & { readonly files?: readonly { readonly name: string }[] },
    })),
  })
}

/** Beginning a draft; it may still lack everything. Refused: what would be wrong in it. */
export async function startBulletin(ctx: Act, who: Signed, typed: BulletinEntry): Promise<Outcome<{ id: string }>> {
  const entry = tidied(typed)
  const fine = await mayBeKept(ctx, who, entry, null)
  if (!fine.ok) return fine
  const id = ctx.newId()
  await ctx.db
    .insertInto('bulletin')
    .values({
      id,
      ...columnsOf(entry),
      publishedAt: null,
      withdrawnAt: null,
      authorId: who.accountId,
      createdAt: ctx.now,
      changedAt: ctx.now,
    })
    .execute()
  await aimAt(ctx, id, entry.batches)
  ctx.audit({ action: 'bulletin.started', subject: `bulletin:${id}` })
  return ok({ id })
}

/** Keeps what was written. What people could already read stays, as it was, among the earlier versions. */
export async function changeBulletin(
  ctx: Act,
  who: Signed,
  id: string,
  { revision, ...typed }: BulletinEntry & { readonly revision: number },
): Promise<Outcome<{ revision: number }>> {
  const found = await seen(ctx, who, id, revision)
  if (!found.ok) return found
  const entry = tidied(typed)
  const fine = await mayBeKept(ctx, who, entry, id)
  if (!fine.ok) return fine
  const state = bulletinStateAt(found.value, ctx.now)
  // What people read, or will read without anybody looking at it again, must not lose its title or its readers by a slip.
  const isOut = state === 'published' || state === 'scheduled'
  const complete = isOut ? checkPublishing(entry, { at: ctx.now, until: null }, ctx.now) : ok()
  if (!complete.ok) return complete
  const written = await write(ctx, who, found.value, columnsOf(entry), 'bulletin.changed')
  await ctx.db.deleteFrom('bulletinBatch').where('bulletinId', '=', id).execute()
  await aimAt(ctx, id, entry.batches)
  return ok(written)
}

/**
 * Publishes a draft or what was taken down, now or at its time, with an end or without; of what is published it changes the end
 * alone. Refused: what lacks something, times that do not follow each other.
 */
export async function publishBulletin(
  ctx: Act,
  who: Signed,
  id: string,
  { revision, at, until }: { readonly revision: number; readonly at: Date | null; readonly until: Date | null },
): Promise<Outcome<{ revision: number }>> {
  const found = await seen(ctx, who, id, revision)
  if (!found.ok) return found
  const isOut = bulletinStateAt(found.value, ctx.now) === 'published'
  const begins = isOut ? null : at
  const entry = entryOf(found.value)
  const fine = checkPublishing(entry, { at: begins, until }, ctx.now)
  if (!fine.ok) return fine
  const pinned = await mayBePinned(ctx, who, entry, id)
  if (!pinned.ok) return pinned
  const publishedAt = isOut ? found.value.publishedAt : (begins ?? ctx.now)
  return ok(await write(ctx, who, found.value, { publishedAt, withdrawnAt: until }, 'bulletin.published'))
}

/** Takes down what is published, for everybody at once; what waits for its time is a draft again. */
export async function withdrawBulletin(
  ctx: Act,
  who: Signed,
  id: string,
  revision: number,
): Promise<Outcome<{ revision: number }>> {
  const found = await seen(ctx, who, id, revision)
  if (!found.ok) return found
  const state = bulletinStateAt(found.value, ctx.now)
  if (state === 'published') {
    return ok(await write(ctx, who, found.value, { withdrawnAt: ctx.now }, 'bulletin.withdrawn'))
  }
  if (state === 'scheduled') {
    return ok(await write(ctx, who, found.value, { publishedAt: null, withdrawnAt: null }, 'bulletin.withdrawn'))
  }
  return refuse('bulletin.not-now', { state: bulletinStates[state] })
}

/** Removes a draft that nobody could ever read. */
export async function dropBulletin(ctx: Act, who: Signed, id: string): Promise<Outcome<undefined>> {
  const row = await findForDesk(ctx.db, who, id, 'lock')
  if (!row) return refuse('request.not-found')
  const state = bulletinStateAt(row, ctx.now)
  const versions = await listVersions(ctx.db, who, id)
  if (state !== 'draft' || versions.length > 0) return refuse('bulletin.not-now', { state: bulletinStates[state] })
  await ctx.db.deleteFrom('bulletin').where('id', '=', id).execute()
  ctx.audit({ action: 'bulletin.dropped', subject: `bulletin:${id}` })
  return ok()
}

/** Hangs a PDF at a bulletin, checked as every file is. */
export async function attachToBulletin(
  c: Asked,
  who: Signed,
  id: string,
  { name, bytes }: { readonly name: string; readonly bytes: Uint8Array },
): Promise<Outcome<{ id: string; revision: number }>> {
  const { platform } = c.var
  const { db } = platform.database
  if (!(await findForDesk(db, who, id))) return refuse('request.not-found')
  if (bytes.length === 0) return refuse('attachment.empty')
  const stored = await keepPdf(platform, who, bytes)
  if (!stored.ok) return stored
  return act(c, async (ctx) => {
    const row = await findForDesk(ctx.db, who, id, 'lock')
    if (!row) return refuse('request.not-found')
    const files = await listFiles(ctx.db, who, id)
    if (files.length >= FILES_AT_MOST) return refuse('attachment.too-many-files', { atMost: FILES_AT_MOST })
    if (files.some(({ sha256 }) => sha256 === stored.value.sha256)) return refuse('answer.duplicate', { label: '附件' })
    const fileId = ctx.newId()
    const { revision } = await write(ctx, who, row, {}, 'bulletin.file-attached')
    await ctx.db
      .insertInto('bulletinFile')
      .values({ id: fileId, bulletinId: id, name, ...stored.value, createdAt: ctx.now, removedAt: null })
      .execute()
    return ok({ id: fileId, revision })
  })
}

/** Takes a file off a bulletin; what was published with it keeps it among the earlier versions. */
export async function detachFromBulletin(
  ctx: Act,
  who: Signed,
  id: string,
  fileId: string,
): Promise<Outcome<{ revision: number }>> {
  const row = await findForDesk(ctx.db, who, id, 'lock')
  if (!row || !(await listFiles(ctx.db, who, id)).some((file) => file.id === fileId)) return refuse('request.not-found')
  const written = await write(ctx, who, row, {}, 'bulletin.file-removed')
  await ctx.db.updateTable('bulletinFile').set({ removedAt: ctx.now }).where('id', '=', fileId).execute()
  return ok(written)
}

/** The row, held for a change, if it is still the one that the writer has before him. */
async function seen(ctx: Act, who: Signed, id: string, revision: number): Promise<Outcome<Row>> {
  const row = await findForDesk(ctx.db, who, id, 'lock')
  if (!row) return refuse('request.not-found')
  return row.revision === revision ? ok(row) : refuse('bulletin.changed')
}

async function mayBeKept(ctx: Act, who: Signed, entry: BulletinEntry, id: string | null): Promise<Outcome<undefined>> {
  const fine = checkBulletin(entry)
  if (!fine.ok) return fine
  if ((await unknownBatches(ctx.db, who, entry.batches)).length > 0) {
    return refuse('answer.not-in-list', { label: '批次' }, { path: 'batches' })
  }
  return mayBePinned(ctx, who, entry, id)
}

async function mayBePinned(
  ctx: Act,
  who: Signed,
  entry: BulletinEntry,
  id: string | null,
): Promise<Outcome<undefined>> {
  if (!entry.pinned || (await countPinned(ctx.db, who, ctx.now, id)) < PINNED_AT_MOST) return ok()
  return refuse('bulletin.too-many-pinned', { atMost: PINNED_AT_MOST }, { path: 'pinned' })
}

/** Whether people could read this revision: it was out for some of the time for which it stood. */
const wasOut = ({ publishedAt, withdrawnAt, changedAt }: Row, now: Date): boolean =>
  publishedAt !== null && publishedAt <= now && (withdrawnAt === null || changedAt === null || withdrawnAt > changedAt)

/** Says for which batches it is; who is in them is nowhere written, but asked by who reads. */
async function aimAt(ctx: Act, bulletinId: string, batches: readonly string[]): Promise<void> {
  if (batches.length === 0) return
  const rows = batches.map((batchId) => ({ bulletinId, batchId }))
  await ctx.db.insertInto('bulletinBatch').values(rows).execute()
}

/** Writes columns anew, keeps the earlier text of what people can read, and counts on. */
async function write(
  ctx: Act,
  who: Signed,
  row: Row,
  columns: Partial<ReturnType<typeof columnsOf>> & { publishedAt?: Date | null; withdrawnAt?: Date | null },
  action: `bulletin.${string}`,
): Promise<{ revision: number }> {
  const wasRead = wasOut(row, ctx.now)
  const files = (await listFiles(ctx.db, who, row.id)).map(({ name, sha256 }) => ({ name, sha256 }))
  const content = { ...entryOf(row), publishedAt: row.publishedAt, withdrawnAt: row.withdrawnAt, files }
  const text = canonicalJson(JSON.parse(JSON.stringify(content)))
  const sha256 = createHash('sha256').update(text).digest('hex')
  if (wasRead) {
    await ctx.db
      .insertInto('bulletinVersion')
      .values({
        bulletinId: row.id,
        revision: row.revision,
        content: text,
        sha256,
        replacedBy: who.accountId,
        replacedAt: ctx.now,
      })
      .execute()
  }
  const revision = row.revision + 1
  await ctx.db
    .updateTable('bulletin')
    .set({ ...columns, revision, changedAt: ctx.now })
    .where('id', '=', row.id)
    .execute()
  ctx.audit({
    action,
    subject: `bulletin:${row.id}`,
    details: { revision, ...(wasRead && { earlier: row.revision, sha256 }) },
  })
  return { revision }
}
