import type { CodeList } from './code-list.ts'

export const rewardKind = {
  id: 'rewardKind',
  label: '奖惩类别',
  source: '申报表',
  items: [
    { code: '1', label: '奖励' },
    { code: '2', label: '惩处' },
  ],
} as const satisfies CodeList
