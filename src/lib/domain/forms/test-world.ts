import type { Answers, CellValue, Facts, Row } from './answers.ts'
import { type ApplicationType, isField, isList, isSlot, itemsOf } from './application-type.ts'
import { isRequired, isVisible, lookupIn, pathOf } from './answers.ts'
import { optionsOf } from './options.ts'
import type { Field } from './field.ts'
import { initialCells } from './start.ts'

/** Facts and complete answers for tests of the domain: a person and a batch with sensible values. */
export const facts: Facts = {
  today: '2026-11-24',
  account: {
    fullName: '周文静',
    idNumber: '321203198512150021',
    gender: '2',
    birthDate: '1985-12-15',
    mobile: '13800005678',
    email: 'zhou@example.com',
  },
  batch: {
    batchName: '2026 年度建设工程专业中级职称评审',
    committeeName: '泰州市建设工程中级评审委员会',
    specialties: [
      {
        id: 'engineering.construction',
        label: '建筑工程',
        series: '工程技术',
        titles: [{ id: 'engineering.intermediate', label: '工程师', level: '中级' }],
      },
      {
        id: 'engineering.transport',
        label: '交通工程',
        series: '工程技术',
        titles: [{ id: 'engineering.assistant', label: '助理工程师', level: '助理级' }],
      },
    ],
    acceptancePoints: [
      {
        id: 'hailing',
        label: '海陵区人社局职称科',
        region: '321202',
        accepts: '各专业',
        address: '海陵区',
        phone: '0523-00000000',
        hours: '9:00—17:00',
      },
      {
        id: 'jiangyan',
        label: '姜堰区人社局职称科',
        region: '321204',
        accepts: '各专业',
        address: '姜堰区',
        phone: '0523-00000001',
        hours: '9:00—17:00',
      },
    ],
    heldTitles: [
      { code: 'none', label: '无' },
      { code: 'engineering.assistant', label: '助理工程师' },
    ],
  },
}

const rowId = (index: number) => `00000000-0000-4000-8000-${String(index).padStart(12, '0')}`
const file = (index: number) => ({
  id: rowId(900_000 + index),
  name: `证书${index}.pdf`,
  size: 300_000,
  sha256: String(index % 10).repeat(64),
  pages: 1,
  position: 1,
})

const samples: Record<string, CellValue> = {
  acceptRegion: '321202',
  acceptancePoint: 'hailing',
  start: '2004-09',
  end: '2008-06',
  from: '2015-07',
  to: '2018-06',
  rank: 1,
  teamSize: 3,
  total: 2,
  postcode: '225300',
  exceptionType: 'NORMAL',
  workStartDate: '2008-07',
  year: 2025,
}

function sampleFor(field: Field, answers: Answers, row?: Row): CellValue {
  if (field.id in samples && !(field.kind === 'date')) return samples[field.id] ?? null
  switch (field.kind) {
    case 'text':
    case 'longText':
      return `${field.label}内容`.slice(0, field.atMost)
    case 'choice':
      return optionsOf(field, facts, lookupIn(answers, row))[0]?.code ?? null
    case 'yesNo':
      return false
    case 'mark':
      return true
    case 'yearMonth':
      return '2015-07'
    case 'date':
      return field.id === 'to' ? '2025-03-20' : '2025-03-15'
    case 'year':
      return 2025
    case 'number':
      return field.from
    case 'name':
      return '周文静'
    case 'mobile':
      return '13800005678'
    case 'email':
      return 'zhou@example.com'
  }
}

/** Answers with every required field, one row in every required list, and one file in every required slot. */
export function completeAnswers(type: ApplicationType): Answers {
  const fields: Record<string, CellValue> = initialCells(type, facts.account)
  const rows: Record<string, Row[]> = {}
  const files: Record<string, ReturnType<typeof file>[]> = {}
  let counter = 0
  const answers: Answers = { fields, rows, files }
  for (const item of itemsOf(type)) {
    if (isList(item)) {
      if ((item.atLeast ?? 0) === 0) continue
      const row = { id: rowId(++counter), position: 1, values: {} as Record<string, CellValue> }
      rows[item.id] = [row]
      for (const field of item.items.filter(isField)) {
        if (field.kind === 'mark' || isRequired(field, lookupIn(answers, row)))
          row.values[field.id] = sampleFor(field, answers, row)
      }
      for (const slot of item.items.filter(isSlot)) {
        if (isRequired(slot, lookupIn(answers, row))) files[pathOf(slot.id, item, row)] = [file(++counter)]
      }
    } else if (isSlot(item)) {
      if (isVisible(item, lookupIn(answers)) && isRequired(item, lookupIn(answers))) files[item.id] = [file(++counter)]
    } else if (
      item.shows === undefined &&
      fields[item.id] === undefined &&
      isVisible(item, lookupIn(answers)) &&
      isRequired(item, lookupIn(answers))
    ) {
      fields[item.id] = sampleFor(item, answers)
    }
  }
  return answers
}
