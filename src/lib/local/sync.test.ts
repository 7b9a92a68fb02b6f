import { forceCloseDatabase } from 'fake-indexeddb'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { type Outcome, refuse } from '#domain/problems.ts'
import type { SyncAnswer, SyncRequest } from '#domain/sync/protocol.ts'
import { ACCOUNT, batch, ModelServer, TestClock, TestPhone } from '../../../tests/interleavings/two-phones.ts'
import type { KeptUpload } from './database.ts'
import type { Draft } from './drafts.svelte.ts'
import { eraseAccount } from './eraser.ts'
import { createLead } from './lead.ts'
import { openStore } from './phone-store.ts'
import { nextRequest, takeAnswer } from './outbox.ts'
import { pauseAfter, Sync } from './sync.svelte.ts'

let server: ModelServer
let phone: TestPhone
let draft: Draft

beforeEach(async () => {
  server = new ModelServer(new TestClock())
  phone = new TestPhone('a', server)
  const started = await phone.drafts.start(batch.id)
  if (!started.ok) throw new Error(started.code)
  draft = started.value
  await server.create(draft.id)
  await phone.sync.now()
  await draft.reread()
})
afterEach(() => phone[Symbol.asyncDispose]())

/** The same store behind another line to the server. */
const syncOver = (
  exchange: (request: SyncRequest) => Promise<Outcome<SyncAnswer>>,
  more: Partial<ConstructorParameters<typeof Sync>[0]> = {},
) =>
  new Sync({
    store: openStore(phone.db),
    clock: phone.clock,
    newId: () => crypto.randomUUID(),
    accountId: ACCOUNT,
    device: phone.device,
    lead: createLead(openStore(phone.db), 'tab', phone.clock.now, undefined),
    online: () => true,
    flush: () => phone.drafts.flush(),
    exchange,
    ...more,
  })

/** A file as `Uploads` keeps it. @returns its id */
async function putFile(path: string, how: Pick<KeptUpload, 'state'> & Partial<KeptUpload>): Promise<string> {
  const id = crypto.randomUUID()
  await phone.db.uploads.add({
    id,
    accountId: ACCOUNT,
    applicationId: draft.id,
    path,
    name: '证书.pdf',
    mime: 'application/pdf',
    size: 8,
    accept: 'pdf',
    position: 1,
    sha256: null,
    url: null,
    uploadId: null,
    sent: 0,
    code: null,
    params: null,
    createdAt: '2026-11-15T00:00:00Z',
    ...how,
  })
  await phone.db.uploadBytes.add({ id, accountId: ACCOUNT, bytes: new ArrayBuffer(8) })
  return id
}

