import * as v from 'valibot'
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
const announcement = v.object({ applicationId: uuid, path: slotPath, name: fileName, sha256: digest })

/** The body of POST /uploads/known. */
export const knownRequest = v.object({
  ...announcement.entries,
  size: v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(100_000_000)),
})

/** What `Upload-Metadata` says of a file of so many bytes. */
export function readAnnouncement(metadata: unknown, size: number): Outcome<AnnouncedFile> {
  const read = v.safeParse(announcement, metadata)
  return read.success ? ok({ ...read.output, size }) : refuse('request.invalid', undefined, { path: 'Upload-Metadata' })
}
