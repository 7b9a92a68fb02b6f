import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { registerGauges } from '#server/gauges.ts'
import { appendAudit } from '#server/platform/audit.ts'
import { systemWho } from '#server/platform/who.ts'
import { submitted } from '../world/application-walk.ts'
import { pdfOfSize } from '../world/pdf-files.ts'
import { databaseKinds } from '../world/test-database.ts'
import { applicationWith, tus } from '../world/upload-walk.ts'
import { bodyOf, type Browser, openWorld, type World } from '../world/world.ts'

describe.each(await databaseKinds())('how the servers are doing, on %s', (kind) => {
  let world: World
  let admin: Browser
  const view = async () => bodyOf(await admin.api.api.operations.$get())

  beforeAll(async () => {
    // everything takes longer than nothing
    world = await openWorld(kind, { slowQueryMs: 0 })
    registerGauges(world.platform)
    admin = await world.signIn(await world.staff('admin'))
  })
  afterAll(() => world.close())

  test('what it stands on answers, and how much is there', async () => {
    const { ready, node, nodes, space, backup, submissions } = await view()
    expect(ready.database).toEqual({ kind, ms: expect.any(Number) })
    expect(ready.files.ms).toEqual(expect.any(Number))
    expect(ready.queue).toEqual({ oldestSeconds: 0, late: false })
    expect(node.pid).toBe(process.pid)
    expect(nodes.filter(({ self }) => self)).toMatchObject([{ pid: process.pid, connections: expect.any(Number) }])
    expect(node.memoryBytes).toBeGreaterThan(10_000_000)
    expect(space.database).toBeGreaterThan(1_000_000)
    expect(space.disk).toBeGreaterThan(space.diskFree!)
    expect(submissions).toEqual({ lastHour: 0, accepted: 0, refused: 0, failed: 0 })
    expect(backup, 'none was made').toBeNull()
  })

  test('the file store is away: that is said, and the rest too', async () => {
    const { files } = world.platform
    Object.assign(world.platform, { files: { ...files, check: () => Promise.reject(new Error('away')) } })
    const { ready } = await view()
    expect(ready.files.ms).toBeNull()
    expect(ready.database.ms).toEqual(expect.any(Number))
    Object.assign(world.platform, { files })
  })

  test('submissions, uploads under way, jobs and messages are counted', async () => {
    await submitted(world)
    const { browser, id } = await applicationWith(world)
    await tus.create({ browser, applicationId: id, path: 'idCard', bytes: pdfOfSize(20_000), first: 1000 })
    const before = await view()
    expect(before.submissions).toEqual({ lastHour: 1, accepted: 1, refused: 0, failed: 0 })
    expect(before.uploadsUnfinished).toBe(1)
    expect(before.jobs).toContainEqual({ name: 'notices.deliver', waiting: 1, active: 0, failed: 0 })
    await world.runJobs()
    const after = await view()
    expect(after.jobs.filter(({ waiting }) => waiting > 0)).toEqual([])
    expect(after.messages.find(({ channel }) => channel === 'sms')).toMatchObject({ sent: 1, failed: 0 })
  })

  test('statements that took too long stand there by their text, without what they were about', async () => {
    const person = await world.person({ fullName: '欧阳修远' })
    await world.signIn(person)
    const { slow } = await view()
    expect(slow.over).toBe(0)
    expect(slow.statements.length).toBeGreaterThan(5)
    const said = JSON.stringify(slow)
    expect(said).toContain('account')
    for (const value of [person.fullName, person.idNumber, person.mobile, person.id]) expect(said).not.toContain(value)
  })

  test('the last back-up is named with its time and size', async () => {
    const now = await world.now()
    const details = { applications: 3, files: 12, bytes: 4096 }
    await world.db
      .transaction()
      .execute((db) =>
        appendAudit(db, systemWho('operations.back-up'), now, [
          { action: 'operations.backed-up', subject: 'backup:whole', details },
        ]),
      )
    expect((await view()).backup).toEqual({ at: now.toISOString(), ...details })
  })
})
