import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { KB } from '#domain/attachment.ts'
import { ok, type Outcome, refuse } from '#domain/problems.ts'
import { ACCOUNT, batch, ModelServer, TestClock, TestPhone } from '../../../tests/interleavings/two-phones.ts'
import type { Draft } from './drafts.svelte.ts'
import { createLead } from './lead.ts'
import { openStore } from './phone-store.ts'
import { type UploadTransport, Uploads } from './uploads.svelte.ts'

const SLOT = 'idCard'

/** A server for bytes that can be cut at any of them. */
class TestTransport implements UploadTransport {
  readonly stored = new Map<string, string>()
  readonly parts = new Map<string, number>()
  sentBytes = 0
  cutAt = Infinity
  /** the network goes with the cut */
  onCut = () => {}
  atOnce = 0
  most = 0
  /** no byte goes before so many are on their way at once */
  waitFor = 1
  /** names of the files of each request */
  requests: string[][] = []
  asked = 0
  /** the network takes single files only */
  failsTogether = false
  /** what a request of several files takes, by a clock that is set forward, ms */
  takes = 0
  ahead = 0
  refusal: ReturnType<typeof refuse> | null = null
  order: string[] = []
  sentAt: number[] = []

  async known({ sha256 }: { sha256: string }): Promise<Outcome<string | null>> {
    this.asked += 1
    return ok(this.stored.get(sha256) ?? null)
  }
  async send(
    file: Parameters<UploadTransport['send']>[0],
    on: Parameters<UploadTransport['send']>[1],
  ): Promise<Outcome<string>> {
    this.atOnce += 1
    this.most = Math.max(this.most, this.atOnce)
    this.order.push(file.name)
    this.requests.push([file.name])
    this.sentAt.push(performance.now())
    try {
      await eventually(() => expect(this.most).toBeGreaterThanOrEqual(this.waitFor))
      const url = file.url ?? `https://example.invalid/uploads/u${this.parts.size + 1}`
      on.url(url)
      for (let at = this.parts.get(url) ?? 0; at < file.bytes.size; at = this.parts.get(url) ?? 0) {
        const next = Math.min(file.bytes.size, at + 64 * KB)
        await new Promise((resolve) => setTimeout(resolve, 1))
        if (on.signal.aborted) return refuse('attachment.upload-failed')
        if (next > this.cutAt) {
          this.onCut()
          return refuse('network.offline')
        }
        this.sentBytes += next - at
        this.parts.set(url, next)
        on.progress(next)
      }
      if (this.refusal) return this.refusal
      const id = url.split('/').at(-1) as string
      this.stored.set(file.sha256, id)
      return ok(id)
    } finally {
      this.atOnce -= 1
    }
  }
  async together(...[, files, on]: Parameters<UploadTransport['together']>) {
    this.atOnce += 1
    this.most = Math.max(this.most, this.atOnce)
    this.requests.push(files.map(({ name }) => name))
    try {
      await eventually(() => expect(this.most).toBeGreaterThanOrEqual(this.waitFor))
      this.sentAt.push(performance.now())
      if (this.failsTogether) return this.refusal ?? refuse('network.offline')
      this.ahead += this.takes
      const answers: Outcome<string>[] = []
      for (const [place, file] of files.entries()) {
        await new Promise((resolve) => setTimeout(resolve, 1))
        if (on.signal.aborted) return refuse('network.offline')
        on.progress(place, file.bytes.byteLength)
        this.sentBytes += file.bytes.byteLength
        this.order.push(file.name)
        if (file.name.startsWith('坏')) answers.push(refuse('attachment.damaged'))
        else {
          const id = `t${this.stored.size + 1}`
          this.stored.set(file.sha256, id)
          answers.push(ok(id))
        }
      }
      return ok(answers)
    } finally {
      this.atOnce -= 1
    }
  }
  async forget(url: string): Promise<void> {
    this.parts.delete(url)
  }
}

const pdf = (bytes: number, name = '身份证.pdf', text = '') => {
  const head = `%PDF-1.7\n${text}`
  return new File([head, new Uint8Array(bytes - head.length).fill(32)], name, { type: 'application/pdf' })
}

let phone: TestPhone
let draft: Draft
let transport: TestTransport
let online = true
let expired = 0
let uploads: Uploads

