/** A condition inside a form: plain JSON, so that an edition can be stored, hashed and evaluated on both sides. Never code. */
export type Condition =
  | { readonly equals: readonly [fieldId: string, value: string | number | boolean] }
  | { readonly filled: string }
  | { readonly not: Condition }
  | { readonly all: readonly Condition[] }
  | { readonly any: readonly Condition[] }

/** Looks up a field: in the row first where there is one, then among the fields of the application. */
export type Lookup = (fieldId: string) => unknown

export const equals = (fieldId: string, value: string | number | boolean): Condition => ({ equals: [fieldId, value] })
export const filled = (fieldId: string): Condition => ({ filled: fieldId })
export const not = (condition: Condition): Condition => ({ not: condition })
export const all = (...conditions: Condition[]): Condition => ({ all: conditions })
export const any = (...conditions: Condition[]): Condition => ({ any: conditions })

/**
 * Whether a condition holds.
 * @example holds(not(equals('exceptionType', 'NORMAL')), (id) => answers[id]) // true for a 破格 application
 */
export function holds(condition: Condition, lookup: Lookup): boolean {
  if ('equals' in condition) return lookup(condition.equals[0]) === condition.equals[1]
  if ('filled' in condition) return !isBlank(lookup(condition.filled))
  if ('not' in condition) return !holds(condition.not, lookup)
  if ('all' in condition) return condition.all.every((part) => holds(part, lookup))
  return condition.any.some((part) => holds(part, lookup))
}

/** Nothing was entered: undefined, null, or text of white space alone. `false` and `0` are entries. */
export function isBlank(value: unknown): boolean {
  return value === undefined || value === null || (typeof value === 'string' && value.trim() === '')
}

/** The ids a condition looks at, for the check that conditions look at fields that exist. */
export function fieldsIn(condition: Condition): string[] {
  if ('equals' in condition) return [condition.equals[0]]
  if ('filled' in condition) return [condition.filled]
  if ('not' in condition) return fieldsIn(condition.not)
  return ('all' in condition ? condition.all : condition.any).flatMap(fieldsIn)
}
