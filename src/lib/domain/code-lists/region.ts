import type { CodeItem, CodeList } from './code-list.ts'

/** A place and the place it belongs to. */
export interface RegionItem extends CodeItem {
  /** Code of the region above; the topmost has none. */
  readonly parent?: string
}

/** 321200 stands for the city as a whole and for 市直 in a picker. Abolished codes stay so that old data reads. */
export const region = {
  id: 'region',
  label: '地区',
  source: 'GB/T 2260；321271 为统计用区划代码',
  items: [
    { code: '321200', label: '泰州市（市直）' },
    { code: '321202', label: '海陵区', parent: '321200' },
    { code: '321203', label: '高港区', parent: '321200' },
    { code: '321204', label: '姜堰区', parent: '321200' },
    { code: '321271', label: '泰州医药高新技术产业开发区', parent: '321200' },
    { code: '321281', label: '兴化市', parent: '321200' },
    { code: '321282', label: '靖江市', parent: '321200' },
    { code: '321283', label: '泰兴市', parent: '321200' },
    { code: '321284', label: '姜堰市（2012 年撤市设区）', parent: '321200', offered: false },
  ],
} as const satisfies CodeList<RegionItem>

/**
 * The regions from the topmost down to this one, e.g. 泰州市（市直） then 海陵区. Empty for a code not in the list.
 */
export function regionPath(code: string): readonly RegionItem[] {
  const items: readonly RegionItem[] = region.items
  const found = items.find((item) => item.code === code)
  if (!found) return []
  return [...(found.parent ? regionPath(found.parent) : []), found]
}
