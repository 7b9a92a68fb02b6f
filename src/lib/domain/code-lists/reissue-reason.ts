import type { CodeList } from './code-list.ts'

export const reissueReason = {
  id: 'reissueReason',
  label: '补证原因',
  source: '补证申请表',
  items: [
    { code: '1', label: '遗失' },
    { code: '2', label: '损坏' },
    { code: '3', label: '信息有误' },
    { code: '9', label: '其他' },
  ],
} as const satisfies CodeList
