import { sql } from 'kysely'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createJobHandlers } from '#server/job-handlers.ts'
import { createMovableClock } from '#server/platform/clock.ts'
import type { MovableClock } from '#server/platform/clock.ts'
import { secretKeyOf } from '#server/platform/config.ts'
import type { Config } from '#server/platform/config.ts'
import type { DatabaseKind } from '#server/platform/database.ts'
import type { Dependencies } from '#server/platform/environment.ts'
import { createS3Files } from '#server/platform/files/s3.ts'
import { createJobQueue } from '#server/platform/jobs.ts'
import type { JobHandlers } from '#server/platform/jobs.ts'
import { createLimiter } from '#server/platform/limits.ts'
import { createLog } from '#server/platform/log.ts'
import { createMetrics } from '#server/platform/metrics.ts'
import { createSecrets } from '#server/platform/secrets.ts'
import { SlowStatements } from '#server/platform/slow-statements.ts'
import { createConsoleSms } from '#server/platform/sms/console.ts'
import type { Database } from '#server/schema.ts'
import { createMemoryFiles } from './memory-files.ts'
import { logTo, newLogFile } from './test-logs.ts'
import { openKeptPGlite, openTestDatabase } from './test-database.ts'

/** The SECRET_KEY with which a server process reads what a test wrote into its database. */
export const TEST_SECRET = 'the key of the tests and of nothing else'

export interface TestPlatform {
  readonly platform: Dependencies
  readonly clock: MovableClock
  /** What the platform has logged, at the finest level (not with TEST_LOG). */
  readonly logFile: string
  /** Does every job that is due, and those that they queue; returns the names of those done. */
  runJobs(): Promise<string[]>
  /** Does one job now that otherwise comes by the clock. */
  runJob(
    name:
      | 'accounts.sweep'
      | 'accounts.close'
      | 'platform.sweep'
      | 'notices.remind'
      | 'notices.receipts'
      | 'applications.tick'
      | 'attachments.sweep',
  ): Promise<void>
  close(): Promise<void>
}

const UNFINISHED = sql<{ count: number }>`select count(*)::int as count from pgboss.job
  where state = 'active' or (state in ('created', 'retry') and start_after <= clock_timestamp())`

/** Everything the server stands on, over a database and a folder of its own, with a clock that the test moves. */
export async function openTestPlatform(kind: DatabaseKind, changes: Partial<Config> = {}): Promise<TestPlatform> {
  const slow = new SlowStatements(changes.slowQueryMs)
  const kept = changes.database?.kind === 'pglite' ? changes.database.directory : undefined
  const database = await (kept === undefined
    ? openTestDatabase<Database>(kind, slow)
    : openKeptPGlite<Database>(kept, slow))
  const dataDir = await mkdtemp(join(tmpdir(), 'zhicheng-test-'))
  const secretKey = secretKeyOf(TEST_SECRET)
  const config: Config = {
    port: 0,
    host: '127.0.0.1',
    dataDir,
    database: { kind: 'pglite', directory: join(dataDir, 'database') },
    publicOrigin: 'http://world.test',
    s3: undefined,
    sms: { provider: 'console' },
    quietHours: undefined,
    vapid: { publicKey: '', privateKey: '', subject: 'mailto:push@localhost.invalid' },
    secretKey,
    demo: false,
    e2e: true,
    ...changes,
  }
  const clock = createMovableClock()
  const logFile = newLogFile()
  const asked = process.env['TEST_LOG']
  const log = asked ? createLog(asked) : createLog('trace', logTo(logFile))
  const metrics = createMetrics()
  const secrets = createSecrets(secretKey)
  const jobs = createJobQueue(database, { log, metrics, clock })
  const platform: Dependencies = {
    config,
    database,
    clock,
    files: config.s3 ? createS3Files(config.s3) : createMemoryFiles(),
    jobs,
    limiter: createLimiter(database.db, secrets, clock),
    secrets,
    log,
    metrics,
  }
  await jobs.prepare()

  const done: string[] = []
  let working: Promise<void> | undefined
  const startWorkers = () => {
    const handlers = Object.entries(createJobHandlers(platform, createConsoleSms(log))).map(([name, handle]) => [
      name,
      async (...given: Parameters<typeof handle>) => {
        await (handle as (...all: unknown[]) => Promise<void>)(...given)
        done.push(name)
      },
    ])
    return jobs.startJobs(Object.fromEntries(handlers) as JobHandlers)
  }

  return {
    platform,
    clock,
    logFile,
    runJobs: async () => {
      await (working ??= startWorkers())
      jobs.wake(['accounts.recover', 'notices.deliver', 'notices.push', 'notices.send-sms', 'papers.make'])
      for (const until = Date.now() + 20_000; ;) {
        const { rows } = await UNFINISHED.execute(database.db)
        if (rows[0]!.count === 0) return done.splice(0)
        if (Date.now() > until) throw new Error(`Jobs do not come to an end: ${rows[0]!.count} left`)
        await new Promise((resolve) => setTimeout(resolve, 20))
      }
    },
    runJob: async (name) => {
      await createJobHandlers(platform, createConsoleSms(log))[name]!(
        {},
        { id: name, signal: new AbortController().signal },
      )
    },
    close: async () => {
      await jobs.stop(1000)
      await database.close()
      await rm(dataDir, { recursive: true, force: true })
    },
  }
}
