import { sql } from 'kysely'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { createMovableClock } from '#server/platform/clock.ts'
import type { MovableClock } from '#server/platform/clock.ts'
import type { DatabaseKind, OpenDatabase } from '#server/platform/database.ts'
import { createJobQueue } from '#server/platform/jobs.ts'
import type { JobHandlers, JobQueue } from '#server/platform/jobs.ts'
import { jobNames } from '#server/platform/job-table.ts'
import { createLog } from '#server/platform/log.ts'
import { createMetrics } from '#server/platform/metrics.ts'
import { openTestDatabase } from '../world/test-database.ts'

const nothing = Object.fromEntries(jobNames.map((name) => [name, async () => {}])) as unknown as JobHandlers

/** Jobs exist if and only if the act does, are done at least once, and come again when they fail. */
export function jobQueueContract(kind: DatabaseKind): void {
  describe(`job queue: ${kind}`, () => {
    let database: OpenDatabase<any>
    let clock: MovableClock
    const queues: JobQueue[] = []
    const open = async () => {
      const queue = createJobQueue(database, { log: createLog('silent'), metrics: createMetrics(), clock })
      await queue.prepare()
      queues.push(queue)
      return queue
    }

    beforeEach(async () => {
      database = await openTestDatabase(kind)
      clock = createMovableClock()
    })
    afterEach(async () => {
      await Promise.all(queues.splice(0).map((queue) => queue.stop(1000)))
      await database.close()
    })

    test('a job of a rolled back act is never done, one of a committed act is', async () => {
      const done: string[] = []
      const queue = await open()
      const failing = database.db.transaction().execute(async (transaction) => {
        await queue.enqueue(transaction, { name: 'papers.make', data: { applicationId: 'lost', snapshotId: '' } })
        throw new Error('no')
      })
      await expect(failing).rejects.toThrow('no')
      await database.db.transaction().execute(async (transaction) => {
        await queue.enqueue(transaction, { name: 'papers.make', data: { applicationId: 'kept', snapshotId: '𠮷' } })
      })
      await queue.startJobs({
        ...nothing,
        'papers.make': async ({ applicationId, snapshotId }) => void done.push(applicationId + snapshotId),
      })
      await vi.waitFor(() => expect(done).toEqual(['kept𠮷']), { timeout: 10_000 })
    })

    test('a key that waits is not queued again; another is', async () => {
      const queue = await open()
      await database.db.transaction().execute(async (transaction) => {
        for (const once of ['a', 'a', 'b']) {
          await queue.enqueue(transaction, { name: 'papers.make', data: { applicationId: once, snapshotId: '' }, once })
        }
        for (let n = 0; n < 2; n++)
          await queue.enqueue(transaction, { name: 'papers.make', data: { applicationId: 'c', snapshotId: '' } })
      })
      const { rows } = await sql<{
        key: string
      }>`select data->>'applicationId' as key from pgboss.job where name = 'papers.make'`.execute(database.db)
      expect(rows.map(({ key }) => key).sort()).toEqual(['a', 'b', 'c', 'c'])
    })

    test('one that fails waits for its next try, and its reason tells nothing of the person', async () => {
      const queue = await open()
      await database.db
        .transaction()
        .execute((transaction) =>
          queue.enqueue(transaction, { name: 'papers.make', data: { applicationId: 'x', snapshotId: '' } }),
        )
      await queue.startJobs({
        ...nothing,
        'papers.make': async () => {
          throw new TypeError('王五 13812345678')
        },
      })
      await vi.waitFor(
        async () => {
          const { rows } = await sql<{
            state: string
            output: unknown
          }>`select state, output from pgboss.job where name = 'papers.make'`.execute(database.db)
          expect(rows).toEqual([{ state: 'retry', output: { failed: 'TypeError' } }])
        },
        { timeout: 10_000 },
      )
    })

    test('two nodes make each time of a schedule once, and the next time when the clock has come to it', async () => {
      let ticks = 0
      const handlers = { ...nothing, 'applications.tick': async () => void ticks++ }
      const count = async () => {
        const { rows } = await sql<{
          n: number
        }>`select count(*) n from pgboss.job where name = 'applications.tick'`.execute(database.db)
        return rows[0]!.n
      }
      // Past the start of a period, so that it does not end during the test.
      clock.moveTo(new Date('2026-03-02T01:01:00Z'))
      const [first, second] = [await open(), await open()]
      await Promise.all([first.startJobs(handlers), second.startJobs(handlers)])
      await vi.waitFor(() => expect(ticks).toBe(1), { timeout: 10_000 })
      expect(await count()).toBe(1)
      clock.moveTo(new Date('2026-03-02T01:06:00Z'))
      const third = await open()
      await third.startJobs(handlers)
      await vi.waitFor(() => expect(ticks).toBe(2), { timeout: 10_000 })
      expect(await count()).toBe(2)
    })

    test('stopping waits for the job in hand', async () => {
      const queue = await open()
      let begun = () => {}
      const started = new Promise<void>((resolve) => (begun = resolve))
      let end = () => {}
      const ended = new Promise<void>((resolve) => (end = resolve))
      await database.db
        .transaction()
        .execute((transaction) =>
          queue.enqueue(transaction, { name: 'papers.make', data: { applicationId: 'x', snapshotId: '' } }),
        )
      await queue.startJobs({
        ...nothing,
        'papers.make': async () => {
          begun()
          await ended
        },
      })
      await started
      const stopped = queue.stop(20_000)
      end()
      await stopped
      const { rows } = await sql<{ state: string }>`select state from pgboss.job where name = 'papers.make'`.execute(
        database.db,
      )
      expect(rows, 'it was done and is gone').toEqual([])
    })
  })
}
