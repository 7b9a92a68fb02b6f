import { ok, type Outcome, refuse } from '#domain/problems.ts'
import type { Act, Dependencies } from '#server/platform/environment.ts'
import { run } from '#server/platform/statements.ts'
import type { Signed } from '#server/platform/who.ts'
import { checkAndKeep } from './check-and-keep.ts'
import { findUploads, storedNoted } from './queries.ts'

export interface VerifiedUpload {
  /** Digest of the bytes that are kept: those sent, or for a photo those made of them. The attachment's row refers to it. */
  readonly sha256: string
  /** bytes */
  readonly size: number
  readonly pages: number
}

/** A file that somebody wants to link, by its upload. */
export interface UploadWish {
  readonly uploadId: string
  readonly sha256: string
  readonly applicationId: string
  readonly path: string
}

/**
 * What uploads brought, once their bytes were checked: for `attach` mutations, in their transaction, in the order of the
 * wishes. Refused with `attachment.missing` while bytes are missing, with the file's own refusal where it did not pass.
 */
export async function verifiedUploads(
  { db, who }: Act,
  wishes: readonly UploadWish[],
): Promise<Outcome<VerifiedUpload>[]> {
  if (who.kind !== 'account') return wishes.map(() => refuse('account.not-signed-in'))
  if (wishes.length === 0) return []
  const found = await findUploads(
    db,
    who,
    wishes.map(({ uploadId }) => uploadId),
  )
  const uploads = new Map(found.map((upload) => [upload.id, upload]))
  return wishes.map((wish) => verdictOn(uploads.get(wish.uploadId), wish))
}

/** The same of one. */
export const verifiedUpload = async (ctx: Act, wish: UploadWish): Promise<Outcome<VerifiedUpload>> =>
  (await verifiedUploads(ctx, [wish]))[0]!

function verdictOn(
  upload: Awaited<ReturnType<typeof findUploads>>[number] | undefined,
  wish: UploadWish,
): Outcome<VerifiedUpload> {
  const missing = refuse('attachment.missing', { count: 1 })
  if (!upload || upload.applicationId !== wish.applicationId || upload.path !== wish.path) return missing
  if (upload.sha256 !== wish.sha256) return refuse('attachment.wrong-digest')
  if (upload.state === 'refused') return refuse('attachment.damaged')
  const { keptSha256, keptSize, keptPages } = upload
  if (upload.state !== 'verified' || keptSha256 === null || keptSize === null || keptPages === null) return missing
  return ok({ sha256: keptSha256, size: keptSize, pages: keptPages })
}

/**
 * Checks a PDF that came in one piece and keeps it under its digest. Whoever refers to it does so within a day, else the bytes
 * are swept away again.
 */
export async function keepPdf(
  platform: Dependencies,
  who: Signed,
  bytes: Uint8Array,
): Promise<Outcome<VerifiedUpload>> {
  const kept = await checkAndKeep(platform, { what: 'pdf', bytes, id: 'a PDF in one piece' })
  if (!kept.ok) return kept
  const { db } = platform.database
  const checkedAt = await platform.clock.now(db)
  await run(db, storedNoted({ ...kept.value, checkedAt }))
  const { sha256, size, pages } = kept.value
  return ok({ sha256, size, pages })
}
