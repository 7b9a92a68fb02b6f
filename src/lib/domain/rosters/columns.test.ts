import { describe, expect, test } from 'vitest'
import { mainColumns, overviewColumns } from './columns.ts'
import { cellText, type RosterEntry } from './roster.ts'

const row = (id: string, values: Record<string, string | number | boolean>) => ({ id, position: 1, values })
const entry: RosterEntry = {
  type: 'review',
  number: '2026321202P0100042-7',
  state: 'RETURNED',
  round: 2,
  fullName: '张海燕',
  gender: '2',
  birthDate: '1990-01-01',
  idNumber: '321202********0017',
  mobile: '13800000000',
  employerName: '泰州市海陵建筑设计院有限公司',
  region: '321202',
  acceptancePoint: '海陵区人社局',
  specialty: '建筑工程',
  targetTitle: '工程师',
  exceptionType: 'NORMAL',
  isRecognition: false,
  firstSubmittedAt: new Date('2026-08-31T09:30:00Z'),
  certificateNumber: '',
  lists: {},
  fields: {
    mobile: '13911112222',
    politicalStatus: '01',
    workStartDate: '2012-07',
    currentTitle: 'engineering.assistant',
    currentTitleDate: '2018-09',
    specialtyYears: 12,
  },
  rows: {
    educations: [
      row('a', { eduLevel: '61', school: '泰州中学', end: '2008-06' }),
      row('b', { eduLevel: '21', school: '南京工业大学', end: '2012-06', isTopInSpecialty: true }),
    ],
    continuingEducation: [row('c', { hours: 60 }), row('d', { hours: 30.5 })],
    assessments: [2020, 2021, 2022, 2023, 2024, 2025].map((year) => row(String(year), { year, grade: '2' })),
    examResults: [row('e', { examName: '职称外语', subject: '英语 B 级', score: '合格' })],
  },
}
const of = (columns: typeof mainColumns) =>
  Object.fromEntries(columns.map(({ label, value }) => [label, value(entry, 1)]))

describe('registers of the office', () => {
  test('DOMAIN §6: the main register has its columns in their order', () => {
    expect(mainColumns.map(({ label }) => label).join(', ')).toBe(
      '序号, 申报编号, 姓名, 性别, 出生年月, 身份证号, 政治面貌, 单位, 单位性质, 所在地区, 学历, 学位, 毕业院校, 所学专业, ' +
        '毕业时间, 参加工作时间, 现从事专业, 专业年限, 现任资格, 取得时间, 申报专业, 申报资格, 破格情况, 是否认定, ' +
        '继续教育学时合计, 考核（近 5 年）, 联系电话, 受理点, 状态, 提交时间, 退回次数, 结果, 证书编号',
    )
  })

  test('the highest education in the specialty counts, hours add up, the latest five assessments, the phone of the application', () => {
    expect(of(mainColumns)).toMatchObject({
      毕业院校: '南京工业大学',
      毕业时间: '2012.06',
      出生年月: '1990.01',
      继续教育学时合计: '90.5',
      联系电话: '13911112222',
      退回次数: '2',
      提交时间: '2026-08-31 17:30',
      所在地区: '海陵区',
      结果: '',
    })
    expect(of(mainColumns)['考核（近 5 年）']).toMatch(/^2025 .+；2024 .+；2023 .+；2022 .+；2021 [^；]+$/)
  })

  test('E12: the 一览表 has neither ID number nor phone; years in the title are full years', () => {
    const shown = of(overviewColumns)
    expect(shown).toMatchObject({ 任职年限: '7', 外语: '英语 B 级 合格', 是否破格: '否' })
    expect(JSON.stringify(shown)).not.toMatch(/3212|139/)
  })

  test('a submission without lists, as in 补证, leaves its cells empty', () => {
    for (const column of [...mainColumns, ...overviewColumns])
      expect(typeof column.value({ ...entry, fields: {}, rows: {} }, 1), column.label).toBe('string')
  })

  test('what a spreadsheet would take for a formula stays text', () => {
    for (const text of ['=1+1', '+86 138', '-1', '@SUM(A1)', '\t=1']) expect(cellText(text)).toBe(`'${text}`)
    for (const text of ['张海燕', '1-2', '', '321202********0017']) expect(cellText(text)).toBe(text)
  })
})
