import type { CodeItem, CodeList } from './code-list.ts'
import { series, type SeriesId } from './series.ts'
import { findTitle, title as titleList, type Title } from './title.ts'

/** 专业 within a series, as a batch offers it (R51). */
export interface Specialty {
  readonly id: string
  readonly seriesId: SeriesId
  readonly label: string
  /** Which professions' titles belong to it, where the series has several. */
  readonly professions?: readonly string[]
}

const of = (
  seriesId: SeriesId,
  entries: readonly (readonly [id: string, label: string, ...professions: string[]])[],
): Specialty[] =>
  entries.map(([id, label, ...professions]) => ({
    id: `${seriesId}.${id}`,
    seriesId,
    label,
    ...(professions.length > 0 && { professions }),
  }))

/** Specialties a new system starts with for Taizhou. The office keeps the list from then on (`office-lists.ts`). */
export const specialties: readonly Specialty[] = [
  ...of('engineering', [
    ['mechanical', '机械工程'],
    ['electrical', '电气工程'],
    ['electronic', '电子信息工程'],
    ['chemical', '化工工程'],
    ['materials', '冶金与材料工程'],
    ['construction', '建筑工程'],
    ['transport', '交通工程'],
    ['water', '水利工程'],
    ['textile', '轻纺工程'],
    ['pharmaceutical', '医药工程'],
    ['shipbuilding', '船舶制造工程'],
    ['environment', '环境保护工程'],
    ['survey', '测绘与自然资源工程'],
    ['quality', '质量与计量工程'],
    ['industrial', '工业工程'],
  ]),
  ...of('agriculture', [
    ['agronomy', '农艺', 'agronomy'],
    ['horticulture', '园艺', 'agronomy'],
    ['extension', '农业技术推广', 'agronomy', 'extension'],
    ['husbandry', '畜牧', 'husbandry'],
    ['veterinary', '兽医', 'veterinary'],
  ]),
  ...of('school-teaching', [
    ['preschool', '学前教育'],
    ['chinese', '语文'],
    ['mathematics', '数学'],
    ['english', '英语'],
    ['politics', '道德与法治（思想政治）'],
    ['history', '历史'],
    ['geography', '地理'],
    ['physics', '物理'],
    ['chemistry', '化学'],
    ['biology', '生物'],
    ['information', '信息科技'],
    ['physical-education', '体育与健康'],
    ['music', '音乐'],
    ['art', '美术'],
    ['psychology', '心理健康'],
    ['special', '特殊教育'],
  ]),
  ...of('vocational-school-teaching', [
    ['general', '文化课', 'lecturer'],
    ['professional', '专业课', 'lecturer'],
    ['practice', '实习指导', 'instructor'],
  ]),
  ...of('technical-school-teaching', [
    ['theory', '理论教学', 'lecturer'],
    ['practice', '实习指导', 'instructor'],
  ]),
  ...of('university-teaching', [['teaching', '高等学校教学']]),
  ...of('health', [
    ['clinical', '临床医学', 'medicine'],
    ['chinese-medicine', '中医', 'medicine'],
    ['dental', '口腔医学', 'medicine'],
    ['public-health', '公共卫生', 'medicine'],
    ['pharmacy', '药学', 'pharmacy'],
    ['nursing', '护理', 'nursing'],
    ['technology', '医学技术', 'technology'],
  ]),
  ...of('archives', [['archives', '档案']]),
  ...of('library', [['library', '图书资料']]),
  ...of('museum', [
    ['museum', '文物博物'],
    ['mass-culture', '群众文化'],
  ]),
  ...of('natural-science-research', [['research', '自然科学研究']]),
  ...of('social-science-research', [['research', '哲学社会科学研究']]),
  ...of('laboratory', [['laboratory', '实验技术']]),
  ...of('arts-and-crafts', [['arts-and-crafts', '工艺美术']]),
  ...of('journalism', [
    ['reporter', '采访', 'reporter'],
    ['editor', '编辑', 'editor'],
  ]),
  ...of('broadcasting', [
    ['announcer', '播音', 'announcer'],
    ['host', '主持', 'host'],
  ]),
  ...of('publishing', [['publishing', '出版']]),
  ...of('translation', [['translation', '翻译']]),
  ...of('sports-coaching', [['coaching', '体育教练']]),
  ...of('arts', [
    ['performing', '表演', 'performing'],
    ['playwriting', '编剧', 'playwriting'],
    ['fine-art', '美术', 'fine-art'],
  ]),
  ...of('legal-service', [
    ['lawyer', '律师', 'lawyer'],
    ['notary', '公证', 'notary'],
    ['forensic', '司法鉴定', 'forensic'],
  ]),
  ...of('shipping', [
    ['deck', '船舶驾驶', 'deck'],
    ['engine', '船舶轮机', 'engine'],
  ]),
  ...of('accounting', [['accounting', '会计']]),
  ...of('statistics', [['statistics', '统计']]),
  ...of('economics', [['economics', '经济']]),
  ...of('auditing', [['auditing', '审计']]),
]

