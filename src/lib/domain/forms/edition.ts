import type { ApplicationType, Item, Section, Step } from './application-type.ts'

/**
 * What the office may set for one batch without a new edition: required marks, limits, hints and explanations, by item path
 * (`educations/major`). How far, `batch-overrides.ts` says.
 */
export interface BatchOverrides {
  readonly required?: Readonly<Record<string, boolean>>
  readonly atMost?: Readonly<Record<string, number>>
  readonly hints?: Readonly<Record<string, string>>
  readonly helps?: Readonly<Record<string, string>>
}

/** JSON with sorted keys and no white space: the same content always gives the same text, hence the same digest. */
export function canonicalJson(value: unknown): string {
  if (value === null || typeof value !== 'object') return JSON.stringify(value ?? null)
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(',')}]`
  const entries = Object.entries(value as Record<string, unknown>).filter(([, inner]) => inner !== undefined)
  return `{${entries
    .sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0))
    .map(([key, inner]) => `${JSON.stringify(key)}:${canonicalJson(inner)}`)
    .join(',')}}`
}

/** `review@2026.1-5f3c9a01b2c4`: type, revision and the first 12 hex digits of the content's SHA-256. */
export const editionName = (type: ApplicationType, sha256: string): string =>
  `${type.id}@${type.revision}-${sha256.slice(0, 12)}`

/** The edition as a batch uses it. Returns the same object when the batch overrides nothing. */
export function withOverrides<T extends ApplicationType>(type: T, overrides: BatchOverrides): T {
  const { required = {}, atMost = {}, hints = {}, helps = {} } = overrides
  if ([required, atMost, hints, helps].every((part) => Object.keys(part).length === 0)) return type
  const changeOne = <I extends Item>(item: I, path: string): I => {
    const changed: Record<string, unknown> = { ...item }
    if (path in required) {
      if (item.kind === 'list') changed['atLeast'] = required[path] ? Math.max(1, item.atLeast ?? 1) : 0
      else changed['required'] = required[path] ? true : undefined
    }
    if (path in atMost && ('atMost' in item || item.kind === 'list')) changed['atMost'] = atMost[path]
    // An emptied text takes the catalogue's away.
    if (path in hints) changed['hint'] = hints[path] || undefined
    if (path in helps) changed['help'] = helps[path] || undefined
    if (item.kind === 'list') changed['items'] = item.items.map((inner) => changeOne(inner, `${path}/${inner.id}`))
    return changed as unknown as I
  }
  const changeSection = (part: Section): Section => ({
    ...part,
    items: part.items.map((item) => changeOne(item, item.id)),
  })
  const changeStep = (part: Step): Step => ({ ...part, sections: part.sections.map(changeSection) })
  return { ...type, steps: type.steps.map(changeStep) }
}