const open = (later?: number) =>
  new Uploads({
    db: phone.db,
    clock: phone.clock,
    newId: () => crypto.randomUUID(),
    accountId: ACCOUNT,
    transport,
    lead: createLead(openStore(phone.db), 'tab', () => Date.now(), undefined),
    online: () => online,
    onexpired: () => (expired += 1),
    pause: 5,
    ...(later !== undefined && { later }),
  })

beforeEach(async () => {
  online = true
  expired = 0
  const server = new ModelServer(new TestClock())
  phone = new TestPhone('a', server)
  const started = await phone.drafts.start(batch.id)
  if (!started.ok) throw new Error(started.code)
  draft = started.value
  await server.create(draft.id)
  await phone.sync.now()
  await draft.reread()
  transport = new TestTransport()
  uploads = open()
})
afterEach(async () => {
  vi.restoreAllMocks()
  uploads.stop()
  await uploads.idle()
  await phone[Symbol.asyncDispose]()
})

const lines = () => uploads.linesOf(draft, SLOT)
const states = () => lines().map(({ state }) => state)
/** Everything of the queue has come to rest. */
const settled = async (state: string) => {
  await eventually(
    async () =>
      expect((await phone.db.uploads.toArray()).map((row) => row.state)).toEqual(expect.arrayContaining([state])),
    { timeout: 5_000 },
  )
  await uploads.idle()
}

/** A second is not enough on a busy machine. */
const eventually = (check: () => unknown, { timeout = 10_000 } = {}) => vi.waitFor(check, { timeout })

