import { createHash } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { manifestBytes, type ManifestFile, TOGETHER_AT_MOST, TOGETHER_BYTES } from '#domain/files-together.ts'
import { contentKey } from '#server/platform/files/file-store.ts'
import { verifyAudit } from '#server/platform/audit.ts'
import type { FileAnswer } from '#server/attachments/receive-together.ts'
import { stopInspection } from '#server/attachments/inspection.ts'
import { htmlNamedPdf, javascriptPdf, pdfOfSize, photoOf } from '../world/pdf-files.ts'
import { databaseKinds } from '../world/test-database.ts'
import { applicationWith, attachmentOf } from '../world/upload-walk.ts'
import { type Browser, openWorld, problemOf, type World } from '../world/world.ts'

const sha256 = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex')

interface Wish {
  readonly path: string
  readonly bytes: Uint8Array
  /** the digest announced, where it is not that of the bytes */
  readonly digest?: string
}

const fileOf = ({ path, bytes, digest }: Wish): ManifestFile => ({
  path,
  name: path === 'photo' ? '照片.jpg' : '材料.pdf',
  sha256: digest ?? sha256(bytes),
  size: bytes.length,
})

describe.each(await databaseKinds())('files together on %s', (kind) => {
  let world: World
  beforeAll(async () => void (world = await openWorld(kind)))
  afterAll(async () => {
    await world.close()
    await stopInspection()
  })

  const post = (browser: Browser, body: Uint8Array, length = body.length) =>
    browser.fetch('/api/uploads/together', {
      method: 'POST',
      headers: { 'content-type': 'application/octet-stream', 'content-length': String(length) },
      body: body as Uint8Array<ArrayBuffer>,
    })
  const bodyOf = (applicationId: string, wishes: readonly Wish[]) =>
    Buffer.concat([manifestBytes({ applicationId, files: wishes.map(fileOf) }), ...wishes.map(({ bytes }) => bytes)])
  async function send(browser: Browser, applicationId: string, wishes: readonly Wish[]) {
    const response = await post(browser, bodyOf(applicationId, wishes))
    expect(response.status).toBe(200)
    const { files } = (await response.json()) as { files: FileAnswer[] }
    return files
  }
  const codes = (files: readonly FileAnswer[]) =>
    files.map((file) => ('uploadId' in file ? 'taken' : file.problem.code))
  const uploadsOf = (applicationId: string) =>
    world.db.selectFrom('upload').selectAll().where('applicationId', '=', applicationId).orderBy('path').execute()

  test('[R43] each passes or is refused by itself, and what passed lies under its digest', async () => {
    const { browser, id } = await applicationWith(world)
    const fine = pdfOfSize(300_000)
    const photo = photoOf(660, 960)
    const files = await send(browser, id, [
      { path: 'idCard', bytes: fine },
      { path: 'pledge', bytes: javascriptPdf() },
      { path: 'contract', bytes: htmlNamedPdf() },
      { path: 'nowhere', bytes: pdfOfSize(1_000) },
      { path: 'photo', bytes: photo },
      { path: 'contract', bytes: pdfOfSize(2_000), digest: sha256(fine) },
      { path: 'idCard', bytes: pdfOfSize(512_001) },
    ])
    expect(codes(files)).toEqual([
      'taken',
      'attachment.active-content',
      'attachment.not-pdf',
      'answer.unknown-path',
      'taken',
      'attachment.wrong-digest',
      'attachment.too-large',
    ])
    const rows = new Map((await uploadsOf(id)).map((row) => [row.id, row]))
    const [first] = files as [{ uploadId: string }]
    expect(rows.get(first.uploadId)).toMatchObject({ path: 'idCard', state: 'verified', contentSha256: sha256(fine) })
    expect((await world.platform.files.head(contentKey(sha256(fine))))?.size).toBe(fine.length)
    const made = [...rows.values()].find(({ path }) => path === 'photo')!
    expect(made.contentSha256).not.toBe(sha256(photo))
    expect(await world.platform.files.head(contentKey(made.contentSha256!))).toBeDefined()
    expect([...rows.values()].map(({ state }) => state).sort()).toEqual([
      'refused',
      'refused',
      'refused',
      'verified',
      'verified',
    ])
    const told = await world.db.selectFrom('auditEvent').select('action').where('applicationId', '=', id).execute()
    expect(told.map(({ action }) => action).sort()).toEqual([
      'attachment.refused',
      'attachment.refused',
      'attachment.refused',
      'attachment.uploaded',
      'attachment.uploaded',
    ])
    expect((await verifyAudit(world.db)).faults).toEqual([])
  })

  test('the same bytes twice in one request are kept once, each in its slot', async () => {
    const { browser, id } = await applicationWith(world)
    const bytes = pdfOfSize(5_000)
    const files = await send(browser, id, [
      { path: 'idCard', bytes },
      { path: 'pledge', bytes },
    ])
    expect(codes(files)).toEqual(['taken', 'taken'])
    expect((await uploadsOf(id)).map(({ path, contentSha256 }) => [path, contentSha256])).toEqual([
      ['idCard', sha256(bytes)],
      ['pledge', sha256(bytes)],
    ])
  })

  test('those before count for those behind: a slot takes no more than it takes', async () => {
    const { browser, id } = await applicationWith(world)
    const hanging = pdfOfSize(900)
    for (let at = 0; at < 7; at += 1) await attachmentOf(world, id, 'idCard', hanging)
    const wishes = Array.from({ length: 5 }, (_, at) => ({ path: 'idCard', bytes: pdfOfSize(1_000 + at) }))
    const answered = codes(await send(browser, id, wishes))
    // It takes ten.
    expect(answered).toEqual(['taken', 'taken', 'taken', 'attachment.too-many-files', 'attachment.too-many-files'])
  })

  test('a body that is not what its manifest says leaves nothing', async () => {
    const { browser, id } = await applicationWith(world)
    const whole = bodyOf(id, [{ path: 'idCard', bytes: pdfOfSize(3_000) }])
    const many = Array.from({ length: TOGETHER_AT_MOST + 1 }, () => ({ path: 'idCard', bytes: pdfOfSize(1_000) }))
    const bodies: [Uint8Array, number, string][] = [
      [new Uint8Array([0, 0, 0, 2, 123, 123]), 422, 'request.invalid'],
      [whole.subarray(0, -1), 422, 'request.invalid'],
      [Buffer.concat([whole, Buffer.from('x')]), 422, 'request.invalid'],
      [bodyOf(id, many), 422, 'request.invalid'],
      [bodyOf('no id', [{ path: 'idCard', bytes: pdfOfSize(3_000) }]), 422, 'request.invalid'],
      [new Uint8Array(TOGETHER_BYTES + 1), 413, 'request.too-large'],
    ]
    for (const [body, status, code] of bodies)
      expect(await problemOf(await post(browser, body))).toMatchObject({ status, code })
    // A connection that was cut: less came than was announced.
    expect(await problemOf(await post(browser, whole.subarray(0, 2_000), whole.length))).toMatchObject({
      code: 'request.invalid',
    })
    expect(await uploadsOf(id)).toEqual([])
  })

  test("nothing goes into another person's application, nor from somebody who is not signed in", async () => {
    const mine = await applicationWith(world)
    const other = await applicationWith(world)
    const wishes = [{ path: 'idCard', bytes: pdfOfSize(1_000) }]
    expect(codes(await send(other.browser, mine.id, wishes))).toEqual(['request.not-found'])
    expect((await post(world.browser(), bodyOf(mine.id, wishes))).status).toBe(401)
    expect(await uploadsOf(mine.id)).toEqual([])
  })

  test('each file counts as one of the uploads of the hour', async () => {
    const { browser, person, id } = await applicationWith(world)
    const limit = { name: 'attachments.create', atMost: 600, seconds: 3600 }
    await send(browser, id, [
      { path: 'idCard', bytes: pdfOfSize(1_000) },
      { path: 'pledge', bytes: pdfOfSize(1_001) },
    ])
    expect(await world.platform.limiter.hits(limit, person.id)).toBe(2)
    for (let tries = 2; tries < 600; tries += 1) await world.platform.limiter.take(limit, person.id)
    expect(codes(await send(browser, id, [{ path: 'idCard', bytes: pdfOfSize(1_002) }]))).toEqual(['request.too-many'])
  })
})
