import { hash, verify } from '@node-rs/argon2'
import type { Outcome } from '#domain/problems.ts'
import { workInTurns } from '#server/platform/turns.ts'

/** argon2id, 64 MiB, two passes: measured 59 ms on one core of a 2-core machine. The numbers stand in each hash, so they can be raised later. */
const COST = { memoryCost: 65_536, timeCost: 2, parallelism: 1 } as const

/** Each hash takes 64 MiB and a core: more at once would only make all of them slower. */
const AT_ONCE = 2

/** About fifteen seconds of work. Who comes after that is told to come back rather than left to wait for nothing. */
const WAITING_AT_MOST = 400

/** The work on passwords of this process: what runs and what waits. */
export const passwordWork = workInTurns(AT_ONCE, WAITING_AT_MOST)

/** The hash to store, with salt and cost in it; `request.unavailable` when too many wait. */
export const hashPassword = (password: string): Promise<Outcome<string>> => passwordWork.run(() => hash(password, COST))

/** Computed once, when first needed: a hash that no password fits. */
let nobody: Promise<string> | undefined
const hashOfNobody = () => (nobody ??= hash(crypto.randomUUID(), COST))

/**
 * Whether the password is the one that was hashed. Without a stored hash the same work is done and the answer is no,
 * so that the time tells nobody whether the account exists (ASVS 6.3.8).
 */
export function verifyPassword(stored: string | null | undefined, password: string): Promise<Outcome<boolean>> {
  return passwordWork.run(async () => {
    const fits = await verify(stored ?? (await hashOfNobody()), password)
    return fits && stored != null
  })
}
