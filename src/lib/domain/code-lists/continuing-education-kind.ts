import type { CodeList } from './code-list.ts'

export const continuingEducationKind = {
  id: 'continuingEducationKind',
  label: '继续教育类别',
  source: '专业技术人员继续教育规定（人社部令第25号）',
  items: [
    { code: '1', label: '公需科目' },
    { code: '2', label: '专业科目' },
  ],
} as const satisfies CodeList
