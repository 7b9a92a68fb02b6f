import { describe, expect, it } from 'vitest'
import { choice } from '../forms/field.ts'
import { applicationType, itemsOf, section, step } from '../forms/application-type.ts'
import { canonicalJson } from '../forms/edition.ts'
import { reliedOn, withLists } from '../forms/edition-lists.ts'
import { applicationTypes } from '../forms/index.ts'
import { labelOfChoice, optionsOf } from '../forms/options.ts'
import { facts } from '../forms/test-world.ts'
import { offeredSpecialties, checkBatch } from '../rules/batch-settings.ts'
import type { CodeItem } from './code-list.ts'
import { labelOf } from './index.ts'
import {
  entriesOf,
  type ListEntry,
  type OfficeListId,
  officeLists,
  type OfficeLists,
  rewritten,
} from './office-lists.ts'
import { allTitlesOf, titlesOf } from './specialties.ts'
import { findTitle } from './title.ts'

const types = Object.values(applicationTypes)
const typed = (items: readonly CodeItem[]): ListEntry[] =>
  items.map(({ code, label, offered }) => ({ code, label, offered: offered !== false }))
let made = 0
const write = (list: OfficeListId, entries: readonly ListEntry[], before = entriesOf(list, {})) =>
  rewritten(list, before, entries, reliedOn(list, types), () => `new${++made}`)
const codeOf = (outcome: ReturnType<typeof write>) => (outcome.ok ? 'ok' : outcome.code)
const itemsOfOk = (outcome: ReturnType<typeof write>): CodeItem[] => {
  if (!outcome.ok) throw new Error(outcome.code)
  return outcome.value
}

describe('a list that the office keeps', () => {
  const before = typed(officeLists.reissueReason.items)

  it('is extended, put in order, corrected and retired, and never loses a code', () => {
    const [lost, broken, wrong, other] = before as [ListEntry, ListEntry, ListEntry, ListEntry]
    const after = itemsOfOk(
      write('reissueReason', [
        lost,
        { label: ' 单位更名\u0000 ', offered: true },
        { ...wrong, label: '信息有误、需更正' },
        { ...broken, offered: true },
        other,
      ]),
    )
    expect(after.map(({ label }) => label)).toEqual(['遗失', '单位更名', '信息有误、需更正', '损坏', '其他'])
    expect(after[1]?.code).toMatch(/^onew\d+$/)
    expect(codeOf(write('reissueReason', [lost, broken, other]))).toBe('code-list.entry-gone')
    expect(codeOf(write('reissueReason', [...before, { code: '77', label: '不认识的', offered: true }]))).toBe(
      'answer.not-in-list',
    )
    expect(codeOf(write('reissueReason', [...before, { label: '遗失', offered: true }]))).toBe('answer.duplicate')
    expect(codeOf(write('reissueReason', [...before, { label: ' ', offered: true }]))).toBe('answer.required')
    expect(codeOf(write('reissueReason', [...before, { label: '长'.repeat(51), offered: true }]))).toBe(
      'answer.too-long',
    )
  })

  it('keeps in use what a form hangs on', () => {
    // 其他 opens a field, the others ask for a proof; 正常晋升 is what an application starts with
    expect([...reliedOn('reissueReason', types)].sort()).toEqual(['1', '2', '3', '9'])
    expect([...reliedOn('exceptionType', types)]).toEqual(['NORMAL'])
    expect([...reliedOn('title', types)]).toContain('none')
    const retired = typed(officeLists.exceptionType.items).map((one) => ({ ...one, offered: one.code !== 'NORMAL' }))
    expect(codeOf(write('exceptionType', retired))).toBe('code-list.relied-on')
  })

  it('stays as it is when it is written as it is', () => {
    for (const list of Object.keys(officeLists) as OfficeListId[])
      expect(itemsOfOk(write(list, typed(entriesOf(list, {}))))).toEqual(entriesOf(list, {}))
  })
})

