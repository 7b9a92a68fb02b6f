import type { CodeItem, CodeList } from './code-list.ts'
import { formLists } from './form-lists.ts'
import { series } from './series.ts'
import { title } from './title.ts'

/** Every closed list of choices, by id. */
export const codeLists = { ...formLists, series, title } as const satisfies Record<string, CodeList>

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
