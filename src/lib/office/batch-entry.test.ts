import { describe, expect, it } from 'vitest'
import type { DeskBatch } from './batch-calendar.ts'
import { itemsOfStep } from '#domain/forms/application-type.ts'
import { review } from '#domain/forms/review.ts'
import { wordsOf } from '#domain/problems.ts'
import {
  type BatchEntry,
  changeOf,
  choices,
  countOverrides,
  emptyBatch,
  entryOfBatch,
  judge,
  nextYear,
  ofType,
  preview,
  settingsOf,
} from './batch-entry.ts'

const batch = {
  id: 'b1',
  type: 'review',
  name: '2026 年度工程系列中级职称评审',
  year: 2026,
  level: '中级',
  opensAt: '2026-10-15T16:00:00.000Z',
  closesAt: '2026-11-30T15:59:59.999Z',
  committeeName: '泰州市工程系列中级评审委员会',
  hasDepartment: false,
  hasPublicity: true,
  recognitionByApproval: true,
  graceMinutes: 10,
  specialties: [
    {
      id: 'engineering.construction',
      label: '建筑工程',
      series: '工程技术',
      titles: [{ id: 'engineering.intermediate', label: '工程师', level: 'intermediate' }],
    },
  ],
  overrides: {},
  submitted: true,
  decided: false,
} as unknown as DeskBatch

describe('a batch as it is typed', () => {
  it('stands in the wall clock of Shanghai', () => {
    const entry = entryOfBatch(batch)
    expect([entry.opensAt, entry.closesAt, entry.levels]).toEqual([
      '2026-10-16T00:00',
      '2026-11-30T23:59',
      ['intermediate'],
    ])
  })

  it('[A4] changes nothing that was not touched: an end of 23:59:59 stays one', () => {
    const settings = settingsOf({ ...entryOfBatch(batch), name: '新名称' })
    expect(settings.ok && changeOf(batch, settings.value)).toEqual({ name: '新名称' })
    expect(judge(entryOfBatch(batch), batch).ok).toBe(true)
  })

  it('moves an end to later and not to earlier once somebody has submitted', () => {
    const later = judge({ ...entryOfBatch(batch), closesAt: '2026-12-05T17:30' }, batch)
    expect(later.ok && later.value.closesAt).toBe('2026-12-05T09:30:00.000Z')
    const earlier = judge({ ...entryOfBatch(batch), closesAt: '2026-11-20T17:30' }, batch)
    expect(!earlier.ok && [earlier.code, earlier.path]).toEqual(['batch.locked-setting', 'closesAt'])
  })

  it('is copied into the next year with its name and dates', () => {
    const copy = nextYear(entryOfBatch(batch))
    expect([copy.year, copy.name, copy.opensAt, copy.closesAt]).toEqual([
      '2027',
      '2027 年度工程系列中级职称评审',
      '2027-10-16T00:00',
      '2027-11-30T23:59',
    ])
    expect(judge(copy, null).ok).toBe(true)
    expect(nextYear({ ...copy, opensAt: '2028-02-29T09:00' }).opensAt).toBe('2029-02-28T09:00')
  })

  it('[R31] turned into 初定, offers no title above 中级; one that does is refused in words that say so', () => {
    const entry = { ...entryOfBatch(batch), levels: ['intermediate', 'senior'] as BatchEntry['levels'] }
    const high = judge({ ...entry, type: 'initial' }, null)
    expect(!high.ok && [high.code, high.path]).toEqual(['answer.not-in-list', 'specialties'])
    expect(!high.ok && wordsOf(high).detail).toBe('初定只有初级、中级，更高级别的资格不在可选范围，请重新选择。')
    const turned = judge({ ...entry, ...ofType(entry, 'initial') }, null)
    expect(turned.ok && turned.value).toMatchObject({
      type: 'initial',
      specialties: [{ id: 'engineering.construction', titles: ['engineering.intermediate'] }],
    })
    const same = judge({ ...entry, ...ofType(entry, 'review') }, null)
    expect(same.ok && same.value.specialties[0]!.titles).toContain('engineering.senior')
  })

  it('[R20] keeps its minutes of grace, which a batch without an end has not', () => {
    const entry = entryOfBatch(batch)
    const graceOf = (more: object) => {
      const settings = settingsOf({ ...entry, ...more })
      return settings.ok && settings.value.graceMinutes
    }
    expect([entry.grace, graceOf({}), graceOf({ grace: '' }), graceOf({ endless: true })]).toEqual(['10', 10, 0, 0])
    const wrong = judge({ ...entry, grace: '很久' }, batch)
    expect(!wrong.ok && wrong.path).toBe('graceMinutes')
  })

  it('[R23] shows the form as it would be, and keeps only what differs from the catalogue', () => {
    const entry = entryOfBatch({
      ...batch,
      submitted: false,
      overrides: { atMost: { workSummary: 1500 } },
    } as DeskBatch)
    expect(entry.overrides.atMost).toEqual({ workSummary: '1500' })
    const changed: BatchEntry = {
      ...entry,
      overrides: {
        required: { societies: true, workSummary: true },
        atMost: { workSummary: '1000', societies: ' ' },
        hints: { societies: '没有写“无”' },
        helps: {},
      },
    }
    const shown = preview(changed, review)
    const basics = shown.type.steps.flatMap(itemsOfStep).find(({ id }) => id === 'societies')
    expect(basics).toMatchObject({ required: true, hint: '没有写“无”', atMost: 200 })
    expect(shown.specialties).toEqual(batch.specialties)
    const judged = judge(changed, { ...batch, submitted: false } as DeskBatch)
    expect(judged.ok && judged.value.overrides).toEqual({
      required: { societies: true },
      atMost: { workSummary: 1000 },
      hints: { societies: '没有写“无”' },
    })
    expect(countOverrides(review, changed.overrides)).toBe(3)
    const wrong = judge({ ...changed, overrides: { ...changed.overrides, atMost: { workSummary: '很多' } } }, null)
    expect(!wrong.ok && wrong.path).toBe('overrides.atMost.workSummary')
    // what is half typed does not break what is shown
    expect(preview({ ...changed, specialtyIds: [] }, review).specialties).toEqual([])
  })

  it('says what is missing', () => {
    const lacks = judge(emptyBatch(Date.parse('2026-11-24T00:00:00.000Z')), null)
    expect(!lacks.ok && lacks.path).toBe('closesAt')
    expect(
      choices({ levels: ['intermediate'], standing: [] })
        .flatMap(({ specialties }) => specialties)
        .some(({ id }) => id === 'engineering.construction'),
    ).toBe(true)
    expect(choices({ levels: [], standing: [] })).toEqual([])
  })
})
