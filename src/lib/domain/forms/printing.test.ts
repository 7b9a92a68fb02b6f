import { expect, test } from 'vitest'
import { applicationTypes } from './index.ts'
import { printing, printingOf } from './printing.ts'

test('[R93, R100] D1–D6: each document says how it goes to paper: bound, on A3, twice, or as one page', () => {
  for (const type of Object.values(applicationTypes)) {
    for (const { id } of type.prints) expect(printingOf(id)?.how, id).toContain('打印')
  }
  for (const id of ['applicationForm', 'initialForm'] as const) expect(printing[id].how).toMatch(/A4.*双面.*左侧装订/)
  expect(printing.summarySheet.how).toMatch(/A3.*单面.*不要改变表格格式/)
  expect(printing.reissueForm.how).toContain('一式两份')
  for (const id of ['summarySheet', 'reissueForm', 'materialList', 'entrustLetter'] as const) {
    expect(printing[id].how).not.toMatch(/双面|装订/)
  }
})

test('[R85] D2: only 简介表 is offered smaller, on A4; what is no document has no words', () => {
  expect(Object.entries(printing).filter(([, one]) => 'smaller' in one)).toMatchObject([
    ['summarySheet', { smaller: 'A4' }],
  ])
  expect(printingOf('toString')).toBeUndefined()
})
