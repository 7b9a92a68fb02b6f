import { ok, type Outcome, refuse } from '#domain/problems.ts'
import { createHash } from 'node:crypto'
import type { Act, Dependencies } from '#server/platform/environment.ts'
import type { Signed } from '#server/platform/who.ts'
import { contentKey } from '#server/platform/files/file-store.ts'
import { checkBytes } from './check-bytes.ts'
import { findUpload, noteStored } from './queries.ts'

export interface VerifiedUpload {
  /** Digest of the bytes that are kept: those sent, or for a photo those made of them. The attachment's row refers to it. */
  readonly sha256: string
  /** bytes */
  readonly size: number
  readonly pages: number
}

/**
 * What an upload brought, once its bytes were checked: for the `attach` mutation, in its transaction. Refused with
 * `attachment.missing` while bytes are missing, with the file's own refusal where it did not pass.
 */
export async function verifiedUpload(
  ctx: Act,
  wish: { readonly uploadId: string; readonly sha256: string; readonly applicationId: string; readonly path: string },
): Promise<Outcome<VerifiedUpload>> {
  const { db, who } = ctx
  if (who.kind !== 'account') return refuse('account.not-signed-in')
  const upload = await findUpload(db, who, wish.uploadId)
  if (!upload || upload.applicationId !== wish.applicationId || upload.path !== wish.path) {
    return refuse('attachment.missing', { count: 1 })
  }
  if (upload.sha256 !== wish.sha256) return refuse('attachment.wrong-digest')
  if (upload.state === 'refused') return refuse('attachment.damaged')
  if (upload.state !== 'verified' || upload.contentSha256 === null) return refuse('attachment.missing', { count: 1 })
  const stored = await db
    .selectFrom('storedFile')
    .select(['sha256', 'size', 'pages'])
    .where('sha256', '=', upload.contentSha256)
    .executeTakeFirst()
  return stored ? ok(stored) : refuse('attachment.missing', { count: 1 })
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
  const sha256 = createHash('sha256').update(bytes).digest('hex')
  const checked = await checkBytes(platform, 'pdf', bytes, sha256)
  if (!checked.ok) return checked
  const { mediaType, pages } = checked.value
  await platform.files.put(contentKey(sha256), bytes)
  const { db } = platform.database
  await noteStored(db, who, { sha256, size: bytes.length, mediaType, pages, checkedAt: await platform.clock.now(db) })
  return ok({ sha256, size: bytes.length, pages })
}
