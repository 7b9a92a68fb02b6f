import { assessmentGrade } from './assessment-grade.ts'
import { authorship } from './authorship.ts'
import { certificateWay } from './certificate-way.ts'
import type { CodeItem, CodeList } from './code-list.ts'
import { continuingEducationKind } from './continuing-education-kind.ts'
import { degree } from './degree.ts'
import { educationCompletion } from './education-completion.ts'
import { educationLevel } from './education-level.ts'
import { employerNature } from './employer-nature.ts'
import { ethnicity } from './ethnicity.ts'
import { exceptionType } from './exception-type.ts'
import { gender } from './gender.ts'
import { health } from './health.ts'
import { politicalStatus } from './political-status.ts'
import { publicationKind } from './publication-kind.ts'
import { region } from './region.ts'
import { reissueReason } from './reissue-reason.ts'
import { rewardKind } from './reward-kind.ts'
import { series } from './series.ts'
import { studyMode } from './study-mode.ts'
import { titleLevel } from './title-level.ts'
import { titleWay } from './title-way.ts'
import { title } from './title.ts'

/** Every closed list of choices the forms use, by id. */
export const codeLists = {
  assessmentGrade,
  authorship,
  certificateWay,
  continuingEducationKind,
  degree,
  educationCompletion,
  educationLevel,
  employerNature,
  ethnicity,
  exceptionType,
  gender,
  health,
  politicalStatus,
  publicationKind,
  region,
  reissueReason,
  rewardKind,
  series,
  studyMode,
  title,
  titleLevel,
  titleWay,
} as const satisfies Record<string, CodeList>

export type CodeListId = keyof typeof codeLists

/** Codes of one list as a type: `CodeOf<'gender'>` is '1' | '2' | '0' | '9'. */
export type CodeOf<Id extends CodeListId> = (typeof codeLists)[Id]['items'][number]['code']

const itemsByCode: ReadonlyMap<string, ReadonlyMap<string, CodeItem>> = new Map(
  Object.values<CodeList>(codeLists).map((list) => [list.id, new Map(list.items.map((item) => [item.code, item]))]),
)

const itemOf = (listId: CodeListId, code: string): CodeItem | undefined => itemsByCode.get(listId)?.get(code)

/**
 * What a person reads for a code. A code the list does not know is shown as it is, so that nothing once chosen vanishes.
 * @param own the lists as the office keeps them, where it changed any
 */
export function labelOf(
  listId: CodeListId,
  code: string,
  own: Partial<Record<CodeListId, readonly CodeItem[]>> = {},
): string {
  return (own[listId]?.find((item) => item.code === code) ?? itemOf(listId, code))?.label ?? code
}

/** Whether the list has this code, offered today or not: old data must still read. */
export function isCode(listId: CodeListId, code: unknown): code is string {
  return typeof code === 'string' && itemOf(listId, code) !== undefined
}

/** Whether the code may be chosen now. */
export function isOffered(listId: CodeListId, code: unknown): code is string {
  return isCode(listId, code) && itemOf(listId, code)?.offered !== false
}

/** The choices a picker shows, in order. */
export function offeredItems(listId: CodeListId): readonly CodeItem[] {
  const list: CodeList = codeLists[listId]
  return list.items.filter((item) => item.offered !== false)
}
