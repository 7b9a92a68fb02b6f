import { type ListEntry, type OfficeListId } from '#domain/code-lists/office-lists.ts'
import type { Dictionary } from './dictionaries.ts'

/** One entry as it is typed. */
export interface TypedEntry {
  /** for the screen alone: a new entry has no code yet */
  readonly key: string
  readonly code: string | undefined
  readonly group: string | undefined
  label: string
  offered: boolean
  series: string
  level: string
}

export const typedEntries = (list: Dictionary): TypedEntry[] =>
  list.items.map(({ code, label, group, offered }) => ({
    key: code,
    code,
    group,
    label,
    offered: offered !== false,
    series: '',
    level: '',
  }))

export const newEntry = (key: string): TypedEntry => ({
  key,
  code: undefined,
  group: undefined,
  label: '',
  offered: true,
  series: '',
  level: '',
})

export const sentEntries = (entries: readonly TypedEntry[]): ListEntry[] =>
  entries.map(({ code, label, offered, series, level }) => ({
    ...(code !== undefined && { code }),
    label,
    offered,
    ...(series !== '' && { series }),
    ...(level !== '' && { level }),
  }))

/** What a new entry must say of where it belongs. */
export const asksFor = (list: OfficeListId): { readonly series: boolean; readonly level: boolean } => ({
  series: list === 'specialty' || list === 'title',
  level: list === 'title',
})

/** The same entries with one a place further up or down; within its own heading, as a picker shows them. */
export function moved(entries: readonly TypedEntry[], key: string, by: -1 | 1): TypedEntry[] {
  const at = entries.findIndex((one) => one.key === key)
  const to = at + by
  const [one, other] = [entries[at], entries[to]]
  if (!one || !other || one.group !== other.group) return [...entries]
  const next = [...entries]
  next[at] = other
  next[to] = one
  return next
}
