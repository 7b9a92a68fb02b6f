import type { CodeItem, CodeList } from '../code-lists/code-list.ts'
import { formLists } from '../code-lists/form-lists.ts'
import { titleLevel } from '../code-lists/title-level.ts'
import type { CellValue, Facts, Option } from './answers.ts'
import type { Lookup } from './condition.ts'
import type { ChoiceField } from './field.ts'

/** 中级 for `intermediate`; words of the office's own stay. */
const levelInWords = (level: string): string => titleLevel.items.find(({ code }) => code === level)?.label ?? level

/** The entries of a list, retired ones among them, as the edition has them. */
const entriesOf = (from: Extract<ChoiceField['from'], { list: unknown }>): readonly CodeItem[] =>
  from.items ?? (formLists as Readonly<Record<string, CodeList>>)[from.list]?.items ?? []

/** The choices that a field offers now; those of a batch depend on what was chosen before (R51, R52, R32). */
export function optionsOf(field: ChoiceField, facts: Facts, lookup: Lookup): readonly Option[] {
  const { from } = field
  if ('list' in from) return entriesOf(from).filter(({ offered }) => offered !== false)
  switch (from.batch) {
    case 'specialties':
      return facts.batch.specialties.map(({ id, label, series }) => ({ code: id, label, group: series }))
    case 'titles': {
      const chosen = facts.batch.specialties.find(({ id }) => id === lookup(from.of))
      return (chosen?.titles ?? []).map(({ id, label, level }) => ({ code: id, label, note: levelInWords(level) }))
    }
    case 'acceptancePoints':
      return facts.batch.acceptancePoints
        .filter(({ region }) => region === lookup(from.of))
        .map(({ id, label, accepts }) => ({ code: id, label, note: accepts }))
    case 'allTitles':
      return facts.batch.heldTitles
  }
}

/** The words for a chosen code; the code itself where the list no longer has it, so that old papers stay readable. */
export function labelOfChoice(field: ChoiceField, value: CellValue, facts: Facts): string {
  if (value === null || value === '') return ''
  const { from } = field
  const find = (options: readonly { code: string; label: string }[]) =>
    options.find(({ code }) => code === value)?.label
  if ('list' in from) return find(entriesOf(from)) ?? String(value)
  switch (from.batch) {
    case 'specialties':
      return facts.batch.specialties.find(({ id }) => id === value)?.label ?? String(value)
    case 'titles':
      return (
        facts.batch.specialties.flatMap(({ titles }) => titles).find(({ id }) => id === value)?.label ?? String(value)
      )
    case 'acceptancePoints':
      return facts.batch.acceptancePoints.find(({ id }) => id === value)?.label ?? String(value)
    case 'allTitles':
      return find(facts.batch.heldTitles) ?? String(value)
  }
}
