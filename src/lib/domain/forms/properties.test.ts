import fc from 'fast-check'
import * as v from 'valibot'
import { describe, expect, test } from 'vitest'
import { anyAnswers, governing, spoils } from '../../../../tests/world/any-answers.ts'
import { type Answers, pathOf } from './answers.ts'
import { isField, isList, isSlot, itemsOf } from './application-type.ts'
import { checkApplication, checkCell } from './check.ts'
import { stepStates } from './completeness.ts'
import { applicationTypes } from './index.ts'
import { paperData } from './paper.ts'
import { submissionSchema } from './schema.ts'
import { facts } from './test-world.ts'

const types = Object.values(applicationTypes)
const without = (answers: Answers, path: string): Answers => ({
  ...answers,
  files: Object.fromEntries(Object.entries(answers.files).filter(([place]) => place !== path)),
})

describe.each(types.map((type) => [type.id, type] as const))('any application of %s', (_, type) => {
  const answers = anyAnswers(type, facts)

  test('lacks nothing: no issue, every step done, and each value could be typed', () => {
    fc.assert(
      fc.property(answers, (any) => {
        expect(checkApplication(type, any, facts)).toEqual([])
        expect(v.safeParse(submissionSchema(type, facts), any).success).toBe(true)
        expect(stepStates(type, any, facts).every(({ state }) => state === 'done')).toBe(true)
        for (const [path, value] of Object.entries(any.fields))
          expect(checkCell(type, path, value, any, facts)).toBeNull()
        for (const [list, rows] of Object.entries(any.rows))
          for (const row of rows)
            for (const [id, value] of Object.entries(row.values))
              expect(checkCell(type, `${list}/${row.id}/${id}`, value, any, facts)).toBeNull()
      }),
      { numRuns: 30 },
    )
  })

  test('[R23] one field spoilt is refused at exactly that field, by the check and by the schema', () => {
    const seen = new Set<string>()
    fc.assert(
      fc.property(answers, fc.nat(), (any, pick) => {
        const all = spoils(type, any, facts)
        // those of fields that had no turn yet, and some from anywhere
        const fresh = all.filter(({ path }) => !seen.has(path.split('/').at(-1)!)).slice(0, 6)
        const others = [0, 1, 2, 3, 4, 5].map((index) => all[(pick + index * 7) % all.length]!)
        for (const { path, how, value, answers: spoilt, atOnce } of [...fresh, ...others]) {
          seen.add(path.split('/').at(-1)!)
          const what = `${path} ${how}`
          expect([what, checkApplication(type, spoilt, facts).map((issue) => issue.path)]).toEqual([what, [path]])
          const parsed = v.safeParse(submissionSchema(type, facts), spoilt)
          expect([what, parsed.issues?.map((issue) => v.getDotPath(issue))]).toEqual([what, [path]])
          const typed = checkCell(type, path, value, any, facts)
          expect([what, typed?.path ?? null]).toEqual([what, atOnce ? path : null])
        }
      }),
      { numRuns: 60 },
    )
    const entered = itemsOf(type).flatMap((item) =>
      isList(item) ? item.items.filter(isField) : isField(item) ? [item] : [],
    )
    const governs = governing(type)
    expect(
      entered
        .filter(({ id, kind, shows }) => shows === undefined && kind !== 'mark' && !governs.has(id))
        .map(({ id }) => id)
        .filter((id) => !seen.has(id)),
    ).toEqual([])
  })

  test('[R23] a field that others hang on is refused too, and nothing else but what hangs on it', () => {
    const governs = governing(type)
    fc.assert(
      fc.property(answers, (any) => {
        for (const item of itemsOf(type).filter(isField)) {
          if (!governs.has(item.id) || item.shows !== undefined) continue
          const spoilt = { ...any, fields: { ...any.fields, [item.id]: 7 } }
          const paths = checkApplication(type, spoilt, facts).map(({ path }) => path)
          expect(paths).toContain(item.id)
          const hanging = itemsOf(type)
            .flatMap((one) => (isList(one) ? [] : [one]))
            .filter((one) =>
              JSON.stringify([one.required, one.visible, 'from' in one ? one.from : 0]).includes(item.id),
            )
            .map(({ id }) => id)
          expect(paths.filter((path) => path !== item.id && !hanging.includes(path))).toEqual([])
        }
      }),
      { numRuns: 10 },
    )
  })

  test('[R23] a slot left empty, a list without its rows: refused at exactly that place', () => {
    fc.assert(
      fc.property(answers, (any) => {
        for (const item of itemsOf(type)) {
          if (isSlot(item) && item.required === true) {
            expect(checkApplication(type, without(any, item.id), facts).map(({ path }) => path)).toEqual([item.id])
          }
          if (!isList(item)) continue
          const [row] = any.rows[item.id] ?? []
          const rows = { ...any.rows, [item.id]: [] }
          if (item.atLeast)
            expect(checkApplication(type, { ...any, rows }, facts).map(({ path }) => path)).toEqual([item.id])
          for (const inner of item.items.filter(isSlot)) {
            if (!row || inner.required !== true) continue
            const path = pathOf(inner.id, item, row)
            expect(checkApplication(type, without(any, path), facts).map((issue) => issue.path)).toEqual([path])
          }
        }
      }),
      { numRuns: 10 },
    )
  })

  test('has a place on paper for everything that was entered', () => {
    fc.assert(
      fc.property(answers, (any) => {
        const { values, lists, annex, materials } = paperData(type, any, facts)
        expect([...Object.values(values), ...annex.map(({ text }) => text)]).not.toContain('null')
        for (const [list, rows] of Object.entries(any.rows)) expect(lists[list] ?? []).toHaveLength(rows.length)
        const names = materials.flatMap(({ files }) => files.map(({ name }) => name))
        for (const file of Object.entries(any.files).flatMap(([path, files]) => (path === 'photo' ? [] : files)))
          expect(names).toContain(file.name)
      }),
      { numRuns: 15 },
    )
  })
})
