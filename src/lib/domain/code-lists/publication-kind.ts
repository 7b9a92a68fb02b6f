import type { CodeList } from './code-list.ts'

export const publicationKind = {
  id: 'publicationKind',
  label: '成果类别',
  source: '申报表',
  items: [
    { code: '1', label: '著作' },
    { code: '2', label: '论文' },
    { code: '3', label: '专题报告' },
    { code: '4', label: '专利' },
    { code: '5', label: '标准' },
  ],
} as const satisfies CodeList
