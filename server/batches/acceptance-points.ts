import { region as regions } from '#domain/code-lists/region.ts'
import { ok, type Outcome, refuse } from '#domain/problems.ts'
import type { Act } from '#server/platform/environment.ts'
import type { Signed } from '#server/platform/who.ts'
import type { Database } from '#server/schema.ts'
import { type Kysely, sql } from 'kysely'
import { listPoints } from './queries.ts'

/** What the directory says of a 受理点 (R113). */
export interface PointEntry {
  readonly label: string
  /** whose applications it takes, in words */
  readonly accepts: string
  readonly address: string
  readonly phone: string
  readonly hours: string
}

/** Every 受理点, those that take nothing any more among them. */
export const allPoints = (db: Kysely<Database>, who: Signed) => listPoints(db, who, 'all')

/** A new 受理点, last in the directory. Refused: a region that is not offered, a name that another one of it has. */
export async function openPoint(
  ctx: Act,
  who: Signed,
  { region, ...entry }: PointEntry & { readonly region: string },
): Promise<Outcome<{ id: string }>> {
  if (!regions.items.some((one) => one.code === region && !('offered' in one))) {
    return refuse('answer.not-in-list', { label: '地区' }, { path: 'region' })
  }
  await onlyWriter(ctx)
  const all = await listPoints(ctx.db, who, 'all')
  if (isTaken(entry.label, region, all)) return refuse('answer.duplicate', { label: '名称' }, { path: 'label' })
  const id = `${region}-${ctx.newId().slice(-12)}`
  const position = Math.max(0, ...all.map((one) => one.position)) + 1
  await ctx.db
    .insertInto('acceptancePoint')
    .values({ id, region, ...entry, active: true, position })
    .execute()
  ctx.audit({ action: 'directory.point-opened', subject: `point:${id}` })
  return ok({ id })
}

/**
 * Corrects a 受理点, or closes it: old applications keep it, new ones cannot choose it. Its region stays, and so does what is not
 * named: somebody else may just have changed it. Refused: a name that another one of its region has.
 */
export async function changePoint(
  ctx: Act,
  who: Signed,
  id: string,
  change: Partial<PointEntry & { readonly active: boolean }>,
): Promise<Outcome<undefined>> {
  await onlyWriter(ctx)
  const all = await listPoints(ctx.db, who, 'all')
  const point = all.find((one) => one.id === id)
  if (!point) return refuse('request.not-found')
  const others = all.filter((one) => one !== point)
  if (change.label !== undefined && isTaken(change.label, point.region, others)) {
    return refuse('answer.duplicate', { label: '名称' }, { path: 'label' })
  }
  const changed = Object.keys(change)
  if (changed.length === 0) return ok()
  await ctx.db.updateTable('acceptancePoint').set(change).where('id', '=', id).execute()
  const { active } = change
  ctx.audit({
    action: 'directory.point-changed',
    subject: `point:${id}`,
    details: { changed, ...(active !== undefined && { active }) },
  })
  return ok()
}

/** Two that want one name at once come one after the other. Who reads, or refers to a 受理点, does not wait. */
const onlyWriter = (ctx: Act) => sql`lock table acceptance_point in share row exclusive mode`.execute(ctx.db)

const isTaken = (label: string, region: string, points: Awaited<ReturnType<typeof listPoints>>): boolean =>
  points.some((one) => one.region === region && one.label === label)
