import { expect, test } from 'vitest'
import {
  changeableFields,
  changedFields,
  checkEducationChange,
  educationProof,
  type EducationRow,
} from './education-change.ts'

const record: EducationRow = {
  rowId: '30000000-0000-4000-8000-000000000001',
  position: 1,
  cells: {
    eduLevel: '21',
    school: '南京工业大学',
    major: '土木工程',
    studyMode: '1',
    start: '2006-09',
    end: '2010-06',
    completion: '1',
    isTopInSpecialty: true,
  },
  files: [
    {
      id: '40000000-0000-4000-8000-000000000001',
      slot: 'proof',
      name: '毕业证.pdf',
      size: 9,
      sha256: 'a',
      pages: 1,
      position: 1,
    },
  ],
}
const good = { proposed: { school: '东南大学' }, reason: '学校名称写错了', proof: [{}] }
const issuesOf = (change: Partial<typeof good> | { proposed: Record<string, string | boolean | null> }) =>
  checkEducationChange(record, { ...good, ...change }, '2026-11-25').map(({ code, path }) => `${code} ${path}`)
const at = (field: string) => `educations/${record.rowId}/${field}`

test('[R67] a change with a reason and a proof may be asked for', () => {
  expect(issuesOf({})).toEqual([])
})

test('[R67] what keeps a request from being sent: nothing changed, no reason, no proof, what the form refuses', () => {
  expect(issuesOf({ proposed: {} })).toEqual([`answer.unchanged educations/${record.rowId}`])
  expect(issuesOf({ proposed: { school: '南京工业大学 ' } })).toEqual([`answer.unchanged educations/${record.rowId}`])
  expect(issuesOf({ reason: '　错了的 ' })).toEqual(['application.reason-required reason'])
  expect(issuesOf({ reason: '改'.repeat(501) })).toEqual(['answer.too-long reason'])
  expect(issuesOf({ reason: '改'.repeat(500) })).toEqual([])
  expect(issuesOf({ proof: [] })).toEqual([`answer.required ${educationProof.id}`])
  expect(issuesOf({ proof: Array.from({ length: 11 }, () => ({})) })).toEqual([
    `attachment.too-many-files ${educationProof.id}`,
  ])
  expect(issuesOf({ proposed: { school: null } })).toEqual([`answer.required ${at('school')}`])
  expect(issuesOf({ proposed: { end: '2005-06' } })).toEqual([`answer.before ${at('end')}`])
  expect(issuesOf({ proposed: { end: '2027-06' } })).toEqual([`answer.in-future ${at('end')}`])
})

test('[R68] the mark of 本专业最高学历 is no matter of the row: each application sets it', () => {
  expect(issuesOf({ proposed: { isTopInSpecialty: false } })).toEqual(['answer.unknown-path isTopInSpecialty'])
  expect(changeableFields.map(({ id }) => id)).not.toContain('isTopInSpecialty')
})

test('[R67] only what differs is a change', () => {
  expect(changedFields(record, { school: '南京工业大学', major: '工程力学', degree: '' })).toEqual({
    major: '工程力学',
  })
  expect(changedFields(record, { major: null })).toEqual({ major: null })
})
