import type { InferResponseType } from 'hono/client'
import type { CellValue } from '#domain/forms/answers.ts'
import { answersWithRow, changeableFields, factsForEducation } from '#domain/forms/education-change.ts'
import { formatValue } from '#domain/forms/kinds/index.ts'
import { rowLines, rowTitle } from '#domain/forms/paper.ts'
import { educations } from '#domain/forms/shared-steps.ts'
import type { api } from '$lib/session/api.ts'

export type OwnEducation = InferResponseType<typeof api.education.$get, 200>
export type EducationRecord = OwnEducation['records'][number]
export type OwnChange = OwnEducation['changes'][number]

/** How a request stands, in words for the person who made it (R67). */
export const changeWords = {
  pending: { label: '待审核', tone: 'pri', hint: '职称办审核后生效，结果会通知您。' },
  approved: { label: '已通过', tone: 'ok', hint: '学历已按申请修改，以前提交的申报不变。' },
  rejected: { label: '未通过', tone: 'err', hint: '学历没有改动。材料补齐后可以再申请。' },
} as const satisfies Record<OwnChange['state'], unknown>

const facts = factsForEducation('')

/** The row as a card shows it. */
export function wordsOfRecord(record: EducationRecord): { title: string; lines: string[] } {
  const answers = answersWithRow(record, {})
  const row = answers.rows[educations.id]![0]!
  return { title: rowTitle(educations, row, answers, facts), lines: rowLines(educations, row, answers, facts) }
}

/** What is wished, field by field in the order of the form. */
export const wishedLines = (proposed: Readonly<Record<string, CellValue>>): { label: string; text: string }[] =>
  changeableFields
    .filter(({ id }) => id in proposed)
    .map((field) => ({
      label: field.label,
      text: formatValue(proposed[field.id] ?? null, field, facts) || '（清空）',
    }))

/** The newest request for a row, which tells how the row stands. */
export const latestChange = (changes: readonly OwnChange[], rowId: string): OwnChange | undefined =>
  changes.find((change) => change.rowId === rowId)
