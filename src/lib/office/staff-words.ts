import type { InferResponseType } from 'hono/client'
import { region } from '#domain/code-lists/region.ts'
import { type Role, roles } from '#domain/lifecycle/roles.ts'
import type { api } from '$lib/session/api.ts'

export type StaffRole = Exclude<Role, 'applicant'>
export type StaffPerson = InferResponseType<typeof api.accounts.staff.$get, 200>[number]
export type StaffGrant = StaffPerson['grants'][number]

/** The roles of the back office, to choose from. */
export const staffRoles = Object.entries(roles)
  .filter(([role]) => role !== 'applicant')
  .map(([value, label]) => ({ value, label }))

/** A grant in words: 受理点经办（海陵区人才服务中心）. */
export function grantWords(
  grant: Pick<StaffGrant, 'role' | 'region' | 'acceptancePoint'>,
  points: readonly { readonly id: string; readonly label: string }[],
): string {
  const place =
    grant.acceptancePoint !== null
      ? (points.find(({ id }) => id === grant.acceptancePoint)?.label ?? grant.acceptancePoint)
      : grant.region !== null
        ? (region.items.find(({ code }) => code === grant.region)?.label ?? grant.region)
        : ''
  return place === '' ? roles[grant.role] : `${roles[grant.role]}（${place}）`
}

/** What the log of an account calls what happened; a code that has no words yet stands as it is. */
const events: Readonly<Record<string, string>> = {
  'account.consented': '同意个人信息处理说明',
  'account.signed-in': '登录',
  'account.signed-in-with-passkey': '用通行密钥登录',
  'account.sign-in-refused': '登录没有成功',
  'account.signed-out': '退出登录',
  'account.signed-out-everywhere': '退出所有设备',
  'account.session-ended': '结束一台设备的登录',
  'account.password-changed': '修改密码',
  'account.recovery-requested': '申请临时密码',
  'account.temporary-password-sent': '发出临时密码',
  'account.role-granted': '加上角色',
  'account.role-withdrawn': '撤销角色',
  'account.locked': '停用账号',
  'account.unlocked': '恢复账号',
  'account.passkey-added': '添加通行密钥',
  'account.passkey-removed': '删除通行密钥',
  'account.mobile-changed': '换手机号',
  'account.changed': '修改资料',
  'account.registered': '注册',
  'account.closing-asked': '申请注销',
  'account.closing-stopped': '重新登录，不注销',
  'account.closed': '注销',
  'account.reopened': '恢复已注销的账号',
}
export const eventWords = (action: string): string => events[action] ?? action
