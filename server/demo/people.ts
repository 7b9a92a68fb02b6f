import { checkCharacter } from '#domain/identity/id-number.ts'
import type { Grant } from '#domain/lifecycle/roles.ts'
import { roles } from '#domain/lifecycle/roles.ts'

/** The password of every demonstration account. */
export const DEMO_PASSWORD = 'Zhicheng-yanshi-26'

export interface DemoPerson {
  readonly fullName: string
  readonly idNumber: string
  readonly mobile: string
  readonly email: string
  readonly grant: Grant
}

const person = (place: number, fullName: string, first17: string, grant: Grant): DemoPerson => ({
  fullName,
  idNumber: first17 + checkCharacter(first17),
  mobile: `139000010${String(place).padStart(2, '0')}`,
  email: `demo${place}@example.com`,
  grant,
})

/** Two applicants and one account a role or more. Nobody in it exists; the numbers are right by their check character only. */
export const demoPeople: readonly DemoPerson[] = [
  person(1, '周明远', '32128219951001005', { role: 'applicant' }),
  person(2, '顾晓岚', '32128319791111006', { role: 'applicant' }),
  person(3, '陈静', '32120219800101001', { role: 'pointClerk', acceptancePoint: '321202-talent' }),
  person(4, '孙志强', '32120019800101002', { role: 'pointClerk', acceptancePoint: '321200-talent' }),
  person(5, '吴建国', '32120219800202003', { role: 'deptReviewer', region: '321202' }),
  person(6, '李卫东', '32120019800303004', { role: 'office' }),
  person(7, '赵敏', '32120019800404005', { role: 'secretary' }),
  person(8, '钱学文', '32120019800505006', { role: 'expert' }),
  person(9, '郑涛', '32120019800606007', { role: 'admin' }),
  person(10, '何丽', '32120019800707008', { role: 'auditor' }),
]

/** What the console prints: role, name, ID number, and the password once. */
export function demoAccountLines(): string[] {
  const lines = demoPeople.map(({ fullName, idNumber, grant }) => `  ${idNumber}  ${roles[grant.role]}（${fullName}）`)
  return [`演示账号，密码都是 ${DEMO_PASSWORD} ｜ demo accounts, one password for all:`, ...lines]
}
