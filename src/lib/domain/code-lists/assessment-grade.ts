import type { CodeList } from './code-list.ts'

export const assessmentGrade = {
  id: 'assessmentGrade',
  label: '考核等次',
  source: '申报表',
  items: [
    { code: '1', label: '优秀' },
    { code: '2', label: '称职（合格）' },
    { code: '3', label: '基本称职（基本合格）' },
    { code: '4', label: '不称职（不合格）' },
  ],
} as const satisfies CodeList
