import type { AccountId } from '#domain/brand.ts'
import type { Grant } from '#domain/lifecycle/roles.ts'

/** Where a request came from: kept in the audit, never in the log. */
interface Origin {
  /** The address of the peer as the nearest trusted proxy gives it. Empty for what the clock brings about. */
  readonly ip: string
  readonly userAgent: string
  readonly requestId: string
}

/** A signed-in person. `sessionId` is the id of the session's row, never its token. */
export interface Signed extends Origin {
  readonly kind: 'account'
  readonly accountId: AccountId
  readonly sessionId: string
  readonly roles: readonly Grant[]
}

/** Somebody without a session. */
export interface Public extends Origin {
  readonly kind: 'public'
}

/** A job or the program itself: nobody asked for it, the clock or an earlier act did. */
export interface System extends Origin {
  readonly kind: 'system'
  readonly job: string
}

/** The actor of a request. Every query takes one, so that no row is read for nobody in particular. */
export type Who = Signed | Public | System

export const systemWho = (job: string): System => ({
  kind: 'system',
  job,
  ip: '',
  userAgent: '',
  requestId: `job:${job}`,
})
