import { S3Failed } from './files/s3.ts'
import { isConnectionLost } from './postgres-pool.ts'

/** The disk of the files is full, or takes no more (errno). */
const DISK = new Set(['ENOSPC', 'EDQUOT', 'EROFS', 'EIO'])
/** PostgreSQL: no disk, no memory, no connection left. */
const DATABASE = /^53[0-9]{3}$/

/**
 * Whether what we stand on is away for a while (database, file store, disk), so that the same request will do later: it is
 * answered with 503 and `Retry-After`, and whoever sent it keeps what he has.
 */
export function isUnavailable(error: unknown): boolean {
  if (isConnectionLost(error) || error instanceof S3Failed) return true
  const { code } = (error ?? {}) as { code?: unknown }
  return typeof code === 'string' && (DISK.has(code) || DATABASE.test(code))
}
