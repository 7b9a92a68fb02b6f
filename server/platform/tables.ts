import type { ColumnType, Generated, JSONColumnType } from 'kysely'

type Instant = ColumnType<Date, Date | string, Date | string>

/** `rate_limit`: how often something was tried in the current window. Rows past `resets_at` are swept; a crash of PostgreSQL empties it. */
export interface RateLimitTable {
  /** `<limit name>:<HMAC of the key>`: no address or number stands here in the clear. */
  key: string
  count: number
  resetsAt: Instant
}

/**
 * `audit_event`: append-only. Each row carries the hash of the one before it in its chain, so that a row changed or removed
 * afterwards shows (`verifyAudit`).
 */
export interface AuditEventTable {
  id: Generated<number>
  at: ColumnType<Date, Date | string, never>
  /** account, public or system */
  actorKind: string
  accountId: string | null
  /** The role in which the person acted. */
  role: string | null
  /** `room.what-happened` */
  action: string
  /** `kind:id` of what it was done to, where that is not an application. */
  subject: string | null
  applicationId: string | null
  details: JSONColumnType<Record<string, unknown>, Record<string, unknown>, never>
  ip: string | null
  userAgent: string | null
  requestId: string | null
  /** Which of the 16 chains. */
  chain: number
  /** Place in the chain from 1, without gaps. */
  sequence: number
  /** SHA-256 of the row and of the hash before it. */
  hash: Uint8Array
}

/** `audit_chain`: how far each chain has come. Its row is also the lock under which the chain grows. */
export interface AuditChainTable {
  chain: number
  /** 0 before the first event. */
  sequence: number
  /** 32 zero bytes before the first event. */
  hash: Uint8Array
}

/** The tables the platform stands on. pg-boss keeps its own in the schema `pgboss`. */
export interface PlatformTables {
  rateLimit: RateLimitTable
  auditEvent: AuditEventTable
  auditChain: AuditChainTable
}
