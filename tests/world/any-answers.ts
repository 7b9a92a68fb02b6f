import fc from 'fast-check'
import type { FileReference } from '#domain/attachment.ts'
import {
  type Answers,
  type CellValue,
  type Facts,
  isRequired,
  isVisible,
  lookupIn,
  pathOf,
  type Row,
} from '#domain/forms/answers.ts'
import { type ApplicationType, isField, isList, isSlot, itemsOf } from '#domain/forms/application-type.ts'
import { fieldsIn, isBlank } from '#domain/forms/condition.ts'
import type { ChoiceField, Field } from '#domain/forms/field.ts'
import type { List, RowRule } from '#domain/forms/list.ts'
import { optionsOf } from '#domain/forms/options.ts'
import type { Slot } from '#domain/forms/slot.ts'
import { parsePersonName } from '#domain/identity/person-name.ts'
import { countCharacters, normalizeText } from '#domain/rules/text-length.ts'

/**
 * Applications as anybody could fill them in, made from the catalogue alone: whatever field, list or slot is added to it is in
 * them. Each is complete and valid; each way of spoiling one names the field that is then wrong.
 */

type Taken = <T>(arbitrary: fc.Arbitrary<T>) => T

/** Letters of every kind a form meets: common and rare Han, two of the supplementary planes, Latin, digits, marks, line ends. */
const letters = fc.constantFrom(
  ...'一二三建筑结构设计工程师泰州市海陵区技术研究与应用㐂龘𬭎𠮷ABCxyz0123456789，。；：（）《》“”、·—-/ %',
)
const withLineEnds = fc.oneof(
  { weight: 20, arbitrary: letters },
  { weight: 1, arbitrary: fc.constantFrom('\n', '\r\n', '　', '\t') },
)

/** Text that says something, of at most so many 字 (A3); short as a rule, now and then as long as it may be. */
function textOf(take: Taken, atMost: number, of: fc.Arbitrary<string>): string {
  const full = take(fc.integer({ min: 0, max: 9 })) === 0
  if (full) return `𠮷${'文'.repeat(atMost - 1)}`
  const parts = take(fc.array(of, { minLength: 1, maxLength: Math.min(atMost, 40) }))
  const made = parts.join('')
  const text = isBlank(normalizeText(made)) ? '文' : made
  return countCharacters(text) <= atMost ? text : [...normalizeText(text)].slice(0, atMost).join('')
}

const twoDigits = (value: number) => String(value).padStart(2, '0')
const months = fc
  .record({ year: fc.integer({ min: 2000, max: 2025 }), month: fc.integer({ min: 1, max: 12 }) })
  .map(({ year, month }) => `${year}-${twoDigits(month)}`)
const dates = fc.record({ month: months, day: fc.integer({ min: 1, max: 28 }) })

/** Choices whose list depends on what was chosen in a field. */
const choicesOf = (type: ApplicationType, id: string): readonly ChoiceField[] =>
  itemsOf(type).filter(
    (item): item is ChoiceField => item.kind === 'choice' && 'of' in item.from && item.from.of === id,
  )

/** A value that the field may have; undefined where its list offers none. */
function valueFor(
  take: Taken,
  field: Field,
  hanging: readonly ChoiceField[],
  facts: Facts,
  answers: Answers,
  row?: Row,
): CellValue | undefined {
  switch (field.kind) {
    case 'text':
      if (field.pattern) return take(fc.stringMatching(new RegExp(field.pattern.source)))
      return textOf(take, field.atMost, letters)
    case 'longText':
      return textOf(take, field.atMost, withLineEnds)
    case 'choice': {
      const lookup = lookupIn(answers, row)
      // a region without a 受理点 leaves nothing to choose afterwards
      const options = optionsOf(field, facts, lookup).filter(({ code }) =>
        hanging.every((other) => optionsOf(other, facts, (id) => (id === field.id ? code : lookup(id))).length > 0),
      )
      return options.length === 0 ? undefined : take(fc.constantFrom(...options)).code
    }
    case 'yesNo':
      return take(fc.boolean())
    case 'yearMonth':
      return take(months)
    case 'date': {
      const { month, day } = take(dates)
      return `${month}-${twoDigits(day)}`
    }
    case 'year':
      return take(fc.integer({ min: 2000, max: 2026 }))
    case 'number':
      return (
        take(fc.integer({ min: 0, max: Math.floor((field.to - field.from) / field.step) })) * field.step + field.from
      )
    case 'name': {
      const name = take(
        fc.array(fc.constantFrom(...'周文静王𬭎𠮷龘阿不都·买买提Anna'), { minLength: 2, maxLength: 20 }),
      )
      const parsed = parsePersonName(name.join(''))
      return parsed.ok ? parsed.value : '周𬭎'
    }
    case 'mobile':
      return `1${take(fc.integer({ min: 30, max: 99 }))}${take(fc.integer({ min: 10_000_000, max: 99_999_999 }))}`
    case 'email':
      return `a${take(fc.integer({ min: 0, max: 1_000_000 }))}@example.com`
    case 'mark':
      return undefined
  }
}

