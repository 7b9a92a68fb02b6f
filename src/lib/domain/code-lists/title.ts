import type { CodeItem, CodeList } from './code-list.ts'
import { series, type SeriesId, type SeriesItem } from './series.ts'
import { titleLevels, type TitleLevel } from './title-level.ts'

/** One title a person can hold or apply for, e.g. `engineering.intermediate` 工程师. */
export interface Title {
  /** `series.level`, or `series.profession.level` where the series has several professions. Stored; never changes. */
  readonly id: string
  readonly label: string
  readonly level: TitleLevel
  readonly seriesId: SeriesId
  readonly professionId?: string
  /** By examination only: may be held, cannot be applied for. */
  readonly examOnly?: true
}

interface Profession {
  readonly id: string
  readonly titles: Partial<Record<TitleLevel, string>>
}

const profession = (
  id: string,
  senior: string,
  associateSenior?: string,
  intermediate?: string,
  assistant?: string,
  technician?: string,
): Profession => ({
  id,
  titles: {
    senior,
    ...(associateSenior && { 'associate-senior': associateSenior }),
    ...(intermediate && { intermediate }),
    ...(assistant && { assistant }),
    ...(technician && { technician }),
  },
})

/** Series whose cell in the national table names several professions at once, taken apart: highest title first. */
const professions: Partial<Record<SeriesId, readonly Profession[]>> = {
  health: [
    profession('medicine', '主任医师', '副主任医师', '主治医师', '医师', '医士'),
    profession('pharmacy', '主任药师', '副主任药师', '主管药师', '药师', '药士'),
    profession('nursing', '主任护师', '副主任护师', '主管护师', '护师', '护士'),
    profession('technology', '主任技师', '副主任技师', '主管技师', '技师', '技士'),
  ],
  agriculture: [
    profession('agronomy', '正高级农艺师', '高级农艺师', '农艺师', '助理农艺师', '农业技术员'),
    profession('husbandry', '正高级畜牧师', '高级畜牧师', '畜牧师', '助理畜牧师', '农业技术员'),
    profession('veterinary', '正高级兽医师', '高级兽医师', '兽医师', '助理兽医师', '农业技术员'),
    profession('extension', '农业技术推广研究员'),
  ],
  journalism: [
    profession('reporter', '高级记者', '主任记者', '记者', '助理记者'),
    profession('editor', '高级编辑', '主任编辑', '编辑', '助理编辑'),
  ],
  'technical-school-teaching': [
    profession('lecturer', '正高级讲师', '高级讲师', '讲师', '助理讲师'),
    profession(
      'instructor',
      '正高级实习指导教师',
      '高级实习指导教师',
      '一级实习指导教师',
      '二级实习指导教师',
      '三级实习指导教师',
    ),
  ],
  broadcasting: [
    profession('announcer', '播音指导', '主任播音员', '一级播音员', '二级播音员'),
    profession('host', '主持指导', '主任主持人', '一级主持人', '二级主持人'),
  ],
  'vocational-school-teaching': [
    profession('lecturer', '正高级讲师', '高级讲师', '讲师', '助理讲师'),
    profession(
      'instructor',
      '正高级实习指导教师',
      '高级实习指导教师',
      '一级实习指导教师',
      '二级实习指导教师',
      '三级实习指导教师',
    ),
  ],
  arts: [
    profession('performing', '一级演员', '二级演员', '三级演员', '四级演员'),
    profession('playwriting', '一级编剧', '二级编剧', '三级编剧', '四级编剧'),
    profession('fine-art', '一级美术师', '二级美术师', '三级美术师', '四级美术师'),
  ],
  'legal-service': [
    profession('lawyer', '一级律师', '二级律师', '三级律师', '四级律师'),
    profession('notary', '一级公证员', '二级公证员', '三级公证员', '四级公证员'),
    profession('forensic', '正高级司法鉴定人', '副高级司法鉴定人', '中级司法鉴定人', '初级司法鉴定人'),
  ],
  shipping: [
    profession('deck', '正高级船长', '高级船长', '中级驾驶员', '助理驾驶员', '驾驶员'),
    profession('engine', '正高级轮机长', '高级轮机长', '中级轮机员', '助理轮机员', '轮机员'),
  ],
}

function titlesOfSeries(one: SeriesItem & { code: SeriesId }): Title[] {
  const several = professions[one.code]
  if (several)
    return several.flatMap(({ id, titles }) =>
      titleLevels.flatMap((level) => {
        const label = titles[level]
        return label ? [{ id: `${one.code}.${id}.${level}`, label, level, seriesId: one.code, professionId: id }] : []
      }),
    )
  return titleLevels.flatMap((level) => {
    const title = one.titles[level]
    if (!title) return []
    // the former name stands in brackets in the national table and is no name to choose
    const label = title.names.replace(/\(旧:.*\)$/, '')
    return [
      {
        id: `${one.code}.${level}`,
        label,
        level,
        seriesId: one.code,
        ...(title.examOnly && { examOnly: true as const }),
      },
    ]
  })
}

/** Every title of the 27 series, in the order of the series, lowest level first. */
export const titles: readonly Title[] = series.items.flatMap(titlesOfSeries)

const titleById: ReadonlyMap<string, Title> = new Map(titles.map((one) => [one.id, one]))

/**
 * The title with this id; undefined for 无. One that the office added says in its code where it belongs
 * (`engineering.o3f2a.intermediate`); its words stand in the office's list.
 */
export function findTitle(id: string): Title | undefined {
  const known = titleById.get(id)
  if (known) return known
  const [seriesId, added, last, ...rest] = id.split('.')
  const level = titleLevels.find((one) => one === last)
  const ofSeries = series.items.find(({ code }) => code === seriesId)
  if (!level || !ofSeries || !added?.startsWith('o') || rest.length > 0) return undefined
  return { id, label: id, level, seriesId: ofSeries.code }
}

const labelOfSeries = new Map<string, string>(series.items.map((one) => [one.code, one.label]))
const titleItem = (one: Title): CodeItem => ({
  code: one.id,
  label: one.label,
  group: labelOfSeries.get(one.seriesId)!,
})

/** What a person may already hold: 无 first, then every title under its series. */
export const title: CodeList = {
  id: 'title',
  label: '专业技术资格',
  source: series.source,
  items: [{ code: 'none', label: '无' }, ...titles.map(titleItem)],
}
