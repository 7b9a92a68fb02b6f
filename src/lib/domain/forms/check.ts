import type { Issue } from '../problems.ts'
import {
  type Answers,
  type CellValue,
  type Facts,
  isRequired,
  isVisible,
  itemAt,
  lookupIn,
  pathOf,
  type Row,
  rowsOf,
  valueOf,
} from './answers.ts'
import {
  type ApplicationType,
  isField,
  isList,
  isSlot,
  type Item,
  type Section,
  type SectionRule,
  type Step,
} from './application-type.ts'
import { isBlank, type Lookup } from './condition.ts'
import type { Field } from './field.ts'
import { checkValue } from './kinds/index.ts'
import type { List } from './list.ts'
import type { Slot } from './slot.ts'

/**
 * Whether one cell may hold a value while the application is being filled: kind, list and limits, but not yet whether
 * it is required. The server refuses what this refuses, and leaves the stored value as it was (R38, R39, R83).
 */
export function checkCell(
  type: ApplicationType,
  path: string,
  value: CellValue,
  answers: Answers,
  facts: Facts,
): Issue | null {
  const found = itemAt(type, path)
  if (!found || !isField(found.item)) return { code: 'answer.unknown-path', path }
  const field = found.item
  if (field.shows !== undefined) {
    return { code: 'answer.locked', path, params: { label: field.label, advice: field.hint ?? '' } }
  }
  if (isBlank(value)) return null
  const row = found.list && rowsOf(found.list, answers).find(({ id }) => id === found.rowId)
  const fault = checkDraftValue(value as Exclude<CellValue, null>, field, facts, lookupIn(answers, row))
  return fault && { ...fault, path }
}

/**
 * A half-typed number of a phone must not be refused by the server while its owner is still typing, so only what no
 * further typing can mend is refused here: wrong type, a code outside its list, text beyond its limit.
 */
function checkDraftValue(value: Exclude<CellValue, null>, field: Field, facts: Facts, lookup: Lookup) {
  if (
    field.kind === 'mobile' ||
    field.kind === 'email' ||
    field.kind === 'name' ||
    (field.kind === 'text' && field.pattern)
  ) {
    return typeof value === 'string' && value.length <= 200
      ? null
      : ({ code: 'answer.wrong-kind', params: { label: field.label, expected: '请填文字' } } as const)
  }
  // A choice that depends on another one may arrive before its companion changes; the submission checks the pair.
  if (field.kind === 'choice' && 'batch' in field.from)
    return typeof value === 'string' && value.length <= 100 ? null : checkValue(value, field, facts, lookup)
  return checkValue(value, field, facts, lookup)
}

/** Everything that keeps the application from being submitted, in the order of the form (R23). Empty means complete. */
export function checkApplication(type: ApplicationType, answers: Answers, facts: Facts): Issue[] {
  return type.steps.flatMap((part) => checkStep(part, answers, facts))
}

/** What is missing or wrong on one step. */
export function checkStep(part: Step, answers: Answers, facts: Facts): Issue[] {
  return part.sections.flatMap((one) => {
    const issues = one.items.flatMap((item) => checkItem(item, answers, facts))
    return [...issues, ...checkSectionRules(one, answers, facts, new Set(issues.map(({ path }) => path)))]
  })
}

function checkItem(item: Item, answers: Answers, facts: Facts): Issue[] {
  if (isList(item)) return checkList(item, answers, facts)
  return checkPlaced(item, answers, facts)
}

function checkPlaced(item: Field | Slot, answers: Answers, facts: Facts, list?: List, row?: Row): Issue[] {
  const lookup = lookupIn(answers, row)
  if (!isVisible(item, lookup)) return []
  const path = pathOf(item.id, list, row)
  const missing = isRequired(item, lookup)
  if (isSlot(item)) {
    const files = answers.files[path] ?? []
    if (files.length === 0) return missing ? [{ code: 'answer.required', path, params: { label: item.label } }] : []
    return files.length > item.maxFiles
      ? [{ code: 'attachment.too-many-files', path, params: { atMost: item.maxFiles } }]
      : []
  }
  if (item.shows !== undefined || item.kind === 'mark') return []
  const value = valueOf(item, answers, facts, row)
  if (isBlank(value)) return missing ? [{ code: 'answer.required', path, params: { label: item.label } }] : []
  const fault = checkValue(value as Exclude<CellValue, null>, item, facts, lookup)
  return fault ? [{ ...fault, path }] : []
}

/** What a row's check depends on beside the row itself. */
interface CheckedRow {
  readonly list: List
  readonly fields: Answers['fields']
  readonly files: Answers['files']
  readonly facts: Facts
  readonly issues: Issue[]
}
// Two hundred rows are checked at every keystroke and one of them has changed: what was found out of the others still holds.
const checkedRows = new WeakMap<Row, CheckedRow>()

