import { randomUUID } from 'node:crypto'
import { ok, type Outcome, refuse, type Refused } from '#domain/problems.ts'
import type { Act, Dependencies } from '#server/platform/environment.ts'
import { bytesOf } from '#server/platform/files/file-store.ts'
import { insertion } from '#server/platform/statements.ts'
import { actAs } from '#server/platform/transaction.ts'
import type { Signed } from '#server/platform/who.ts'
import { checkAndKeep, checkAndKeepAll, type Kept } from './check-and-keep.ts'
import { findKnown, findUpload, storedNoted, type Upload, uploadNoted, writeVerdict } from './queries.ts'
import { acceptsPhoto, type Allowed, type AnnouncedFile, checkAnnounced } from './slot-check.ts'

/** A file whose bytes one request brought. Its row is written with the verdict. */
export interface Whole {
  readonly upload: Upload
  readonly bytes: Uint8Array
  /** what the slot takes */
  readonly accept: Allowed['accept']
}

/**
 * Checks files that came whole, and writes the verdicts in one transaction. `request.unavailable` of those of which nobody knows
 * yet whether they are clean: of them nothing is written.
 * @param since when the database's time was asked for, at which they were announced, by `performance.now()`
 */
export async function settleWhole(
  platform: Dependencies,
  who: Signed,
  files: readonly Whole[],
  since: number,
): Promise<Outcome<undefined>[]> {
  const checked = await checkAndKeepAll(
    platform,
    files.map(({ upload: { id, sha256 }, bytes, accept }) => ({ what: accept, bytes, sha256, id })),
  )
  const verdicts = files.flatMap(({ upload }, at) => {
    const found = checked[at]!
    return !found.ok && found.code === 'request.unavailable' ? [] : [{ upload, found }]
  })
  if (verdicts.length > 0) {
    const decide = async (ctx: Act) => {
      const kept = new Map(
        verdicts.flatMap(({ found }) => (found.ok ? [[found.value.sha256, found.value] as const] : [])),
      )
      for (const one of kept.values()) ctx.write(storedNoted({ ...one, checkedAt: ctx.now }))
      for (const { upload, found } of verdicts) {
        ctx.write(uploadNoted({ ...upload, ...verdictColumns(ctx, upload, found) }))
        auditVerdict(ctx, upload, found)
      }
      return ok()
    }
    const { createdAt } = verdicts[0]!.upload
    const clock = () => platform.clock.before(createdAt, since - performance.now())
    await actAs(platform, who, decide, { clock })
  }
  return checked.map((found) => (found.ok ? ok() : found))
}

/**
 * Checks an upload whose bytes are all there, once. A node that died between the last byte and the check leaves it to the
 * next question about the upload.
 */
export async function settled(platform: Dependencies, who: Signed, upload: Upload): Promise<Outcome<undefined>> {
  if (upload.state === 'refused') return refusalOf(upload)
  if (upload.state === 'verified' || upload.received < upload.length) return ok()
  const bytes = await assemble(platform, upload)
  if (bytes === undefined) return settle(platform, who, upload, refuse('attachment.wrong-digest'))
  const photo = await acceptsPhoto(platform.database.db, who, upload.applicationId, upload.path)
  const { sha256, id } = upload
  const checked = await checkAndKeep(platform, { what: photo ? 'photo' : 'pdf', bytes, sha256, id })
  if (!checked.ok && checked.code === 'request.unavailable') return checked
  return settle(platform, who, upload, checked)
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

/** Writes the verdict. Bytes that passed lie in the store under their own digest before the row says so. */
async function settle(
  platform: Dependencies,
  who: Signed,
  upload: Upload,
  found: Outcome<Kept>,
): Promise<Outcome<undefined>> {
  const decide = async (ctx: Act) => {
    if (found.ok) ctx.write(storedNoted({ ...found.value, checkedAt: ctx.now }))
    if (!(await writeVerdict(ctx.db, who, upload.id, verdictColumns(ctx, upload, found)))) return ok(false)
    auditVerdict(ctx, upload, found)
    return ok(true)
  }
  const first = await actAs(platform, who, decide)
  if (!first.value) {
    // Another node was asked about the same upload and was faster: its verdict counts. It may have removed the parts while
    // they were read here, so that ours says nothing.
    const settledBy = await findUpload(platform.database.db, who, upload.id)
    return settledBy?.state === 'refused' ? refusalOf(settledBy) : ok()
  }
  for (const { key } of upload.parts) await platform.files.delete(key)
  return found.ok ? ok() : found
}

const verdictColumns = ({ now }: Act, upload: Upload, found: Outcome<Kept>) => ({
  state: found.ok ? ('verified' as const) : ('refused' as const),
  refusal: found.ok ? null : JSON.stringify({ code: found.code, params: found.params }),
  contentSha256: found.ok ? found.value.sha256 : null,
  received: upload.length,
  updatedAt: now,
})

function auditVerdict(ctx: Act, { id, applicationId, path, length }: Upload, found: Outcome<Kept>): void {
  ctx.audit({
    action: found.ok ? 'attachment.uploaded' : 'attachment.refused',
    applicationId,
    subject: `upload:${id}`,
    details: { path, size: length, ...(!found.ok && { code: found.code }) },
  })
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
