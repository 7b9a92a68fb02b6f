import type { CodeList } from './code-list.ts'

export const authorship = {
  id: 'authorship',
  label: '合（独）著',
  source: '申报表',
  items: [
    { code: '1', label: '独著' },
    { code: '2', label: '第一作者' },
    { code: '3', label: '合著' },
  ],
} as const satisfies CodeList
