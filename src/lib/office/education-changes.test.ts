import { expect, it } from 'vitest'
import { changeLines } from './education-changes.ts'

it('[R67] puts what stands beside what is wished, in words, and tells what differs', () => {
  const before = { eduLevel: '20', school: '南京工业大学', major: '土木工程', start: '2006-09', end: '2010-06' }
  const lines = changeLines({ before, proposed: { school: '南京工业大学浦江学院', diplomaNo: '1029120100' } })
  const of = (label: RegExp) => lines.find((line) => label.test(line.label))
  expect(of(/学校/)).toMatchObject({ before: '南京工业大学', after: '南京工业大学浦江学院', changed: true })
  expect(of(/专业/)).toMatchObject({ before: '土木工程', after: '土木工程', changed: false })
  expect(lines.filter(({ changed }) => changed).every(({ before: was, after }) => was !== after)).toBe(true)
  expect(lines.every(({ before: was, after }) => was !== '' || after !== '')).toBe(true)
})
