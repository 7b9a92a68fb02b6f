import type { Database, Env } from '#server/schema.ts'
import type { Caller, Platform } from './platform.ts'
import type { Signed } from './who.ts'

export type { Act, Env } from '#server/schema.ts'

/** After `signedIn` (permit.ts): the actor is a person with a session. */
export type SignedEnv = Env & { Variables: { who: Signed } }

/** Config, database, clock, files, jobs, limiter, secrets, log and metrics, over the tables of this house: `c.var.platform`. */
export type Dependencies = Platform<Database>

/** The part of a request that an action needs which works outside a transaction (hashing a password holds no connection). */
export type Asked = Caller<Database>
