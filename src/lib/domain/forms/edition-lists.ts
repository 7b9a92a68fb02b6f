import type { OfficeListId, OfficeLists } from '../code-lists/office-lists.ts'
import {
  type ApplicationType,
  isField,
  isList,
  type Item,
  itemsOf,
  type Section,
  type Step,
} from './application-type.ts'
import type { Condition } from './condition.ts'
import type { ChoiceField } from './field.ts'

/** The list of the office that a field chooses from; undefined where it chooses from a standard or from what the batch offers. */
function listOf({ from }: ChoiceField, lists: OfficeLists): OfficeListId | undefined {
  const id = 'list' in from ? from.list : from.batch === 'allTitles' ? 'title' : undefined
  return id !== undefined && Object.hasOwn(lists, id) ? (id as OfficeListId) : undefined
}

/**
 * A form with the office's lists in it as they are now. The edition made from it carries them to the phones, and an
 * application keeps them as it keeps its edition. Returns the same object where the office has changed none that it uses.
 */
export function withLists<T extends ApplicationType>(type: T, lists: OfficeLists): T {
  const change = <I extends Item>(item: I): I => {
    if (isList(item)) return { ...item, items: item.items.map(change) }
    if (item.kind !== 'choice') return item
    const list = listOf(item, lists)
    // `specialty` is offered by the batch and no field chooses from the list itself
    return list === undefined || list === 'specialty' ? item : { ...item, from: { list, items: lists[list]! } }
  }
  const all = (items: readonly Item[]): readonly Item[] =>
    items.flatMap((item) => (isList(item) ? [item, ...item.items] : [item]))
  const uses = all(itemsOf(type)).some((item) => item.kind === 'choice' && listOf(item, lists) !== undefined)
  if (!uses) return type
  const changeSection = (part: Section): Section => ({ ...part, items: part.items.map(change) })
  const changeStep = (part: Step): Step => ({ ...part, sections: part.sections.map(changeSection) })
  return { ...type, steps: type.steps.map(changeStep) }
}

/** Codes of a list that forms set or ask for by themselves: what hangs on them would never be reached if they were retired. */
export function reliedOn(list: OfficeListId, types: readonly ApplicationType[]): ReadonlySet<string> {
  const codes = new Set<string>()
  const asked = (condition: Condition | true | undefined, fields: ReadonlySet<string>): void => {
    if (condition === undefined || condition === true) return
    if ('equals' in condition) {
      const [field, value] = condition.equals
      if (fields.has(field) && typeof value === 'string') codes.add(value)
    } else if ('not' in condition) asked(condition.not, fields)
    else if ('all' in condition) for (const part of condition.all) asked(part, fields)
    else if ('any' in condition) for (const part of condition.any) asked(part, fields)
  }
  for (const type of types) {
    const items = itemsOf(type).flatMap((item) => (isList(item) ? item.items : [item]))
    const own = items.filter(
      (item): item is ChoiceField => item.kind === 'choice' && listOf(item, { [list]: [] } as OfficeLists) === list,
    )
    const fields = new Set(own.map(({ id }) => id))
    for (const { initially } of own) if (typeof initially === 'string') codes.add(initially)
    for (const item of items) {
      asked(item.required, fields)
      if (isField(item) || item.kind === 'slot') asked(item.visible, fields)
    }
  }
  return codes
}
