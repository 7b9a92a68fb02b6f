import { formatLimit, formatSize } from '#domain/attachment.ts'
import { itemAt } from '#domain/forms/answers.ts'
import { isSlot } from '#domain/forms/application-type.ts'
import { educationProof } from '#domain/forms/education-change.ts'
import type { Slot } from '#domain/forms/slot.ts'
import { isEditable } from '#domain/lifecycle/states.ts'
import { ok, type Outcome, refuse } from '#domain/problems.ts'
import { windowState, writingEndsAt } from '#domain/rules/window.ts'
import { timeInWords } from '#domain/working-days.ts'
import { getBatch, typeOf } from '#server/batches/actions.ts'
import type { Limit } from '#server/platform/limits.ts'
import type { Dependencies } from '#server/platform/environment.ts'
import type { Signed } from '#server/platform/who.ts'
import type { Database } from '#server/schema.ts'
import type { Kysely } from 'kysely'
import { findOwnApplication, findSending } from './queries.ts'

/** A file that somebody wants to send, as he announces it. */
export interface AnnouncedFile {
  readonly applicationId: string
  readonly path: string
  readonly name: string
  readonly sha256: string
  /** bytes */
  readonly size: number
}

type Place = Pick<Slot, 'accept' | 'maxBytes' | 'maxFiles'>

/** What one person may keep here: more than the largest application that the catalogue allows in practice. */
export const QUOTA = { files: 600, bytes: 1024 * 1024 * 1024, unfinished: 30 } as const

/** Where the file goes, and the database's time at which that was decided. */
export type Allowed = Place & { readonly now: Date }

/** New uploads of one person: a full application has some hundred files. */
const creating: Limit = { name: 'attachments.create', atMost: 600, seconds: 3600 }

/**
 * Whether the file may be sent at all: asked before a byte moves (R41–R43, R90).
 * @param counts whether this is a new upload, of which there may be so many an hour
 */
export const checkAnnounced = async (
  platform: Dependencies,
  who: Signed,
  file: AnnouncedFile,
  { counts }: { readonly counts: boolean },
): Promise<Outcome<Allowed>> => (await checkTogether(platform, who, file.applicationId, [file], { counts }))[0]!

/** The same of files of one application that come together: each counts for those behind it. In their order. */
export async function checkTogether(
  { database, clock, limiter }: Dependencies,
  who: Signed,
  applicationId: string,
  files: readonly AnnouncedFile[],
  { counts }: { readonly counts: boolean },
): Promise<Outcome<Allowed>[]> {
  const counted = counts ? limiter.taking(creating, who.accountId, files.length) : undefined
  const paths = files.map(({ path }) => path)
  const sending = await findSending(database.db, who, applicationId, paths, counted)
  const { application, taken } = sending
  if (taken?.allowed === false) return files.map(() => refuse('request.too-many', { seconds: taken.retryAfter }))
  const now = clock.before(sending.databaseTime, -clock.offset)
  const inSlot = new Map(Object.entries(sending.inSlot))
  const usage = { ...sending.usage }
  const outcomes: Outcome<Allowed>[] = []
  for (const file of files) {
    const place = await placeOf(database.db, who, now, file, application)
    const outcome = place.ok ? checkFile(file, place.value, inSlot.get(file.path) ?? 0, usage) : place
    outcomes.push(outcome.ok ? ok({ ...outcome.value, now }) : outcome)
    if (!outcome.ok) continue
    inSlot.set(file.path, (inSlot.get(file.path) ?? 0) + 1)
    usage.files += 1
    usage.bytes += file.size
    usage.unfinished += 1
  }
  return outcomes
}

function checkFile(
  file: AnnouncedFile,
  { maxBytes, maxFiles, accept }: Place,
  inSlot: number,
  usage: { readonly files: number; readonly bytes: number; readonly unfinished: number },
): Outcome<Place> {
  if (file.size < 1) return refuse('attachment.empty')
  if (file.size > maxBytes) {
    return refuse('attachment.too-large', { size: formatSize(file.size), limit: formatLimit(maxBytes) })
  }
  // The one photo is replaced by the new one (R62).
  if (accept === 'pdf' && inSlot >= maxFiles) return refuse('attachment.too-many-files', { atMost: maxFiles })
  const full =
    usage.files + 1 > QUOTA.files || usage.bytes + file.size > QUOTA.bytes || usage.unfinished + 1 > QUOTA.unfinished
  return full ? refuse('attachment.quota') : ok({ maxBytes, maxFiles, accept })
}

async function placeOf(
  db: Kysely<Database>,
  who: Signed,
  now: Date,
  file: AnnouncedFile,
  application: Awaited<ReturnType<typeof findSending>>['application'],
): Promise<Outcome<Place>> {
  // The proof of a wish to change an education hangs at the wish, not at an application (R67).
  if (file.path === educationProof.id) return ok(educationProof)
  if (!application) return refuse('request.not-found')
  if (!isEditable(application.state)) return refuse('application.not-editable')
  const { batch } = application
  const { opensAt } = batch
  const closesAt = writingEndsAt(batch, application.resubmitUntil)
  const state = windowState({ opensAt, closesAt, now })
  if (state === 'before') return refuse('batch.not-open', { opensAt: timeInWords(opensAt) })
  if (state === 'closed') return refuse('batch.closed', { closesAt: timeInWords(closesAt!) })
  const item = itemAt(await typeOf(db, who, application.editionId, batch), file.path)?.item
  return item && isSlot(item) ? ok(item) : refuse('answer.unknown-path', undefined, { path: file.path })
}

/** Whether the slot takes photos: known from the catalogue when the last byte is there, whatever changed meanwhile. */
export async function acceptsPhoto(db: Kysely<Database>, who: Signed, applicationId: string, path: string) {
  if (path === educationProof.id) return false
  const application = await findOwnApplication(db, who, applicationId)
  const batch = application && (await getBatch(db, who, application.batchId))
  if (!application || !batch?.ok) return false
  const item = itemAt(await typeOf(db, who, application.editionId, batch.value), path)?.item
  return item !== undefined && isSlot(item) && item.accept === 'photo'
}
