import * as v from 'valibot'
import { describe, expect, test } from 'vitest'
import type { Answers, CellValue, Row } from './answers.ts'
import type { ApplicationType } from './application-type.ts'
import { checkApplication, checkCell, checkRow } from './check.ts'
import { stepStates } from './completeness.ts'
import { applicationTypes } from './index.ts'
import { itemsOf, isList } from './application-type.ts'
import { submissionSchema } from './schema.ts'
import { initialCells } from './start.ts'
import { completeAnswers, facts } from './test-world.ts'

const { review, initial, reissue } = applicationTypes
const complete = completeAnswers(review)
const withField = (answers: Answers, id: string, value: CellValue): Answers => ({
  ...answers,
  fields: { ...answers.fields, [id]: value },
})
const withRow = (answers: Answers, list: string, values: Record<string, CellValue>): Answers => {
  const rows = answers.rows[list] ?? []
  return {
    ...answers,
    rows: {
      ...answers.rows,
      [list]: rows.map((row, index) => (index === 0 ? { ...row, values: { ...row.values, ...values } } : row)),
    },
  }
}
const codes = (type: ApplicationType, answers: Answers) =>
  checkApplication(type, answers, facts).map(({ code, path }) => `${code} ${path}`)
const text = (length: number) => '字'.repeat(length)

test.each([review, initial, reissue].map((type) => [type.label, type] as const))(
  'complete answers of %s have no issue',
  (_, type: ApplicationType) => {
    expect(checkApplication(type, completeAnswers(type), facts)).toEqual([])
    expect(v.safeParse(submissionSchema(type, facts), completeAnswers(type)).success).toBe(true)
  },
)

describe('[R23] what is missing is named at its field', () => {
  test('[R23] every starred field of 评审 is asked for when it is empty', () => {
    for (const item of itemsOf(review)) {
      if (isList(item) || item.required !== true || !('kind' in item) || item.kind === 'slot') continue
      expect(codes(review, withField(complete, item.id, null))).toContain(`answer.required ${item.id}`)
    }
  })

  test('[R56] without the 承诺书 the application is not complete', () => {
    const { pledge: _gone, ...files } = complete.files
    expect(codes(review, { ...complete, files })).toEqual(['answer.required pledge'])
  })

  test('the submission schema carries the same path and code', () => {
    const result = v.safeParse(submissionSchema(review, facts), withField(complete, 'employerName', ''))
    expect(result.success).toBe(false)
    expect(result.issues?.map((issue) => [issue.message, v.getDotPath(issue)])).toEqual([
      ['answer.required', 'employerName'],
    ])
  })
})

describe('limits', () => {
  test.each([
    ['[R83] 工作总结', review, 'workSummary', 2000],
    ['[R39] 技术工作小结', initial, 'technicalSummary', 800],
    ['[R38] 主要工作成绩', initial, 'mainAchievements', 400],
  ] as const)('%s: the limit is allowed, one more is refused', (_, type, id, limit) => {
    const answers = completeAnswers(type)
    expect(checkCell(type, id, text(limit), answers, facts)).toBeNull()
    expect(checkCell(type, id, text(limit + 1), answers, facts)).toMatchObject({
      code: 'answer.too-long',
      params: { over: 1, atMost: limit },
    })
  })

  test('[R83] 2000 字 are counted as code points: rare characters count once, line breaks once', () => {
    expect(checkCell(review, 'workSummary', '𠮷'.repeat(2000), complete, facts)).toBeNull()
    expect(checkCell(review, 'workSummary', `${'字\r\n'.repeat(999)}字字`, complete, facts)).toBeNull()
  })

  test('[R73] a ninth 继续教育 row is refused', () => {
    const row = complete.rows['continuingEducation']?.[0] as Row
    const rows = Array.from({ length: 9 }, (_, index) => ({
      ...row,
      id: `00000000-0000-4000-8000-10000000000${index}`,
    }))
    const files = Object.fromEntries(
      rows.map(({ id }) => [
        `continuingEducation/${id}/proof`,
        [{ ...(complete.files['idCard']?.[0] as never as object) } as never],
      ]),
    )
    const nine = {
      ...complete,
      rows: { ...complete.rows, continuingEducation: rows },
      files: { ...complete.files, ...files },
    }
    expect(codes(review, nine)).toEqual(['answer.too-many-rows continuingEducation'])
    const eight = { ...nine, rows: { ...nine.rows, continuingEducation: rows.slice(0, 8) } }
    expect(codes(review, eight)).toEqual([])
  })
})

