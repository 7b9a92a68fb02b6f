import { join } from 'node:path'
import { afterEach, expect, test } from 'vitest'
import { createDiskFiles } from '#server/platform/files/disk.ts'
import { startS3 } from '../contracts/s3-server.ts'
import { SmallDisk } from '../faults/fault-world.ts'
import { OwnPostgres } from '../faults/postgres.ts'
import { pdfOfSize } from '../world/pdf-files.ts'
import { applicationWith, sent } from '../world/upload-walk.ts'
import { openWorld, problemOf } from '../world/world.ts'

/** What we stand on goes away and comes back: 503 with Retry-After meanwhile, and nobody has to restart anything. */
const undo: (() => unknown)[] = []
afterEach(async () => {
  for (const one of undo.splice(0).reverse()) await one()
})

async function isUnavailable(response: Response) {
  expect(response.headers.get('retry-after')).toBe('10')
  expect(await problemOf(response)).toMatchObject({ status: 503, code: 'request.unavailable' })
}

test('the file store does not answer: an upload is asked for again later, and then passes', async () => {
  const first = await startS3('files')
  const world = await openWorld('pglite', { s3: first.config })
  undo.push(() => world.close())
  const { browser, id } = await applicationWith(world)
  const sending = { browser, applicationId: id, path: 'idCard', bytes: pdfOfSize(40_000) }
  const port = Number(new URL(first.config.endpoint).port)
  await first.close()
  await isUnavailable(await sent(sending))
  await isUnavailable(await browser.fetch('/api/health'))
  const second = await startS3('files', port)
  undo.push(() => second.close())
  expect((await sent(sending)).status).toBe(201)
  expect((await browser.fetch('/api/health')).status).toBe(200)
})

const disk = SmallDisk.mount()
disk?.unmount()

test.runIf(disk)(
  'the disk is full: an upload is asked for again later, what is there is read meanwhile (needs to mount)',
  async () => {
    const small = SmallDisk.mount()!
    undo.push(() => small.unmount())
    const world = await openWorld('pglite')
    undo.push(() => world.close())
    Object.assign(world.platform, { files: createDiskFiles(join(small.folder, 'files')) })
    const { browser, id } = await applicationWith(world)
    const sending = { browser, applicationId: id, path: 'idCard', bytes: pdfOfSize(400_000) }
    small.fill(100_000)
    await isUnavailable(await sent(sending))
    expect((await browser.fetch('/api/applications')).status).toBe(200)
    small.empty()
    expect((await sent(sending)).status).toBe(201)
    const left = []
    for await (const { key } of world.platform.files.list('uploads/')) left.push(key)
    expect(left, 'nothing half written is left').toEqual([])
  },
)

test('the database is down: every request is asked for again later; when it is back, the same process goes on (needs the programs of PostgreSQL)', async (context) => {
  const own = await OwnPostgres.start()
  if (!own) return context.skip('no initdb here')
  const before = process.env['TEST_DATABASE_URL']
  process.env['TEST_DATABASE_URL'] = own.url()
  undo.push(() => own.close())
  const world = await openWorld('postgres').finally(() => {
    if (before === undefined) delete process.env['TEST_DATABASE_URL']
    else process.env['TEST_DATABASE_URL'] = before
  })
  const { browser, id } = await applicationWith(world)
  own.crash()
  // A connection that was open tells it, and one that is opened anew.
  for (const _ of [1, 2]) await isUnavailable(await browser.fetch('/api/applications'))
  own.comeBack()
  await expect.poll(async () => (await browser.fetch('/api/applications')).status, { timeout: 15_000 }).toBe(200)
  const sending = { browser, applicationId: id, path: 'idCard', bytes: pdfOfSize(40_000) }
  expect((await sent(sending)).status).toBe(201)
  await world.platform.jobs.stop(0)
  await world.platform.database.close()
}, 60_000)
