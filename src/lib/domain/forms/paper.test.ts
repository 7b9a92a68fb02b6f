import { expect, test } from 'vitest'
import { applicationType, section, step } from './application-type.ts'
import { checkApplication, checkCell } from './check.ts'
import { canonicalJson, withOverrides } from './edition.ts'
import { text } from './field.ts'
import { applicationTypes } from './index.ts'
import { materialsOf, paperData, rowLines, rowTitle } from './paper.ts'
import { completeAnswers, facts } from './test-world.ts'
import { itemsOf, isList } from './application-type.ts'

const { review } = applicationTypes
const complete = completeAnswers(review)

test('[R85] the personal half of 简介表 is made of what earlier steps hold, and follows a change there', () => {
  expect(paperData(review, complete, facts).values['employerName']).toBe('单位名称内容')
  const changed = { ...complete, fields: { ...complete.fields, employerName: '泰州市水利局' } }
  expect(paperData(review, changed, facts).values['employerName']).toBe('泰州市水利局')
})

test('[R87] 材料目录 lists every attachment in the order of the steps', () => {
  const steps = materialsOf(review, complete, facts)
    .filter(({ files }) => files.length > 0)
    .map(({ step: one }) => one.id)
  const order = review.steps.map(({ id }) => id as string)
  expect(steps.map((id) => order.indexOf(id))).toEqual(steps.map((id) => order.indexOf(id)).sort((a, b) => a - b))
  expect(materialsOf(review, complete, facts).map(({ path }) => path)).toEqual(
    expect.arrayContaining(['pledge', 'idCard', 'technicalSummaryFile']),
  )
})

test('a row says its title and its facts', () => {
  const list = itemsOf(review)
    .filter(isList)
    .find(({ id }) => id === 'workHistory')!
  const row = {
    id: 'x',
    position: 1,
    values: { from: '2015-07', to: null, unit: '泰州市海陵建筑设计院', work: '结构设计', post: '组长' },
  }
  expect(rowTitle(list, row, complete, facts)).toBe('泰州市海陵建筑设计院')
  expect(rowLines(list, row, complete, facts)).toEqual(['结构设计·组长', '2015.07 — 至今'])
})

test('[R76] a blank end prints as 至今, and work history prints in chronological order', () => {
  const rows = [
    { id: 'b', position: 1, values: { from: '2018-07', to: null, unit: '乙', work: '丙' } },
    { id: 'a', position: 2, values: { from: '2010-07', to: '2018-06', unit: '甲', work: '丙' } },
  ]
  const data = paperData(review, { ...complete, rows: { ...complete.rows, workHistory: rows } }, facts)
  expect(data.lists['workHistory']?.map(({ from, to, unit }) => [from, to, unit])).toEqual([
    ['2010.07', '2018.06', '甲'],
    ['2018.07', '至今', '乙'],
  ])
})

test('a field added to a catalogue at run time is on screen, in validation and on paper with no other change', () => {
  const wider = applicationType({
    ...review,
    steps: review.steps.map((one) =>
      one.id === 'basics'
        ? step('basics', one.label, [...one.sections, section([text('hobby', '特长', { atMost: 10, required: true })])])
        : one,
    ),
  } as unknown as typeof review)
  expect(itemsOf(wider).some(({ id }) => id === 'hobby')).toBe(true)
  expect(checkApplication(wider, complete, facts)).toMatchObject([{ code: 'answer.required', path: 'hobby' }])
  expect(checkCell(wider, 'hobby', '一二三四五六七八九十一', complete, facts)).toMatchObject({
    code: 'answer.too-long',
  })
  const filled = { ...complete, fields: { ...complete.fields, hobby: '书法' } }
  expect(checkApplication(wider, filled, facts)).toEqual([])
  expect(paperData(wider, filled, facts).annex).toContainEqual({ label: '特长', text: '书法' })
})

test('a batch can change required marks, limits and hints without touching the edition', () => {
  const changed = withOverrides(review, {
    required: { formerName: true, pledge: false },
    atMost: { workSummary: 1500 },
    hints: { fullName: '与身份证一致' },
  })
  expect(checkApplication(changed, complete, facts)).toMatchObject([{ code: 'answer.required', path: 'formerName' }])
  expect(checkCell(changed, 'workSummary', '字'.repeat(1501), complete, facts)).toMatchObject({
    code: 'answer.too-long',
  })
  expect(checkCell(review, 'workSummary', '字'.repeat(1501), complete, facts)).toBeNull()
  expect(withOverrides(review, {})).toBe(review)
})

test('canonical JSON does not depend on the order of keys', () => {
  expect(canonicalJson({ b: 1, a: [{ d: 1, c: null }] })).toBe(canonicalJson({ a: [{ c: null, d: 1 }], b: 1 }))
  expect(canonicalJson({ a: undefined, b: 1 })).toBe('{"b":1}')
})
