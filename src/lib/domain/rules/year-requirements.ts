import type { TitleLevel } from '../code-lists/title-level.ts'

/** Education as the year requirements tell it apart, lowest first. */
export const educationRanks = ['secondary', 'college', 'bachelor', 'master', 'doctor'] as const
export type EducationRank = (typeof educationRanks)[number]

export const educationRankLabels: Readonly<Record<EducationRank, string>> = {
  secondary: '中专（技校）',
  college: '大专',
  bachelor: '本科',
  master: '硕士',
  doctor: '博士',
}

/** So many full years after graduation, or after obtaining the title of this level. */
export interface YearsAfter {
  readonly years: number
  readonly after: 'graduation' | TitleLevel
}

/**
 * What one education needs for one level: any of these terms is enough; or it is left to the specialty's own conditions,
 * possible only by 破格, or not open on this way at all.
 */
export type Requirement = readonly YearsAfter[] | 'byCondition' | 'byException' | 'notOffered'

/** A cell of the table of §3.6. An education that has no cell at a level is not spoken about. */
export interface YearRequirement {
  readonly way: 'initial' | 'review'
  readonly level: TitleLevel
  readonly education: EducationRank
  readonly requires: Requirement
}

const cells = (
  way: YearRequirement['way'],
  level: TitleLevel,
  row: Partial<Record<EducationRank, Requirement>>,
): YearRequirement[] =>
  educationRanks.flatMap((education) => {
    const requires = row[education]
    return requires ? [{ way, level, education, requires }] : []
  })

const graduated = (years: number): YearsAfter => ({ years, after: 'graduation' })
const held = (level: TitleLevel, years: number): YearsAfter => ({ years, after: level })

/** The defaults of §3.6; a batch may bring its own table. */
export const defaultYearRequirements: readonly YearRequirement[] = [
  ...cells('initial', 'technician', { college: [graduated(1)], secondary: [graduated(1)] }),
  ...cells('initial', 'assistant', {
    master: [graduated(0)],
    bachelor: [graduated(1)],
    college: [graduated(3), held('technician', 2)],
    secondary: [graduated(5), held('technician', 4)],
  }),
  ...cells('initial', 'intermediate', {
    doctor: [graduated(0)],
    master: [graduated(3)],
    bachelor: 'notOffered',
    college: 'notOffered',
    secondary: 'notOffered',
  }),
  ...cells('review', 'intermediate', {
    master: [held('assistant', 2)],
    bachelor: [held('assistant', 4)],
    college: [held('assistant', 4)],
    secondary: 'byCondition',
  }),
  ...cells('review', 'associate-senior', {
    doctor: [held('intermediate', 2)],
    master: [held('intermediate', 5)],
    bachelor: [held('intermediate', 5)],
    college: 'byException',
    secondary: 'byException',
  }),
  ...cells('review', 'senior', {
    doctor: [held('associate-senior', 5)],
    master: [held('associate-senior', 5)],
    bachelor: [held('associate-senior', 5)],
    college: 'byException',
    secondary: 'byException',
  }),
]

/** The rank of an education by its level or by its degree, whichever is higher; undefined below 中专. */
export function educationRankOf(eduLevel: string, degreeCode = '0'): EducationRank | undefined {
  const byLevel: Readonly<Record<string, EducationRank>> = {
    '11': 'doctor',
    '14': 'master',
    '17': 'bachelor', // 研究生班 gives no degree of its own
    '21': 'bachelor',
    '28': 'bachelor',
    '31': 'college',
    '41': 'secondary',
    '44': 'secondary',
    '47': 'secondary',
  }
  const byDegree: Readonly<Record<string, EducationRank>> = { '2': 'doctor', '3': 'master', '4': 'bachelor' }
  const ranks = [byLevel[eduLevel], degreeCode.length === 3 ? byDegree[degreeCode[0]!] : undefined]
  return [...educationRanks].reverse().find((rank) => ranks.includes(rank))
}
