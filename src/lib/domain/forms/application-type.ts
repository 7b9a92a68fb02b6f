import type { Field } from './field.ts'
import type { List, RowRule } from './list.ts'
import type { Slot } from './slot.ts'

export type ApplicationTypeId = 'initial' | 'review' | 'reissue'

export type Item = Field | List | Slot

/** A headed part of a step. */
export interface Section<Items extends readonly Item[] = readonly Item[]> {
  readonly label?: string
  readonly hint?: string
  readonly items: Items
  readonly rules?: readonly SectionRule[]
}

/** A check between fields of the application, as data. */
export type SectionRule =
  | Extract<RowRule, { rule: 'notBefore' | 'atMostField' }>
  | { readonly rule: 'yearsAfterBirth'; readonly field: string; readonly years: number }

/** One page of the form. `shows` marks a page that is made from the others and has nothing to fill in. */
export interface Step<Id extends string = string, Sections extends readonly Section[] = readonly Section[]> {
  readonly id: Id
  readonly label: string
  readonly hint?: string
  readonly shows?: 'summarySheet' | 'materials'
  readonly sections: Sections
}

/** The text that must be read for so many seconds before the application starts (R28–R30). */
export interface Gate {
  readonly text: 'initialGuide' | 'pledge' | 'reissueGuide'
  readonly label: string
  readonly seconds: number
  readonly accept: string
  /** 承诺人 and 日期 are shown under the text (R29). */
  readonly signed?: true
}

export type PrintId =
  | 'applicationForm'
  | 'summarySheet'
  | 'initialForm'
  | 'reissueForm'
  | 'materialList'
  | 'entrustLetter'
  | 'pledge'
  | 'receipt'

export interface Print {
  readonly id: PrintId
  readonly label: string
  /** Offered only when this field is answered with yes (A24). */
  readonly onlyIf?: string
}

export interface ApplicationType<
  Id extends ApplicationTypeId = ApplicationTypeId,
  Steps extends readonly Step[] = readonly Step[],
> {
  readonly id: Id
  readonly label: string
  /** Letter in the 申报编号: P 评审, C 初定, B 补证. */
  readonly letter: string
  /** Edition as people call it; the hash of the content is added when it is stored. */
  readonly revision: string
  /** Way through the life cycle, named in lifecycle/routes.ts. */
  readonly route: 'committee' | 'approval' | 'certificate'
  readonly summary: string
  readonly gate: Gate
  readonly steps: Steps
  readonly prints: readonly Print[]
}

export const step = <const Id extends string, const Sections extends readonly Section[]>(
  id: Id,
  label: string,
  sections: Sections,
  options: { readonly hint?: string; readonly shows?: Step['shows'] } = {},
): Step<Id, Sections> => ({ id, label, sections, ...options })

export const section = <const Items extends readonly Item[]>(
  items: Items,
  options: { readonly label?: string; readonly hint?: string; readonly rules?: readonly SectionRule[] } = {},
): Section<Items> => ({ items, ...options })

export const applicationType = <const Id extends ApplicationTypeId, const Steps extends readonly Step[]>(
  type: ApplicationType<Id, Steps>,
): ApplicationType<Id, Steps> => type

// ---- the type of the answers falls out of the data

type ValueOf<F> = F extends { kind: 'yesNo' | 'mark' }
  ? boolean
  : F extends { kind: 'year' | 'number' }
    ? number
    : string
type ItemsOf<T> = T extends { steps: readonly (infer S)[] }
  ? S extends { sections: readonly (infer P)[] }
    ? P extends { items: readonly (infer I)[] }
      ? I
      : never
    : never
  : never
type FieldsIn<I> = { [F in Extract<I, { kind: Field['kind']; id: string }> as F['id']]?: ValueOf<F> }
type RowOf<L> = L extends { items: readonly (infer I)[] } ? { readonly id: string } & FieldsIn<I> : never
type ListsIn<I> = { [L in Extract<I, { kind: 'list'; id: string }> as L['id']]: readonly RowOf<L>[] }

/** Fields and lists of an application type as TypeScript sees them. */
export type AnswersOf<T extends ApplicationType> = FieldsIn<ItemsOf<T>> & ListsIn<ItemsOf<T>>

// ---- walking the catalogue

export const isField = (item: Item): item is Field => item.kind !== 'list' && item.kind !== 'slot'
export const isList = (item: Item): item is List => item.kind === 'list'
export const isSlot = (item: Item): item is Slot => item.kind === 'slot'

export const itemsOfStep = (part: Step): readonly Item[] => part.sections.flatMap((one) => one.items)

// A catalogue never changes once it is there, and a keystroke asks many times over what stands in it.
const itemsOfTypes = new WeakMap<ApplicationType, readonly Item[]>()
export function itemsOf(type: ApplicationType): readonly Item[] {
  const known = itemsOfTypes.get(type)
  if (known) return known
  const items = type.steps.flatMap(itemsOfStep)
  itemsOfTypes.set(type, items)
  return items
}

/** The paths that a remark at this place is about: those of its items for a step, of which no path speaks, else its own (R98). */
export const placesAt = (type: ApplicationType, path: string): readonly string[] => {
  const step = type.steps.find(({ id }) => id === path)
  return step ? itemsOfStep(step).map(({ id }) => id) : [path]
}

/** Whether a path is one of these places or lies under one. */
export const isAmong = (places: readonly string[], path: string): boolean =>
  places.some((place) => path === place || path.startsWith(`${place}/`))

/** The step in which a path lives: `fullName`, `educations/<row>/school`, or undefined where the catalogue has no such item. */
export function stepOfPath(type: ApplicationType, path: string): Step | undefined {
  const head = path.split('/')[0]
  return type.steps.find((part) => itemsOfStep(part).some((item) => item.id === head))
}