/** What is missing or wrong in one row, for the row editor. Asked again about the same row, it does not look again. */
export function checkRow(list: List, row: Row, answers: Answers, facts: Facts): Issue[] {
  const { fields, files } = answers
  const known = checkedRows.get(row)
  if (known && known.list === list && known.fields === fields && known.files === files && known.facts === facts)
    return known.issues
  const issues = issuesOfRow(list, row, answers, facts)
  checkedRows.set(row, { list, fields, files, facts, issues })
  return issues
}

function issuesOfRow(list: List, row: Row, answers: Answers, facts: Facts): Issue[] {
  const issues = list.items.flatMap((item) => checkPlaced(item, answers, facts, list, row))
  // Two values are compared only where each is right by itself: what is wrong is said once, where it is.
  const wrong = new Set(issues.map(({ path }) => path))
  for (const rule of list.rules ?? []) {
    if (rule.rule === 'notBefore' || rule.rule === 'atMostField') {
      if ([rule.field, rule.other].some((id) => wrong.has(pathOf(id, list, row)))) continue
      const fault = comparePair(rule, (id) => row.values[id], list.items.filter(isField))
      if (fault) issues.push({ ...fault, path: pathOf(rule.field, list, row) })
    }
  }
  return issues
}

function checkList(list: List, answers: Answers, facts: Facts): Issue[] {
  const rows = rowsOf(list, answers)
  const issues: Issue[] = []
  if (list.atLeast !== undefined && rows.length < list.atLeast) {
    issues.push({ code: 'answer.too-few-rows', path: list.id, params: { label: list.label, atLeast: list.atLeast } })
  }
  if (list.atMost !== undefined && rows.length > list.atMost) {
    issues.push({ code: 'answer.too-many-rows', path: list.id, params: { label: list.label, atMost: list.atMost } })
  }
  for (const row of rows) issues.push(...checkRow(list, row, answers, facts))
  for (const rule of list.rules ?? []) {
    const label = list.items.find(({ id }) => id === rule.field)?.label ?? list.label
    if (rule.rule === 'unique') {
      const seen = new Set<CellValue>()
      for (const row of rows) {
        const value = row.values[rule.field] ?? null
        if (!isBlank(value) && seen.has(value))
          issues.push({ code: 'answer.duplicate', path: pathOf(rule.field, list, row), params: { label } })
        seen.add(value)
      }
    }
    if (
      rule.rule === 'exactlyOne' &&
      rows.length > 0 &&
      rows.filter((row) => row.values[rule.field] === true).length !== 1
    ) {
      issues.push({ code: 'answer.exactly-one', path: list.id, params: { label } })
    }
  }
  return issues
}

function comparePair(
  rule: { readonly rule: 'notBefore' | 'atMostField'; readonly field: string; readonly other: string },
  lookup: Lookup,
  fields: readonly Field[],
): Omit<Issue, 'path'> | null {
  const value = lookup(rule.field)
  const other = lookup(rule.other)
  if (isBlank(value) || isBlank(other)) return null
  const label = (id: string) => fields.find((field) => field.id === id)?.label ?? id
  if (rule.rule === 'notBefore') {
    return String(value) < String(other)
      ? { code: 'answer.before', params: { label: label(rule.field), other: label(rule.other) } }
      : null
  }
  return Number(value) > Number(other) ? { code: 'answer.rank-above-total' } : null
}

function checkSectionRules(part: Section, answers: Answers, facts: Facts, wrong: ReadonlySet<string>): Issue[] {
  return (part.rules ?? [])
    .filter((rule) => !wrong.has(rule.field) && !('other' in rule && wrong.has(rule.other)))
    .flatMap((rule) => checkSectionRule(rule, part, answers, facts))
}

function checkSectionRule(rule: SectionRule, part: Section, answers: Answers, facts: Facts): Issue[] {
  const fields = part.items.filter(isField)
  if (rule.rule !== 'yearsAfterBirth') {
    const fault = comparePair(rule, lookupIn(answers), fields)
    return fault ? [{ ...fault, path: rule.field }] : []
  }
  const value = answers.fields[rule.field]
  const birth = facts.account.birthDate
  if (typeof value !== 'string' || birth === '') return []
  const earliest = `${Number(birth.slice(0, 4)) + rule.years}${birth.slice(4, 7)}`
  const label = fields.find(({ id }) => id === rule.field)?.label ?? rule.field
  return value < earliest
    ? [{ code: 'answer.before', path: rule.field, params: { label, other: `出生后 ${rule.years} 年` } }]
    : []
}
