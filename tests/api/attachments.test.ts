import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { createCanvas, loadImage } from '@napi-rs/canvas'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { sweepAttachments } from '#server/attachments/sweep.ts'
import { stopInspection } from '#server/attachments/inspection.ts'
import { contentKey, type FileStore } from '#server/platform/files/file-store.ts'
import { fitPages } from '../../src/lib/scan/fit-bytes.ts'
import { applicationWith, attachmentOf, sent, type Sending, tus } from '../world/upload-walk.ts'
import {
  bombPdf,
  coveredJavascriptPdf,
  disguisedJavascriptPdf,
  embeddedFilePdf,
  hiddenJavascriptPdf,
  htmlNamedPdf,
  innocentPdf,
  javascriptPdf,
  launchPdf,
  noPagesPdf,
  pdfOfSize,
  photoOf,
  plainPdf,
  richMediaPdf,
  truncatedPdf,
  xfaPdf,
} from '../world/pdf-files.ts'
import { databaseKinds } from '../world/test-database.ts'
import { openWorld, problemOf, type World } from '../world/world.ts'

const HOUR = 3_600_000
const fixture = (name: string) => new Uint8Array(readFileSync(new URL(`../fixtures/${name}`, import.meta.url)))
const sha256 = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex')

describe.each(await databaseKinds())('attachments on %s', (kind) => {
  let world: World
  beforeAll(async () => void (world = await openWorld(kind)))
  afterAll(async () => {
    await world.close()
    await stopInspection()
  })

  const codeOf = async (sending: Sending) => {
    const response = await sent(sending)
    return response.status < 300 ? 'verified' : (await problemOf(response)).code
  }
  /** The store a long time after what lies in it now came there: it knows nothing of the clock that the test moves. */
  const aged = (): FileStore => {
    const { files } = world.platform
    const from = new Date()
    const head: FileStore['head'] = async (key) => {
      const facts = await files.head(key)
      return facts && facts.modifiedAt < from ? { ...facts, modifiedAt: new Date(0) } : facts
    }
    return { ...files, head }
  }
  const openingsOf = (applicationId: string) =>
    world.db
      .selectFrom('auditEvent')
      .select('subject')
      .where('action', '=', 'attachment.opened')
      .where('applicationId', '=', applicationId)
      .execute()
  const uploadRow = (id: string) =>
    world.db.selectFrom('upload').selectAll().where('id', '=', id).executeTakeFirstOrThrow()

  test('[R41][A1] a file of exactly 512,000 bytes is taken and one of 512,001 is not', async () => {
    const { browser, id } = await applicationWith(world)
    const to = { browser, applicationId: id, path: 'idCard' }
    expect(await codeOf({ ...to, bytes: pdfOfSize(512_000) })).toBe('verified')
    const refused = await problemOf(await sent({ ...to, bytes: pdfOfSize(512_001) }))
    expect(refused).toMatchObject({ status: 413, code: 'attachment.too-large', params: { limit: '500 KB' } })
  })

  test('an upload that many ask about at once, as two nodes are after a cut, gets one verdict', async () => {
    const { browser, id } = await applicationWith(world)
    const bytes = pdfOfSize(60_000)
    const url = (await sent({ browser, applicationId: id, path: 'idCard', bytes })).headers.get('location')!
    const uploadId = url.slice(url.lastIndexOf('/') + 1)
    // As the node left it that died between the last byte and the check.
    const key = `uploads/${uploadId}/000000000-again`
    await world.platform.files.put(key, bytes)
    await world.db
      .updateTable('upload')
      .set({ state: 'receiving', contentSha256: null, parts: JSON.stringify([{ key, size: bytes.length }]) })
      .where('id', '=', uploadId)
      .execute()
    const answers = await Promise.all(Array.from({ length: 6 }, () => tus.head(browser, url)))
    expect(answers.map(({ status }) => status)).toEqual(answers.map(() => 200))
    expect(await uploadRow(uploadId)).toMatchObject({ state: 'verified', contentSha256: sha256(bytes) })
    const told = await world.db
      .selectFrom('auditEvent')
      .select('action')
      .where('subject', '=', `upload:${uploadId}`)
      .execute()
    expect(told.map(({ action }) => action)).toEqual(['attachment.uploaded', 'attachment.uploaded'])
  })

  test('[R42][A1][A2] a proof of 业绩 may have exactly 10,240,000 bytes, one more is refused; a reward outside 业绩 keeps 500 KB', async () => {
    const { browser, id } = await applicationWith(world)
    const row = crypto.randomUUID()
    const to = { browser, applicationId: id, path: `achievements/${row}/proof` }
    expect(await codeOf({ ...to, bytes: pdfOfSize(10_240_000) })).toBe('verified')
    expect(await codeOf({ ...to, bytes: pdfOfSize(10_240_001) })).toBe('attachment.too-large')
    const reward = `rewardsPunishments/${row}/proof`
    expect(await codeOf({ ...to, path: reward, bytes: pdfOfSize(512_001) })).toBe('attachment.too-large')
  })

  test('[R48] a refusal for size says how large the file is and what to do', async () => {
    const { browser, id } = await applicationWith(world)
    const response = await sent({ browser, applicationId: id, path: 'idCard', bytes: pdfOfSize(600_000) })
    const { detail } = await problemOf(response)
    expect(detail).toContain('586 KB')
    expect(detail).toContain('降低扫描分辨率')
  })

  test.each<[string, () => Uint8Array, string]>([
    ['a web page', htmlNamedPdf, 'attachment.not-pdf'],
    ['a picture with another name', () => photoOf(600, 800, 'image/png'), 'attachment.not-pdf'],
    ['half a PDF', truncatedPdf, 'attachment.damaged'],
    ['a PDF without pages', noPagesPdf, 'attachment.damaged'],
    ['a PDF with a password', () => fixture('password-needed.pdf'), 'attachment.encrypted'],
    ['a PDF that only its owner may change', () => fixture('owner-locked.pdf'), 'attachment.encrypted'],
    ['a script', javascriptPdf, 'attachment.active-content'],
    ['a script with its name in hexadecimal', disguisedJavascriptPdf, 'attachment.active-content'],
    ['a script inside an object stream', hiddenJavascriptPdf, 'attachment.active-content'],
    ['a script inside another stream', coveredJavascriptPdf, 'attachment.active-content'],
    ['a program to launch', launchPdf, 'attachment.active-content'],
    ['an embedded file', embeddedFilePdf, 'attachment.active-content'],
    ['an XFA form', xfaPdf, 'attachment.active-content'],
    ['rich media', richMediaPdf, 'attachment.active-content'],
    ['an object stream that inflates to 200 MB', bombPdf, 'attachment.damaged'],
    ['201 pages', () => plainPdf({ pages: 201 }), 'attachment.too-many-pages'],
    ['200 pages', () => plainPdf({ pages: 200 }), 'verified'],
    ['a PDF whose words and images only look like a script', innocentPdf, 'verified'],
    ['a PDF with object streams', () => fixture('object-streams.pdf'), 'verified'],
  ])('[R43][A34] %s', async (_, make, code) => {
    const { browser, id } = await applicationWith(world)
    const path = `achievements/${crypto.randomUUID()}/proof`
    expect(await codeOf({ browser, applicationId: id, path, bytes: make() })).toBe(code)
  })

  test('[R43][A34] a file of no bytes is refused before it is sent', async () => {
    const { browser, id } = await applicationWith(world)
    expect(await codeOf({ browser, applicationId: id, path: 'idCard', bytes: new Uint8Array() })).toBe(
      'attachment.empty',
    )
  })

  test('[R44][R46] an upload goes on where it was cut, in another request and through another node', async () => {
    const { browser, id } = await applicationWith(world)
    const bytes = pdfOfSize(300_000)
    const created = await tus.create({ browser, applicationId: id, path: 'idCard', bytes, first: 100_000 })
    expect(created.status).toBe(201)
    const url = created.headers.get('location')!
    const asked = await tus.head(browser, url)
    expect(asked.headers.get('upload-offset')).toBe('100000')
    expect(asked.headers.get('upload-length')).toBe('300000')
    const wrong = await tus.patch(browser, url, 0, bytes.subarray(0, 5000))
    expect(wrong.status).toBe(409)
    expect((await tus.patch(browser, url, 100_000, bytes.subarray(100_000, 250_000))).status).toBe(204)
    const last = await tus.patch(browser, url, 250_000, bytes.subarray(250_000))
    expect(last.status).toBe(204)
    const row = await uploadRow(url.split('/').at(-1)!)
    expect(row).toMatchObject({ state: 'verified', received: 300_000, contentSha256: sha256(bytes) })
  })

  test('[R46] of two requests that send the same part, one wins and nothing is written twice', async () => {
    const { browser, id } = await applicationWith(world)
    const bytes = pdfOfSize(400_000)
    const url = (await tus.create({ browser, applicationId: id, path: 'idCard', bytes })).headers.get('location')!
    const answers = await Promise.all([0, 1].map(() => tus.patch(browser, url, 0, bytes)))
    expect(answers.map(({ status }) => status).sort()).toEqual([204, 409])
    expect(await uploadRow(url.split('/').at(-1)!)).toMatchObject({ state: 'verified', received: 400_000 })
  })

  test('[R49] bytes that are not those announced are refused, and the answer says to send them again', async () => {
    const { browser, id } = await applicationWith(world)
    const bytes = pdfOfSize(20_000)
    const response = await sent({ browser, applicationId: id, path: 'idCard', bytes, digest: 'a'.repeat(64) })
    expect(await problemOf(response)).toMatchObject({ code: 'attachment.wrong-digest', status: 422 })
  })

  test('a node that died between the last byte and the check leaves the check to the next question', async () => {
    const { browser, id } = await applicationWith(world)
    const bytes = pdfOfSize(20_000)
    const url = (await tus.create({ browser, applicationId: id, path: 'idCard', bytes })).headers.get('location')!
    const uploadId = url.split('/').at(-1)!
    // What the dying node left: all bytes noted, no verdict.
    const key = `uploads/${uploadId}/000000000-lost`
    await world.platform.files.put(key, bytes)
    await world.db
      .updateTable('upload')
      .set({ received: bytes.length, parts: JSON.stringify([{ key, size: bytes.length }]) })
      .where('id', '=', uploadId)
      .execute()
    expect((await tus.head(browser, url)).status).toBe(200)
    expect((await uploadRow(uploadId)).state).toBe('verified')
  })

  test('[R90] nothing can be sent to an application that was submitted', async () => {
    const { browser, id } = await applicationWith(world, { state: 'SUBMITTED' })
    const response = await sent({ browser, applicationId: id, path: 'idCard', bytes: plainPdf() })
    expect(await problemOf(response)).toMatchObject({ code: 'application.not-editable', status: 423 })
  })

  test('[R20][A4] nothing can be sent after the window, unless the application was returned with a term', async () => {
    const { browser, id } = await applicationWith(
      world,
      {},
      { closesAt: new Date((await world.now()).getTime() - 1000) },
    )
    expect(await codeOf({ browser, applicationId: id, path: 'idCard', bytes: plainPdf() })).toBe('batch.closed')
    const until = new Date((await world.now()).getTime() + HOUR)
    await world.db
      .updateTable('application')
      .set({ state: 'RETURNED', resubmitUntil: until })
      .where('id', '=', id)
      .execute()
    expect(await codeOf({ browser, applicationId: id, path: 'idCard', bytes: plainPdf() })).toBe('verified')
  })

  test('a slot that the form does not have, and one that is full, take nothing', async () => {
    const { browser, id } = await applicationWith(world)
    expect(await codeOf({ browser, applicationId: id, path: 'passport', bytes: plainPdf() })).toBe(
      'answer.unknown-path',
    )
    for (let index = 0; index < 10; index++) await attachmentOf(world, id, 'idCard', plainPdf())
    expect(await codeOf({ browser, applicationId: id, path: 'idCard', bytes: plainPdf() })).toBe(
      'attachment.too-many-files',
    )
  })

  test("another person's application and upload do not exist for me", async () => {
    const mine = await applicationWith(world)
    const other = await applicationWith(world)
    const bytes = pdfOfSize(50_000)
    expect(await codeOf({ browser: other.browser, applicationId: mine.id, path: 'idCard', bytes })).toBe(
      'request.not-found',
    )
    const url = (
      await tus.create({ browser: mine.browser, applicationId: mine.id, path: 'idCard', bytes })
    ).headers.get('location')!
    expect((await tus.head(other.browser, url)).status).toBe(404)
    expect((await tus.patch(other.browser, url, 0, bytes)).status).toBe(404)
    expect((await tus.remove(other.browser, url)).status).toBe(404)
    expect((await tus.head(mine.browser, url)).headers.get('upload-offset')).toBe('0')
    expect((await tus.head(world.browser(), url)).status).toBe(401)
  })

  test('[R45] × before the last byte forgets the upload and its bytes', async () => {
    const { browser, id } = await applicationWith(world)
    const bytes = pdfOfSize(300_000)
    const created = await tus.create({ browser, applicationId: id, path: 'idCard', bytes, first: 100_000 })
    const url = created.headers.get('location')!
    const parts = (await uploadRow(url.split('/').at(-1)!)).parts
    expect(parts).toHaveLength(1)
    expect((await tus.remove(browser, url)).status).toBe(204)
    expect((await tus.head(browser, url)).status).toBe(404)
    expect(await world.platform.files.head(parts[0]!.key)).toBeUndefined()
  })

  test('identical bytes of the same person are not sent twice; of another person nothing is known', async () => {
    const { browser, id, person } = await applicationWith(world)
    const bytes = pdfOfSize(70_001)
    const wish = { applicationId: id, path: 'contract', name: '合同.pdf', sha256: sha256(bytes), size: bytes.length }
    const ask = async (asking: typeof browser, json: typeof wish) => {
      const answer = await asking.api.api.uploads.known.$post({ json })
      return answer.status === 200 ? ((await answer.json()) as { uploadId: string } | null) : null
    }
    expect(await ask(browser, wish)).toBeNull()
    expect(await codeOf({ browser, applicationId: id, path: 'idCard', bytes })).toBe('verified')
    const known = await ask(browser, wish)
    expect(await uploadRow(known!.uploadId)).toMatchObject({
      state: 'verified',
      path: 'contract',
      accountId: person.id,
    })
    const other = await applicationWith(world)
    expect(await ask(other.browser, { ...wish, applicationId: other.id })).toBeNull()
    // A photo slot takes no PDF, known or not.
    expect(await ask(browser, { ...wish, path: 'photo' })).toBeNull()
  })

  test('[R35][R62][A7] a photo of 33:48 becomes 390×567 pixels; others are refused with what is wrong', async () => {
    const { browser, id } = await applicationWith(world)
    const to = { browser, applicationId: id, path: 'photo', name: '照片.jpg' }
    const png = photoOf(780, 1134, 'image/png')
    const response = await sent({ ...to, bytes: png })
    expect(response.status).toBe(201)
    const row = await uploadRow(response.headers.get('location')!.split('/').at(-1)!)
    expect(row.contentSha256).not.toBe(sha256(png))
    const attachment = await attachmentOf(world, id, 'photo', row.contentSha256!)
    const opened = await browser.fetch(`/api/files/${attachment}`)
    const jpeg = Buffer.from(await opened.arrayBuffer())
    expect(opened.headers.get('content-type')).toBe('image/jpeg')
    const frame = jpeg.indexOf(Buffer.from([0xff, 0xc0]))
    expect([jpeg.readUInt16BE(frame + 7), jpeg.readUInt16BE(frame + 5)]).toEqual([390, 567])
    expect(await codeOf({ ...to, bytes: photoOf(290, 422) })).toBe('photo.too-small')
    expect(await codeOf({ ...to, bytes: photoOf(400, 567) })).toBe('photo.wrong-shape')
    expect(await codeOf({ ...to, bytes: plainPdf() })).toBe('photo.not-image')
  })

  test('[R47] the owner opens the file whole or in part; it is shown, never run, and every opening is on record', async () => {
    const { browser, id } = await applicationWith(world)
    const bytes = pdfOfSize(60_000)
    const attachment = await attachmentOf(world, id, 'idCard', bytes, '身份证 正面.pdf')
    const opened = await browser.fetch(`/api/files/${attachment}`)
    expect(opened.status).toBe(200)
    expect(sha256(new Uint8Array(await opened.arrayBuffer()))).toBe(sha256(bytes))
    const headers = [
      'content-type',
      'content-length',
      'x-content-type-options',
      'content-security-policy',
      'cache-control',
    ]
    expect(Object.fromEntries(headers.map((name) => [name, opened.headers.get(name)]))).toEqual({
      'content-type': 'application/pdf',
      'content-length': '60000',
      'x-content-type-options': 'nosniff',
      'content-security-policy': "default-src 'none'; sandbox",
      'cache-control': 'private, no-store',
    })
    expect(opened.headers.get('content-disposition')).toBe(
      `inline; filename="file.pdf"; filename*=UTF-8''${encodeURIComponent('身份证 正面.pdf')}`,
    )
    const part = await browser.fetch(`/api/files/${attachment}`, { headers: { range: 'bytes=100-199' } })
    expect(part.status).toBe(206)
    expect(part.headers.get('content-range')).toBe('bytes 100-199/60000')
    expect(new Uint8Array(await part.arrayBuffer())).toEqual(bytes.slice(100, 200))
    const beyond = await browser.fetch(`/api/files/${attachment}`, { headers: { range: 'bytes=60000-' } })
    expect(beyond.status).toBe(416)
    expect(await openingsOf(id)).toEqual([{ subject: `attachment:${attachment}` }])
  })

  test('[E14] a question for the head of a file opens nothing: it leaves no open file and no opening on record', async () => {
    const { browser, id } = await applicationWith(world)
    const attachment = await attachmentOf(world, id, 'idCard', pdfOfSize(61_000))
    const opening = vi.spyOn(world.platform.files, 'get')
    const ranges = [undefined, 'bytes=0-', 'bytes=100-199', 'bytes=61000-']
    const ask = (method: string) =>
      Promise.all(
        ranges.map(async (range) => {
          const url = `/api/files/${attachment}`
          const answer = await browser.fetch(url, { method, ...(range !== undefined && { headers: { range } }) })
          await answer.arrayBuffer()
          const headers = ['content-type', 'content-length', 'content-range', 'content-disposition', 'accept-ranges']
          return [answer.status, ...headers.map((name) => answer.headers.get(name))]
        }),
      )
    const heads = await ask('HEAD')
    expect([opening.mock.calls, await openingsOf(id)]).toEqual([[], []])
    opening.mockRestore()
    expect(heads).toEqual(await ask('GET'))
  })

  test('[E14] whoever begins with a part, or with a later page, has opened the file; what a viewer fetches further is no opening', async () => {
    const { browser, id } = await applicationWith(world)
    const attachment = await attachmentOf(world, id, 'idCard', plainPdf({ pages: 3 }), undefined, 3)
    const part = (one: typeof browser, from: number) =>
      one.fetch(`/api/files/${attachment}`, { headers: { range: `bytes=${from}-` } })
    const page = (one: typeof browser, number: number) => one.fetch(`/api/files/${attachment}/pages/${number}.png`)
    await part(browser, 1)
    await Promise.all([part(browser, 2), page(browser, 2), page(browser, 3)])
    expect(await openingsOf(id)).toHaveLength(1)
    await part(browser, 0)
    expect(await openingsOf(id)).toHaveLength(2)
    // another person, who begins with the second page
    await world.db
      .updateTable('application')
      .set({ state: 'SUBMITTED', firstSubmittedAt: await world.now() })
      .where('id', '=', id)
      .execute()
    const office = await world.signIn(await world.staff('office'))
    await Promise.all([page(office, 2), page(office, 3)])
    expect(await openingsOf(id)).toHaveLength(3)
    await page(office, 1)
    expect(await openingsOf(id)).toHaveLength(4)
  })

  test('files open for staff within their scope once submitted, and for nobody else', async () => {
    const { browser, id } = await applicationWith(world, { acceptancePoint: 'p1', region: '321202' })
    const attachment = await attachmentOf(world, id, 'idCard', plainPdf())
    const office = await world.signIn(await world.staff('office'))
    const clerk = await world.signIn(await world.staff('pointClerk', { acceptancePoint: 'p1' }))
    const elsewhere = await world.signIn(await world.staff('pointClerk', { acceptancePoint: 'p2' }))
    const stranger = await world.signIn(await world.person())
    const statuses = async () =>
      Promise.all(
        [browser, office, clerk, elsewhere, stranger, world.browser()].map(
          async (one) => (await one.fetch(`/api/files/${attachment}`)).status,
        ),
      )
    expect(await statuses()).toEqual([200, 404, 404, 404, 404, 401])
    await world.db
      .updateTable('application')
      .set({ state: 'SUBMITTED', firstSubmittedAt: await world.now() })
      .where('id', '=', id)
      .execute()
    expect(await statuses()).toEqual([200, 200, 200, 404, 404, 401])
  })

  test('a page is drawn once and kept; pages that are not there are not found', async () => {
    const { browser, id } = await applicationWith(world)
    const bytes = plainPdf({ pages: 3 })
    const attachment = await attachmentOf(world, id, 'idCard', bytes, undefined, 3)
    const drawn = await browser.fetch(`/api/files/${attachment}/pages/2.png`)
    expect(drawn.headers.get('content-type')).toBe('image/png')
    const png = Buffer.from(await drawn.arrayBuffer())
    expect(png.readUInt32BE(16)).toBe(Math.floor(595 * (110 / 72)))
    expect(await world.platform.files.head(`pages/${sha256(bytes)}/2.png`)).toBeDefined()
    expect((await browser.fetch(`/api/files/${attachment}/pages/4.png`)).status).toBe(404)
    expect((await browser.fetch(`/api/files/${attachment}/pages/0.png`)).status).toBe(404)
  })

  test('a page is drawn in its own colours: a red seal stays red', async () => {
    const { browser, id } = await applicationWith(world)
    const red = { width: 60, height: 60, data: new Uint8ClampedArray(60 * 60 * 4).fill(255) }
    for (let at = 0; at < red.data.length; at += 4) red.data.set([200, 30, 30], at)
    const fitted = await fitPages([{ filter: 'original', load: () => red }], 20_000)
    if (!fitted.ok) throw new Error(fitted.code)
    const attachment = await attachmentOf(world, id, 'idCard', fitted.pdf)
    const drawn = await browser.fetch(`/api/files/${attachment}/pages/1.png`)
    const image = await loadImage(Buffer.from(await drawn.arrayBuffer()))
    const canvas = createCanvas(image.width, image.height)
    canvas.getContext('2d').drawImage(image, 0, 0)
    const [r, , b] = canvas.getContext('2d').getImageData(image.width >> 1, image.height >> 1, 1, 1).data
    expect(r).toBeGreaterThan(170)
    expect(b).toBeLessThan(70)
  })

  test('unfinished uploads end after 24 hours with their bytes, and so do bytes that nothing refers to', async () => {
    const { browser, id, person } = await applicationWith(world)
    const bytes = pdfOfSize(90_000)
    const kept = pdfOfSize(91_000)
    await attachmentOf(world, id, 'idCard', kept)
    const created = await tus.create({ browser, applicationId: id, path: 'idCard', bytes, first: 50_000 })
    const url = created.headers.get('location')!
    const [part] = (await uploadRow(url.split('/').at(-1)!)).parts
    const lonely = await attachmentOf(world, id, 'contract', pdfOfSize(92_000))
    await world.db.deleteFrom('attachment').where('id', '=', lonely).execute()
    await sweepAttachments(world.platform)
    expect((await tus.head(browser, url)).status).toBe(200)
    world.clock.advanceBy(25 * HOUR)
    try {
      // Past its day an upload is gone even before it is swept; the session that asks is a new one.
      const again = await world.signIn(person)
      expect((await tus.head(again, url)).status).toBe(410)
      const swept = await sweepAttachments(world.platform)
      expect(swept.uploads).toBeGreaterThanOrEqual(1)
      expect(await world.platform.files.head(part!.key)).toBeUndefined()
      const left = await world.db.selectFrom('storedFile').select('sha256').execute()
      const digests = left.map((one) => one.sha256)
      expect(digests).toContain(sha256(kept))
      expect(digests).not.toContain(sha256(pdfOfSize(92_000)))
    } finally {
      world.clock.advanceBy(-25 * HOUR)
    }
  })

  test('an official paper that somebody uploaded and forgot stays: its bytes are the only ones', async () => {
    const { id } = await applicationWith(world)
    const pdf = pdfOfSize(93_000)
    const lonely = await attachmentOf(world, id, 'contract', pdf)
    await world.db.deleteFrom('attachment').where('id', '=', lonely).execute()
    const now = await world.now()
    const paper = {
      id: crypto.randomUUID(),
      applicationId: id,
      snapshotId: crypto.randomUUID(),
      kind: 'materialList' as const,
      code: crypto.randomUUID(),
      sha256: sha256(pdf),
      size: pdf.length,
      madeAt: now,
      voidedAt: null,
      createdAt: now,
    }
    await world.db.insertInto('paper').values(paper).execute()
    world.clock.advanceBy(25 * HOUR)
    try {
      await sweepAttachments({ ...world.platform, files: aged() })
    } finally {
      world.clock.advanceBy(-25 * HOUR)
    }
    expect(await world.platform.files.head(contentKey(sha256(pdf)))).toBeDefined()
  })

  test('bytes that somebody brings again while they are swept stay; those that nobody brings go', async () => {
    const { id } = await applicationWith(world)
    // Others each time: what an attempt before has brought hangs somewhere.
    const size = 94_000 + Math.floor(Math.random() * 1000)
    const [brought, forgotten] = [pdfOfSize(size), pdfOfSize(size + 1000)] as const
    for (const bytes of [brought, forgotten]) {
      const lonely = await attachmentOf(world, id, 'contract', bytes)
      await world.db.deleteFrom('attachment').where('id', '=', lonely).execute()
    }
    const store = aged()
    let isBrought = false
    // The rows are gone by the time the store is first asked, the bytes not yet.
    const bringAgain = async () => {
      if (isBrought) return
      isBrought = true
      await attachmentOf(world, id, 'idCard', brought)
    }
    const files: FileStore = {
      ...store,
      head: async (key) => {
        await bringAgain()
        return store.head(key)
      },
      delete: async (key) => {
        await bringAgain()
        await store.delete(key)
      },
    }
    world.clock.advanceBy(25 * HOUR)
    try {
      await sweepAttachments({ ...world.platform, files })
    } finally {
      world.clock.advanceBy(-25 * HOUR)
    }
    expect(isBrought).toBe(true)
    expect(await world.platform.files.head(contentKey(sha256(brought)))).toBeDefined()
    expect(await world.platform.files.head(contentKey(sha256(forgotten)))).toBeUndefined()
  })

  const uploadOf = (accountId: string, applicationId: string, id: string, at: Date) => ({
    id,
    accountId,
    applicationId,
    path: 'idCard',
    name: 'a.pdf',
    sha256: 'b'.repeat(64),
    length: 1000,
    state: 'receiving' as const,
    refusal: null,
    contentSha256: null as string | null,
    createdAt: at,
    updatedAt: at,
  })

  test('a person who has too much under way is told so before more is sent', async () => {
    const { browser, id, person } = await applicationWith(world)
    const now = await world.now()
    const rows = Array.from({ length: 30 }, (_, index) => uploadOf(person.id, id, `quota-${kind}-${index}`, now))
    await world.db.insertInto('upload').values(rows).execute()
    expect(await codeOf({ browser, applicationId: id, path: 'idCard', bytes: plainPdf() })).toBe('attachment.quota')
  })

  test('files that came and hang nowhere count too, and so do the bytes of what was taken out again', async () => {
    const now = await world.now()
    const sha256 = createHash('sha256').update(`quota ${kind}`).digest('hex')
    const stored = { sha256, size: 10_000_000, mediaType: 'application/pdf', pages: 1, checkedAt: now }
    await world.db.insertInto('storedFile').values(stored).execute()
    const refusedAfter = async (fill: (one: { personId: string; applicationId: string }) => Promise<unknown>) => {
      const { browser, id, person } = await applicationWith(world)
      await fill({ personId: person.id, applicationId: id })
      return codeOf({ browser, applicationId: id, path: 'idCard', bytes: plainPdf() })
    }
    const came = await refusedAfter(({ personId, applicationId }) => {
      const one = { state: 'verified' as const, contentSha256: sha256, length: 1000 }
      const rows = Array.from({ length: 600 }, (_, at) => ({
        ...uploadOf(personId, applicationId, `came-${kind}-${at}`, now),
        ...one,
      }))
      return world.db.insertInto('upload').values(rows).execute()
    })
    expect(came).toBe('attachment.quota')
    const takenOut = await refusedAfter(({ applicationId }) => {
      const one = {
        applicationId,
        path: 'idCard',
        name: 'a.pdf',
        sha256,
        size: 10_000_000,
        pages: 1,
        createdAt: now,
        removedAt: now,
      }
      const rows = Array.from({ length: 108 }, (_, position) => ({ ...one, id: crypto.randomUUID(), position }))
      return world.db.insertInto('attachment').values(rows).execute()
    })
    expect(takenOut).toBe('attachment.quota')
  })
})
