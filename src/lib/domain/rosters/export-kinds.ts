import type { Grant, Role } from '../lifecycle/roles.ts'

interface ExportKindWords {
  readonly label: string
  /** what a choice between them says */
  readonly short: string
  readonly extension: 'xlsx' | 'zip'
  readonly roles: readonly Role[]
}

/** What leaves the house in files, and who may have it (DOMAIN §6). */
export const exportKinds = {
  main: { label: '申报人员名册', short: '名册', extension: 'xlsx', roles: ['office'] },
  overview: { label: '申报人员一览表', short: '一览表', extension: 'xlsx', roles: ['office', 'secretary'] },
  archive: { label: '申报材料归档', short: '材料归档', extension: 'zip', roles: ['office'] },
  statistics: { label: '申报统计', short: '统计', extension: 'xlsx', roles: ['office'] },
} as const satisfies Record<string, ExportKindWords>

export type ExportKind = keyof typeof exportKinds
export const exportKindIds = Object.keys(exportKinds) as readonly ExportKind[]

/** So many applications can be picked out one by one; more are named by their filters. */
export const PICKED_AT_MOST = 200

/** Whoever may have any. */
export const exportingRoles: readonly Role[] = [...new Set(exportKindIds.flatMap((kind) => exportKinds[kind].roles))]

/** Whoever may see what was exported by whom. */
export const recordReaders: readonly Role[] = ['office', 'auditor']

/** Whether a person with these grants may have an export. */
export const mayExport = (grants: readonly Grant[], kind: ExportKind): boolean => {
  const allowed: readonly Role[] = exportKinds[kind].roles
  return grants.some(({ role }) => allowed.includes(role))
}
