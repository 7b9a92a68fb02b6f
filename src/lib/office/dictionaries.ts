import type { InferResponseType } from 'hono/client'
import type { OfficeLists } from '#domain/code-lists/office-lists.ts'
import type { api } from '$lib/session/api.ts'

export type Dictionaries = InferResponseType<typeof api.dictionaries.$get, 200>
export type Dictionary = Dictionaries['lists'][number]

/** The lists that the office has changed, as the domain takes them; one never written is as the product brings it. */
export const ownLists = (lists: readonly Dictionary[]): OfficeLists =>
  Object.fromEntries(lists.filter(({ version }) => version > 0).map(({ id, items }) => [id, items]))
