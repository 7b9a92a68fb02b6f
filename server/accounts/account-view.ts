import type { Grant } from '#domain/lifecycle/roles.ts'
import type { Secrets } from '#server/platform/secrets.ts'
import { openIdNumber } from './identity-seal.ts'
import type { findAccount } from './queries.ts'

export type StoredAccount = NonNullable<Awaited<ReturnType<typeof findAccount>>>

/** Who is signed in, as the phone knows him. The ID number in full is his own. */
export interface SessionView {
  readonly account: {
    readonly id: string
    readonly fullName: string
    readonly idNumber: string
    readonly idNumberMasked: string
    readonly gender: string
    readonly birthDate: string
    readonly email: string
    readonly mobile: string
    readonly contactName: string | null
    readonly contactMobile: string | null
  }
  readonly roles: readonly Grant[]
  readonly mustChangePassword: boolean
  /** the server's time, by which the phone corrects its countdowns */
  readonly now: Date
}

export function sessionView(secrets: Secrets, stored: StoredAccount, now: Date): SessionView {
  const { idNumberCipher, roles, mustChangePassword, ...account } = stored
  const idNumber = openIdNumber(secrets, { id: account.id, idNumberCipher })
  return { account: { ...account, idNumber }, roles, mustChangePassword, now }
}
