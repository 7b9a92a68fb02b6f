import { labelOf } from '../code-lists/index.ts'
import { topEducation } from '../forms/answers.ts'
import { printDate } from '../forms/kinds/dated.ts'
import { states, type State } from '../lifecycle/states.ts'
import { monthsBetween } from '../rules/eligibility-input.ts'
import { dateInShanghai, timeInShanghai } from '../working-days.ts'
import type { ExportKind } from './export-kinds.ts'
import type { RosterColumn, RosterEntry } from './roster.ts'

const text = (entry: RosterEntry, id: string): string => String(entry.fields[id] ?? '')
/** What was entered in the education in the specialty (R68). */
const topText = (entry: RosterEntry, id: string): string => String(topEducation(entry)?.values[id] ?? '')
const month = (date: string): string => printDate(date.slice(0, 7))
const yesNo = (yes: boolean): string => (yes ? '是' : '否')

const hours = (entry: RosterEntry): string => {
  const rows = entry.rows['continuingEducation'] ?? []
  return rows.length === 0 ? '' : String(rows.reduce((sum, { values }) => sum + (Number(values['hours']) || 0), 0))
}

/** 考核 of so many years are listed, the latest first. */
const ASSESSED_YEARS = 5
const assessments = (entry: RosterEntry): string =>
  [...(entry.rows['assessments'] ?? [])]
    .sort((a, b) => Number(b.values['year']) - Number(a.values['year']))
    .slice(0, ASSESSED_YEARS)
    .map(({ values }) => `${values['year']} ${labelOf('assessmentGrade', String(values['grade'] ?? ''), entry.lists)}`)
    .join('；')

/** What came of an application, where it is decided. */
const results: Partial<Record<State, string>> = {
  PASSED: '通过',
  PUBLICITY: '通过',
  OBJECTION: '通过（异议核查中）',
  CONFIRMED: '通过',
  CERTIFIED: '通过',
  FAILED: '未通过',
  REJECTED: '不予受理',
  CANCELLED: '取消资格',
  REVOKED: '已撤销',
}

/** Columns that more than one register has. */
const common = {
  place: { label: '序号', width: 6, value: (_, place) => String(place) },
  number: { label: '申报编号', width: 24, value: (entry) => entry.number },
  fullName: { label: '姓名', width: 12, value: (entry) => entry.fullName },
  gender: { label: '性别', width: 6, value: (entry) => labelOf('gender', entry.gender) },
  birthDate: { label: '出生年月', width: 10, value: (entry) => month(entry.birthDate) },
  employer: { label: '单位', width: 36, value: (entry) => entry.employerName },
  workStart: { label: '参加工作时间', width: 12, value: (entry) => month(text(entry, 'workStartDate')) },
  currentSpecialty: { label: '现从事专业', width: 20, value: (entry) => text(entry, 'currentSpecialty') },
  specialtyYears: { label: '专业年限', width: 8, value: (entry) => text(entry, 'specialtyYears') },
  education: { label: '学历', width: 14, value: (entry) => labelOf('educationLevel', topText(entry, 'eduLevel')) },
  degree: { label: '学位', width: 10, value: (entry) => labelOf('degree', topText(entry, 'degree')) },
  school: { label: '毕业院校', width: 24, value: (entry) => topText(entry, 'school') },
  major: { label: '所学专业', width: 20, value: (entry) => topText(entry, 'major') },
  graduated: { label: '毕业时间', width: 10, value: (entry) => month(topText(entry, 'end')) },
  specialty: { label: '申报专业', width: 18, value: (entry) => entry.specialty },
  targetTitle: { label: '申报资格', width: 16, value: (entry) => entry.targetTitle },
} as const satisfies Record<string, RosterColumn>

