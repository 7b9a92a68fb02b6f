import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { anyAnswers } from '../../../../tests/world/any-answers.ts'
import { checkApplication } from '../forms/check.ts'
import { applicationTypes } from '../forms/index.ts'
import { itemAt } from '../forms/answers.ts'
import { facts as anyFacts } from '../forms/test-world.ts'
import type { CellValue, Row } from '../forms/answers.ts'
import { hoursByYear } from './continuing-hours.ts'
import { eligibilityAdvice, type EligibilityInput } from './eligibility.ts'
import { retirementMonth } from './retirement.ts'
import { educationRankOf, type YearRequirement } from './year-requirements.ts'

type Values = Record<string, CellValue>

const asRows = (rows: Record<string, Values[]>): Record<string, Row[]> =>
  Object.fromEntries(
    Object.entries(rows).map(([list, all]) => [
      list,
      all.map((values, at) => ({ id: `r${at + 1}`, position: at, values })),
    ]),
  )

/** An engineer with a bachelor's degree, assistant since 2021-06, applying for 工程师: nothing to remark. */
const application = (
  fields: Values = {},
  rows: Record<string, Values[]> = {},
  more: Partial<EligibilityInput> & { birthDate?: string } = {},
): EligibilityInput => {
  const { birthDate = '1993-06-14', ...rest } = more
  return {
    type: 'review',
    answers: {
      fields: {
        targetTitle: 'engineering.intermediate',
        currentTitle: 'engineering.assistant',
        currentTitleDate: '2021-06',
        isCivilServant: false,
        exceptionType: 'NORMAL',
        ...fields,
      },
      rows: asRows({
        educations: [{ eduLevel: '21', degree: '408', end: '2015-06', completion: '1', isTopInSpecialty: true }],
        ...rows,
      }),
    },
    facts: {
      today: '2026-11-23',
      account: { fullName: '周文静', idNumber: '', gender: '2', birthDate, mobile: '', email: '' },
      batch: { specialties: [] },
    },
    ...rest,
  }
}
const codes = (input: EligibilityInput) => eligibilityAdvice(input).map((one) => one.code)
const only = (input: EligibilityInput) => {
  const advice = eligibilityAdvice(input)
  expect(advice).toHaveLength(1)
  return advice[0]!
}

test('nothing to remark, nothing said', () => {
  expect(codes(application())).toEqual([])
})

test('an empty form is not spoken about, and a reissue never', () => {
  const empty = { ...application(), answers: { fields: {}, rows: {} } }
  expect(codes(empty)).toEqual([])
  expect(codes({ ...empty, type: 'initial' })).toEqual([])
  expect(codes(application({ isCivilServant: true }, {}, { type: 'reissue' }))).toEqual([])
})

describe('[E3] 初定 and 评审 for the same title in one year', () => {
  const other = {
    type: 'initial' as const,
    year: 2026,
    batchName: '2026 年度初定',
    targetTitle: 'engineering.intermediate',
  }
  const beside = (changes: Partial<typeof other> | { type: 'review' | 'reissue' }, type?: 'initial' | 'reissue') =>
    application({}, {}, { beside: { year: 2026, others: [{ ...other, ...changes }] }, ...(type && { type }) })

  test('is told at the title, from either side, with the other batch by its name', () => {
    expect(only(beside({}))).toMatchObject({ code: 'both-ways', path: 'targetTitle' })
    expect(only(beside({})).text).toContain('还有一份初定申报（2026 年度初定）')
    expect(codes(beside({ type: 'review' }, 'initial'))).toContain('both-ways')
  })

  test('not for another title, another year, the same type, a 补证, or where nothing else is known', () => {
    expect(codes(beside({ targetTitle: 'engineering.assistant' }))).toEqual([])
    expect(codes(beside({ year: 2025 }))).toEqual([])
    expect(codes(beside({ type: 'review' }))).toEqual([])
    expect(codes(beside({ type: 'reissue' }))).toEqual([])
    expect(codes(beside({}, 'reissue'))).toEqual([])
    expect(codes(application({}, {}, { beside: { year: 2026, others: [] } }))).toEqual([])
    const untitled = { year: 2026, others: [{ ...other, targetTitle: null }] }
    expect(codes(application({ targetTitle: '' }, {}, { beside: untitled }))).toEqual([])
  })
})

test('[E6] a civil servant is told', () => {
  expect(only(application({ isCivilServant: true }))).toMatchObject({ code: 'civil-servant', path: 'isCivilServant' })
})

