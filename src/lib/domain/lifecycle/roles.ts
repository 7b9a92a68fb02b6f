/** Who may act (DOMAIN §3.1). */
export const roles = {
  applicant: '申报人',
  pointClerk: '受理点经办',
  deptReviewer: '主管部门',
  office: '职称办',
  secretary: '评委会秘书',
  expert: '评审专家',
  admin: '系统管理员',
  auditor: '审计',
} as const

export type Role = keyof typeof roles
/** The clock itself, for transitions that time brings about. */
export type Actor = Role | 'system'

/** A role with the part of the city it reaches: a clerk one 受理点, a department one region, the office all. */
export interface Grant {
  readonly role: Role
  readonly region?: string
  readonly acceptancePoint?: string
}

/** What a grant of the role has to name; the others reach what their role reaches. */
export const scopeOf = (role: Role): 'acceptancePoint' | 'region' | null =>
  role === 'pointClerk' ? 'acceptancePoint' : role === 'deptReviewer' ? 'region' : null

export const isStaff = (grants: readonly Grant[]): boolean => grants.some(({ role }) => role !== 'applicant')

/** Whether a grant reaches an application by its 受理点 or region (DOMAIN §6, data scope). */
export function reaches(
  grant: Grant,
  place: { readonly acceptancePoint: string | null; readonly region: string | null },
): boolean {
  if (grant.role === 'pointClerk')
    return grant.acceptancePoint !== undefined && grant.acceptancePoint === place.acceptancePoint
  if (grant.role === 'deptReviewer') return grant.region !== undefined && grant.region === place.region
  return grant.role === 'office' || grant.role === 'auditor' || grant.role === 'secretary'
}
