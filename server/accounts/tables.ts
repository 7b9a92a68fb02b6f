import type { Generated, JSONColumnType } from 'kysely'

export interface AccountTable {
  id: string
  idNumberIndex: string
  idNumberCipher: string
  idNumberMasked: string
  fullName: string
  gender: string
  /** YYYY-MM-DD */
  birthDate: string
  email: string
  mobile: string
  contactName: string | null
  contactMobile: string | null
  passwordHash: string
  temporaryPasswordHash: string | null
  temporaryPasswordExpiresAt: Date | null
  mustChangePassword: Generated<boolean>
  failedSignIns: Generated<number>
  lockedUntil: Date | null
  disabledAt: Date | null
  /** its owner closes it: until when signing in keeps it */
  closingAt: Date | null
  /** when it was emptied */
  closedAt: Date | null
  consentVersion: string | null
  consentAt: Date | null
  createdAt: Generated<Date>
}

export interface AccountGrantTable {
  id: string
  accountId: string
  role: string
  region: string | null
  acceptancePoint: string | null
  createdAt: Generated<Date>
}

export interface SessionTable {
  id: string
  tokenHash: string
  accountId: string
  createdAt: Date
  lastSeenAt: Date
  expiresAt: Date
  device: string | null
  ip: string | null
}

export interface CaptchaTable {
  id: string
  answerHash: string
  expiresAt: Date
}

export interface PasskeyTable {
  id: string
  accountId: string
  credentialId: string
  publicKey: Uint8Array
  counter: number
  transports: JSONColumnType<readonly string[]>
  device: string
  backedUp: boolean
  createdAt: Date
  lastUsedAt: Date | null
}

export interface AccountChallengeTable {
  id: string
  purpose: string
  accountId: string | null
  digest: string
  subject: string | null
  tries: Generated<number>
  expiresAt: Date
}

export interface MobileChangeTable {
  id: string
  accountId: string
  /** sealed; empty once it is decided or over */
  mobile: string
  mobileMasked: string
  reason: string
  /** waiting, done, refused */
  state: string
  askedBy: string
  askedAt: Date
  decidedBy: string | null
  decidedAt: Date | null
}
