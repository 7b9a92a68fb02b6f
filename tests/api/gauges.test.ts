import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { registerGauges } from '#server/gauges.ts'
import { pdfOfSize } from '../world/pdf-files.ts'
import { databaseKinds } from '../world/test-database.ts'
import { applicationWith, tus } from '../world/upload-walk.ts'
import { openWorld, type World } from '../world/world.ts'

describe.each(await databaseKinds())('gauges on %s', (kind) => {
  let world: World
  beforeAll(async () => void (world = await openWorld(kind)))
  afterAll(() => world.close())

  test('uploads under way, jobs that are due and the connections of the node stand in the metrics', async () => {
    const { metrics, database } = world.platform
    registerGauges(world.platform)
    const { browser, id } = await applicationWith(world)
    await tus.create({ browser, applicationId: id, path: 'idCard', bytes: pdfOfSize(20_000), first: 1000 })
    await database.db
      .transaction()
      .execute((db) => world.platform.jobs.enqueue(db, { name: 'platform.sweep', data: {}, once: 'of this test' }))
    const said = await metrics.registry.metrics()
    const figure = (name: string) => Number(new RegExp(`^zhicheng_${name} (\\S+)$`, 'm').exec(said)?.[1])
    expect(figure('uploads_unfinished')).toBe(1)
    expect(figure('jobs_waiting')).toBe(1)
    expect(figure('database_connections')).toBeGreaterThan(0)
    expect(figure('database_waiting')).toBeGreaterThanOrEqual(0)
  })
})
