import {
  entriesOf,
  type ListEntry,
  officeListIds,
  type OfficeListId,
  officeLists,
  type OfficeLists,
  rewritten,
} from '#domain/code-lists/office-lists.ts'
import type { ApplicationType } from '#domain/forms/application-type.ts'
import { reliedOn, withLists } from '#domain/forms/edition-lists.ts'
import { applicationTypes } from '#domain/forms/index.ts'
import { ok, type Outcome, refuse } from '#domain/problems.ts'
import type { Act } from '#server/platform/environment.ts'
import type { Signed, Who } from '#server/platform/who.ts'
import type { Database } from '#server/schema.ts'
import type { Kysely } from 'kysely'
import { catalogueOf, editionIdOf, storeEdition } from './actions.ts'
import { type Batch, listBatchesStillOpen, listNewestLists, lockBatch } from './queries.ts'

type Db = Kysely<Database>

/** The lists as the office has them now; those that it never wrote are as the product brings them and not in it. */
export const currentLists = async (db: Db, who: Who): Promise<OfficeLists> =>
  Object.fromEntries((await listNewestLists(db, who)).map(({ list, items }) => [list, items]))

/** The form that a new batch of the type gets: the product's, with the office's lists in it. */
export const newestForm = async (db: Db, who: Who, type: ApplicationType['id']): Promise<ApplicationType> =>
  withLists<ApplicationType>(applicationTypes[type], await currentLists(db, who))

/** The form that a batch would have with the lists of today; its own edition in all else. */
async function renewed(db: Db, who: Who, batch: Batch, lists: OfficeLists): Promise<ApplicationType> {
  const edition = await catalogueOf(db, who, batch.editionId)
  if (!edition.ok) throw new Error(`No edition ${batch.editionId}`)
  return withLists(edition.value, lists)
}

/** Batches that take applications now or later and whose forms have older lists. */
async function batchesBehind(db: Db, who: Signed, now: Date, lists: OfficeLists): Promise<Batch[]> {
  const open = await listBatchesStillOpen(db, who, now)
  const behind = await Promise.all(
    open.map(async (batch) => editionIdOf(await renewed(db, who, batch, lists)) !== batch.editionId),
  )
  return open.filter((_, at) => behind[at])
}

/** Every list that the office keeps, with what it must not retire, and the batches that have not got the newest. */
export async function dictionaries(db: Db, who: Signed, now: Date) {
  const rows = await listNewestLists(db, who)
  const lists: OfficeLists = Object.fromEntries(rows.map(({ list, items }) => [list, items]))
  return {
    lists: officeListIds.map((id) => {
      const row = rows.find(({ list }) => list === id)
      return {
        id,
        label: officeLists[id].label,
        source: officeLists[id].source,
        version: row?.version ?? 0,
        changedAt: row?.changedAt ?? null,
        relied: [...reliedOn(id, Object.values(applicationTypes))],
        items: [...entriesOf(id, lists)],
      }
    }),
    behind: (await batchesBehind(db, who, now, lists)).map(({ id, name }) => ({ id, name })),
  }
}

/**
 * Writes a list anew; new batches get it from now on. Refused as `rewritten` says, and where somebody else has written it
 * since the version that was changed.
 */
export async function writeList(
  ctx: Act,
  who: Signed,
  list: OfficeListId,
  { version, items }: { readonly version: number; readonly items: readonly ListEntry[] },
): Promise<Outcome<{ version: number }>> {
  const rows = await listNewestLists(ctx.db, who)
  const standing = rows.find((row) => row.list === list)
  if ((standing?.version ?? 0) !== version) return refuse('code-list.version-changed')
  const before = standing?.items ?? officeLists[list].items
  const relied = reliedOn(list, Object.values(applicationTypes))
  const after = rewritten(list, before, items, relied, () => ctx.newId().slice(-10))
  if (!after.ok) return after
  // Two at once: the second meets the first one's version and is refused.
  const written = await ctx.db
    .insertInto('codeListVersion')
    .values({
      list,
      version: version + 1,
      items: JSON.stringify(after.value),
      changedBy: who.accountId,
      changedAt: ctx.now,
    })
    .onConflict((conflict) => conflict.doNothing())
    .returning('version')
    .executeTakeFirst()
  if (!written) return refuse('code-list.version-changed')
  const known = new Map<string, (typeof before)[number]>(before.map((item) => [item.code, item]))
  const changed = after.value.filter((item) => JSON.stringify(known.get(item.code)) !== JSON.stringify(item))
  ctx.audit({
    action: 'code-list.written',
    subject: `code-list:${list}`,
    details: { version: version + 1, changed: changed.map(({ code }) => code) },
  })
  return ok({ version: version + 1 })
}

/**
 * Gives batches that still take applications the lists of today: whoever begins from now on chooses from them. An
 * application that was begun keeps its edition, and with it the lists it was begun with.
 */
export async function renewBatches(ctx: Act, who: Signed): Promise<Outcome<{ batches: number }>> {
  const lists = await currentLists(ctx.db, who)
  const behind = await batchesBehind(ctx.db, who, ctx.now, lists)
  for (const { id } of behind) {
    const batch = await lockBatch(ctx.db, who, id)
    if (!batch) continue
    const editionId = await storeEdition(ctx.db, await renewed(ctx.db, who, batch, lists))
    await ctx.db.updateTable('batch').set({ editionId }).where('id', '=', id).execute()
    ctx.audit({ action: 'batch.lists-renewed', subject: `batch:${id}`, details: { editionId } })
  }
  return ok({ batches: behind.length })
}
