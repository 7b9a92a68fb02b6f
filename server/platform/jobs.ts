import { createHash } from 'node:crypto'
import { CompiledQuery } from 'kysely'
import type { Transaction } from 'kysely'
import PgBoss from 'pg-boss'
import type { Clock } from './clock.ts'
import type { OpenDatabase } from './database.ts'
import { jobNames, jobTable } from './job-table.ts'
import type { Job, JobName, JobPayloads, Schedule } from './job-table.ts'
import type { Logger } from './log.ts'
import type { Metrics } from './metrics.ts'
import { newId } from './new-id.ts'
import type { Statement } from './statements.ts'

export type { Job, JobName, JobPayloads } from './job-table.ts'

/** Does one job. A throw means: again later. It may be called twice for one job, since the worker before may have died. */
export type JobHandler<Name extends JobName> = (
  data: JobPayloads[Name],
  job: { readonly id: string; readonly signal: AbortSignal },
) => Promise<void>
export type JobHandlers = { readonly [Name in JobName]: JobHandler<Name> }

export interface JobQueue {
  /** Makes or upgrades the queue's own tables. After `migrate`, before anything is enqueued. */
  prepare(): Promise<void>
  /**
   * Adds the job inside the transaction.
   * @param write takes the statement over instead, to send it with others
   */
  enqueue(db: Transaction<any>, job: Job, write?: (statement: Statement) => void): Promise<void>
  /** Wakes the workers of this node; called after a commit. Others find the job within POLLING. */
  wake(names: Iterable<JobName>): void
  /** Starts the workers and the schedules. */
  startJobs(handlers: JobHandlers): Promise<void>
  /** Takes no more, lets running jobs end (at most so many milliseconds, then they are told by their signal), and stops. */
  stop(atMost?: number): Promise<void>
}

/** Milliseconds between two looks for work that another node has queued, or that has become due. */
const POLLING = 5_000
/** Milliseconds between two looks at the schedules, and at jobs that were given up. */
const TICK = 20_000
/** Milliseconds from one look that found work to the next, unless it found all it could take: what comes meanwhile goes together. */
const GATHERING = 50

const DAY = 24 * 60 * 60 * 1000
const SHANGHAI = 8 * 60 * 60 * 1000

/**
 * pg-boss as the store: its tables, retries, expiry and archive, in the database of everything else. Its own workers are not used:
 * they complete a job without waiting for the database's answer, so a database that blinks would end the process.
 */
export function createJobQueue(
  database: OpenDatabase<any>,
  { log, metrics, clock }: { log: Logger; metrics: Metrics; clock: Clock },
): JobQueue {
  const boss = new PgBoss({
    db: { executeSql: (text, values) => database.executeSql(...ofOneQueue(text, values)) },
    schema: 'pgboss',
    supervise: false,
    schedule: false,
    archiveCompletedAfterSeconds: 36 * 60 * 60,
    deleteAfterDays: 14,
  })
  boss.on('error', (error) => log.error({ error }, 'job queue'))
  const workers = new Map<JobName, Worker>()
  let ticking: NodeJS.Timeout | undefined
  let tick: Promise<void> = Promise.resolve()

  const add = (job: Job, db: PgBoss.Db | undefined, id?: string) => {
    const { retries, retryAfter, expiresAfter } = jobTable[job.name]
    return boss.send(job.name, job.data, {
      ...(db && { db }),
      ...(id && { id }),
      // The queues keep one waiting job a key; a job that may stand beside others has a key of its own.
      singletonKey: job.once ?? id ?? newId(),
      ...(job.startAfter && { startAfter: new Date(job.startAfter.getTime() - clock.offset) }),
      retryLimit: retries,
      retryDelay: retryAfter,
      retryBackoff: true,
      expireInSeconds: expiresAfter,
    })
  }

  async function lookAtSchedules(): Promise<void> {
    const now = (await clock.now(database.db)).getTime()
    for (const name of jobNames) {
      const { schedule } = jobTable[name]
      if (!schedule) continue
      const slot = slotOf(schedule, now)
      // All nodes make the same id for the same time, and the queue takes an id once.
      if (await add({ name, data: {} } as Job, undefined, idOfSlot(name, slot))) workers.get(name)?.wake()
    }
    await boss.maintain()
  }

  return {
    prepare: async () => {
      await boss.start()
      const existing = new Set((await boss.getQueues()).map(({ name }) => name))
      for (const name of jobNames) {
        if (!existing.has(name)) await boss.createQueue(name, { name, policy: 'short' })
      }
    },
    enqueue: async (db, job, write) => {
      await add(job, {
        executeSql: async (text, values) => {
          // pg-boss leaves out what it was not given; node-postgres would send null for it
          const given = values.map((value: unknown) => value ?? null)
          if (write) {
            write({ text, values: given })
            return { rows: [] }
          }
          const { rows } = await db.withoutPlugins().executeQuery<any>(CompiledQuery.raw(text, given))
          return { rows }
        },
      })
    },
    wake: (names) => {
      for (const name of names) workers.get(name)?.wake()
    },
    startJobs: async (handlers) => {
      for (const name of jobNames) {
        workers.set(name, new Worker(boss, name, handlers[name] as JobHandler<JobName>, { log, metrics }))
      }
      const look = () => {
        tick = tick.then(lookAtSchedules).catch((error: unknown) => log.error({ error }, 'job schedules'))
      }
      look()
      ticking = setInterval(look, TICK)
    },
    stop: async (atMost = 10_000) => {
      clearInterval(ticking)
      await tick
      await Promise.all([...workers.values()].map((worker) => worker.stop(atMost)))
      workers.clear()
      await boss.stop({ graceful: false })
    },
  }
}