describe('sync', () => {
  it('[S2] has one request in flight, and one that is asked for meanwhile comes after it with the newer change in it', async () => {
    let flying = 0
    let most = 0
    const sent: number[] = []
    const sync = syncOver(async (request) => {
      flying += 1
      most = Math.max(most, flying)
      sent.push(request.mutations.length)
      const answer = await server.exchange(request)
      await new Promise((resolve) => setTimeout(resolve, 5))
      flying -= 1
      return answer
    })
    draft.setField('employerName', '甲')
    await draft.flush()
    const first = sync.now()
    const second = sync.now()
    const third = sync.now()
    draft.setField('workSummary', '乙')
    await draft.flush()
    await Promise.all([first, second, third])
    expect(most).toBe(1)
    expect(server.contentOf(draft.id).cells['workSummary']?.value).toBe('乙')
    expect(sent.length).toBeLessThanOrEqual(3)
  })

  it('[S1] takes the same answer twice without doing anything twice', async () => {
    draft.setField('employerName', '甲')
    await draft.flush()
    const request = await nextRequest(phone.db, { accountId: ACCOUNT, device: phone.device }, phone.clock.now(), false)
    const answered = await server.exchange(request)
    if (!answered.ok) throw new Error(answered.code)
    await takeAnswer(phone.db, ACCOUNT, request, answered.value)
    const once = await phone.db.applications.get(draft.id)
    await takeAnswer(phone.db, ACCOUNT, request, answered.value)
    expect(await phone.db.applications.get(draft.id)).toEqual(once)
    expect(await phone.db.outbox.count()).toBe(0)
  })

  it('[S7] never stores cells that build on what this phone does not have (evicted by the browser meanwhile)', async () => {
    draft.setField('employerName', '甲')
    await draft.flush()
    const request = await nextRequest(phone.db, { accountId: ACCOUNT, device: phone.device }, phone.clock.now(), false)
    const answered = await server.exchange(request)
    if (!answered.ok) throw new Error(answered.code)
    await phone.db.applications.clear()
    await takeAnswer(phone.db, ACCOUNT, request, answered.value)
    expect(await phone.db.applications.count()).toBe(0)
    await phone.sync.now()
    expect((await phone.db.applications.get(draft.id))?.cells).toEqual(server.contentOf(draft.id).cells)
  })

  it('[S9] a refused change stays with its reason, can be sent again, and goes only when its owner says so', async () => {
    server.open = false
    draft.setField('employerName', '甲')
    draft.setField('workSummary', '乙')
    await draft.flush()
    await phone.sync.now()
    expect(phone.sync.status).toMatchObject({ state: 'failed', attention: 2, waiting: 0 })
    const [first, second] = phone.sync.attention
    expect(first).toMatchObject({
      path: 'employerName',
      label: expect.stringMatching(/\p{Script=Han}/u),
      value: '甲',
      code: 'batch.closed',
    })
    expect(first?.words.detail).toContain('截止')
    await phone.sync.now()
    expect(phone.sync.attention.length).toBe(2)
    server.open = true
    await phone.sync.tryAgain(first?.id ?? '')
    await phone.sync.now()
    expect(server.contentOf(draft.id).cells['employerName']?.value).toBe('甲')
    await phone.sync.discard(second?.id ?? '')
    expect(phone.sync.attention).toEqual([])
    expect(phone.sync.status.state).toBe('synced')
  })

  it('[S8] shows both values of a conflict and settles it either way, on either phone', async () => {
    await using other = new TestPhone('b', server)
    await other.sync.now()
    const theirs = await other.draft(draft.id)
    draft.setField('employerName', '本机')
    theirs.setField('employerName', '另一台')
    await theirs.flush()
    await other.sync.now()
    await draft.flush()
    await phone.sync.now()
    await draft.reread()
    expect(draft.conflictAt('employerName')).toMatchObject({ mine: '本机', theirs: '另一台' })
    expect(phone.sync.status).toMatchObject({ state: 'conflict', conflicts: 1 })
    await other.sync.now()
    await theirs.reread()
    expect(theirs.conflictAt('employerName')).toMatchObject({ mine: '另一台', theirs: '本机' })
    await theirs.settle('employerName', 'theirs')
    await other.sync.now()
    await phone.sync.now()
    await draft.reread()
    expect(draft.answers.fields['employerName']).toBe('本机')
    expect(draft.conflicts).toEqual([])
    expect(phone.sync.status.state).toBe('synced')
  })

  it('[S11] a server with a newer protocol stops the sending and loses nothing', async () => {
    let told = 0
    const sync = syncOver(async () => refuse('sync.protocol-too-old'), { onoutdated: () => (told += 1) })
    draft.setField('employerName', '甲')
    await draft.flush()
    expect(await sync.now()).toMatchObject({ code: 'sync.protocol-too-old' })
    expect(told).toBe(1)
    expect(sync.status).toMatchObject({ state: 'failed', waiting: 1 })
    expect(sync.status.words).toContain('更新')
    expect(await phone.db.outbox.count()).toBe(1)
  })

  it('an expired session keeps everything and goes on after signing in', async () => {
    let expired = true
    let asked = 0
    const sync = syncOver(async (request) => (expired ? refuse('account.not-signed-in') : server.exchange(request)), {
      onexpired: () => (asked += 1),
    })
    draft.setField('employerName', '甲')
    await draft.flush()
    await sync.now()
    expect(asked).toBe(1)
    expect(await phone.db.outbox.count()).toBe(1)
    expired = false
    sync.resume()
    await sync.now()
    expect(server.contentOf(draft.id).cells['employerName']?.value).toBe('甲')
  })

  it('[S2] a removal made while the clock was a day ahead keeps nothing back once the clock is set right', async () => {
    const added = await draft.addRow('educations')
    if (!added.ok) throw new Error(added.code)
    await phone.sync.now()
    const day = 86_400_000
    phone.clock.time += day
    await draft.removeRow(`educations/${added.value}`)
    draft.setField('employerName', '甲')
    await draft.flush()
    phone.clock.time -= day
    await phone.sync.now()
    const { cells } = server.contentOf(draft.id)
    expect([cells[`educations/${added.value}`]?.value, cells['employerName']?.value]).toEqual([null, '甲'])
  })

  it('[A35] an answer that comes after its person was erased here is written nowhere', async () => {
    draft.setField('employerName', '甲')
    const sync = syncOver(async (request) => {
      const answer = await server.exchange(request)
      await eraseAccount(phone.db, ACCOUNT)
      return answer
    })
    await phone.drafts.closeAll()
    await sync.now()
    expect((await phone.db.meta.toCollection().primaryKeys()).filter((key) => key.includes(ACCOUNT))).toEqual([])
    expect(await phone.db.applications.count()).toBe(0)
    // Whoever works here after that is told as ever.
    await phone.sync.now()
    expect(await phone.db.applications.count()).toBe(1)
  })

  it('sends a day of typing in requests of at most 200 changes', async () => {
    const sizes: number[] = []
    const sync = syncOver(async (request) => {
      sizes.push(request.mutations.length)
      return server.exchange(request)
    })
    await phone.db.transaction('rw', [phone.db.outbox, phone.db.applications, phone.db.meta], async () => {
      const { queue } = await import('./outbox.ts')
      for (let at = 0; at < 250; at += 1) {
        const mutation = {
          kind: 'addRow' as const,
          id: crypto.randomUUID(),
          applicationId: draft.id,
          path: `workHistory/${crypto.randomUUID()}`,
          position: at,
        }
        await queue(phone.db, { accountId: ACCOUNT, mutation, now: phone.clock.now() })
      }
    })
    await sync.now()
    expect(sizes).toEqual([200, 50])
    expect(await phone.db.outbox.where('[accountId+state]').equals([ACCOUNT, 'waiting']).count()).toBe(0)
  })

  it('what is gone at the server leaves the list, but not what was typed and never sent', async () => {
    draft.setField('employerName', '甲')
    await draft.flush()
    const request = await nextRequest(phone.db, { accountId: ACCOUNT, device: phone.device }, phone.clock.now(), false)
    const answer = {
      protocol: 1,
      now: new Date().toISOString(),
      results: [],
      applications: [],
      gone: [draft.id],
      unreadNotices: 0,
    }
    await takeAnswer(phone.db, ACCOUNT, { ...request, mutations: [] }, answer)
    expect(await phone.db.outbox.toArray()).toMatchObject([{ state: 'refused', code: 'request.not-found' }])
    expect((await phone.db.applications.get(draft.id))?.gone).toBe(1)
    await phone.sync.discard((await phone.db.outbox.toArray())[0]?.id ?? '')
    expect(await phone.db.applications.count()).toBe(0)
  })

  it('[R25] is ready to submit only when everything is there', async () => {
    draft.setField('employerName', '甲')
    const ready = await phone.sync.readyToSubmit(draft)
    expect(ready).toMatchObject({ ok: true, value: { version: 2 } })
    phone.weather = 'offline'
    draft.setField('employerName', '乙')
    expect(await phone.sync.readyToSubmit(draft)).toMatchObject({ code: 'network.offline' })
    phone.weather = 'fine'
    draft.setField('workSummary', '我'.repeat(2001))
    expect(await phone.sync.readyToSubmit(draft)).toMatchObject({ code: 'answer.too-long', path: 'workSummary' })
  })

  it('[R25] says where the file is that has not gone; one that this phone refused keeps nothing from being submitted', async () => {
    const big = await putFile('idCard', { state: 'refused', code: 'attachment.too-large' })
    expect(await phone.sync.readyToSubmit(draft)).toMatchObject({ ok: true })
    expect(await phone.db.uploads.get(big)).toBeDefined()
    await putFile('honors', { state: 'chosen' })
    expect(await phone.sync.readyToSubmit(draft)).toMatchObject({
      code: 'attachment.missing',
      params: { count: 1 },
      path: 'honors',
    })
  })

  it('[R25] a file for a row that another device removed goes with the row; one for a row that is still here stays', async () => {
    const kept = await draft.addRow('educations')
    const added = await draft.addRow('educations')
    if (!kept.ok || !added.ok) throw new Error('no row')
    await phone.sync.now()
    const stays = await putFile(`educations/${kept.value}/proof`, { state: 'chosen' })
    await putFile(`educations/${added.value}/proof`, { state: 'chosen' })
    await using other = new TestPhone('b', server)
    await other.sync.now()
    const theirs = await other.draft(draft.id)
    await theirs.removeRow(`educations/${added.value}`)
    await other.sync.now()
    phone.clock.time += 9_000
    await other.sync.now()
    // A row that the server does not have yet is here all the same: it is added while the request is on its way.
    let waits = ''
    const sync = syncOver(async (request) => {
      const answer = await server.exchange(request)
      if (waits === '') {
        const late = await draft.addRow('educations')
        waits = await putFile(`educations/${late.ok && late.value}/proof`, { state: 'chosen' })
      }
      return answer
    })
    await sync.now()
    expect((await phone.db.uploads.toCollection().primaryKeys()).sort()).toEqual([stays, waits].sort())
    expect(await phone.db.uploadBytes.count()).toBe(2)
  })

  it('asks the server at once where the browser threw the store away, and has the application again', async () => {
    const sends = phone.sends
    phone.sync.start()
    while (phone.sends === sends) await new Promise((resolve) => setTimeout(resolve, 1))
    await phone.sync.now()
    const connection = phone.db.backendDB()
    await new Promise((done) => {
      phone.factory.deleteDatabase(phone.db.name).onsuccess = done
      forceCloseDatabase(connection as unknown as Parameters<typeof forceCloseDatabase>[0])
    })
    expect(await phone.factory.databases()).not.toContainEqual(expect.objectContaining({ name: phone.db.name }))
    const begun = Date.now()
    while (!(await phone.db.applications.get(draft.id))) expect(Date.now() - begun).toBeLessThan(5_000)
    phone.sync.stop()
    await phone.sync.now()
  })

  it('waits as after any failure where the store is taken away at each attempt: only the first time asks at once', async () => {
    const asked: number[] = []
    const sync = syncOver(
      async () => {
        asked.push(Date.now())
        phone.db.on('close').fire(new Event('close'))
        return refuse('network.offline')
      },
      { random: () => 1 },
    )
    sync.start()
    await vi.waitFor(() => expect(asked.length).toBeGreaterThan(2), { timeout: 10_000 })
    sync.stop()
    expect(asked[2]! - asked[1]!).toBeGreaterThan(900)
  })

  it('comes back after 1, 2, 4 … 60 s, each phone at another moment', () => {
    expect([1, 2, 3, 7, 20].map((failures) => pauseAfter(failures, () => 1))).toEqual([
      1_000, 2_000, 4_000, 60_000, 60_000,
    ])
    expect(pauseAfter(1, () => 0)).toBe(500)
  })
})

