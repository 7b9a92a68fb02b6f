import type { FileReference } from '../attachment.ts'
import type { Issue } from '../problems.ts'
import { isReason } from '../rules/reason.ts'
import { countCharacters } from '../rules/text-length.ts'
import { type Answers, type CellValue, emptyAnswers, type Facts, type Row } from './answers.ts'
import { isField, type Item } from './application-type.ts'
import { checkRow } from './check.ts'
import type { Field } from './field.ts'
import { educations } from './shared-steps.ts'
import { slot } from './slot.ts'

/** 申请修改学历 (R67): a locked row of the person is changed by the office alone, on a request with a reason and a proof. */

/** The proof hangs at the request, under the request's id, not at an application (DOMAIN §1.9). */
export const educationProof = slot('eduChangeProof', '证明材料', {
  required: true,
  material: 6,
  hint: '毕业证书、学信网验证报告等，能证明要改的内容',
})

/** 字 that the reason has at most. */
export const REASON_AT_MOST = 500

const items: readonly Item[] = educations.items
/** What may be asked for: every field of a row but the mark, which each application sets for itself (R68). */
export const changeableFields: readonly Field[] = items.filter(isField).filter(({ kind }) => kind !== 'mark')

/** A row of the person as it stands. */
export interface EducationRow {
  readonly rowId: string
  readonly position: number
  readonly cells: Readonly<Record<string, CellValue>>
  readonly files: readonly (FileReference & { readonly slot: string })[]
}

export interface EducationChangeWish {
  /** the fields to be changed, by their ids, with the new values */
  readonly proposed: Readonly<Record<string, CellValue>>
  readonly reason: string
  readonly proof: readonly unknown[]
}

/** Choices of an education row come from standard lists alone, so no person and no batch is needed to check one. */
export const factsForEducation = (today: string): Facts => ({
  today,
  account: { fullName: '', idNumber: '', gender: '', birthDate: '', mobile: '', email: '' },
  batch: { batchName: '', committeeName: '', specialties: [], acceptancePoints: [], heldTitles: [] },
})

/** The row as it would be, among answers that hold nothing else: what the form shows and what is checked. */
export function answersWithRow(record: EducationRow, proposed: EducationChangeWish['proposed']): Answers {
  const row: Row = { id: record.rowId, position: record.position, values: { ...record.cells, ...proposed } }
  const files: Record<string, FileReference[]> = {}
  for (const file of record.files) (files[`${educations.id}/${record.rowId}/${file.slot}`] ??= []).push(file)
  return { ...emptyAnswers, rows: { [educations.id]: [row] }, files }
}

/** The fields whose value differs from what stands; nothing entered and nothing stored are the same. */
export function changedFields(
  record: EducationRow,
  values: Readonly<Record<string, CellValue>>,
): Record<string, CellValue> {
  const plain = (value: CellValue | undefined) => (typeof value === 'string' ? value.trim() : value) || null
  return Object.fromEntries(
    changeableFields
      .filter(({ id }) => id in values && plain(values[id]) !== plain(record.cells[id]))
      .map(({ id }) => [id, values[id] ?? null]),
  )
}

/**
 * Everything that keeps a request from being sent, in the order of the form (R67): a row that the form would refuse,
 * nothing to change, no reason, no proof. Empty means that it may go.
 */
export function checkEducationChange(record: EducationRow, wish: EducationChangeWish, today: string): Issue[] {
  const { proposed, reason, proof } = wish
  const unknown = Object.keys(proposed).find((id) => !changeableFields.some((field) => field.id === id))
  if (unknown !== undefined) return [{ code: 'answer.unknown-path', path: unknown }]
  const answers = answersWithRow(record, proposed)
  const row = answers.rows[educations.id]![0]!
  const issues = checkRow(educations, row, answers, factsForEducation(today))
  if (Object.keys(changedFields(record, proposed)).length === 0) {
    issues.push({ code: 'answer.unchanged', path: `${educations.id}/${record.rowId}` })
  }
  if (!isReason(reason)) issues.push({ code: 'application.reason-required', path: 'reason' })
  const over = countCharacters(reason) - REASON_AT_MOST
  if (over > 0) {
    const params = { label: '理由', over, atMost: REASON_AT_MOST }
    issues.push({ code: 'answer.too-long', path: 'reason', params })
  }
  if (proof.length === 0) {
    issues.push({ code: 'answer.required', path: educationProof.id, params: { label: educationProof.label } })
  }
  if (proof.length > educationProof.maxFiles) {
    const { maxFiles } = educationProof
    issues.push({ code: 'attachment.too-many-files', path: educationProof.id, params: { atMost: maxFiles } })
  }
  return issues
}