const swapped = (rule: Extract<RowRule, { other: string }>, values: Record<string, CellValue>) => {
  const [value, other] = [values[rule.field], values[rule.other]]
  if (isBlank(value) || isBlank(other)) return
  const wrong = rule.rule === 'notBefore' ? String(value) < String(other) : Number(value) > Number(other)
  if (wrong) [values[rule.field], values[rule.other]] = [other!, value!]
}

/** Answers to a form that lack nothing and hold nothing wrong, with optional parts filled in or not. */
export const anyAnswers = (type: ApplicationType, facts: Facts): fc.Arbitrary<Answers> =>
  fc.gen().map((gen) => {
    const take: Taken = (arbitrary) => gen(() => arbitrary)
    let counter = 0
    const uuid = () => `00000000-0000-4000-8000-${String(++counter).padStart(12, '0')}`
    const fields: Record<string, CellValue> = {}
    const rows: Record<string, { id: string; position: number; values: Record<string, CellValue> }[]> = {}
    const files: Record<string, FileReference[]> = {}
    const answers: Answers = { fields, rows, files }
    const fill = (item: Field | Slot, into: Record<string, CellValue>, list?: List, row?: Row) => {
      const lookup = lookupIn(answers, row)
      const path = pathOf(item.id, list, row)
      const wanted = isVisible(item, lookup) && (isRequired(item, lookup) || take(fc.boolean()))
      if (isSlot(item)) {
        const count = wanted ? take(fc.integer({ min: 1, max: Math.min(3, item.maxFiles) })) : 0
        if (count > 0) files[path] = Array.from({ length: count }, (_, index) => fileOf(take, item, uuid(), index))
      } else if (wanted && item.shows === undefined) {
        const value = valueFor(take, item, choicesOf(type, item.id), facts, answers, row)
        if (value !== undefined) into[item.id] = value
      }
    }
    for (const item of itemsOf(type)) {
      if (!isList(item)) {
        fill(item, fields)
        continue
      }
      const atLeast = item.atLeast ?? 0
      const count = take(fc.integer({ min: atLeast, max: Math.min(item.atMost ?? 4, atLeast + 3) }))
      const seen = new Set<CellValue>()
      rows[item.id] = []
      for (let index = 0; index < count; index++) {
        const row = { id: uuid(), position: index + 1, values: {} as Record<string, CellValue> }
        for (const inner of item.items) if (isField(inner)) fill(inner, row.values, item, row)
        for (const rule of item.rules ?? []) {
          if (rule.rule === 'notBefore' || rule.rule === 'atMostField') swapped(rule, row.values)
          if (rule.rule === 'unique') {
            while (seen.has(row.values[rule.field]!)) row.values[rule.field] = Number(row.values[rule.field]) - 1
            seen.add(row.values[rule.field]!)
          }
          if (rule.rule === 'exactlyOne') row.values[rule.field] = index === 0
        }
        rows[item.id]!.push(row)
        for (const inner of item.items) if (isSlot(inner)) fill(inner, row.values, item, row)
      }
    }
    mendPairs(type, fields, facts)
    return answers
  })

function fileOf(take: Taken, slot: Slot, id: string, index: number): FileReference {
  const photo = slot.accept === 'photo'
  return {
    id,
    name: photo
      ? '照片.jpg'
      : `${take(fc.constantFrom('毕业证', '𠮷证', 'certificate (1)', '证书　扫描'))}${index}.pdf`,
    size: take(fc.integer({ min: 1, max: slot.maxBytes })),
    sha256: id.slice(-1).repeat(64),
    pages: photo ? 0 : take(fc.integer({ min: 1, max: 200 })),
    position: index + 1,
  }
}

/** Rules between fields of a section: what came out the wrong way round is turned, and nobody worked before he was fourteen. */
function mendPairs(type: ApplicationType, fields: Record<string, CellValue>, facts: Facts) {
  for (const { rules = [] } of type.steps.flatMap(({ sections }) => sections)) {
    for (const rule of rules) {
      if (rule.rule !== 'yearsAfterBirth') swapped(rule, fields)
      else if (fields[rule.field] !== undefined) {
        const earliest = `${Number(facts.account.birthDate.slice(0, 4)) + rule.years}${facts.account.birthDate.slice(4, 7)}`
        if (String(fields[rule.field]) < earliest) fields[rule.field] = earliest
      }
    }
  }
}

