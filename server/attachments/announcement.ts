import * as v from 'valibot'
import { TOGETHER_AT_MOST } from '#domain/files-together.ts'
import { ok, type Outcome, refuse } from '#domain/problems.ts'
import { fileName } from './file-name.ts'
import type { AnnouncedFile } from './slot-check.ts'

const uuid = v.pipe(v.string(), v.uuid())
const slotPath = v.pipe(
  v.string(),
  v.maxLength(200),
  v.regex(/^[A-Za-z][A-Za-z0-9]*(\/[0-9a-f-]{36}\/[A-Za-z][A-Za-z0-9]*)?$/),
)
const digest = v.pipe(v.string(), v.regex(/^[0-9a-f]{64}$/))
const fileEntries = { path: slotPath, name: fileName, sha256: digest }
const announcement = v.object({ applicationId: uuid, ...fileEntries })
const size = v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(100_000_000))

/** The body of POST /uploads/known. */
export const knownRequest = v.object({ ...announcement.entries, size })

/** What stands before the bytes of files that come together. */
export const manifest = v.object({
  applicationId: uuid,
  files: v.pipe(v.array(v.object({ ...fileEntries, size })), v.minLength(1), v.maxLength(TOGETHER_AT_MOST)),
})

/** What `Upload-Metadata` says of a file of so many bytes. */
export function readAnnouncement(metadata: unknown, size: number): Outcome<AnnouncedFile> {
  const read = v.safeParse(announcement, metadata)
  return read.success ? ok({ ...read.output, size }) : refuse('request.invalid', undefined, { path: 'Upload-Metadata' })
}