describe('single fields', () => {
  test('[R7, R59] the ID number cannot be set', () => {
    expect(checkCell(review, 'idNumber', '32128219951001005X', complete, facts)).toMatchObject({
      code: 'answer.locked',
    })
  })

  test('[R51, R52] a specialty outside the batch, or a title of another specialty, is not accepted', () => {
    expect(codes(review, withField(complete, 'specialty', 'engineering.mechanical'))).toContain(
      'answer.not-in-list specialty',
    )
    expect(codes(review, withField(complete, 'targetTitle', 'engineering.assistant'))).toEqual([
      'answer.not-in-list targetTitle',
    ])
  })

  test('[R32] a 受理点 of another region is not accepted', () => {
    expect(codes(initial, withField(completeAnswers(initial), 'acceptRegion', '321204'))).toEqual([
      'answer.not-in-list acceptancePoint',
    ])
  })

  test('[R55] another 破格情况 asks for its reason, 正常晋升 does not', () => {
    expect(codes(review, withField(complete, 'exceptionType', 'EDU'))).toEqual(['answer.required exceptionReason'])
  })

  test('[R63] the certificate slot is asked for only when a title is held', () => {
    const held = withField(complete, 'currentTitle', 'engineering.assistant')
    expect(codes(review, held)).toEqual([
      'answer.required currentTitleDate',
      'answer.required currentTitleWay',
      'answer.required currentTitleIssuer',
      'answer.required practiceQualification',
    ])
    expect(codes(review, withField(complete, 'currentTitle', 'none'))).toEqual([])
  })

  test('dates in the future and work before the age of 14 are refused', () => {
    expect(codes(review, withField(complete, 'workStartDate', '2026-12'))).toContain('answer.in-future workStartDate')
    expect(codes(review, withField(complete, 'workStartDate', '1999-11'))).toEqual(['answer.before workStartDate'])
    expect(codes(review, withField(complete, 'workStartDate', '1999-12'))).toEqual([])
  })

  test('half-typed text of a phone number may be kept, but not submitted', () => {
    expect(checkCell(review, 'mobile', '138', complete, facts)).toBeNull()
    expect(codes(review, withField(complete, 'mobile', '138'))).toEqual(['identity.mobile-wrong mobile'])
  })

  test('a path the catalogue does not know is refused', () => {
    for (const path of ['nothing', '__proto__', 'educations/x/y/z', 'fullName/1/2']) {
      expect(checkCell(review, path, 'x', complete, facts)).toMatchObject({ code: 'answer.unknown-path' })
    }
  })
})

describe('rows', () => {
  test('[R68] exactly one education is the highest in the specialty', () => {
    expect(codes(review, withRow(complete, 'educations', { isTopInSpecialty: false }))).toEqual([
      'answer.exactly-one educations',
    ])
  })

  test('[R75] 专业考试成绩 may be empty', () => {
    expect(complete.rows['examResults'] ?? []).toEqual([])
    expect(checkApplication(review, complete, facts)).toEqual([])
  })

  test('[R76] the end of 工作经历 may be blank and means 至今', () => {
    expect(codes(review, withRow(complete, 'workHistory', { to: null }))).toEqual([])
    expect(codes(review, withRow(complete, 'workHistory', { from: '2020-01', to: '2019-12' }))[0]).toMatch(
      /^answer.before workHistory/,
    )
  })

  test('[R80] 排名 may be blank; a rank above the number of people is refused', () => {
    expect(codes(review, withRow(complete, 'achievements', { rank: null, teamSize: null }))).toEqual([])
    expect(codes(review, withRow(complete, 'achievements', { rank: 4, teamSize: 3 }))[0]).toMatch(
      /^answer.rank-above-total achievements/,
    )
  })

  test('[R70] a row without its required file is not complete', () => {
    const list = itemsOf(review)
      .filter(isList)
      .find(({ id }) => id === 'educations')!
    const row = complete.rows['educations']?.[0] as Row
    expect(checkRow(list, row, { ...complete, files: {} }, facts).map(({ code }) => code)).toEqual(['answer.required'])
  })

  test('高中 needs no 专业, 本科 does', () => {
    expect(codes(review, withRow(complete, 'educations', { eduLevel: '61', major: null }))).toEqual([])
    expect(codes(review, withRow(complete, 'educations', { eduLevel: '21', major: null }))[0]).toMatch(
      /^answer.required educations/,
    )
  })
})

describe('completeness', () => {
  test('[R102] a fresh application has empty steps; a complete one has every step done', () => {
    const fresh = { fields: initialCells(review, facts.account), rows: {}, files: {} }
    const states = stepStates(review, fresh, facts)
    expect(states.map(({ state }) => state)).toEqual([
      'empty',
      'empty',
      'empty',
      'empty',
      'empty',
      'empty',
      'empty',
      'done',
      'empty',
      'done',
    ])
    expect(stepStates(review, complete, facts).every(({ state }) => state === 'done')).toBe(true)
  })

  test('[R54, R55, R59, R60] a new application starts with 否, 正常晋升 and the account’s name, mobile and e-mail', () => {
    expect(initialCells(review, facts.account)).toMatchObject({
      isCivilServant: false,
      exceptionType: 'NORMAL',
      fullName: '周文静',
      mobile: '13800005678',
      email: 'zhou@example.com',
    })
    expect(initialCells(review, facts.account)).not.toHaveProperty('idNumber')
  })

  test('a comment of the office marks its step', () => {
    expect(stepStates(review, complete, facts, ['educations'])[3]?.state).toBe('error')
  })

  test('something wrong shows as an error, something missing as started', () => {
    expect(stepStates(review, withField(complete, 'workStartDate', '2027-01'), facts)[1]?.state).toBe('error')
    expect(stepStates(review, withField(complete, 'employerName', null), facts)[0]?.state).toBe('started')
  })
})
