import { expect, it } from 'vitest'
import { type EducationRecord, latestChange, type OwnChange, wishedLines, wordsOfRecord } from './own-education.ts'

const record = {
  rowId: 'r',
  position: 1,
  cells: { eduLevel: '21', school: '南京工业大学', major: '土木工程', start: '2006-09', end: '2010-06' },
  files: [],
} as unknown as EducationRecord

it('[R67] a row of the person and what is wished for it stand in words', () => {
  expect(wordsOfRecord(record)).toEqual({
    title: expect.stringContaining('南京工业大学'),
    lines: ['土木工程', expect.stringContaining('2006')],
  })
  expect(wishedLines({ diplomaNo: null, school: '东南大学' })).toEqual([
    { label: '学校', text: '东南大学' },
    { label: '证书编号', text: '（清空）' },
  ])
})

it('[R67] the newest request tells how a row stands', () => {
  const changes = [
    { id: '2', rowId: 'r', state: 'pending' },
    { id: '1', rowId: 'r', state: 'rejected' },
  ] as unknown as OwnChange[]
  expect(latestChange(changes, 'r')?.id).toBe('2')
  expect(latestChange(changes, 'other')).toBeUndefined()
})
