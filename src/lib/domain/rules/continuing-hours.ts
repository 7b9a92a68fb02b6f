/** One row of 继续教育, as far as its hours go. */
export interface ContinuingEducationRow {
  /** YYYY-MM-DD */
  readonly from?: string
  readonly to?: string
  /** continuingEducationKind: 1 公需, 2 专业 */
  readonly kind?: string
  readonly hours?: number
}

export interface HoursOfYear {
  readonly year: number
  /** 公需 hours as entered */
  readonly general: number
  /** 专业 hours as entered */
  readonly specialty: number
  /** What counts: 专业, and 公需 up to its share of the year's hours. */
  readonly counted: number
  readonly required: number
  readonly requiredSpecialty: number
  readonly enough: boolean
}

/** Jiangsu: 72 hours (48 专业 + 24 公需) through 2021, 90 (60 + 30) from 2022 on. */
export function requiredHours(year: number): { readonly total: number; readonly specialty: number } {
  return year >= 2022 ? { total: 90, specialty: 60 } : { total: 72, specialty: 48 }
}

/**
 * Hours of continuing education for each year that occurs, earliest first (E8): information beside the rows, never a block.
 * A course counts in the year in which it ended. Rows without a date or without hours are left out.
 */
export function hoursByYear(rows: readonly ContinuingEducationRow[]): HoursOfYear[] {
  const sums = new Map<number, { general: number; specialty: number }>()
  for (const { from, to, kind, hours } of rows) {
    const year = Number((to || from || '').slice(0, 4))
    if (!year || !hours) continue
    const sum = sums.get(year) ?? { general: 0, specialty: 0 }
    if (kind === '1') sum.general += hours
    else sum.specialty += hours
    sums.set(year, sum)
  }
  return [...sums]
    .sort(([a], [b]) => a - b)
    .map(([year, { general, specialty }]) => {
      const { total, specialty: requiredSpecialty } = requiredHours(year)
      const counted = specialty + Math.min(general, total - requiredSpecialty)
      return { year, general, specialty, counted, required: total, requiredSpecialty, enough: counted >= total }
    })
}
