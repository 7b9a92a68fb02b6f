import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { stopInspection } from '#server/attachments/inspection.ts'
import { hasVirus, readClamdAddress } from '#server/platform/clamd.ts'
import { EICAR, startClamd } from '../contracts/clamd-server.ts'
import { plainPdf } from '../world/pdf-files.ts'
import { databaseKinds } from '../world/test-database.ts'
import { applicationWith, sent, tus } from '../world/upload-walk.ts'
import { openWorld, problemOf, type World } from '../world/world.ts'

/** A PDF with the test string in one of its streams, as a virus would lie in it. */
const infectedPdf = () => {
  const stream = Buffer.from(EICAR, 'latin1')
  return plainPdf({ more: [{ head: `<< /Type /XObject /Length ${stream.length} >>`, stream }] })
}

test('an address of clamd is a host with a port or the path of a socket', () => {
  expect(readClamdAddress('127.0.0.1:3310')).toEqual({ host: '127.0.0.1', port: 3310 })
  expect(readClamdAddress('[::1]:3310')).toEqual({ host: '::1', port: 3310 })
  expect(readClamdAddress('/run/clamav/clamd.ctl')).toEqual({ path: '/run/clamav/clamd.ctl' })
  expect(readClamdAddress('clamd')).toBeUndefined()
})

test('bytes of every length come through whole; what is not a clear answer is none', async () => {
  const clamd = await startClamd({ streamMaxLength: 300_000 })
  for (const length of [0, 1, 65_535, 65_536, 65_537, 200_000]) {
    const bytes = Buffer.alloc(length, 0x20)
    expect(await hasVirus(clamd.address, bytes)).toBe(false)
    expect(await hasVirus(clamd.address, Buffer.concat([bytes, Buffer.from(EICAR)]))).toBe(true)
  }
  await expect(hasVirus(clamd.address, Buffer.alloc(300_001))).rejects.toThrow('size limit exceeded')
  for (const answer of ['', 'stream: OK but', 'stream: FOUND', 'ERROR\0']) {
    clamd.answer(answer)
    await expect(hasVirus(clamd.address, Buffer.from('x'))).rejects.toThrow('clamd said')
  }
  await clamd.close()
  await expect(hasVirus(clamd.address, Buffer.from('x'))).rejects.toThrow('ECONNREFUSED')
})

describe.each(await databaseKinds())('[A34] uploads with a scanner on %s', (kind) => {
  let world: World
  let clamd: Awaited<ReturnType<typeof startClamd>>
  beforeAll(async () => {
    clamd = await startClamd()
    world = await openWorld(kind, { clamd: clamd.address })
  })
  afterAll(async () => {
    await world.close()
    await clamd.close()
    await stopInspection()
  })

  test('a clean file is taken, one with a virus is refused, and its bytes are gone', async () => {
    const { browser, id } = await applicationWith(world)
    const to = { browser, applicationId: id, path: 'idCard' }
    expect((await sent({ ...to, bytes: plainPdf() })).status).toBeLessThan(300)
    expect(await problemOf(await sent({ ...to, bytes: infectedPdf() }))).toMatchObject({ code: 'attachment.virus' })
    expect(clamd.scanned).toBe(2)
    const kept: string[] = []
    for await (const { key } of world.platform.files.list('')) kept.push(key)
    expect(kept.filter((key) => key.startsWith('content/'))).toHaveLength(1)
    expect(kept.filter((key) => key.startsWith('uploads/'))).toEqual([])
  })

  test('while the scanner gives no answer nothing is taken and nothing lost: the next question finishes it', async () => {
    const { browser, id } = await applicationWith(world)
    const bytes = plainPdf({ pages: 4 })
    const to = { browser, applicationId: id, path: 'idCard', bytes }
    clamd.answer('ERROR\0')
    const refused = await sent(to)
    expect(await problemOf(refused)).toMatchObject({ status: 503, code: 'request.unavailable' })
    const upload = await world.db
      .selectFrom('upload')
      .selectAll()
      .where('applicationId', '=', id)
      .executeTakeFirstOrThrow()
    expect(upload.state).toBe('receiving')
    clamd.answer(undefined)
    expect((await tus.head(browser, `/api/uploads/${upload.id}`)).status).toBe(200)
    const { state } = await world.db
      .selectFrom('upload')
      .select('state')
      .where('id', '=', upload.id)
      .executeTakeFirstOrThrow()
    expect(state).toBe('verified')
  })
})
