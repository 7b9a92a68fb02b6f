import type { CodeList } from './code-list.ts'

export const health = {
  id: 'health',
  label: '健康状况',
  source: 'GB/T 2261.3-2003（一位码）',
  items: [
    { code: '1', label: '健康或良好' },
    { code: '2', label: '一般或较弱' },
    { code: '3', label: '有慢性病' },
    { code: '6', label: '残疾' },
  ],
} as const satisfies CodeList