describe('an edition with the lists of its day', () => {
  const exceptionType = itemsOfOk(
    write('exceptionType', [
      ...typed(officeLists.exceptionType.items).map((one) => ({ ...one, offered: one.code !== 'DIRECT' })),
      { label: '人才计划直报', offered: true },
    ]),
  )
  const lists: OfficeLists = { exceptionType }
  const fieldOf = (type: (typeof types)[number] | ReturnType<typeof withLists>) => {
    const field = itemsOf(type).find(({ id }) => id === 'exceptionType')
    if (field?.kind !== 'choice') throw new Error('no choice')
    return field
  }

  it('is another one where it uses a list that changed, and the same object where it does not', () => {
    expect(withLists(applicationTypes.review, {})).toBe(applicationTypes.review)
    expect(withLists(applicationTypes.reissue, lists)).toBe(applicationTypes.reissue)
    expect(canonicalJson(withLists(applicationTypes.review, lists))).not.toBe(canonicalJson(applicationTypes.review))
    // through JSON, as phones get it
    const again = JSON.parse(canonicalJson(withLists(applicationTypes.review, lists))) as typeof applicationTypes.review
    expect(canonicalJson(withLists(again, lists))).toBe(canonicalJson(again))
  })

  it('[R55] offers what is in use, and reads what is not; an older edition goes on with its own', () => {
    const [old, young] = [fieldOf(applicationTypes.review), fieldOf(withLists(applicationTypes.review, lists))]
    const labels = (field: typeof old) => optionsOf(field, facts, () => undefined).map(({ label }) => label)
    expect(labels(young)).toContain('人才计划直报')
    expect(labels(young)).not.toContain('直接申报（绿色通道）')
    expect(labelOfChoice(young, 'DIRECT', facts)).toBe('直接申报（绿色通道）')
    expect(labels(old)).toContain('直接申报（绿色通道）')
    expect(labels(old)).not.toContain('人才计划直报')
    const added = exceptionType.at(-1)!.code
    expect([labelOf('exceptionType', added), labelOf('exceptionType', added, lists)]).toEqual([added, '人才计划直报'])
  })

  it('holds titles to choose from, too, where a form asks for any title', () => {
    const any = applicationType({
      ...applicationTypes.review,
      steps: [step('only', '一步', [section([choice('held', '资格', { from: { batch: 'allTitles' } })])])],
    })
    const title = itemsOfOk(
      write('title', [
        ...typed(officeLists.title.items),
        { label: '数字工程师', offered: true, series: 'engineering', level: 'intermediate' },
      ]),
    )
    const [field] = itemsOf(withLists(any, { title }))
    if (field?.kind !== 'choice') throw new Error('no choice')
    const options = optionsOf(field, facts, () => undefined)
    expect(options[0]).toMatchObject({ code: 'none', label: '无' })
    expect(options.at(-1)).toMatchObject({ label: '数字工程师', group: '工程技术' })
    expect(findTitle(options.at(-1)!.code)).toMatchObject({ level: 'intermediate', seriesId: 'engineering' })
  })
})

describe('specialties and titles of the office', () => {
  it('[R51, R52] a new one can be offered by a batch; a retired one only by a batch that has it', () => {
    const specialty = itemsOfOk(
      write('specialty', [
        ...typed(officeLists.specialty.items).map((one) => ({ ...one, offered: one.code !== 'engineering.textile' })),
        { label: '人工智能', offered: true, series: 'engineering' },
      ]),
    )
    const added = specialty.at(-1)!
    expect(added).toMatchObject({ group: '工程技术' })
    expect(titlesOf(added.code, { specialty }).map(({ label }) => label)).toContain('工程师')
    expect(titlesOf('engineering.textile', { specialty })).toEqual([])
    expect(allTitlesOf('engineering.textile', { specialty }).length).toBeGreaterThan(0)
    expect(
      codeOf(write('specialty', [...typed(officeLists.specialty.items), { label: '没有系列', offered: true }])),
    ).toBe('answer.required')

    const batch = (id: string) => ({
      type: 'review' as const,
      name: '批次',
      year: 2026,
      level: '中级',
      opensAt: '2026-10-16T00:00:00.000Z',
      closesAt: null,
      committeeName: '',
      hasDepartment: false,
      hasPublicity: true,
      recognitionByApproval: true,
      graceMinutes: 0,
      specialties: [{ id, titles: ['engineering.intermediate'] }],
      overrides: {},
    })
    const lists = { specialty }
    expect(checkBatch(batch(added.code), { lists }).ok).toBe(true)
    expect(checkBatch(batch(added.code)).ok).toBe(false)
    const old = batch('engineering.textile')
    expect(checkBatch(old, { lists }).ok).toBe(false)
    expect(checkBatch(old, { lists, offers: old.specialties }).ok).toBe(true)
    expect(offeredSpecialties('review', old.specialties, lists)).toMatchObject([{ label: '轻纺工程' }])
    expect(offeredSpecialties('review', batch(added.code).specialties, lists)).toMatchObject([
      { label: '人工智能', series: '工程技术' },
    ])
  })
})