const labelOfSeries = new Map<string, string>(series.items.map(({ code, label }) => [code, label]))

/** The specialties as a list, each under its series. */
export const specialtyList: CodeList = {
  id: 'specialty',
  label: '申报专业',
  source: '泰州市申报专业；由职称办维护',
  items: specialties.map(({ id, label, seriesId }) => ({ code: id, label, group: labelOfSeries.get(seriesId)! })),
}

/** What of the office's lists decides what can be applied for; left out, the lists are as the product brings them. */
export interface OfferLists {
  readonly specialty?: readonly CodeItem[]
  readonly title?: readonly CodeItem[]
}

const professionsOf = new Map(specialties.map(({ id, professions }) => [id, professions]))

function asSpecialty({ code, label, offered }: CodeItem): Specialty & { readonly offered: boolean } {
  const professions = professionsOf.get(code)
  return {
    id: code,
    // A code begins with its series, in the office's own entries too.
    seriesId: code.split('.')[0] as SeriesId,
    label,
    ...(professions && { professions }),
    offered: offered !== false,
  }
}

/** Every specialty there ever was, with whether it is offered to new batches. */
export const allSpecialties = (lists: OfferLists = {}): readonly (Specialty & { readonly offered: boolean })[] =>
  (lists.specialty ?? specialtyList.items).map(asSpecialty)

/** The specialty with this id, offered or not; undefined where there never was one. */
export const findSpecialty = (id: string, lists: OfferLists = {}) => allSpecialties(lists).find((one) => one.id === id)

type OfferedTitle = Pick<Title, 'id' | 'label' | 'level'> & { readonly offered: boolean }

/**
 * Titles that belong to a specialty, lowest level first; those obtained only by examination are left out (R51, R52). Retired
 * ones are among them, so that the batches that have them go on. Empty for a specialty not known.
 */
export function allTitlesOf(specialtyId: string, lists: OfferLists = {}): readonly OfferedTitle[] {
  const specialty = findSpecialty(specialtyId, lists)
  if (!specialty) return []
  return (lists.title ?? titleList.items).flatMap(({ code, label, offered }) => {
    const one = findTitle(code)
    if (!one || one.seriesId !== specialty.seriesId || one.examOnly) return []
    const belongs = !one.professionId || !specialty.professions || specialty.professions.includes(one.professionId)
    return belongs ? [{ id: code, label, level: one.level, offered: specialty.offered && offered !== false }] : []
  })
}

/** Titles that can be applied for in a specialty now: neither it nor they are retired. */
export function titlesOf(
  specialtyId: string,
  lists: OfferLists = {},
): readonly Pick<Title, 'id' | 'label' | 'level'>[] {
  return allTitlesOf(specialtyId, lists)
    .filter(({ offered }) => offered)
    .map(({ id, label, level }) => ({ id, label, level }))
}
