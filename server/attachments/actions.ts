import { ok, type Outcome, refuse } from '#domain/problems.ts'
import type { Act } from '#server/platform/environment.ts'
import { findUpload } from './queries.ts'

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
