import type { CodeList } from './code-list.ts'

export const gender = {
  id: 'gender',
  label: '性别',
  source: 'GB/T 2261.1-2003',
  items: [
    { code: '1', label: '男' },
    { code: '2', label: '女' },
    { code: '0', label: '未知', offered: false },
    { code: '9', label: '未说明', offered: false },
  ],
} as const satisfies CodeList
