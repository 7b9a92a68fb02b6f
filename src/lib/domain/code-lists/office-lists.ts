import { ok, type Outcome, refuse } from '../problems.ts'
import { normalizeText } from '../rules/text-length.ts'
import type { CodeItem } from './code-list.ts'
import { codeLists } from './index.ts'
import { series } from './series.ts'
import { specialtyList } from './specialties.ts'
import { titleLevels } from './title-level.ts'

/**
 * The lists that the office keeps from year to year. National standards (ethnicity, political status, education, degree,
 * gender, health, places, series and levels) stay as they are published, and so do lists whose every code a rule reckons
 * with: kinds of continuing education (E8), rewards and penalties.
 */
export const officeLists = {
  specialty: specialtyList,
  title: codeLists.title,
  exceptionType: codeLists.exceptionType,
  employerNature: codeLists.employerNature,
  titleWay: codeLists.titleWay,
  certificateWay: codeLists.certificateWay,
  reissueReason: codeLists.reissueReason,
  studyMode: codeLists.studyMode,
  publicationKind: codeLists.publicationKind,
  authorship: codeLists.authorship,
  assessmentGrade: codeLists.assessmentGrade,
} as const
export type OfficeListId = keyof typeof officeLists
export const officeListIds = Object.keys(officeLists) as OfficeListId[]

/** The lists as the office has them now, where it has changed any; the others are as the product brings them. */
export type OfficeLists = Partial<Record<OfficeListId, readonly CodeItem[]>>

export const entriesOf = (list: OfficeListId, lists: OfficeLists): readonly CodeItem[] =>
  lists[list] ?? officeLists[list].items

/** An entry as it is typed: one that stands is named by its code, a new one has none yet. */
export interface ListEntry {
  readonly code?: string
  readonly label: string
  /** false: kept so that old applications read, and offered to nobody */
  readonly offered: boolean
  /** of a new specialty or title */
  readonly series?: string
  /** of a new title */
  readonly level?: string
}

export const LABEL_AT_MOST = 50
export const ENTRIES_AT_MOST = 600

/**
 * A list written anew, in the order given. Codes keep their meaning for ever and none goes away, because applications hold
 * them: an entry is retired instead, or its words corrected.
 * @param before the list as it is
 * @param relied codes that forms and rules know by themselves: they stay in use
 * @param newCode makes a part of a code that was never used
 */
export function rewritten(
  list: OfficeListId,
  before: readonly CodeItem[],
  entries: readonly ListEntry[],
  relied: ReadonlySet<string>,
  newCode: () => string,
): Outcome<CodeItem[]> {
  const standing = new Map(before.map((item) => [item.code, item]))
  const after: CodeItem[] = []
  const labels = new Set<string>()
  const codes = new Set<string>()
  for (const [at, entry] of entries.entries()) {
    const path = { path: `items.${at}` }
    const label = normalizeText(entry.label)
    if (label === '') return refuse('answer.required', { label: '名称' }, path)
    const over = [...label].length - LABEL_AT_MOST
    if (over > 0) return refuse('answer.too-long', { label: '名称', over, atMost: LABEL_AT_MOST }, path)
    const old = entry.code === undefined ? undefined : standing.get(entry.code)
    if (entry.code !== undefined && !old) return refuse('answer.not-in-list', { label }, path)
    const named = old ? ok({ code: old.code, group: old.group }) : newEntry(list, entry, newCode, path)
    if (!named.ok) return named
    const { code, group } = named.value
    if (codes.has(code)) return refuse('answer.duplicate', { label }, path)
    codes.add(code)
    if (!entry.offered && relied.has(code)) return refuse('code-list.relied-on', { label }, path)
    if (entry.offered) {
      const name = `${group ?? ''}/${label}`
      // professions of one series share a title at the lowest levels, from the beginning
      if (labels.has(name) && old?.label !== label) return refuse('answer.duplicate', { label }, path)
      labels.add(name)
    }
    after.push({
      code,
      label,
      ...(group !== undefined && { group }),
      ...(!entry.offered && { offered: false as const }),
    })
  }
  const gone = before.find(({ code }) => !codes.has(code))
  if (gone) return refuse('code-list.entry-gone', { label: gone.label })
  return labels.size === 0 ? refuse('answer.required', { label: '在用的选项' }) : ok(after)
}

/** Code and heading of a new entry: `series.new` for a specialty, `series.new.level` for a title, so that both say where they belong. */
function newEntry(
  list: OfficeListId,
  { series: seriesId, level }: ListEntry,
  newCode: () => string,
  path: { readonly path: string },
): Outcome<{ code: string; group: string | undefined }> {
  const added = `o${newCode()}`
  if (list !== 'specialty' && list !== 'title') return ok({ code: added, group: undefined })
  const found = series.items.find(({ code }) => code === seriesId)
  if (!found) return refuse('answer.required', { label: '系列' }, path)
  if (list === 'specialty') return ok({ code: `${found.code}.${added}`, group: found.label })
  if (!titleLevels.some((one) => one === level)) return refuse('answer.required', { label: '级别' }, path)
  return ok({ code: `${found.code}.${added}.${level}`, group: found.label })
}
