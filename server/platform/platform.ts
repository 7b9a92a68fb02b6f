import type { Logger } from 'pino'
import type { Clock } from './clock.ts'
import type { Config } from './config.ts'
import type { OpenDatabase } from './database.ts'
import type { FileStore } from './files/file-store.ts'
import type { JobQueue } from './jobs.ts'
import type { Limiter } from './limits.ts'
import type { Metrics } from './metrics.ts'
import type { Secrets } from './secrets.ts'
import type { Who } from './who.ts'

/** Everything a room stands on, made once in `server/main.ts` (or by a test) and handed in. */
export interface Platform<DB> {
  readonly config: Config
  readonly database: OpenDatabase<DB>
  readonly clock: Clock
  readonly files: FileStore
  readonly jobs: JobQueue
  readonly limiter: Limiter
  readonly secrets: Secrets
  readonly log: Logger
  readonly metrics: Metrics
}

/** The `Env` of every Hono app in the house; `server/schema.ts` fixes DB: `type Env = PlatformEnv<Database>`. */
export interface PlatformEnv<DB> {
  Variables: {
    platform: Platform<DB>
    who: Who
    requestId: string
    /** when the request came in, by `performance.now()` */
    receivedAt: number
  }
}

/** The part of a Hono context that `act`, `respond` and the middlewares need. */
export interface Caller<DB> {
  readonly var: { readonly platform: Platform<DB>; readonly who: Who; readonly receivedAt?: number }
}
