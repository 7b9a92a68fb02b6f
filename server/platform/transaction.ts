import type { Transaction } from 'kysely'
import type { Ok, Refused } from '#domain/problems.ts'
import { appendAudit, audited, FEW_ENTRIES } from './audit.ts'
import type { AuditEntry } from './audit.ts'
import type { Job, JobName } from './job-table.ts'
import { newId } from './new-id.ts'
import type { Caller, Platform } from './platform.ts'
import { merged, MERGED_AT_MOST, run, type Statement } from './statements.ts'
import { inTransaction } from './together.ts'
import type { Who } from './who.ts'

/** What an action is given: one transaction, one reading of the clock, and everything that must happen together with it. */
export interface Act<DB> {
  readonly db: Transaction<DB>
  readonly who: Who
  /** The database's time, read once: the moment by which the act is judged (DESIGN §5). */
  readonly now: Date
  /**
   * When the request came in, by the database's clock: what a deadline is held against. At the last minute a request may wait
   * for its turn until after the end. `now` where nobody asked.
   */
  readonly receivedAt: Date
  /** A new UUIDv7. */
  newId(): string
  /** Notes what happened; written at the end of the same transaction. */
  audit(entry: AuditEntry): void
  /** A statement whose answer nobody needs: it has to be done before the act is, with whatever is sent next. */
  alongside(statement: Promise<unknown>): void
  /**
   * Writes something that nothing in the act reads again and that cannot be refused any more: at its end, in one statement
   * with all else that is written so.
   */
  write(statement: Statement): void
  /** Queues work in the same transaction: it exists if and only if the act does. */
  enqueue(job: Job): Promise<void>
}

/** The database's own request to do it again: serialisation failure, deadlock. */
const AGAIN = new Set(['40001', '40P01'])
const TRIES = 4

/** Carries a refusal out of the transaction so that it rolls back. */
class RolledBack extends Error {
  readonly refused: Refused

  constructor(refused: Refused) {
    super(refused.code)
    this.refused = refused
  }
}

/**
 * Runs `fn` in one transaction for the person of this request. `Refused` rolls everything back and is returned; a throw rolls back and
 * is thrown. The database may ask for the whole act to be done again, so `fn` does nothing outside `ctx`.
 */
export function act<DB, R extends Ok<unknown> | Refused>(c: Caller<DB>, fn: (ctx: Act<DB>) => Promise<R>): Promise<R> {
  return actAs(c.var.platform, c.var.who, fn, { receivedAt: c.var.receivedAt })
}

/** The same, with what is read first: it is asked for together with the time, which saves a journey. */
export function actUpon<DB, Read, R extends Ok<unknown> | Refused>(
  c: Caller<DB>,
  read: (db: Transaction<DB>) => Promise<Read>,
  fn: (ctx: Act<DB>, read: Read) => Promise<R>,
): Promise<R> {
  const { platform, who, receivedAt } = c.var
  return repeatedly(platform, who, () => once(platform, who, read, fn, receivedAt))
}

/**
 * The same for a job, the console or a test.
 * @param clock tells the database's time where this request has asked for it before, which saves a journey
 */
export const actAs = <DB, R extends Ok<unknown> | Refused>(
  platform: Platform<DB>,
  who: Who,
  fn: (ctx: Act<DB>) => Promise<R>,
  { receivedAt, clock }: { readonly receivedAt?: number; readonly clock?: () => Date } = {},
): Promise<R> => repeatedly(platform, who, () => once(platform, who, async () => undefined, fn, receivedAt, clock))

async function repeatedly<DB, R extends Ok<unknown> | Refused>(
  platform: Platform<DB>,
  who: Who,
  work: () => Promise<{ readonly outcome: R; readonly queued: ReadonlySet<JobName> }>,
): Promise<R> {
  const began = performance.now()
  const took = () => (performance.now() - began) / 1000
  for (let attempt = 1; ; attempt++) {
    try {
      const { outcome, queued } = await work()
      platform.metrics.acted('done', took())
      platform.jobs.wake(queued)
      return outcome
    } catch (error) {
      if (error instanceof RolledBack) {
        platform.metrics.acted('refused', took())
        return error.refused as R
      }
      if (attempt < TRIES && AGAIN.has((error as { code?: string }).code ?? '')) {
        platform.log.info({ requestId: who.requestId, attempt, code: (error as { code?: string }).code }, 'act again')
        // Two acts that met must not meet again at the same instant.
        await new Promise((resolve) => setTimeout(resolve, Math.random() * 20 * 2 ** attempt))
        continue
      }
      platform.metrics.acted('failed', took())
      throw error
    }
  }
}

/** What a statement says that came behind one that failed: the other says why. */
const ABORTED = '25P02'

/** Waits for the end of each, and throws what failed first. */
async function allDone(statements: readonly Promise<unknown>[]): Promise<void> {
  const settled = await Promise.allSettled(statements)
  const reasons = settled.flatMap((one) => (one.status === 'rejected' ? [one.reason as { code?: string }] : []))
  if (reasons.length > 0) throw reasons.find(({ code }) => code !== ABORTED) ?? reasons[0]
}

async function once<DB, Read, R extends Ok<unknown> | Refused>(
  platform: Platform<DB>,
  who: Who,
  read: (db: Transaction<DB>) => Promise<Read>,
  fn: (ctx: Act<DB>, read: Read) => Promise<R>,
  receivedAt: number | undefined,
  clock?: () => Date,
) {
  const entries: AuditEntry[] = []
  const queued = new Set<JobName>()
  const alongside: Promise<unknown>[] = []
  const writes: Statement[] = []
  /** what is sent last: the commit goes right behind it, and does nothing where one of it failed */
  const last: Promise<unknown>[] = []
  const outcome = await inTransaction(platform.database.db, async (db) => {
    // Asked before the answer's way back, which is none of the waiting: a request never counts as earlier than it was.
    const waited = receivedAt === undefined ? 0 : Math.floor(performance.now() - receivedAt)
    const [now, known] = await Promise.all([clock ? clock() : platform.clock.now(db), read(db)])
    const result = await fn(
      {
        db,
        who,
        now,
        receivedAt: platform.clock.before(now, waited),
        newId: () => newId(now),
        audit: (entry) => void entries.push(entry),
        alongside: (statement) => {
          // Told of where all are waited for.
          statement.catch(() => {})
          alongside.push(statement)
        },
        write: (statement) => void writes.push(statement),
        enqueue: async (job) => {
          queued.add(job.name)
          await platform.jobs.enqueue(db, job, (statement) => void writes.push(statement))
        },
      },
      known,
    )
    if (!result.ok) throw new RolledBack(result)
    // All of them to their end: what is still under way must not be overtaken by the rollback.
    await allDone(alongside)
    const send = (statement: Statement) => {
      const sent = run(db, statement)
      sent.catch(() => {})
      last.push(sent)
    }
    for (let at = 0; at < writes.length; at += MERGED_AT_MOST) send(merged(writes.slice(at, at + MERGED_AT_MOST)))
    // Last, so that the chains are locked for as short as can be, and always after everything else.
    if (entries.length <= FEW_ENTRIES) for (const statement of audited(who, now, entries)) send(statement)
    else {
      await allDone(last)
      await appendAudit(db, who, now, entries)
    }
    return result
  })
  await allDone(last)
  return { outcome, queued }
}