describe('[E4] ranges and dates', () => {
  test('end before start, at the end; the same month is no fault; blank means until now', () => {
    const work = (from: string, to: string | null) => application({}, { workHistory: [{ unit: '甲', from, to }] })
    expect(only(work('2020-03', '2020-02'))).toMatchObject({ code: 'range-order', path: 'workHistory/r1/to' })
    expect(codes(work('2020-03', '2020-03'))).toEqual([])
    expect(codes(work('2020-03', null))).toEqual([])
  })

  test('a month to come and a day to come, but not this month and not today', () => {
    expect(codes(application({ workStartDate: '2026-12' }))).toEqual(['in-future'])
    expect(codes(application({ workStartDate: '2026-11' }))).toEqual([])
    const course = (to: string) =>
      application({}, { continuingEducation: [{ from: '2026-01-01', to, kind: '2', hours: 100 }] })
    expect(only(course('2026-11-24'))).toMatchObject({ code: 'in-future', path: 'continuingEducation/r1/to' })
    expect(codes(course('2026-11-23'))).toEqual([])
  })

  test('work that overlaps is remarked in order of time, whatever the order of the rows', () => {
    const input = application(
      {},
      {
        workHistory: [
          { unit: '乙', from: '2019-05', to: null },
          { unit: '甲', from: '2015-07', to: '2019-08' },
        ],
      },
    )
    expect(only(input)).toMatchObject({ code: 'work-overlap', path: 'workHistory/r1/from' })
    expect(only(input).text).toContain('甲')
    const after = application(
      {},
      {
        workHistory: [
          { unit: '甲', from: '2015-07', to: '2019-08' },
          { unit: '乙', from: '2019-08', to: null },
        ],
      },
    )
    expect(codes(after)).toEqual([])
  })
})

test('[E5] rank above the size of the team, in achievements and in publications; alone without a rank is fine', () => {
  const input = application(
    {},
    {
      achievements: [{ rank: 3, teamSize: 2 }, { rank: 2, teamSize: 2 }, { rank: null, teamSize: null }, { rank: 1 }],
      publications: [{ rank: 4, total: 3 }],
    },
  )
  expect(eligibilityAdvice(input).map((one) => [one.code, one.path])).toEqual([
    ['rank-above-total', 'achievements/r1/rank'],
    ['rank-above-total', 'publications/r1/rank'],
  ])
})

describe('[R77][A42] work before the title held', () => {
  test('wholly before is marked, spanning it is fine', () => {
    const input = application(
      {},
      {
        achievements: [
          { from: '2019-01', to: '2021-05' },
          { from: '2020-01', to: '2021-06' },
          { from: '2020-01', to: null },
        ],
        publications: [{ publishedOn: '2020-12' }, { publishedOn: '2021-06' }],
      },
    )
    expect(eligibilityAdvice(input).map((one) => one.path)).toEqual([
      'achievements/r1/to',
      'publications/r1/publishedOn',
    ])
  })

  test('without a title there is no such line', () => {
    const first = application(
      { currentTitle: 'none', currentTitleDate: null },
      { achievements: [{ from: '2016-01', to: '2017-01' }] },
    )
    expect(codes(first)).not.toContain('before-current-title')
  })
})

