import type { CodeList } from './code-list.ts'

export const employerNature = {
  id: 'employerNature',
  label: '单位性质',
  source: '申报手册；9 为本系统自定',
  items: [
    { code: '1', label: '政府机关' },
    { code: '2', label: '事业单位' },
    { code: '3', label: '企业' },
    { code: '9', label: '其他社会组织、自由职业' },
  ],
} as const satisfies CodeList
