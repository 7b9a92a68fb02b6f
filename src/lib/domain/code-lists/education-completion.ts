import type { CodeList } from './code-list.ts'

export const educationCompletion = {
  id: 'educationCompletion',
  label: '毕（结、肄）业',
  source: 'GB/T 4658-2006',
  items: [
    { code: '1', label: '毕业' },
    { code: '2', label: '结业' },
    { code: '3', label: '肄业' },
  ],
} as const satisfies CodeList
