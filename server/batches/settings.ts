import type { OfficeLists } from '#domain/code-lists/office-lists.ts'
import type { ApplicationType } from '#domain/forms/application-type.ts'
import { soundOverrides } from '#domain/forms/batch-overrides.ts'
import { applicationTypes } from '#domain/forms/index.ts'
import { decidedStates } from '#domain/lifecycle/states.ts'
import { type BatchSettings, changeBatch, checkBatch, offeredSpecialties } from '#domain/rules/batch-settings.ts'
import { ok, type Outcome, refuse } from '#domain/problems.ts'
import type { Act } from '#server/platform/environment.ts'
import type { Signed } from '#server/platform/who.ts'
import type { Database } from '#server/schema.ts'
import type { Kysely } from 'kysely'
import { catalogueOf, storeEdition } from './actions.ts'
import { currentLists, newestForm } from './code-lists.ts'
import {
  type Batch,
  countStates,
  listAllBatches,
  lockBatch,
  nextBatchSerial,
  standingOf,
  submissionsByDay,
} from './queries.ts'
import { readingTextFor } from './reading-texts.ts'

type Db = Kysely<Database>

const settingsOf = (batch: Batch): BatchSettings => ({
  ...batch,
  specialties: batch.specialties.map(({ id, titles }) => ({ id, titles: titles.map((title) => title.id) })),
})

/** All batches with how many applications stand in which state, drafts among them: the calendar of the office. */
export async function batchCalendar(db: Db, who: Signed) {
  const [batches, counts] = await Promise.all([listAllBatches(db, who), countStates(db, who)])
  return batches.map((batch) => {
    const { nextSerial: _, createdAt: __, ...shown } = batch
    const own = counts.filter(({ batchId }) => batchId === batch.id)
    return {
      ...shown,
      typeLabel: applicationTypes[batch.type].label,
      counts: Object.fromEntries(own.map(({ state, count }) => [state, count])),
      submitted: own.some(({ submitted }) => submitted > 0),
      decided: own.some(({ state }) => decidedStates.includes(state)),
    }
  })
}

/** First submissions of a batch, day by day in Shanghai. */
export const batchDays = (db: Db, who: Signed, id: string) => submissionsByDay(db, who, id)

const columnsOf = (settings: BatchSettings, form: ApplicationType, lists: OfficeLists) => ({
  name: settings.name.trim(),
  year: settings.year,
  level: settings.level,
  opensAt: new Date(settings.opensAt),
  closesAt: settings.closesAt === null ? null : new Date(settings.closesAt),
  committeeName: settings.committeeName.trim(),
  hasDepartment: settings.hasDepartment,
  hasPublicity: settings.hasPublicity,
  recognitionByApproval: settings.recognitionByApproval,
  graceMinutes: settings.graceMinutes,
  specialties: JSON.stringify(offeredSpecialties(settings.type, settings.specialties, lists)),
  overrides: JSON.stringify(soundOverrides(form, settings.overrides)),
})

/**
 * A new batch, with the newest catalogue of its type, and its newest reading text where none is chosen. Refused: settings that make
 * no batch.
 */
export async function createBatch(ctx: Act, who: Signed, settings: BatchSettings): Promise<Outcome<{ id: string }>> {
  const lists = await currentLists(ctx.db, who)
  const type = await newestForm(ctx.db, who, settings.type)
  const sound = checkBatch(settings, { form: type, lists })
  if (!sound.ok) return sound
  const reading = await readingTextFor(ctx, who, type.gate, settings.readingTextId)
  if (!reading.ok) return reading
  const id = ctx.newId()
  await ctx.db
    .insertInto('batch')
    .values({
      id,
      type: settings.type,
      serial: await nextBatchSerial(ctx.db, who, settings.type, settings.year),
      editionId: await storeEdition(ctx.db, type),
      readingTextId: reading.value,
      createdAt: ctx.now,
      ...columnsOf(settings, type, lists),
    })
    .execute()
  ctx.audit({ action: 'batch.created', subject: `batch:${id}` })
  return ok({ id })
}

/** Changes a batch, its end most of all. Refused: what submissions already stand on (DOMAIN §3.4). */
export async function updateBatch(
  ctx: Act,
  who: Signed,
  id: string,
  change: Partial<BatchSettings>,
): Promise<Outcome<undefined>> {
  const batch = await lockBatch(ctx.db, who, id)
  if (!batch) return refuse('request.not-found')
  const before = settingsOf(batch)
  const after = { ...before, ...change }
  const { type, year } = after
  const edition = type === batch.type ? await catalogueOf(ctx.db, who, batch.editionId) : undefined
  if (edition && !edition.ok) throw new Error(`No edition ${batch.editionId}`)
  const kind = edition?.value ?? (await newestForm(ctx.db, who, type))
  const lists = await currentLists(ctx.db, who)
  const standing = { ...(await standingOf(ctx.db, who, id)), now: ctx.now }
  const allowed = changeBatch(before, after, standing, { form: kind, lists })
  if (!allowed.ok) return allowed
  // Of another type it asks for another text.
  const chosen = type === batch.type ? after.readingTextId : change.readingTextId
  const reading = await readingTextFor(ctx, who, kind.gate, chosen)
  if (!reading.ok) return reading
  const moved = type !== batch.type || year !== batch.year
  await ctx.db
    .updateTable('batch')
    .set({
      ...columnsOf(after, kind, lists),
      ...(moved && { type, serial: await nextBatchSerial(ctx.db, who, type, year) }),
      readingTextId: reading.value,
      ...(type !== batch.type && { editionId: await storeEdition(ctx.db, kind) }),
    })
    .where('id', '=', id)
    .execute()
  ctx.audit({
    action: 'batch.changed',
    subject: `batch:${id}`,
    details: {
      changed: Object.keys(change),
      closesAt: { before: before.closesAt, after: after.closesAt },
      ...(before.hasPublicity !== after.hasPublicity && { hasPublicity: after.hasPublicity }),
      ...(reading.value !== batch.readingTextId && {
        readingTextId: { before: batch.readingTextId, after: reading.value },
      }),
    },
  })
  return ok()
}