/** The columns of the main register, in the order of DOMAIN §6. */
export const mainColumns: readonly RosterColumn[] = [
  common.place,
  common.number,
  common.fullName,
  common.gender,
  common.birthDate,
  { label: '身份证号', width: 21, value: (entry) => entry.idNumber },
  { label: '政治面貌', width: 12, value: (entry) => labelOf('politicalStatus', text(entry, 'politicalStatus')) },
  common.employer,
  {
    label: '单位性质',
    width: 12,
    value: (entry) => labelOf('employerNature', text(entry, 'employerNature'), entry.lists),
  },
  {
    label: '所在地区',
    width: 14,
    value: (entry) => labelOf('region', text(entry, 'employerRegion') || entry.region),
  },
  common.education,
  common.degree,
  common.school,
  common.major,
  common.graduated,
  common.workStart,
  common.currentSpecialty,
  common.specialtyYears,
  { label: '现任资格', width: 16, value: (entry) => heldTitle(entry) },
  { label: '取得时间', width: 10, value: (entry) => month(text(entry, 'currentTitleDate')) },
  common.specialty,
  common.targetTitle,
  {
    label: '破格情况',
    width: 12,
    value: (entry) => labelOf('exceptionType', entry.exceptionType, entry.lists),
  },
  { label: '是否认定', width: 8, value: (entry) => yesNo(entry.isRecognition) },
  { label: '继续教育学时合计', width: 10, value: hours },
  { label: `考核（近 ${ASSESSED_YEARS} 年）`, width: 40, value: assessments },
  { label: '联系电话', width: 14, value: (entry) => text(entry, 'mobile') || entry.mobile },
  { label: '受理点', width: 24, value: (entry) => entry.acceptancePoint },
  { label: '状态', width: 22, value: (entry) => states[entry.state].label },
  { label: '提交时间', width: 18, value: (entry) => timeInShanghai(entry.firstSubmittedAt) },
  { label: '退回次数', width: 8, value: (entry) => String(timesReturned(entry)) },
  { label: '结果', width: 12, value: (entry) => results[entry.state] ?? '' },
  { label: '证书编号', width: 20, value: (entry) => entry.certificateNumber },
]

/** Every return begins a new round when it is sent again; one that is returned now was returned once more. */
const timesReturned = ({ round, state }: RosterEntry): number => round - 1 + (state === 'RETURNED' ? 1 : 0)

const heldTitle = (entry: RosterEntry): string => {
  const id = text(entry, 'currentTitle')
  return id === '' ? '' : id === 'none' ? '无' : labelOf('title', id, entry.lists)
}

const exam = (pattern: RegExp) => (entry: RosterEntry) =>
  (entry.rows['examResults'] ?? [])
    .filter(({ values }) => pattern.test(`${values['examName'] ?? ''}${values['subject'] ?? ''}`))
    .map(({ values }) => [values['subject'], values['score']].filter((word) => word).join(' '))
    .join('；')

/** Full years from a month to the day of the first submission. */
const yearsSince = (from: string, at: Date): string => {
  if (!/^\d{4}-\d{2}/.test(from)) return ''
  const months = monthsBetween(from, dateInShanghai(at))
  return months < 0 ? '' : String(Math.floor(months / 12))
}

/** 一览表 for the committee (DOMAIN D9): A3 landscape, no ID number, no phone. */
export const overviewColumns: readonly RosterColumn[] = [
  common.place,
  common.fullName,
  common.gender,
  common.birthDate,
  common.workStart,
  common.currentSpecialty,
  common.specialtyYears,
  { label: '现资格名称', width: 14, value: (entry) => heldTitle(entry) },
  { label: '现资格取得时间', width: 10, value: (entry) => month(text(entry, 'currentTitleDate')) },
  {
    label: '任职年限',
    width: 8,
    value: (entry) => yearsSince(text(entry, 'currentTitleDate'), entry.firstSubmittedAt),
  },
  { label: '终审单位', width: 18, value: (entry) => text(entry, 'currentTitleIssuer') },
  common.education,
  common.degree,
  common.school,
  common.major,
  common.graduated,
  { label: '外语', width: 12, value: (entry) => exam(/外语|英语|日语/)(entry) || text(entry, 'foreignLanguage') },
  { label: '计算机', width: 12, value: exam(/计算机|信息/) },
  common.targetTitle,
  common.specialty,
  {
    label: '是否破格',
    width: 8,
    value: ({ exceptionType }) => yesNo(exceptionType !== '' && exceptionType !== 'NORMAL'),
  },
]

/** The registers that the office can have. */
export const rosters = { main: mainColumns, overview: overviewColumns } as const satisfies Partial<
  Record<ExportKind, readonly RosterColumn[]>
>
