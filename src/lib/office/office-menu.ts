import Activity from '@lucide/svelte/icons/activity'
import Award from '@lucide/svelte/icons/award'
import BookA from '@lucide/svelte/icons/book-a'
import BookOpenCheck from '@lucide/svelte/icons/book-open-check'
import CalendarDays from '@lucide/svelte/icons/calendar-days'
import CalendarOff from '@lucide/svelte/icons/calendar-off'
import ChartColumn from '@lucide/svelte/icons/chart-column'
import Download from '@lucide/svelte/icons/download'
import FileType from '@lucide/svelte/icons/file-type'
import Gavel from '@lucide/svelte/icons/gavel'
import GraduationCap from '@lucide/svelte/icons/graduation-cap'
import Inbox from '@lucide/svelte/icons/inbox'
import LayoutDashboard from '@lucide/svelte/icons/layout-dashboard'
import MonitorSmartphone from '@lucide/svelte/icons/monitor-smartphone'
import ShieldAlert from '@lucide/svelte/icons/shield-alert'
import ShieldCheck from '@lucide/svelte/icons/shield-check'
import Smartphone from '@lucide/svelte/icons/smartphone'
import MapPin from '@lucide/svelte/icons/map-pin'
import Megaphone from '@lucide/svelte/icons/megaphone'
import MessageSquareQuote from '@lucide/svelte/icons/message-square-quote'
import ScrollText from '@lucide/svelte/icons/scroll-text'
import Stamp from '@lucide/svelte/icons/stamp'
import Users from '@lucide/svelte/icons/users'
import type { Icon, OfficeMenuItem } from '$lib/components/kinds.ts'
import type { Grant, Role } from '#domain/lifecycle/roles.ts'
import { mayExport, recordReaders } from '#domain/rosters/export-kinds.ts'
import type { DeskCounts } from './desk.svelte.ts'

interface Entry {
  readonly label: string
  readonly href: string
  readonly icon: Icon
  /** who finds it in the menu and may open it */
  readonly roles: readonly Role[]
  readonly section?: string
  readonly count?: (counts: DeskCounts) => number
}

const reviewing: readonly Role[] = ['pointClerk', 'deptReviewer', 'office', 'secretary', 'auditor']

/** The pages of the back office and who works with them. */
const entries: readonly Entry[] = [
  { label: '工作台', href: '/office', icon: LayoutDashboard, roles: [...reviewing, 'expert', 'admin'] },
  { label: '审核队列', href: '/office/queue', icon: Inbox, roles: reviewing, count: ({ waiting }) => waiting },
  {
    label: '学历修改申请',
    href: '/office/education-changes',
    icon: GraduationCap,
    roles: ['office'],
    count: ({ educationChanges }) => educationChanges,
  },
  {
    label: '纸质受理',
    href: '/office/paper',
    icon: Stamp,
    roles: ['pointClerk', 'office'],
    count: ({ states }) => states.PRE_PASSED ?? 0,
  },
  {
    label: '换手机号',
    href: '/office/mobile-changes',
    icon: Smartphone,
    roles: ['pointClerk', 'office'],
  },
  { label: '评委会', href: '/office/committee', icon: Gavel, roles: ['secretary', 'office', 'auditor'] },
  { label: '公示', href: '/office/publicity', icon: ScrollText, roles: ['office'] },
  { label: '证书', href: '/office/certificates', icon: Award, roles: ['office', 'pointClerk', 'auditor'] },
  {
    label: '批次',
    href: '/office/batches',
    icon: CalendarDays,
    roles: ['office', 'secretary', 'auditor', 'admin'],
    section: '管理',
  },
  {
    label: '承诺书与指南',
    href: '/office/reading-texts',
    icon: BookOpenCheck,
    roles: ['office', 'secretary', 'auditor', 'admin'],
    section: '管理',
  },
  {
    label: '公告与政策',
    href: '/office/bulletin',
    icon: Megaphone,
    roles: [...reviewing, 'expert', 'admin'],
    section: '管理',
  },
  { label: '登录设备', href: '/office/sessions', icon: MonitorSmartphone, roles: ['admin'], section: '管理' },
  { label: '文书文字', href: '/office/texts', icon: FileType, roles: ['office', 'admin'], section: '管理' },
  { label: '节假日', href: '/office/calendar', icon: CalendarOff, roles: ['office', 'admin'], section: '管理' },
  { label: '受理点', href: '/office/directory', icon: MapPin, roles: ['office', 'admin'], section: '管理' },
  { label: '字典', href: '/office/dictionaries', icon: BookA, roles: ['office', 'admin'], section: '管理' },
  { label: '常用语', href: '/office/phrases', icon: MessageSquareQuote, roles: ['office', 'admin'], section: '管理' },
  { label: '诚信档案', href: '/office/integrity', icon: ShieldAlert, roles: ['office', 'auditor'], section: '管理' },
  { label: '人员与权限', href: '/office/people', icon: Users, roles: ['admin'], section: '管理' },
  { label: '运行情况', href: '/office/operations', icon: Activity, roles: ['admin'], section: '管理' },
  { label: '统计', href: '/office/statistics', icon: ChartColumn, roles: reviewing, section: '管理' },
  { label: '导出记录', href: '/office/exports', icon: Download, roles: recordReaders, section: '管理' },
  {
    label: '账号安全',
    href: '/account',
    icon: ShieldCheck,
    roles: [...reviewing, 'expert', 'admin'],
    section: '管理',
  },
]

const holds = (roles: readonly Grant[], wanted: readonly Role[]): boolean =>
  roles.some(({ role }) => wanted.includes(role))

/** The menu of a person, with what waits for him. */
export const menuOf = (roles: readonly Grant[], counts: DeskCounts): OfficeMenuItem[] =>
  entries
    .filter((entry) => holds(roles, entry.roles))
    .map(({ label, href, icon, section, count }) => ({
      label,
      href,
      icon,
      ...(section !== undefined && { section }),
      ...(count && { count: count(counts) }),
    }))

/** The entry of the menu a path belongs to: the longest address that begins it. */
export const entryOf = (path: string): string =>
  entries
    .map(({ href }) => href)
    .filter((href) => path === href || path.startsWith(`${href}/`))
    .sort((a, b) => b.length - a.length)[0] ?? '/office'

/** Whether the person may open the page at this path; a page of no entry (one case) is for those who review. */
export function mayOpen(path: string, roles: readonly Grant[]): boolean {
  if (path.startsWith('/office/applications/')) return holds(roles, reviewing)
  if (path === '/office/overview') return mayExport(roles, 'overview')
  return holds(roles, entries.find(({ href }) => href === entryOf(path))!.roles)
}

export const reviews = (roles: readonly Grant[]): boolean => holds(roles, reviewing)
