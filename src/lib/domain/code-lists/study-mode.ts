import type { CodeList } from './code-list.ts'

export const studyMode = {
  id: 'studyMode',
  label: '学习形式',
  source: '本系统自定',
  items: [
    { code: '1', label: '普通全日制' },
    { code: '2', label: '函授' },
    { code: '3', label: '业余、夜大' },
    { code: '4', label: '自学考试' },
    { code: '5', label: '广播电视、开放大学' },
    { code: '6', label: '网络教育' },
    { code: '7', label: '党校' },
    { code: '8', label: '在职研究生' },
    { code: '9', label: '其他' },
  ],
} as const satisfies CodeList
