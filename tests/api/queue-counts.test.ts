import { sql } from 'kysely'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { addUpTally, takeSerial } from '#server/applications/queries.ts'
import { systemWho } from '#server/platform/who.ts'
import { apiOf, HAILING, JIANGYAN, pointIn, submit, submitted } from '../world/application-walk.ts'
import { databaseKinds } from '../world/test-database.ts'
import { bodyOf, type Browser, openWorld, type World } from '../world/world.ts'

describe.each(await databaseKinds())('what is not counted anew each time, on %s', (kind) => {
  let world: World
  beforeAll(async () => void (world = await openWorld(kind)))
  afterAll(() => world.close())

  const counts = async (browser: Browser, query: object = {}) =>
    (await bodyOf(await apiOf(browser).review.queue.$get({ query: query as never }))).counts

  /** What the tally must come to. */
  const counted = async () => {
    const { rows } = await sql<{ key: string; count: number }>`
      select concat_ws(' ', batch_id, type, state, region, acceptance_point) as key, count(*)::int as count from application
      where first_submitted_at is not null and deleted_at is null group by 1 order by 1`.execute(world.db)
    return rows
  }
  const tallied = async () => {
    const { rows } = await sql<{ key: string; count: number }>`
      select concat_ws(' ', batch_id, type, state, region, acceptance_point) as key, sum(count)::int as count
      from application_tally group by 1 having sum(count) <> 0 order by 1`.execute(world.db)
    return rows
  }

  test('the numbers beside the states follow every step, for each only what he reaches, added up or not', async () => {
    const batch = await world.batch({ hasDepartment: false })
    const here = { acceptRegion: HAILING, acceptancePoint: pointIn(HAILING) }
    const there = { acceptRegion: JIANGYAN, acceptancePoint: pointIn(JIANGYAN) }
    const first = await submitted(world, { batch }, here)
    await submitted(world, { batch }, here)
    await submitted(world, { batch }, there)
    const office = await world.signIn(await world.staff('office'))
    const clerk = await world.signIn(await world.staff('pointClerk', { acceptancePoint: pointIn(HAILING) }))
    const nobody = await world.signIn(await world.staff('pointClerk', { acceptancePoint: 'elsewhere' }))
    expect(await counts(office)).toEqual({ SUBMITTED: 3 })
    expect(await counts(office, { region: JIANGYAN, batch: batch.id })).toEqual({ SUBMITTED: 1 })
    expect(await counts(clerk)).toEqual({ SUBMITTED: 2 })
    expect(await counts(nobody)).toEqual({})
    await addUpTally(world.db)
    expect(await counts(clerk)).toEqual({ SUBMITTED: 2 })

    const param = { id: first.id }
    const { application } = await bodyOf(await apiOf(office).review.applications[':id'].$get({ param }))
    const wish = {
      transition: 'return' as const,
      version: application.version,
      reason: '单位名称请写全称，与公章一致。',
    }
    await bodyOf(await apiOf(office).review.applications[':id'].transition.$post({ param, json: wish }))
    expect(await counts(clerk)).toEqual({ SUBMITTED: 1, RETURNED: 1 })
    const own = await bodyOf(await apiOf(first.browser).applications[':id'].$get({ param }))
    await bodyOf(await submit(first.browser, first.id, own.application.version))
    expect(await counts(office)).toEqual({ SUBMITTED: 3 })
    // a filter that the tally does not know is counted as ever
    expect(await counts(office, { returned: '1' })).toEqual({ SUBMITTED: 1 })
    expect(await tallied()).toEqual(await counted())

    await world.db.updateTable('application').set({ deletedAt: new Date() }).where('id', '=', first.id).execute()
    await world.runJob('applications.tick')
    expect(await counts(office)).toEqual({ SUBMITTED: 2 })
    expect(await tallied()).toEqual(await counted())
    const { rows } = await sql<{ count: number }>`select count(*)::int as count from application_tally`.execute(
      world.db,
    )
    expect(rows[0]!.count, 'a row for each place, none for what is gone').toBe(2)
  })

  test('a page that finds many rows of the tally has them added up, and its numbers stay', async () => {
    const office = await world.signIn(await world.staff('office'))
    const before = await counts(office)
    // One comes and one goes, a thousand times: nothing in sum.
    const batch = await world.batch({ hasDepartment: false })
    await sql`insert into application_tally (batch_id, type, state, region, acceptance_point, count)
      select ${batch.id}::uuid, 'review', 'SUBMITTED', ${HAILING}, ${pointIn(HAILING)}, one.count
      from generate_series(1, 1000), (values (1), (-1)) as one(count)`.execute(world.db)
    expect(await counts(office)).toEqual(before)
    await vi.waitFor(async () => {
      const { rows } = await sql<{ count: number }>`select count(*)::int as count from application_tally`.execute(
        world.db,
      )
      expect(rows[0]!.count).toBeLessThan(100)
    })
    expect(await counts(office)).toEqual(before)
  })

  test('many take serials at once: each gets its own, and none is lost by a rollback', async () => {
    const { id } = await world.batch()
    const who = systemWho('applications.tick')
    const taken: number[] = []
    const take = (keep: boolean) =>
      world.db
        .transaction()
        .execute(async (db) => {
          const serial = await takeSerial(db, who, id)
          if (!keep) throw new Error('rolled back')
          taken.push(serial)
        })
        .catch((error: Error) => {
          if (error.message !== 'rolled back') throw error
        })
    // every sixth is rolled back
    await Promise.all(Array.from({ length: 300 }, (_, at) => take(at % 6 !== 5)))
    expect(new Set(taken).size).toBe(250)
    while (taken.length < 260) await take(true)
    // What was rolled back lies there again, and is taken before what comes later.
    expect(taken.toSorted((a, b) => a - b)).toEqual(Array.from({ length: 260 }, (_, at) => at + 1))
  })

  // One connection is all that the embedded database has: nobody holds a row there that another wants.
  if (kind === 'postgres')
    test('in a rush serials do not run out: nobody waits for whoever holds the batch', async () => {
      const { id } = await world.batch()
      const who = systemWho('applications.tick')
      const taken: number[] = []
      const take = (count: number) =>
        world.db.transaction().execute(async (db) => {
          await sql`set local lock_timeout = '2s'`.execute(db)
          for (let at = 0; at < count; at += 1) taken.push(await takeSerial(db, who, id))
        })
      await take(300)
      await world.db.transaction().execute(async (db) => {
        await db.selectFrom('batch').select('id').where('id', '=', id).forUpdate().execute()
        await take(400)
      })
      await take(800)
      expect(taken).toEqual(Array.from({ length: 1500 }, (_, at) => at + 1))
    })
})
