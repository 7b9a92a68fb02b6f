import { afterEach, describe, expect, test } from 'vitest'
import { isConnectionLost, PostgresPool } from '#server/platform/postgres-pool.ts'
import { adminUrl, databaseKinds } from '../world/test-database.ts'

const hasPostgres = (await databaseKinds()).includes('postgres')

// It ends connections of PostgreSQL; the embedded database has none.
describe.skipIf(!hasPostgres)(
  'connections to PostgreSQL, which must answer (TEST_DATABASE_URL, or the local server)',
  () => {
    let pool: PostgresPool
    afterEach(() => pool.end())
    const open = (atMost: number) => (pool = new PostgresPool(adminUrl().href, atMost, { onnotice: () => {} }))
    const pidOf = async (held: Awaited<ReturnType<PostgresPool['reserve']>>): Promise<number> =>
      (await held.unsafe('select pg_backend_pid() as pid'))[0].pid

    test('one that the database ended rejects what is asked of it, ends nothing else, and is not handed out again', async () => {
      open(2)
      const [lost, other] = [await pool.reserve(), await pool.reserve()]
      const pid = await pidOf(lost)
      const running = lost.unsafe('select pg_sleep(30)').catch((error: unknown) => error)
      await other.unsafe('select pg_terminate_backend($1)', [pid])
      expect(isConnectionLost(await running)).toBe(true)
      expect(isConnectionLost(await lost.unsafe('rollback').catch((error: unknown) => error))).toBe(true)
      lost.release()
      const next = await pool.reserve()
      expect(await pidOf(next)).not.toBe(pid)
      expect(await pidOf(other)).not.toBe(pid)
      next.release()
      other.release()
    })

    test('one that was lost while nobody had it is not handed out', async () => {
      open(2)
      const [first, second] = [await pool.reserve(), await pool.reserve()]
      const pid = await pidOf(first)
      first.release()
      await second.unsafe('select pg_terminate_backend($1)', [pid])
      // the word of it comes over the wire: until then nobody here can know
      await expect.poll(() => pool.use.open).toBe(1)
      const next = await pool.reserve()
      expect(await pidOf(next)).not.toBe(pid)
      next.release()
      second.release()
    })

    test('at most so many are open; who waits gets the next one that is free or replaced', async () => {
      open(1)
      const only = await pool.reserve()
      const pid = await pidOf(only)
      const waiting = pool.reserve()
      await only.unsafe('select pg_terminate_backend(pg_backend_pid())').catch(() => {})
      const next = await waiting
      expect(await pidOf(next)).not.toBe(pid)
      const later = pool.reserve()
      next.release()
      expect(await later).toBeDefined()
      ;(await later).release()
    })
  },
)
