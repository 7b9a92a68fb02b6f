import { describe, expect, it } from 'vitest'
import { type BatchSettings, changeBatch, checkBatch, offeredSpecialties } from './batch-settings.ts'

const batch: BatchSettings = {
  type: 'review',
  name: '2026 年度工程系列中级职称评审',
  year: 2026,
  level: '中级',
  opensAt: '2026-10-16T00:00:00.000Z',
  closesAt: '2026-11-30T09:30:00.000Z',
  committeeName: '泰州市工程系列中级评审委员会',
  hasDepartment: false,
  hasPublicity: true,
  recognitionByApproval: true,
  graceMinutes: 0,
  specialties: [{ id: 'engineering.construction', titles: ['engineering.intermediate'] }],
  overrides: {},
}
const codeOf = (outcome: ReturnType<typeof checkBatch>) => (outcome.ok ? 'ok' : `${outcome.code} ${outcome.path}`)

const standing = (submitted: boolean) => ({ submitted, decided: false, now: new Date('2026-11-05T00:00:00.000Z') })

describe('the settings of a batch', () => {
  it('[R20] ends after it begins; an end may be left open (A6)', () => {
    expect(codeOf(checkBatch(batch))).toBe('ok')
    expect(codeOf(checkBatch({ ...batch, closesAt: null }))).toBe('ok')
    expect(codeOf(checkBatch({ ...batch, closesAt: batch.opensAt }))).toBe('answer.before closesAt')
  })

  it('grants whole minutes of grace, at most two hours, and takes none back once somebody has submitted', () => {
    const grace = (graceMinutes: number) => ({ ...batch, graceMinutes })
    expect([0, 10, 120].map((one) => codeOf(checkBatch(grace(one))))).toEqual(['ok', 'ok', 'ok'])
    for (const wrong of [-1, 1.5, 121, Number.NaN])
      expect(codeOf(checkBatch(grace(wrong)))).toBe('answer.out-of-range graceMinutes')
    expect(codeOf(changeBatch(grace(10), grace(30), standing(true)))).toBe('ok')
    expect(codeOf(changeBatch(grace(10), grace(9), standing(true)))).toBe('batch.locked-setting graceMinutes')
  })

  it('[R51] offers titles of its specialties, and none that does not belong to them', () => {
    expect(codeOf(checkBatch({ ...batch, specialties: [] }))).toBe('answer.required specialties')
    expect(
      codeOf(checkBatch({ ...batch, specialties: [{ id: 'engineering.construction', titles: ['health.nurse'] }] })),
    ).toBe('answer.not-in-list specialties')
    expect(codeOf(checkBatch({ ...batch, type: 'reissue', specialties: [] }))).toBe('ok')
    const [offer] = offeredSpecialties('review', batch.specialties)
    expect(offer).toMatchObject({ label: '建筑工程', titles: [{ label: '工程师' }] })
    expect(offeredSpecialties('reissue', batch.specialties)).toEqual([])
  })

  it('[R31, A27] leads by 初定 to titles of 初级 and 中级 alone, by 评审 to those of every level', () => {
    const initial = { ...batch, type: 'initial' as const, level: null }
    const of = (level: string) => [{ id: 'engineering.construction', titles: [`engineering.${level}`] }]
    const outcome = (type: object, level: string) => codeOf(checkBatch({ ...batch, ...type, specialties: of(level) }))
    for (const level of ['technician', 'assistant', 'intermediate', 'associate-senior', 'senior'])
      expect(outcome({}, level)).toBe('ok')
    for (const level of ['technician', 'assistant', 'intermediate']) expect(outcome(initial, level)).toBe('ok')
    for (const level of ['associate-senior', 'senior'])
      expect(outcome(initial, level)).toBe('answer.not-in-list specialties')
    // One made before this was asked for: its end can still be moved, its titles stand as submissions found them.
    const older = { ...initial, specialties: of('senior') }
    const later = { ...older, closesAt: '2026-12-10T09:30:00.000Z' }
    expect(codeOf(changeBatch(older, later, standing(true)))).toBe('ok')
    expect(codeOf(changeBatch(older, later, standing(false)))).toBe('answer.not-in-list specialties')
    expect(codeOf(changeBatch(older, { ...older, specialties: of('assistant') }, standing(false)))).toBe('ok')
  })

  it('[R23] asks for more or less than its form only where the form can bear it', () => {
    const overridden = (overrides: BatchSettings['overrides']) => codeOf(checkBatch({ ...batch, overrides }))
    expect(
      overridden({
        required: { societies: true, idCard: false, examResults: true },
        atMost: { workSummary: 1500, continuingEducation: 5, 'workHistory/work': 50 },
        hints: { 'educations/school': '写全称' },
        helps: { societies: '' },
      }),
    ).toBe('ok')
    expect(overridden({ required: { nothing: true } })).toBe('answer.unknown-path overrides.required.nothing')
    // no application finds its way without these
    for (const path of ['acceptancePoint', 'acceptRegion', 'specialty', 'targetTitle', 'fullName', 'educations'])
      expect(overridden({ required: { [path]: false } })).toBe(`answer.locked overrides.required.${path}`)
    // what the system shows by itself
    expect(overridden({ hints: { idNumber: '好' } })).toBe('answer.unknown-path overrides.hints.idNumber')
    // the paper has room for what the catalogue allows
    for (const atMost of [0, 2.5, 2001, Number.NaN])
      expect(overridden({ atMost: { workSummary: atMost } })).toBe('answer.out-of-range overrides.atMost.workSummary')
    expect(overridden({ hints: { societies: '长'.repeat(101) } })).toBe('answer.too-long overrides.hints.societies')
    expect(overridden({ helps: { examResults: '表外说明' } })).toBe('answer.unknown-path overrides.helps.examResults')
  })

  it('keeps what the form demands once somebody has submitted; its explanations may change', () => {
    const change = (overrides: BatchSettings['overrides']) =>
      codeOf(
        changeBatch({ ...batch, overrides: { atMost: { workSummary: 900 } } }, { ...batch, overrides }, standing(true)),
      )
    expect(change({ atMost: { workSummary: 900 }, hints: { societies: '没有写无' } })).toBe('ok')
    expect(change({ atMost: { workSummary: 800 } })).toBe('batch.locked-setting overrides')
    expect(change({ atMost: { workSummary: 900 }, required: { societies: true } })).toBe(
      'batch.locked-setting overrides',
    )
  })

  it('may change in every way before anybody has submitted', () => {
    const other: BatchSettings = { ...batch, year: 2027, level: '高级', closesAt: '2026-11-01T00:00:00.000Z' }
    expect(codeOf(changeBatch(batch, other, standing(false)))).toBe('ok')
  })

  it('keeps type, year, level, start and specialties once somebody has submitted; its end only moves to later', () => {
    const change = (more: Partial<BatchSettings>) => codeOf(changeBatch(batch, { ...batch, ...more }, standing(true)))
    expect(change({ type: 'initial' })).toBe('batch.locked-setting type')
    expect(change({ year: 2027 })).toBe('batch.locked-setting year')
    expect(change({ level: '高级' })).toBe('batch.locked-setting level')
    expect(change({ opensAt: '2026-10-17T00:00:00.000Z' })).toBe('batch.locked-setting opensAt')
    expect(change({ specialties: [{ id: 'engineering.transport', titles: ['engineering.intermediate'] }] })).toBe(
      'batch.locked-setting specialties',
    )
    expect(change({ closesAt: '2026-11-30T09:29:59.000Z' })).toBe('batch.locked-setting closesAt')
    expect(change({ closesAt: '2026-12-10T09:30:00.000Z' })).toBe('ok')
    expect(change({ closesAt: null })).toBe('ok')
    expect(change({ name: '2026 年度工程系列中级职称评审（延长）' })).toBe('ok')
  })

  it('A6: one without an end may be given one that is still to come, submissions or not', () => {
    const endless = { ...batch, closesAt: null }
    const end = (closesAt: string) => codeOf(changeBatch(endless, { ...batch, closesAt }, standing(true)))
    expect(end('2026-11-05T00:00:00.000Z')).toBe('ok')
    expect(end('2026-11-04T23:59:59.000Z')).toBe('batch.locked-setting closesAt')
  })

  it('T15: whether results are published stands once there is one', () => {
    const change = (decided: boolean) =>
      codeOf(changeBatch(batch, { ...batch, hasPublicity: !batch.hasPublicity }, { ...standing(true), decided }))
    expect(change(false)).toBe('ok')
    expect(change(true)).toBe('batch.locked-setting hasPublicity')
  })
})
