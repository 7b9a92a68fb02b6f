import type { InferResponseType } from 'hono/client'
import type { CellValue } from '#domain/forms/answers.ts'
import { changeableFields, factsForEducation } from '#domain/forms/education-change.ts'
import { formatValue } from '#domain/forms/kinds/index.ts'
import type { api } from '$lib/session/api.ts'

export type EducationChange = InferResponseType<typeof api.education.changes.$get, 200>['rows'][number]

export const educationStates = ['pending', 'approved', 'rejected'] as const
export const changeStates = { pending: '待办', approved: '已同意', rejected: '不同意' } as const

const facts = factsForEducation('')

export interface ChangeLine {
  readonly label: string
  readonly before: string
  readonly after: string
  readonly changed: boolean
}

/** Every field of the row as it stands and as it is wished, in the order of the form (R67). */
export function changeLines({
  before,
  proposed,
}: {
  readonly before: Readonly<Record<string, CellValue>> | null
  readonly proposed: Readonly<Record<string, CellValue>>
}): ChangeLine[] {
  return changeableFields
    .map((field) => {
      const was = formatValue(before?.[field.id] ?? null, field, facts)
      const wished = field.id in proposed ? formatValue(proposed[field.id] ?? null, field, facts) : was
      return { label: field.label, before: was, after: wished, changed: was !== wished }
    })
    .filter(({ before: was, after }) => was !== '' || after !== '')
}