describe('[E7] years for 评审', () => {
  const bachelor = [{ eduLevel: '21', degree: '408', end: '2015-06', completion: '1' }]
  const review = (target: string, held: string, since: string, education: Values[] = bachelor) =>
    application({ targetTitle: target, currentTitle: held, currentTitleDate: since }, { educations: education })

  test.each([
    ['bachelor, 4 years after 助理级', '2022-11', []],
    ['a month short of 4 years', '2022-12', ['years-short']],
  ])('%s', (_, since, expected) => {
    expect(codes(review('engineering.intermediate', 'engineering.assistant', since))).toEqual(expected)
  })

  test('says what is asked and what there is', () => {
    expect(only(review('engineering.intermediate', 'engineering.assistant', '2024-01'))).toEqual({
      code: 'years-short',
      text: '本科学历申报中级，一般要取得助理级满 4 年，现在 2 年 10 个月。年限不够的请选破格情况，最后由审核人员认定。',
      path: 'targetTitle',
    })
  })

  test('master 2 years, doctor nothing, 中专 by the conditions of the specialty', () => {
    const to = (education: Values) =>
      codes(review('engineering.intermediate', 'engineering.assistant', '2024-11', [education]))
    expect(to({ eduLevel: '14', end: '2020-06' })).toEqual([])
    expect(to({ eduLevel: '21', degree: '308', end: '2020-06' })).toEqual([]) // 同等学力 master
    expect(to({ eduLevel: '11', end: '2020-06' })).toEqual([])
    expect(to({ eduLevel: '31', end: '2010-06' })).toEqual(['years-short'])
    expect(to({ eduLevel: '41', end: '2010-06' })).toEqual(['by-condition'])
  })

  test('副高 and 正高: 5 years, doctor 2 to 副高, 大专 only by 破格', () => {
    expect(codes(review('engineering.associate-senior', 'engineering.intermediate', '2021-12'))).toEqual([
      'years-short',
    ])
    expect(codes(review('engineering.associate-senior', 'engineering.intermediate', '2021-11'))).toEqual([])
    const doctor = [{ eduLevel: '11', end: '2020-06' }]
    expect(codes(review('engineering.associate-senior', 'engineering.intermediate', '2024-11', doctor))).toEqual([])
    expect(codes(review('engineering.senior', 'engineering.associate-senior', '2022-01', doctor))).toEqual([
      'years-short',
    ])
    const college = [{ eduLevel: '31', end: '2005-06' }]
    expect(codes(review('engineering.associate-senior', 'engineering.intermediate', '2010-01', college))).toEqual([
      'by-exception',
    ])
  })

  test('a level left out, a level already held', () => {
    expect(codes(review('engineering.associate-senior', 'engineering.assistant', '2010-01'))).toEqual(['level-skipped'])
    expect(codes(review('engineering.intermediate', 'none', ''))).toEqual(['level-skipped'])
    expect(codes(review('engineering.intermediate', 'engineering.intermediate', '2010-01'))).toEqual(['already-held'])
    expect(codes(review('engineering.intermediate', 'a-title-of-the-office', '2025-01'))).toEqual([])
  })

  test('破格, 认定 and 转评 follow their own conditions', () => {
    const short = { currentTitleDate: '2026-01' }
    expect(codes(application({ ...short }))).toEqual(['years-short'])
    expect(codes(application({ ...short, exceptionType: 'EDU' }))).toEqual([])
    expect(codes(application({ ...short, exceptionType: 'SENIORITY' }))).toEqual(['exception-seniority'])
    expect(codes(application({ ...short, exceptionType: 'BOTH' }))).toEqual(['exception-both'])
    expect(codes(application({ ...short, isRecognition: true }))).toEqual([])
  })

  test('only what was completed counts, and nothing above the education marked as highest in the specialty', () => {
    const two = (marked: boolean, completion = '1'): Values[] => [
      { eduLevel: '31', end: '2012-06', completion: '1', isTopInSpecialty: marked },
      { eduLevel: '14', end: '2024-06', completion },
    ]
    const to = (education: Values[]) =>
      codes(review('engineering.intermediate', 'engineering.assistant', '2024-06', education))
    expect(to(two(false))).toEqual([])
    expect(to(two(true))).toEqual(['years-short'])
    expect(to(two(false, '2'))).toEqual(['years-short'])
  })

  test('the batch may bring its own table and its own day', () => {
    const own: YearRequirement[] = [
      { way: 'review', level: 'intermediate', education: 'bachelor', requires: [{ years: 6, after: 'assistant' }] },
    ]
    expect(codes(application({}, {}, { requirements: own }))).toEqual(['years-short'])
    expect(codes(application({ currentTitleDate: '2022-12' }, {}, { countedTo: '2026-12-31' }))).toEqual([])
  })

  test('the level a batch gives to its own title counts', () => {
    const input = application({ targetTitle: 'own-title', currentTitleDate: '2026-01' })
    const titles = [{ id: 'own-title', label: '某师', level: 'intermediate' }]
    const facts = { ...input.facts, batch: { specialties: [{ id: 's', label: '某专业', series: 'x', titles }] } }
    expect(codes({ ...input, facts })).toEqual(['years-short'])
  })
})

describe('[E7] years for 初定', () => {
  const initial = (target: string, education: Values, fields: Values = { currentTitle: 'none' }) =>
    codes({
      ...application(
        { targetTitle: target, currentTitleDate: null, exceptionType: null, ...fields },
        { educations: [education] },
      ),
      type: 'initial',
    })

  test.each([
    ['engineering.assistant', '21', '2025-11', []],
    ['engineering.assistant', '21', '2025-12', ['years-short']],
    ['engineering.assistant', '31', '2023-11', []],
    ['engineering.assistant', '31', '2024-06', ['years-short']],
    ['engineering.assistant', '41', '2021-11', []],
    ['engineering.assistant', '41', '2022-06', ['years-short']],
    ['engineering.assistant', '14', '2026-11', []],
    ['engineering.technician', '31', '2025-11', []],
    ['engineering.technician', '41', '2026-06', ['years-short']],
    ['engineering.intermediate', '11', '2026-11', []],
    ['engineering.intermediate', '14', '2023-11', []],
    ['engineering.intermediate', '14', '2024-06', ['years-short']],
    ['engineering.intermediate', '21', '2010-06', ['not-by-initial']],
  ])('%s with education %s of %s: %j', (target, eduLevel, end, expected) => {
    expect(initial(target, { eduLevel, end })).toEqual(expected)
  })

  test('大专: three years after graduation, or two after 员级', () => {
    const held = (since: string) => ({ currentTitle: 'engineering.technician', currentTitleDate: since })
    expect(initial('engineering.assistant', { eduLevel: '31', end: '2024-06' }, held('2024-11'))).toEqual([])
    expect(initial('engineering.assistant', { eduLevel: '31', end: '2024-06' }, held('2025-06'))).toEqual([
      'years-short',
    ])
  })

  test('nothing is said while the month of graduation is missing', () => {
    expect(initial('engineering.assistant', { eduLevel: '31' })).toEqual([])
  })
})

