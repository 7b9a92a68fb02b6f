import type { InferResponseType } from 'hono/client'
import { labelOf } from '#domain/code-lists/index.ts'
import { ages, type Dimension, type Side } from '#domain/statistics/statistics.ts'
import type { api } from '$lib/session/api.ts'

export type StatisticsAnswer = InferResponseType<typeof api.statistics.$get, 200>

export const dimensions = { region: '地区', specialty: '专业', level: '级别' } as const satisfies Record<
  Dimension,
  string
>
export const sides = {
  employerNature: '单位性质',
  education: '学历',
  age: '年龄',
  gender: '性别',
  exception: '破格情况',
} as const satisfies Record<Side, string>

const lists = {
  region: 'region',
  level: 'titleLevel',
  employerNature: 'employerNature',
  education: 'educationLevel',
  gender: 'gender',
  exception: 'exceptionType',
} as const

/** What a person reads for a value that is counted by; nothing said is 未填. */
export function nameOfValue(
  by: Dimension | Side,
  key: string,
  { specialties, lists: own }: Partial<Pick<StatisticsAnswer, 'specialties' | 'lists'>> = {},
): string {
  if (key === '') return '未填'
  if (by === 'specialty') return specialties?.[key] ?? key
  if (by === 'age') return key in ages ? ages[key as keyof typeof ages] : key
  return labelOf(lists[by], key, own)
}

/** Days to a tenth, as the table of the 受理点 shows them. */
export const daysText = (days: number | null): string => (days === null ? '—' : `${days.toFixed(1)} 天`)