/**
 * Each queue has a table of its own. With its name in the text instead of among the values PostgreSQL plans a statement once a
 * connection; else it looks through all the tables each time, which takes longer than to do it.
 */
function ofOneQueue(text: string, values?: readonly unknown[]): [string, (readonly unknown[])?] {
  const [name, ...others] = values ?? []
  if (!jobNames.includes(name as JobName) || !text.includes('name = $1')) return [text, values]
  return [
    text.replace(/\$(\d+)/g, (_, at: string) => (at === '1' ? `'${String(name)}'` : `$${Number(at) - 1}`)),
    others,
  ]
}

/** The start of the period of the schedule in which `now` lies, in milliseconds. */
export function slotOf(schedule: Schedule, now: number): number {
  if ('everyMinutes' in schedule) {
    const period = schedule.everyMinutes * 60_000
    return Math.floor(now / period) * period
  }
  const [hours, minutes] = schedule.dailyAt.split(':').map(Number) as [number, number]
  const offset = (hours * 60 + minutes) * 60_000 - SHANGHAI
  return Math.floor((now - offset) / DAY) * DAY + offset
}

function idOfSlot(name: JobName, slot: number): string {
  const hex = createHash('sha256').update(`${name} ${slot}`).digest('hex')
  // Version 8: a UUID of our own making (RFC 9562).
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-8${hex.slice(13, 16)}-a${hex.slice(17, 20)}-${hex.slice(20, 32)}`
}

/** Does the jobs of one queue on this node, at most `atOnce` at the same time. */
class Worker {
  readonly #boss: PgBoss
  readonly #name: JobName
  readonly #handler: JobHandler<JobName>
  readonly #told: { log: Logger; metrics: Metrics }
  readonly #stopping = new AbortController()
  readonly #running = new Set<AbortController>()
  readonly #loop: Promise<void>
  #wakeUp = () => {}
  #woken = false

  constructor(boss: PgBoss, name: JobName, handler: JobHandler<JobName>, told: { log: Logger; metrics: Metrics }) {
    this.#boss = boss
    this.#name = name
    this.#handler = handler
    this.#told = told
    this.#loop = this.#work()
  }

  wake(): void {
    this.#woken = true
    this.#wakeUp()
  }

  async stop(atMost: number): Promise<void> {
    this.#stopping.abort()
    this.#wakeUp()
    const tooLong = setTimeout(() => {
      for (const job of this.#running) job.abort(new Error('The server is stopping.'))
    }, atMost)
    await this.#loop
    clearTimeout(tooLong)
  }

  async #work(): Promise<void> {
    const { atOnce } = jobTable[this.#name]
    while (!this.#stopping.signal.aborted) {
      this.#woken = false
      const looked = performance.now()
      const found = await this.#boss.fetch<object>(this.#name, { batchSize: atOnce }).catch(() => [])
      const done = (await Promise.all(found.map((job) => this.#do(job)))).filter((id) => id !== undefined)
      await this.#complete(done)
      if (found.length === 0) await this.#rest()
      else if (atOnce > 1 && found.length < atOnce) await this.#gather(GATHERING - (performance.now() - looked))
    }
  }

  /** Others come together while it waits; it ends early only where the server does. */
  async #gather(milliseconds: number): Promise<void> {
    const { signal } = this.#stopping
    if (milliseconds <= 0 || signal.aborted) return
    await new Promise<void>((resolve) => {
      const end = () => {
        clearTimeout(timer)
        signal.removeEventListener('abort', end)
        resolve()
      }
      const timer = setTimeout(end, milliseconds)
      signal.addEventListener('abort', end)
    })
  }

  async #rest(): Promise<void> {
    if (this.#woken || this.#stopping.signal.aborted) return
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, POLLING)
      this.#wakeUp = () => {
        clearTimeout(timer)
        resolve()
      }
    })
  }

  /**
   * All at once: one statement for those that were fetched by one. What does not arrive expires, and the work comes again. Only
   * what a schedule brings stays as done, so that no node makes the same time again; thousands of others would lie in the way
   * of each look into the queue.
   */
  async #complete(ids: string[]): Promise<void> {
    if (ids.length === 0) return
    const isScheduled = jobTable[this.#name].schedule !== undefined
    const noted = isScheduled ? this.#boss.complete(this.#name, ids) : this.#boss.deleteJob(this.#name, ids)
    await noted.catch((error: unknown) => {
      this.#told.log.error({ error, job: this.#name }, 'done jobs could not be noted')
    })
  }

  /** @returns the id of a job that is done */
  async #do({ id, data }: PgBoss.Job): Promise<string | undefined> {
    const { log, metrics } = this.#told
    const began = performance.now()
    const took = () => (performance.now() - began) / 1000
    // Not `AbortSignal.timeout` and `any`: those stay for the whole minute that a job of milliseconds may take.
    const job = new AbortController()
    this.#running.add(job)
    const seconds = jobTable[this.#name].expiresAfter
    const tooLong = setTimeout(() => job.abort(new Error(`The job took more than ${seconds} s.`)), seconds * 1000)
    try {
      await untilAborted(this.#handler(data as never, { id, signal: job.signal }), job.signal)
      metrics.jobDone(this.#name, 'done', took())
      return id
    } catch (error) {
      metrics.jobDone(this.#name, 'failed', took())
      log.error({ error, job: this.#name, jobId: id }, 'job failed')
      // Without the message: it may quote what the job was about. If this does not arrive either, the job expires and comes again.
      await this.#boss.fail(this.#name, id, { failed: error instanceof Error ? error.name : 'unknown' }).catch(() => {})
      return undefined
    } finally {
      clearTimeout(tooLong)
      this.#running.delete(job)
    }
  }
}

function untilAborted(work: Promise<void>, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason as Error), { once: true })
    work.then(resolve, reject)
  })
}
