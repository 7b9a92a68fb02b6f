import { withoutIdNumber } from '#domain/identity/number-in-words.ts'
import { officialStates, type State } from '#domain/lifecycle/states.ts'
import type { Grant, Role } from '#domain/lifecycle/roles.ts'

/** The tabs over the queue: each stands for the states it shows. */
export const queueTabs = {
  point: { label: '待受理点审核', states: ['SUBMITTED'] },
  department: { label: '待主管部门审核', states: ['DEPT_REVIEW'] },
  preReview: { label: '待预审', states: ['PRE_REVIEW'] },
  returned: { label: '已退回', states: ['RETURNED'] },
  passed: { label: '预审通过', states: officialStates },
  paper: { label: '待收纸质材料', states: ['PRE_PASSED'] },
  all: { label: '全部', states: [] },
} as const satisfies Record<string, { readonly label: string; readonly states: readonly State[] }>

export type QueueTab = keyof typeof queueTabs
export const queueTabIds = Object.keys(queueTabs) as QueueTab[]

/** Where each role looks first. */
const firstTabs: Partial<Record<Role, QueueTab>> = {
  office: 'preReview',
  pointClerk: 'point',
  deptReviewer: 'department',
}

export const firstTab = (roles: readonly Grant[]): QueueTab =>
  roles.map(({ role }) => firstTabs[role]).find((tab) => tab !== undefined) ?? 'all'

export const queueSorts = {
  oldest: '提交时间，早的在前',
  newest: '提交时间，新的在前',
  longest: '停留时间，久的在前',
  name: '姓名',
  number: '申报编号',
} as const
export type QueueSort = keyof typeof queueSorts

/** From so many days in one state on, an application has waited too long. */
export const OVERDUE_DAYS = 4
export const PAGE_SIZE = 50

/** A view of the queue as its address says it: a link shows a colleague the same list. */
export interface QueueView {
  readonly tab: QueueTab
  readonly sort: QueueSort
  readonly page: number
  readonly q: string
  readonly batch: string
  readonly type: string
  readonly point: string
  readonly specialty: string
  readonly title: string
  /** 破格, 认定, 退回过, 申请退回, 超期; '' for all */
  readonly flag: QueueFlag | ''
}

export const queueFlags = {
  exception: '破格',
  recognition: '认定',
  returned: '退回过',
  requested: '申请退回',
  overdue: `停留 ${OVERDUE_DAYS} 天以上`,
} as const
export type QueueFlag = keyof typeof queueFlags

const texts = ['q', 'batch', 'type', 'point', 'specialty', 'title'] as const
const within = <Key extends string>(table: Readonly<Record<Key, unknown>>, said: string | null): Key | undefined =>
  said !== null && Object.hasOwn(table, said) ? (said as Key) : undefined

/** Reads an address; what it does not say, or says wrongly, is as the roles begin. Of an ID number only the end is read on (A40). */
export function readQueueView(search: URLSearchParams, roles: readonly Grant[]): QueueView {
  const page = Number(search.get('page'))
  const said = Object.fromEntries(texts.map((key) => [key, search.get(key) ?? ''])) as Record<
    (typeof texts)[number],
    string
  >
  return {
    ...said,
    q: withoutIdNumber(said.q),
    tab: within(queueTabs, search.get('tab')) ?? firstTab(roles),
    sort: within(queueSorts, search.get('sort')) ?? 'oldest',
    flag: within(queueFlags, search.get('flag')) ?? '',
    page: Number.isInteger(page) && page > 0 ? page : 1,
  }
}

/** The address of a view; the tab always stands in it, so that it means the same to every role. */
export function queueSearch(view: QueueView): string {
  const search = new URLSearchParams({ tab: view.tab })
  for (const key of texts) if (view[key] !== '') search.set(key, view[key])
  if (view.flag !== '') search.set('flag', view.flag)
  if (view.sort !== 'oldest') search.set('sort', view.sort)
  if (view.page > 1) search.set('page', String(view.page))
  return `?${search}`
}

/** A view with other words to search by. An ID number does not get into addresses: what is looked up is its end (A40). */
export const searchingFor = (view: QueueView, typed: string): QueueView => changed(view, { q: withoutIdNumber(typed) })

/** A view changed in some way begins at its first page. */
export const changed = (view: QueueView, change: Partial<QueueView>): QueueView => ({ ...view, page: 1, ...change })

export const isFiltered = (view: QueueView): boolean => view.flag !== '' || texts.some((key) => view[key] !== '')

/** The same without any filter. */
export const unfiltered = (view: QueueView): QueueView =>
  changed(view, { q: '', batch: '', type: '', point: '', specialty: '', title: '', flag: '' })

/** What the server is asked. @param now its time, ms */
export function queueQuery(view: QueueView, now: number): Record<string, string> {
  const states = queueTabs[view.tab].states
  const given = Object.fromEntries(texts.filter((key) => view[key] !== '').map((key) => [key, view[key]]))
  const flags: Record<QueueFlag, Record<string, string>> = {
    exception: { exception: '1' },
    recognition: { recognition: '1' },
    returned: { returned: '1' },
    requested: { requested: '1' },
    overdue: { waitingSince: new Date(now - OVERDUE_DAYS * DAY).toISOString() },
  }
  return {
    ...given,
    ...(view.flag !== '' && flags[view.flag]),
    ...(states.length > 0 && { state: states.join(',') }),
    sort: view.sort,
    page: String(view.page),
    pageSize: String(PAGE_SIZE),
  }
}

const DAY = 86_400_000

/** How many stand under a tab. */
export function countOf(tab: QueueTab, counts: Readonly<Partial<Record<State, number>>>): number {
  const states: readonly State[] = queueTabs[tab].states
  const shown = states.length > 0 ? states : (Object.keys(counts) as State[])
  return shown.reduce((sum, state) => sum + (counts[state] ?? 0), 0)
}

/** Days an application has stood in its state, to a tenth; none where since when is not said, as of one's own. */
export const waitedDays = (since: string | null, now: number): number =>
  since === null ? 0 : Math.max(0, Math.round((now - Date.parse(since)) / (DAY / 10)) / 10)