describe('转评', () => {
  test('stays at the level held and asks for a year in the post', () => {
    const transfer = (fields: Values) => codes(application({ isTransfer: true, ...fields }))
    expect(transfer({ currentTitle: 'economics.intermediate', currentPostDate: '2025-11' })).toEqual([])
    expect(transfer({ currentTitle: 'economics.assistant', currentPostDate: '2025-12' })).toEqual([
      'transfer-level',
      'transfer-year',
    ])
  })
})

test('a penalty is remarked at its row', () => {
  const input = application({}, { rewardsPunishments: [{ kind: '1' }, { kind: '2' }] })
  expect(only(input)).toMatchObject({ code: 'penalty', path: 'rewardsPunishments/r2/kind' })
})

describe('retirement age', () => {
  test.each([
    ['1964-12-31', '1', '2024-12'], // the last man at 60
    ['1965-01-01', '1', '2025-02'],
    ['1965-05-01', '1', '2025-07'],
    ['1976-09-01', '1', '2039-09'], // the first at 63
    ['1990-01-01', '1', '2053-01'],
    ['1969-12-31', '2', '2024-12'],
    ['1970-01-01', '2', '2025-02'],
    ['1981-09-01', '2', '2039-09'],
  ] as const)('born %s, gender %s: %s', (birthDate, gender, month) => {
    expect(retirementMonth(birthDate, gender)).toBe(month)
  })

  test('told from the month after', () => {
    expect(retirementMonth('1971-06-14', '2')).toBe('2026-11')
    expect(codes(application({}, {}, { birthDate: '1971-06-14' }))).toEqual([])
    expect(codes(application({}, {}, { birthDate: '1971-03-14' }))).toEqual(['retired'])
  })
})

describe('[E8] hours of continuing education', () => {
  test('90 with 60 专业 from 2022, 72 with 48 before; 公需 counts up to its share', () => {
    const rows = [
      { from: '2021-03-01', to: '2021-03-05', kind: '2', hours: 48 },
      { from: '2021-05-01', to: '2021-05-05', kind: '1', hours: 24 },
      { from: '2025-12-20', to: '2026-01-10', kind: '2', hours: 50 }, // counts in the year it ended
      { from: '2026-02-01', to: '2026-02-03', kind: '1', hours: 60 },
      { kind: '2', hours: 10 },
    ]
    expect(hoursByYear(rows)).toEqual([
      { year: 2021, general: 24, specialty: 48, counted: 72, required: 72, requiredSpecialty: 48, enough: true },
      { year: 2026, general: 60, specialty: 50, counted: 80, required: 90, requiredSpecialty: 60, enough: false },
    ])
  })

  test('a short year is information at the list', () => {
    const input = application(
      {},
      { continuingEducation: [{ from: '2025-03-01', to: '2025-03-05', kind: '2', hours: 40 }] },
    )
    expect(only(input)).toEqual({
      code: 'hours-short',
      text: '2025 年计入 40 学时（专业 40、公需 0），一般要 90 学时，其中专业不少于 60。',
      path: 'continuingEducation',
    })
  })
})

test.each([
  ['11', '0', 'doctor'],
  ['21', '408', 'bachelor'],
  ['21', '308', 'master'],
  ['17', '0', 'bachelor'],
  ['47', '0', 'secondary'],
  ['61', '0', undefined],
  ['12', '0', undefined],
])('education %s with degree %s ranks as %s', (eduLevel, degree, rank) => {
  expect(educationRankOf(eduLevel, degree)).toBe(rank)
})

test('[E4–E8] advice about any application stands at a place of its form, says something, and blocks nothing', () => {
  const seen = new Set<string>()
  for (const type of Object.values(applicationTypes)) {
    fc.assert(
      fc.property(anyAnswers(type, anyFacts), (answers) => {
        for (const { code, path, text } of eligibilityAdvice({ type: type.id, answers, facts: anyFacts })) {
          seen.add(code)
          expect([code, path, itemAt(type, path)?.item.id]).toEqual([code, path, path.split('/').at(-1)])
          expect(text.length).toBeGreaterThan(10)
        }
        expect(checkApplication(type, answers, anyFacts)).toEqual([])
      }),
      { numRuns: 40 },
    )
  }
  expect([...seen]).toEqual(expect.arrayContaining(['hours-short', 'before-current-title', 'penalty']))
})
