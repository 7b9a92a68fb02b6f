import { randomUUID } from 'node:crypto'
import { ok, type Outcome, refuse, type Refused } from '#domain/problems.ts'
import type { Act, Dependencies } from '#server/platform/environment.ts'
import { bytesOf } from '#server/platform/files/file-store.ts'
import { insertion } from '#server/platform/statements.ts'
import { actAs } from '#server/platform/transaction.ts'
import type { Signed } from '#server/platform/who.ts'
import { checkAndKeep, type Kept } from './check-and-keep.ts'
import { findKnown, findUpload, storedNoted, type Upload, uploadNoted, writeVerdict } from './queries.ts'
import { acceptsPhoto, type Allowed, type AnnouncedFile, checkAnnounced } from './slot-check.ts'

/** All bytes of a file, as one request brought them. Its row is written with the verdict. */
export interface Whole {
  readonly bytes: Uint8Array
  /** what the slot takes */
  readonly accept: Allowed['accept']
  /** the database's time, which was asked for when the file was announced */
  readonly clock: () => Date
}

/**
 * Checks an upload whose bytes are all there, once. A node that died between the last byte and the check leaves it to the
 * next question about the upload.
 * @param whole the bytes, where this request brought all of them
 */
export async function settled(
  platform: Dependencies,
  who: Signed,
  upload: Upload,
  whole?: Whole,
): Promise<Outcome<undefined>> {
  if (upload.state === 'refused') return refusalOf(upload)
  if (upload.state === 'verified' || (!whole && upload.received < upload.length)) return ok()
  const bytes = whole?.bytes ?? (await assemble(platform, upload))
  if (bytes === undefined) return settle(platform, who, upload, refuse('attachment.wrong-digest'), whole)
  const photo = whole
    ? whole.accept === 'photo'
    : await acceptsPhoto(platform.database.db, who, upload.applicationId, upload.path)
  const { sha256, id } = upload
  const checked = await checkAndKeep(platform, { what: photo ? 'photo' : 'pdf', bytes, sha256 }, id)
  if (!checked.ok && checked.code === 'request.unavailable') return checked
  return settle(platform, who, upload, checked, whole)
}

async function assemble(platform: Dependencies, upload: Upload): Promise<Uint8Array | undefined> {
  // Shared, so that it is not copied for the thread.
  const bytes = new Uint8Array(new SharedArrayBuffer(upload.length))
  let at = 0
  for (const { key, size } of upload.parts) {
    const part = await platform.files.get(key)
    if (!part || at + size > upload.length) return undefined
    bytes.set(await bytesOf(part), at)
    at += size
  }
  return at === upload.length ? bytes : undefined
}

/**
 * Writes the verdict. Bytes that passed lie in the store under their own digest before the row says so.
 * @param whole where the request brought all of it
 */
async function settle(
  platform: Dependencies,
  who: Signed,
  upload: Upload,
  checked: Outcome<Kept>,
  whole: Whole | undefined,
): Promise<Outcome<undefined>> {
  const stored = checked.ok ? checked.value : undefined
  const verdict = checked.ok ? ok() : checked
  const decide = async (ctx: Act) => {
    if (stored) ctx.write(storedNoted({ ...stored, checkedAt: ctx.now }))
    const written = {
      state: stored ? ('verified' as const) : ('refused' as const),
      refusal: verdict.ok ? null : JSON.stringify({ code: verdict.code, params: verdict.params }),
      contentSha256: stored?.sha256 ?? null,
      received: upload.length,
      updatedAt: ctx.now,
    }
    if (whole) ctx.write(uploadNoted({ ...upload, ...written }))
    else if (!(await writeVerdict(ctx.db, who, upload.id, written))) return ok(false)
    ctx.audit({
      action: stored ? 'attachment.uploaded' : 'attachment.refused',
      applicationId: upload.applicationId,
      subject: `upload:${upload.id}`,
      details: { path: upload.path, size: upload.length, ...(!verdict.ok && { code: verdict.code }) },
    })
    return ok(true)
  }
  const first = await actAs(platform, who, decide, { ...(whole && { clock: whole.clock }) })
  if (!first.value) {
    // Another node was asked about the same upload and was faster: its verdict counts. It may have removed the parts while
    // they were read here, so that ours says nothing.
    const settledBy = await findUpload(platform.database.db, who, upload.id)
    return settledBy?.state === 'refused' ? refusalOf(settledBy) : ok()
  }
  for (const { key } of upload.parts) await platform.files.delete(key)
  return verdict
}

function refusalOf(upload: Upload): Refused {
  const { code, params } = JSON.parse(upload.refusal ?? '{"code":"attachment.damaged"}') as Refused
  return refuse(code, params)
}

/**
 * Whether this person has sent identical bytes before: then a new upload stands finished at once and nothing is sent. null
 * where they are not known, or not of the kind that the slot takes.
 */
export async function reuseKnown(
  platform: Dependencies,
  who: Signed,
  file: AnnouncedFile,
): Promise<Outcome<{ uploadId: string } | null>> {
  const { db } = platform.database
  const allowed = await checkAnnounced(platform, who, file, { counts: false })
  if (!allowed.ok) return allowed
  const stored = await findKnown(db, who, file.sha256, file.size)
  const wanted = allowed.value.accept === 'photo' ? 'image/jpeg' : 'application/pdf'
  if (!stored || stored.mediaType !== wanted) return ok(null)
  return actAs(platform, who, async (ctx) => {
    const id = randomUUID()
    ctx.write(storedNoted({ ...stored, checkedAt: ctx.now }))
    ctx.write(
      insertion('upload', {
        id,
        accountId: who.accountId,
        applicationId: file.applicationId,
        path: file.path,
        name: file.name,
        sha256: file.sha256,
        length: file.size,
        received: file.size,
        state: 'verified',
        refusal: null,
        contentSha256: stored.sha256,
        createdAt: ctx.now,
        updatedAt: ctx.now,
      }),
    )
    ctx.audit({ action: 'attachment.reused', applicationId: file.applicationId, subject: `upload:${id}` })
    return ok({ uploadId: id })
  })
}
