import { series } from '#domain/code-lists/series.ts'
import { findSpecialty, specialties, titlesOf } from '#domain/code-lists/specialties.ts'
import type { TitleLevel } from '#domain/code-lists/title-level.ts'
import type { SpecialtyOffer } from '#domain/forms/answers.ts'
import type { ApplicationTypeId } from '#domain/forms/application-type.ts'
import { addDays, dateInShanghai, endOfDayInShanghai, startOfDayInShanghai } from '#domain/working-days.ts'

export interface DemoBatch {
  readonly type: ApplicationTypeId
  readonly name: string
  readonly year: number
  readonly level: string | null
  readonly committeeName: string
  readonly opensAt: Date
  readonly closesAt: Date | null
  readonly hasDepartment: boolean
  readonly hasPublicity: boolean
  readonly specialties: readonly SpecialtyOffer[]
}

const seriesLabel = (id: string) => series.items.find(({ code }) => code === id)?.label ?? id

/** The specialties as a batch offers them, with their titles of these levels; a specialty without such a title is left out. */
export function offers(specialtyIds: readonly string[], levels: readonly TitleLevel[]): SpecialtyOffer[] {
  return specialtyIds
    .map((id) => {
      const { label, seriesId } = findSpecialty(id)!
      return {
        id,
        label,
        series: seriesLabel(seriesId),
        titles: titlesOf(id).filter(({ level }) => levels.includes(level)),
      }
    })
    .filter(({ titles }) => titles.length > 0)
}

const idsOf = (...seriesIds: string[]) =>
  specialties.filter(({ seriesId }) => seriesIds.includes(seriesId)).map(({ id }) => id)

/** Batches around the moment the world is made: open ones of all three types, one to come, one just closed. */
export function demoBatches(now: Date): DemoBatch[] {
  const today = dateInShanghai(now)
  const year = Number(today.slice(0, 4))
  const from = (days: number) => startOfDayInShanghai(addDays(today, days))
  const until = (days: number) => endOfDayInShanghai(addDays(today, days))
  const committee = { hasDepartment: false, hasPublicity: true }
  return [
    {
      type: 'initial',
      name: `${year} 年度专业技术资格初定`,
      year,
      level: '初级、中级',
      committeeName: '',
      opensAt: from(-30),
      closesAt: until(60),
      hasDepartment: false,
      hasPublicity: false,
      specialties: offers(
        specialties.map(({ id }) => id),
        ['technician', 'assistant', 'intermediate'],
      ),
    },
    {
      ...committee,
      type: 'review',
      name: `${year} 年度工程系列中级职称评审`,
      year,
      level: '中级',
      committeeName: '泰州市工程技术系列中级专业技术资格评审委员会',
      opensAt: from(-10),
      closesAt: until(20),
      specialties: offers(idsOf('engineering'), ['intermediate']),
    },
    {
      ...committee,
      type: 'review',
      name: `${year} 年度工程、农业系列高级职称评审`,
      year,
      level: '高级',
      committeeName: '泰州市工程和农业系列高级专业技术资格评审委员会',
      opensAt: from(-10),
      closesAt: until(25),
      hasDepartment: true,
      specialties: offers(idsOf('engineering', 'agriculture'), ['associate-senior', 'senior']),
    },
    {
      ...committee,
      type: 'review',
      name: `${year} 年度中小学教师系列职称评审`,
      year,
      level: '中级、高级',
      committeeName: '泰州市中小学教师专业技术资格评审委员会',
      opensAt: from(15),
      closesAt: until(45),
      specialties: offers(idsOf('school-teaching'), ['intermediate', 'associate-senior']),
    },
    {
      ...committee,
      type: 'review',
      name: `${year} 年度农业系列中级职称评审`,
      year,
      level: '中级',
      committeeName: '泰州市农业系列中级专业技术资格评审委员会',
      opensAt: from(-40),
      closesAt: until(-2),
      specialties: offers(idsOf('agriculture'), ['intermediate']),
    },
    {
      type: 'reissue',
      name: '专业技术资格证书补证（常年办理）',
      year,
      level: null,
      committeeName: '',
      opensAt: from(-60),
      closesAt: null,
      hasDepartment: false,
      hasPublicity: false,
      specialties: [],
    },
  ]
}
