import { expect, test } from 'vitest'
import { stateIds } from '#domain/lifecycle/states.ts'
import { printList, printsOf } from './print-list.ts'

test('[R104] 材料打印 lists what passed 预审 and is not handed in as waiting, what is handed in as printed, and nothing else', () => {
  const { waiting, printed } = printList(stateIds.map((state) => ({ state })))
  expect(waiting).toEqual([{ state: 'PRE_PASSED' }])
  expect(printed.map(({ state }) => state).sort()).toEqual(
    [
      'PAPER_RECEIVED',
      'COMMITTEE',
      'APPROVAL',
      'PASSED',
      'PUBLICITY',
      'OBJECTION',
      'CONFIRMED',
      'CERTIFIED',
      'FAILED',
    ].sort(),
  )
})

test('[R104, R105] each application offers its own documents, the letter only where it was asked for', () => {
  const idsOf = (type: 'initial' | 'review' | 'reissue', cells = {}) => printsOf({ type, cells }).map(({ id }) => id)
  expect(idsOf('review')).toEqual(['applicationForm', 'summarySheet', 'materialList'])
  expect(idsOf('review', { needsEntrustLetter: { value: true, version: 3 } })).toEqual([
    'applicationForm',
    'summarySheet',
    'materialList',
    'entrustLetter',
  ])
  expect(idsOf('initial')).toEqual(['initialForm', 'materialList'])
  expect(idsOf('reissue')).toEqual(['reissueForm', 'materialList'])
})