describe('one tab at a time', () => {
  it('without Web Locks a lease lets one tab work, and a tab that was killed holds it for 40 s at most', async () => {
    const clock = { time: 0 }
    const now = () => clock.time
    const first = createLead(openStore(phone.db), 'first', now, undefined)
    const second = createLead(openStore(phone.db), 'second', now, undefined)
    let release: () => void = () => {}
    const working = first('sync', () => new Promise<string>((resolve) => (release = () => resolve('done'))))
    while ((await phone.db.meta.get('lease:sync')) === undefined) await new Promise((resolve) => setTimeout(resolve, 1))
    expect(await second('sync', async () => 'mine')).toBeNull()
    clock.time += 41_000
    expect(await second('sync', async () => 'mine')).toBe('mine')
    release()
    expect(await working).toBe('done')
  })

  it('with Web Locks takes a lock over from a tab that does not wake up', async () => {
    const calls: object[] = []
    const locks = {
      request: async <T>(_: string, options: object, run: (lock: unknown) => Promise<T>): Promise<T> => {
        calls.push(options)
        if (!('steal' in options)) throw Object.assign(new Error(), { name: 'TimeoutError' })
        return run({})
      },
    }
    const lead = createLead(openStore(phone.db), 'first', () => 0, locks)
    expect(await lead('sync', async () => 'done')).toBe('done')
    expect(calls.length).toBe(2)
  })

  it('a tab whose lock was taken over leaves the work to the one that has it', async () => {
    const locks = {
      request: async <T>(_: string, options: object, run: (lock: unknown) => Promise<T>): Promise<T> => {
        if ('steal' in options) return expect.unreachable()
        void run({})
        throw Object.assign(new Error('taken over'), { name: 'AbortError' })
      },
    }
    const lead = createLead(openStore(phone.db), 'a', () => 0, locks)
    expect(await lead('sync', async () => 'done')).toBeNull()
  })
})
