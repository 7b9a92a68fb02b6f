import type { CodeList } from './code-list.ts'

/** How a title was obtained. The codes mean the same as in certificateWay. */
export const titleWay = {
  id: 'titleWay',
  label: '取得方式',
  source: '申报表',
  items: [
    { code: '1', label: '初定' },
    { code: '2', label: '评审' },
    { code: '4', label: '考试' },
    { code: '3', label: '认定' },
    { code: '5', label: '转评' },
  ],
} as const satisfies CodeList
