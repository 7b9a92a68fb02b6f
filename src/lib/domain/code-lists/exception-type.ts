import type { CodeList } from './code-list.ts'

export const exceptionType = {
  id: 'exceptionType',
  label: '破格情况',
  source: '申报手册；破格各项由职称办维护',
  items: [
    { code: 'NORMAL', label: '正常晋升' },
    { code: 'EDU', label: '破学历' },
    { code: 'SENIORITY', label: '破资历（任职年限）' },
    { code: 'BOTH', label: '双破（学历、资历）' },
    { code: 'DIRECT', label: '直接申报（绿色通道）' },
  ],
} as const satisfies CodeList
