import type { Kysely } from 'kysely'
import { ok, type Outcome } from '#domain/problems.ts'
import type { HolidayCalendar } from '#domain/working-days.ts'
import type { Act } from '#server/platform/environment.ts'
import type { Signed, Who } from '#server/platform/who.ts'
import type { Database } from '#server/schema.ts'

type Db = Kysely<Database>

/** Days on which the calendar differs from the week, as the office keeps them (A31). */
export const daysOff = (db: Db, _who: Who, year?: number) =>
  db
    .selectFrom('dayOff')
    .selectAll()
    .$if(year !== undefined, (query) => query.where('day', 'like', `${year}-%`))
    .orderBy('day')
    .execute()

/** The calendar by which a publicity is counted. */
export async function holidayCalendar(db: Db, who: Who): Promise<HolidayCalendar> {
  const days = await daysOff(db, who)
  const of = (kind: 'holiday' | 'workday') => days.filter((one) => one.kind === kind).map(({ day }) => day)
  return { holidays: of('holiday'), workdays: of('workday') }
}

export interface DayOff {
  readonly day: string
  readonly kind: 'holiday' | 'workday'
  readonly name: string
}

/** Writes the days of one year anew. Lists already published keep the end they were published with. */
export async function saveDaysOff(
  ctx: Act,
  _who: Signed,
  year: number,
  days: readonly DayOff[],
): Promise<Outcome<undefined>> {
  await ctx.db.deleteFrom('dayOff').where('day', 'like', `${year}-%`).execute()
  const unique = [...new Map(days.map((one) => [one.day, one])).values()]
  if (unique.length > 0) await ctx.db.insertInto('dayOff').values(unique).execute()
  ctx.audit({ action: 'calendar.saved', subject: `calendar:${year}`, details: { days: unique.length } })
  return ok()
}
