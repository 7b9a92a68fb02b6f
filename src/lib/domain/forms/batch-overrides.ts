import { ok, type Outcome, refuse } from '../problems.ts'
import { countCharacters, normalizeText } from '../rules/text-length.ts'
import {
  type ApplicationType,
  isField,
  isList,
  type Item,
  itemsOf,
  itemsOfStep,
  type Step,
} from './application-type.ts'
import type { BatchOverrides } from './edition.ts'
import type { List } from './list.ts'

/** Longest hint under a label, and longest explanation behind a field, in 字. */
export const HINT_AT_MOST = 100
export const HELP_AT_MOST = 500

/** One item of a form that the office may set anew for one batch, and how far. */
export interface Adjustable {
  /** as in {@link BatchOverrides}: `fullName`, `educations/school` */
  readonly path: string
  readonly item: Item
  /** the list whose rows it lies in */
  readonly list?: List
  /** false where routing, notices or the paper cannot do without it, or nobody fills it in */
  readonly mayRequire: boolean
  /** The catalogue's own limit: the paper has room for so much, so a batch may only ask for less. */
  readonly atMost?: number
  readonly mayExplain: boolean
}

/** What may be set on one step, in the order of the form. What the system fills in by itself is left out. */
export function adjustablesOf(type: ApplicationType, step: Step): Adjustable[] {
  const relied = new Set(
    itemsOf(type).flatMap((item) => (item.kind === 'choice' && 'of' in item.from ? [item.from.of] : [])),
  )
  return itemsOfStep(step).flatMap((item) => [
    ...adjustable(item, item.id, relied),
    ...(isList(item) ? item.items.flatMap((inner) => adjustable(inner, `${item.id}/${inner.id}`, relied, item)) : []),
  ])
}

function adjustable(item: Item, path: string, relied: ReadonlySet<string>, list?: List): Adjustable[] {
  if (isField(item) && (item.shows !== undefined || item.kind === 'mark')) return []
  const isFixed =
    item.kind === 'name' ||
    relied.has(item.id) ||
    (item.kind === 'choice' && 'batch' in item.from && item.from.batch !== 'allTitles') ||
    (isList(item) && item.ofPerson === true)
  const atMost = 'atMost' in item ? item.atMost : undefined
  return [
    {
      path,
      item,
      ...(list && { list }),
      mayRequire: !isFixed,
      ...(atMost !== undefined && { atMost }),
      mayExplain: !isList(item),
    },
  ]
}

/** Whether the catalogue asks for the item: always, never, or only under a condition. */
export function requiredOf(item: Item): 'always' | 'never' | 'sometimes' {
  if (isList(item)) return (item.atLeast ?? 0) > 0 ? 'always' : 'never'
  return item.required === true ? 'always' : item.required === undefined ? 'never' : 'sometimes'
}

/** Whether a batch may be set so; the first thing against it stands at `overrides.<part>.<path>`. */
export function checkOverrides(type: ApplicationType, overrides: BatchOverrides): Outcome<undefined> {
  const all = new Map(type.steps.flatMap((step) => adjustablesOf(type, step).map((one) => [one.path, one])))
  for (const part of ['required', 'atMost', 'hints', 'helps'] as const) {
    for (const [path, value] of Object.entries(overrides[part] ?? {})) {
      const one = all.get(path)
      const at = { path: `overrides.${part}.${path}` }
      if (!one) return refuse('answer.unknown-path', undefined, at)
      const { label } = one.item
      if (part === 'required' && !one.mayRequire) {
        return refuse('answer.locked', { label, advice: '办理时离不开这一项。' }, at)
      }
      if (part === 'helps' && !one.mayExplain) return refuse('answer.unknown-path', undefined, at)
      if (part === 'atMost') {
        if (one.atMost === undefined) return refuse('answer.unknown-path', undefined, at)
        const from = isList(one.item) ? Math.max(1, one.item.atLeast ?? 1) : 1
        if (!Number.isInteger(value) || Number(value) < from || Number(value) > one.atMost)
          return refuse('answer.out-of-range', { label: `${label}的上限`, from, to: one.atMost }, at)
      }
      const longest = part === 'hints' ? HINT_AT_MOST : part === 'helps' ? HELP_AT_MOST : undefined
      if (longest !== undefined && countCharacters(String(value)) > longest) {
        const over = countCharacters(String(value)) - longest
        return refuse('answer.too-long', { label: `${label}的说明`, over, atMost: longest }, at)
      }
    }
  }
  return ok()
}

/**
 * The overrides as they are stored: only what differs from the catalogue, texts in their one form, and nothing for items
 * that this catalogue has not, as happens when a batch is copied into a year with another form.
 */
export function soundOverrides(type: ApplicationType, overrides: BatchOverrides): BatchOverrides {
  const all = new Map(type.steps.flatMap((step) => adjustablesOf(type, step).map((one) => [one.path, one])))
  const kept = <V>(
    part: Readonly<Record<string, V>> | undefined,
    differs: (one: Adjustable, value: V) => boolean,
  ): Record<string, V> =>
    Object.fromEntries(
      Object.entries(part ?? {}).filter(([path, value]) => {
        const one = all.get(path)
        return one !== undefined && differs(one, value)
      }),
    )
  const texts = (part: Readonly<Record<string, string>> | undefined): Record<string, string> =>
    Object.fromEntries(Object.entries(part ?? {}).map(([path, text]) => [path, normalizeText(text)]))
  const own = (one: Adjustable, word: 'hint' | 'help'): string =>
    (one.item as { hint?: string; help?: string })[word] ?? ''
  const parts = {
    required: kept(
      overrides.required,
      ({ item, mayRequire }, value) => mayRequire && requiredOf(item) !== (value ? 'always' : 'never'),
    ),
    atMost: kept(overrides.atMost, ({ atMost }, value) => atMost !== undefined && atMost !== value),
    hints: kept(texts(overrides.hints), (one, text) => own(one, 'hint') !== text),
    helps: kept(texts(overrides.helps), (one, text) => one.mayExplain && own(one, 'help') !== text),
  }
  return Object.fromEntries(Object.entries(parts).filter(([, part]) => Object.keys(part).length > 0))
}
