import type { CountedCell, Side, Statistics } from '#domain/statistics/statistics.ts'
import { currentLists } from '#server/batches/code-lists.ts'
import type { Signed } from '#server/platform/who.ts'
import type { Database } from '#server/schema.ts'
import type { Kysely } from 'kysely'
import { countAll, countPoints, listBatchOffers, listPointNames, type StatisticsFilter } from './queries.ts'

export type { StatisticsFilter } from './queries.ts'

/**
 * What the statistics page shows of the applications within the person's scope: the cube of region, specialty, level and
 * state, the other sides beside the state, and the 受理点. Drafts that were never submitted are not counted.
 */
export async function statisticsOf(db: Kysely<Database>, who: Signed, filter: StatisticsFilter): Promise<Statistics> {
  const [counted, points, batches, names, { employerNature, exceptionType }] = await Promise.all([
    countAll(db, who, filter),
    countPoints(db, who, filter),
    listBatchOffers(db, who, filter),
    listPointNames(db, who),
    currentLists(db, who),
  ])
  const specialties = new Map<string, string>()
  const levels = new Map<string, string>()
  for (const offer of batches.flatMap((batch) => batch.specialties)) {
    specialties.set(offer.id, offer.label)
    for (const title of offer.titles) levels.set(title.id, title.level)
  }
  const cells: CountedCell[] = []
  const sides: Record<Side, CountedCell[]> = { employerNature: [], gender: [], age: [], education: [], exception: [] }
  for (const one of counted) {
    const { state, count } = one
    if (one.side === 'cube') {
      cells.push({
        region: one.region ?? '',
        specialty: one.specialty ?? '',
        level: levels.get(one.targetTitle ?? '') ?? '',
        state,
        count,
      })
    } else sides[one.side].push({ [one.side]: one[one.side] ?? '', state, count })
  }
  return {
    total: cells.reduce((sum, { count }) => sum + count, 0),
    cells,
    sides,
    points: points.map((one) => ({
      ...one,
      label: names.find(({ id }) => id === one.point)?.label ?? one.point ?? '',
    })),
    lists: { ...(employerNature && { employerNature }), ...(exceptionType && { exceptionType }) },
    // What was typed by hand, as in 补证, is its own name.
    specialties: Object.fromEntries(
      [...new Set(cells.map((cell) => cell.specialty ?? ''))].map((id) => [id, specialties.get(id) ?? id]),
    ),
  }
}
