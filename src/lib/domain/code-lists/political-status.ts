import type { CodeList } from './code-list.ts'

export const politicalStatus = {
  id: 'politicalStatus',
  label: '政治面貌',
  source: 'GB/T 4762-1984',
  items: [
    { code: '01', label: '中国共产党党员' },
    { code: '02', label: '中国共产党预备党员' },
    { code: '03', label: '中国共产主义青年团团员' },
    { code: '04', label: '民革会员' },
    { code: '05', label: '民盟盟员' },
    { code: '06', label: '民建会员' },
    { code: '07', label: '民进会员' },
    { code: '08', label: '农工党党员' },
    { code: '09', label: '致公党党员' },
    { code: '10', label: '九三学社社员' },
    { code: '11', label: '台盟盟员' },
    { code: '12', label: '无党派民主人士' },
    { code: '13', label: '群众' },
  ],
} as const satisfies CodeList
