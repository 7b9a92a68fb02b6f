import type { CodeList } from './code-list.ts'

/** Levels of a title, lowest first. Older papers call 正高级 研究员级. */
export const titleLevel = {
  id: 'titleLevel',
  label: '级别',
  source: '职称制度改革意见（2016）',
  items: [
    { code: 'technician', label: '员级', group: '初级' },
    { code: 'assistant', label: '助理级', group: '初级' },
    { code: 'intermediate', label: '中级', group: '中级' },
    { code: 'associate-senior', label: '副高级', group: '高级' },
    { code: 'senior', label: '正高级', group: '高级' },
  ],
} as const satisfies CodeList

export type TitleLevel = (typeof titleLevel)['items'][number]['code']

/** Lowest first. */
export const titleLevels: readonly TitleLevel[] = titleLevel.items.map((item) => item.code)