/** One thing spoilt in valid answers: where, how, and the answers with it. */
export interface Spoilt {
  readonly path: string
  readonly how: string
  readonly value: CellValue
  readonly answers: Answers
  /** whether it can be seen while typing, or only when the form is sent */
  readonly atOnce: boolean
}

/** Fields on whose value other fields, their choices or their red stars depend: these become wrong along with them. */
export function governing(type: ApplicationType): ReadonlySet<string> {
  const all = itemsOf(type).flatMap((item) => (isList(item) ? item.items : [item]))
  return new Set(
    all.flatMap((item) => [
      ...[item.required, item.visible].flatMap((condition) =>
        condition === undefined || condition === true ? [] : fieldsIn(condition),
      ),
      ...(item.kind === 'choice' && 'of' in item.from ? [item.from.of] : []),
    ]),
  )
}

/** Every way in which one entered value can be made wrong. */
function waysToSpoil(
  field: Field,
  facts: Facts,
): readonly (readonly [how: string, value: CellValue, atOnce: boolean])[] {
  const nextYear = String(Number(facts.today.slice(0, 4)) + 1)
  const future = 'notFuture' in field && field.notFuture
  switch (field.kind) {
    case 'text':
      return field.pattern
        ? [['does not match', 'x1', false]]
        : [
            ['one 字 too long', '𠮷'.repeat(field.atMost + 1), true],
            ['a number', 7, true],
          ]
    case 'longText':
      return [
        ['one 字 too long', `\n${'字'.repeat(field.atMost)}𠮷`, true],
        ['a number', 7, true],
      ]
    case 'choice':
      return [
        ['no such code', 'no-such-code', !('batch' in field.from)],
        ['a number', 7, true],
      ]
    case 'yesNo':
      return [['a word', '是', true]]
    case 'yearMonth':
      return [['no month', '2015-13', true], ...(future ? ([['in the future', `${nextYear}-01`, true]] as const) : [])]
    case 'date':
      return [
        ['no day', '2023-02-29', true],
        ...(future ? ([['in the future', `${nextYear}-01-01`, true]] as const) : []),
      ]
    case 'year':
      return [
        ['before anybody', 1949, true],
        ['in the future', Number(nextYear), true],
        ['half a year', 2020.5, true],
      ]
    case 'number':
      return [
        ['too large', field.to + field.step, true],
        ['too small', field.from - field.step, true],
        ['a third', field.from + field.step / 3, true],
        ['a word', '三', true],
      ]
    case 'name':
      return [['a digit', '周1', false]]
    case 'mobile':
      return [['ten digits', '1381234567', false]]
    case 'email':
      return [['no @', 'zhou.example.com', false]]
    case 'mark':
      return []
  }
}

/** Ways to spoil one field of valid answers, so that this field alone is wrong. */
export function spoils(type: ApplicationType, answers: Answers, facts: Facts): Spoilt[] {
  const governs = governing(type)
  const found: Spoilt[] = []
  const tell = (item: Field, values: Readonly<Record<string, CellValue>>, list?: List, row?: Row) => {
    if (item.shows !== undefined || governs.has(item.id)) return
    const path = pathOf(item.id, list, row)
    const lookup = lookupIn(answers, row)
    if (!isVisible(item, lookup)) return
    const spoil = (how: string, value: CellValue, atOnce: boolean) => {
      const changed = { ...values, [item.id]: value }
      const spoilt =
        list && row
          ? {
              ...answers,
              rows: {
                ...answers.rows,
                [list.id]: answers.rows[list.id]!.map((one) => (one.id === row.id ? { ...one, values: changed } : one)),
              },
            }
          : { ...answers, fields: changed }
      found.push({ path, how, value, answers: spoilt, atOnce })
    }
    for (const [how, value, atOnce] of waysToSpoil(item, facts)) spoil(how, value, atOnce)
    if (isRequired(item, lookup) && item.kind !== 'mark') {
      spoil('left out', null, false)
      if (item.kind === 'text' || item.kind === 'longText') spoil('blanks alone', ' 　\n', false)
    }
  }
  for (const item of itemsOf(type)) {
    if (isField(item)) tell(item, answers.fields)
    if (isList(item))
      for (const row of answers.rows[item.id] ?? [])
        for (const inner of item.items) if (isField(inner)) tell(inner, row.values, item, row)
  }
  return found
}