describe('files on their way', () => {
  it('[R41] [R48] an over-size file is refused before a byte is sent, at the limit it is taken', async () => {
    const done = await uploads.choose(draft, SLOT, [pdf(500 * KB, '正好.pdf'), pdf(500 * KB + 1, '超.pdf')])
    expect(done.ok && done.value.map(({ state, code }) => [state, code])).toEqual([
      ['waiting', undefined],
      ['too-large', 'attachment.too-large'],
    ])
    expect(lines()[1]?.problem).toContain('降低扫描分辨率')
    await uploads.start(draft)
    await settled('sent')
    expect(transport.order).toEqual(['正好.pdf'])
  })

  it('after its person has left nothing goes any more, whoever asks', async () => {
    await uploads.choose(draft, SLOT, [pdf(10 * KB)])
    uploads.stop()
    await uploads.start(draft)
    await uploads.goOn()
    await uploads.idle()
    expect([transport.asked, transport.order]).toEqual([0, []])
  })

  it('where the store takes nothing a file waits and is tried again with pauses, and goes when there is room again', async () => {
    const errors = vi.spyOn(console, 'error').mockImplementation(() => {})
    const later = 40
    uploads = open(later)
    await uploads.choose(draft, SLOT, [pdf(10 * KB)])
    const failed: number[] = []
    const takes = phone.db.uploads.update.bind(phone.db.uploads)
    const update = vi.spyOn(phone.db.uploads, 'update').mockImplementation(((id: string, change: object) => {
      if (!('state' in change) || change.state !== 'sending') return takes(id, change)
      failed.push(Date.now())
      return Promise.reject(Object.assign(new Error('full'), { name: 'QuotaExceededError' }))
    }) as unknown as typeof phone.db.uploads.update)
    await uploads.start(draft)
    await eventually(() => expect(failed.length).toBeGreaterThanOrEqual(3))
    expect(failed[2]! - failed[0]!).toBeGreaterThanOrEqual(2 * later - 10)
    expect(transport.order).toEqual([])
    update.mockRestore()
    await settled('sent')
    expect(errors).toHaveBeenCalled()
  })

  it('[R43] what is not a PDF, is empty or has a password is refused by its content', async () => {
    const files = [
      new File(['hello'], '假.pdf', { type: 'application/pdf' }),
      new File([], '空.pdf'),
      pdf(2000, '密.pdf', 'trailer << /Root 1 0 R /Encrypt 5 0 R >>'),
      pdf(2000, '无密.pdf', '(about /Encrypt and /EncryptMetadata)'),
    ]
    const done = await uploads.choose(draft, SLOT, files)
    expect(done.ok && done.value.map(({ code }) => code ?? 'fine')).toEqual([
      'attachment.not-pdf',
      'attachment.empty',
      'attachment.encrypted',
      'fine',
    ])
  })

  it('[R44] several files go in the order chosen, small ones in one request, two requests at a time, and nothing goes before 【开始上传】', async () => {
    const names = ['一.pdf', '二.pdf', '三.pdf', '四.pdf', '五.pdf']
    await uploads.choose(
      draft,
      SLOT,
      names.map((name, at) => pdf(450 * KB + at, name)),
    )
    expect(states()).toEqual(names.map(() => 'waiting'))
    expect(transport.order).toEqual([])
    transport.waitFor = 2
    await uploads.start(draft, SLOT)
    await eventually(async () =>
      expect((await phone.db.outbox.toArray()).filter(({ mutation }) => mutation.kind === 'attach').length).toBe(5),
    )
    // Both requests are on their way at once: which of them sets out first is nobody's business.
    expect(new Set(transport.requests)).toEqual(new Set([names.slice(0, 4), names.slice(4)]))
    expect(transport.most).toBe(2)
    // None of them can be there: nobody is asked.
    expect(transport.asked).toBe(0)
    await draft.reread()
    expect(lines().map(({ name, state }) => [name, state])).toEqual(names.map((name) => [name, 'uploaded']))
  })

  it('[R46] keeps the bytes until the application shows the file, then lets them go (kpi #7467)', async () => {
    await uploads.choose(draft, SLOT, [pdf(3000)])
    await uploads.start(draft)
    await settled('sent')
    expect(await phone.db.uploadBytes.count()).toBe(1)
    await phone.sync.now()
    expect(await phone.db.uploadBytes.count()).toBe(0)
    expect(await phone.db.uploads.count()).toBe(0)
    await draft.reread()
    expect(lines()[0]).toMatchObject({ state: 'uploaded', pages: 1, href: expect.stringContaining('/api/files/') })
  })

  it('goes on after a cut and a reload where it stopped: 10 % and one chunk at most are sent again', async () => {
    const size = 480 * KB
    await uploads.choose(draft, SLOT, [pdf(size)])
    transport.cutAt = size * 0.9
    transport.onCut = () => (online = false)
    await uploads.start(draft)
    await eventually(() => expect(states()).toEqual(['offline']), { timeout: 5_000 })
    expect(transport.sentBytes).toBeGreaterThan(size * 0.75)
    await uploads.idle()
    uploads.stop()
    const before = transport.sentBytes
    transport.cutAt = Infinity
    online = true
    uploads = open()
    await uploads.start()
    await settled('sent')
    expect(transport.sentBytes - before).toBeLessThanOrEqual(size * 0.1 + 64 * KB)
  })

  it('identical bytes are never sent twice', async () => {
    await uploads.choose(draft, SLOT, [pdf(3000, '甲.pdf')])
    await uploads.start(draft)
    await settled('sent')
    const { sentBytes } = transport
    await phone.sync.now()
    await uploads.choose(draft, SLOT, [pdf(3000, '乙.pdf')])
    await uploads.start(draft)
    await settled('sent')
    expect(transport.sentBytes).toBe(sentBytes)
  })

  it('of files in one request each is linked or refused by itself; the same bytes twice go once', async () => {
    await uploads.choose(draft, SLOT, [
      pdf(3000, '甲.pdf', 'a'),
      pdf(3000, '坏.pdf', 'b'),
      pdf(3000, '甲又.pdf', 'a'),
      pdf(3000, '乙.pdf', 'c'),
    ])
    await uploads.start(draft)
    await eventually(() =>
      expect(states().filter((state) => state === 'uploading' || state === 'uploaded').length).toBe(3),
    )
    await uploads.idle()
    expect(transport.requests).toEqual([['甲.pdf', '坏.pdf', '乙.pdf']])
    expect(lines().find(({ name }) => name === '坏.pdf')).toMatchObject({ state: 'failed', code: 'attachment.damaged' })
    expect(transport.sentBytes).toBe(9000)
    expect(transport.asked).toBe(1)
  })

  it('where a request of several does not come through, each goes by itself and none is lost', async () => {
    transport.failsTogether = true
    await uploads.choose(draft, SLOT, [pdf(3000, '甲.pdf', 'a'), pdf(3000, '乙.pdf', 'b')])
    await uploads.start(draft)
    await eventually(async () =>
      expect((await phone.db.uploads.toArray()).map(({ state }) => state)).toEqual(['sent', 'sent']),
    )
    const [together, ...alone] = transport.requests
    expect(together).toEqual(['甲.pdf', '乙.pdf'])
    // Both are on their way at once: which of them sets out first is nobody's business.
    expect(alone).toHaveLength(2)
    expect(new Set(alone.flat())).toEqual(new Set(['甲.pdf', '乙.pdf']))
    // They may have come before the connection was cut.
    expect(transport.asked).toBe(2)
  })

  it('a line that was cut or slow is given less at once, until it has shown that it carries more', async () => {
    const send = async (letters: string) => {
      const before = transport.requests.length
      await uploads.choose(
        draft,
        SLOT,
        [...letters].map((one) => pdf(100 * KB, `${one}.pdf`, one)),
      )
      await uploads.start(draft)
      await eventually(async () => {
        const rows = await phone.db.uploads.toArray()
        expect(rows.map(({ state }) => state)).toEqual(rows.map(() => 'sent'))
      })
      await uploads.idle()
      const requests = transport.requests.slice(before)
      for (const { id } of lines()) await uploads.remove(draft, SLOT, id)
      return requests.map((names) => names.length)
    }
    const real = performance.now.bind(performance)
    vi.spyOn(performance, 'now').mockImplementation(() => real() + transport.ahead)
    transport.failsTogether = true
    expect(await send('abcde')).toEqual([5, 1, 1, 1, 1, 1])
    transport.failsTogether = false
    expect(await send('fghi')).toEqual([2, 2])
    expect(await send('jklmn')).toEqual([5])
    transport.takes = 10_000
    expect(await send('opqrs')).toEqual([5])
    expect(await send('tuvwx')).toEqual([2, 2, 1])
  })

  it('[R45] × on one of several takes that one back, and the others go on', async () => {
    transport.waitFor = 2
    await uploads.choose(draft, SLOT, [pdf(3000, '甲.pdf', 'a'), pdf(3000, '乙.pdf', 'b')])
    await uploads.start(draft)
    await eventually(() => expect(transport.requests).toHaveLength(1))
    const first = lines().find(({ name }) => name === '甲.pdf')
    await uploads.remove(draft, SLOT, first?.id ?? '')
    transport.waitFor = 1
    await eventually(async () =>
      expect((await phone.db.uploads.toArray()).map(({ name, state }) => [name, state])).toEqual([['乙.pdf', 'sent']]),
    )
    await uploads.idle()
    expect(transport.requests).toEqual([['甲.pdf', '乙.pdf'], ['乙.pdf']])
  })

  it('[R49] says clearly that it failed after trying by itself, keeps the file, and 再传一次 works', async () => {
    await uploads.choose(draft, SLOT, [pdf(300 * KB)])
    transport.cutAt = 100 * KB
    await uploads.start(draft)
    await settled('failed')
    await eventually(() =>
      expect(lines()[0]).toMatchObject({ state: 'failed', code: 'attachment.upload-failed', retryable: true }),
    )
    expect(transport.order.length).toBe(3)
    transport.cutAt = Infinity
    await uploads.retry(lines()[0]?.id ?? '')
    await settled('sent')
  })

  it('a file that met an ended session waits and goes on after signing in: no byte is sent again', async () => {
    transport.refusal = refuse('account.not-signed-in')
    await uploads.choose(draft, SLOT, [pdf(300 * KB, '一.pdf')])
    await uploads.start(draft)
    await eventually(() => expect(expired).toBe(1))
    await uploads.idle()
    expect((await phone.db.uploads.toArray()).map(({ state, url }) => [state, url !== null])).toEqual([
      ['queued', true],
    ])
    expect(transport.sentBytes).toBe(300 * KB)
    // Whoever asks before that sends nothing.
    await uploads.goOn()
    await uploads.retry(lines()[0]?.id ?? '')
    await uploads.idle()
    expect(transport.order).toEqual(['一.pdf'])
    transport.refusal = null
    await uploads.resume()
    await settled('sent')
    expect(transport.sentBytes).toBe(300 * KB)
  })

  it('files that met an ended session together wait, and each goes once after signing in', async () => {
    transport.refusal = refuse('account.not-signed-in')
    transport.failsTogether = true
    await uploads.choose(draft, SLOT, [pdf(3000, '甲.pdf', 'a'), pdf(3000, '乙.pdf', 'b')])
    await uploads.start(draft)
    await eventually(() => expect(expired).toBe(2))
    await uploads.idle()
    await uploads.goOn()
    expect(transport.requests).toEqual([['甲.pdf', '乙.pdf']])
    expect((await phone.db.uploads.toArray()).map(({ state }) => state)).toEqual(['queued', 'queued'])
    transport.refusal = null
    transport.failsTogether = false
    await uploads.resume()
    await eventually(async () =>
      expect((await phone.db.uploads.toArray()).map(({ state }) => state)).toEqual(['sent', 'sent']),
    )
    expect(transport.sentBytes).toBe(6000)
  })

  it('a file that failed on its way goes again by itself when what was away on the server is back', async () => {
    uploads = open(20)
    await uploads.start()
    transport.refusal = refuse('request.unavailable')
    await uploads.choose(draft, SLOT, [pdf(3000)])
    await uploads.start(draft)
    await eventually(() => expect(transport.order.length).toBeGreaterThan(3))
    transport.refusal = null
    await settled('sent')
  })

  it('a server that names a pause is not asked before it is over, neither for one file nor for several', async () => {
    transport.refusal = refuse('request.too-many', { seconds: 0.3 })
    transport.failsTogether = true
    await uploads.choose(draft, SLOT, [pdf(3000, '甲.pdf', 'a'), pdf(3000, '乙.pdf', 'b')])
    await uploads.start(draft)
    await eventually(() => expect(transport.requests).toHaveLength(1))
    transport.failsTogether = false
    await eventually(() => expect(transport.requests).toHaveLength(3))
    await uploads.idle()
    transport.refusal = null
    await settled('sent')
    const [together, first, , second] = transport.sentAt
    expect(transport.requests.slice(1).flat().sort()).toEqual(['甲.pdf', '甲.pdf', '乙.pdf', '乙.pdf'].sort())
    expect(first! - together!).toBeGreaterThanOrEqual(290)
    expect(second! - first!).toBeGreaterThanOrEqual(290)
  })

  it('where the pause is longer than a person would wait unaware, it is said at once that it failed', async () => {
    uploads = open(20)
    await uploads.start()
    transport.refusal = refuse('request.too-many', { seconds: 0.4 })
    await uploads.choose(draft, SLOT, [pdf(3000)])
    await uploads.start(draft)
    await settled('failed')
    expect(transport.sentAt).toHaveLength(1)
    transport.refusal = null
    await settled('sent')
    expect(transport.sentAt[1]! - transport.sentAt[0]!).toBeGreaterThanOrEqual(390)
  })

  it('a file that the server finds damaged is refused with its words and not tried again', async () => {
    transport.refusal = refuse('attachment.damaged')
    await uploads.choose(draft, SLOT, [pdf(3000)])
    await uploads.start(draft)
    await settled('refused')
    await eventually(() =>
      expect(lines()[0]).toMatchObject({ state: 'failed', code: 'attachment.damaged', retryable: false }),
    )
    expect(transport.order.length).toBe(1)
  })

  it('[R45] × stops a file on its way and detaches one that has arrived', async () => {
    await uploads.choose(draft, SLOT, [pdf(400 * KB, '走.pdf'), pdf(3000, '到.pdf')])
    await uploads.start(draft)
    const going = lines().find(({ name }) => name === '走.pdf')
    await eventually(() => expect(transport.sentBytes).toBeGreaterThan(0))
    await uploads.remove(draft, SLOT, going?.id ?? '')
    await settled('sent')
    await phone.sync.now()
    await draft.reread()
    expect(lines().map(({ name }) => name)).toEqual(['到.pdf'])
    await uploads.remove(draft, SLOT, lines()[0]?.id ?? '')
    await phone.sync.now()
    await draft.reread()
    expect(lines()).toEqual([])
    expect(await phone.db.uploadBytes.count()).toBe(0)
  })

  it('a smaller file takes the place of one that was too large', async () => {
    const done = await uploads.choose(draft, SLOT, [pdf(900 * KB)])
    const id = done.ok ? (done.value[0]?.id ?? '') : ''
    expect((await uploads.bytesOf(id))?.size).toBe(900 * KB)
    expect((await uploads.replace(draft, id, [pdf(400 * KB)])).ok).toBe(true)
    expect(states()).toEqual(['waiting'])
    expect(await uploads.replace(draft, id, [pdf(600 * KB)])).toMatchObject({ code: 'attachment.too-large' })
  })

  describe('a file that was too large, made into several', () => {
    const parts = (bytes = 400 * KB) => [1, 2, 3].map((at) => pdf(bytes + at, `证书（${at}）.pdf`))
    const chosenTooLarge = async () => {
      const done = await uploads.choose(draft, SLOT, [pdf(900 * KB, '证书.pdf'), pdf(2000, '后.pdf')])
      return done.ok ? (done.value[0]?.id ?? '') : ''
    }
    /** Refused as a whole: the file stands there as before, with its own bytes and nothing beside it. */
    const isUntouched = async (id: string, others = 1) => {
      expect(states().filter((state) => state === 'too-large')).toHaveLength(1)
      expect((await uploads.bytesOf(id))?.size).toBe(900 * KB)
      expect(await phone.db.uploads.count()).toBe(1 + others)
      expect(await phone.db.uploadBytes.count()).toBe(1 + others)
    }

    it('all its parts wait, in their order', async () => {
      const id = await chosenTooLarge()
      expect((await uploads.replace(draft, id, parts())).ok).toBe(true)
      const rows = (await phone.db.uploads.toArray()).sort((a, b) => a.position - b.position)
      expect(rows.map(({ size, state }) => [size - 400 * KB, state])).toEqual([
        [1, 'chosen'],
        [2000 - 400 * KB, 'chosen'],
        [2, 'chosen'],
        [3, 'chosen'],
      ])
      for (const { id: one, size } of rows) expect((await uploads.bytesOf(one))?.size).toBe(size)
    })

    it('stays whole where the slot has no place for all parts', async () => {
      const id = await chosenTooLarge()
      await uploads.choose(
        draft,
        SLOT,
        [1, 2, 3, 4, 5, 6, 7].map((at) => pdf(1000 + at, `${at}.pdf`)),
      )
      expect(await uploads.replace(draft, id, parts())).toMatchObject({
        code: 'attachment.too-many-files',
        params: { atMost: 10 },
      })
      await isUntouched(id, 8)
    })

    it('stays whole where one of the parts is too large itself', async () => {
      const id = await chosenTooLarge()
      const [first, second] = parts() as [File, File]
      expect(await uploads.replace(draft, id, [first, second, pdf(600 * KB)])).toMatchObject({
        code: 'attachment.too-large',
      })
      await isUntouched(id)
    })

    it('stays whole where the phone is full after the first part', async () => {
      const id = await chosenTooLarge()
      vi.spyOn(phone.db.uploadBytes, 'bulkAdd').mockImplementation((() =>
        Promise.reject(
          Object.assign(new Error('full'), { name: 'QuotaExceededError' }),
        )) as unknown as typeof phone.db.uploadBytes.bulkAdd)
      expect(await uploads.replace(draft, id, parts())).toMatchObject({ code: 'storage.full' })
      await isUntouched(id)
    })

    it('[A5] stays whole once the window is closed', async () => {
      const id = await chosenTooLarge()
      phone.clock.time = Date.parse(batch.closesAt as string) + 1
      expect(await uploads.replace(draft, id, parts())).toMatchObject({ code: 'batch.closed' })
      await isUntouched(id)
    })

    it('is gone with all parts where × was tapped meanwhile', async () => {
      const id = await chosenTooLarge()
      const get = phone.db.uploads.get.bind(phone.db.uploads)
      vi.spyOn(phone.db.uploads, 'get').mockImplementationOnce((async (key: string) => {
        const row = await get(key)
        await phone.db.uploads.delete(key)
        await phone.db.uploadBytes.delete(key)
        return row
      }) as unknown as typeof phone.db.uploads.get)
      expect(await uploads.replace(draft, id, parts())).toMatchObject({ code: 'request.not-found' })
      expect((await phone.db.uploads.toArray()).map(({ name }) => name)).toEqual(['后.pdf'])
      expect(await phone.db.uploadBytes.count()).toBe(1)
    })
  })

  it('[A5] nothing can be chosen once the window is closed', async () => {
    phone.clock.time = Date.parse(batch.closesAt as string) + 1
    expect(await uploads.choose(draft, SLOT, [pdf(3000)])).toMatchObject({ ok: false, code: 'batch.closed' })
    expect(await phone.db.uploads.count()).toBe(0)
  })

  it('refuses more files than the slot takes, and says how many it takes', async () => {
    const many = Array.from({ length: 11 }, (_, at) => pdf(1000 + at, `${at}.pdf`))
    expect(await uploads.choose(draft, SLOT, many)).toMatchObject({
      code: 'attachment.too-many-files',
      params: { atMost: 10 },
    })
  })
})
