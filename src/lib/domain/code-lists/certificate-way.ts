import type { CodeList } from './code-list.ts'

/** How the title of a lost certificate was obtained. The codes mean the same as in titleWay. */
export const certificateWay = {
  id: 'certificateWay',
  label: '取得方式',
  source: '补证申请表',
  items: [
    { code: '1', label: '初定' },
    { code: '2', label: '评审' },
    { code: '3', label: '认定' },
    { code: '4', label: '考试' },
  ],
} as const satisfies CodeList
