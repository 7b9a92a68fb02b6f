import { sql } from 'kysely'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { NoticeId } from '#domain/lifecycle/notices.ts'
import { notices } from '#domain/lifecycle/notices.ts'
import { ok } from '#domain/problems.ts'
import { collectReceipts, deliverNoticeJob, sendSmsJob } from '#server/notices/deliver.ts'
import { notify } from '#server/notices/actions.ts'
import { storedText } from '#server/notices/sms-text.ts'
import { jobTable } from '#server/platform/job-table.ts'
import type { SmsProvider } from '#server/platform/sms/sms-provider.ts'
import { actAs } from '#server/platform/transaction.ts'
import { systemWho } from '#server/platform/who.ts'
import { databaseKinds } from '../world/test-database.ts'
import type { Person, World } from '../world/world.ts'
import { bodyOf, openWorld } from '../world/world.ts'

const HOUR = 3_600_000

describe.each(await databaseKinds())('notices on %s', (kind) => {
  let world: World
  beforeAll(async () => void (world = await openWorld(kind)))
  afterAll(() => world.close())

  const tell = (person: Person, notice: NoticeId, params: Record<string, string> = {}, sms = true) =>
    actAs(world.platform, systemWho('test'), async (ctx) => {
      await notify(ctx, { accountId: person.id, notice, params, link: '/applications', sms })
      return ok()
    })

  const smsTo = async ({ mobile }: Person) => {
    const sent = await bodyOf(await world.browser().api.api.e2e.outbox.$get())
    return sent.filter((sms) => sms.mobile === mobile)
  }

  /** A message that waits, without the job that would send it. */
  const waitingSms = async () => {
    const id = crypto.randomUUID()
    await world.db
      .insertInto('smsMessage')
      .values({
        id,
        mobile: '13800000001',
        text: '您的职称申报有变化。',
        purpose: 'notice',
        state: 'waiting',
        provider: null,
        providerId: null,
        attempts: 0,
        error: null,
        createdAt: await world.now(),
        sentAt: null,
        receiptAt: null,
      })
      .execute()
    return id
  }

  /** The same of a notice. */
  const waitingNotice = async () => {
    const person = await world.person()
    await tell(person, 'prePassed', {}, false)
    const notice = await world.db
      .selectFrom('notice')
      .select('id')
      .where('accountId', '=', person.id)
      .executeTakeFirstOrThrow()
    const id = await waitingSms()
    await world.db
      .insertInto('noticeDelivery')
      .values({
        id,
        noticeId: notice.id,
        channel: 'sms',
        state: 'waiting',
        attempts: 0,
        error: null,
        dueAt: await world.now(),
        doneAt: null,
      })
      .execute()
    return { id, noticeId: notice.id }
  }

  test('[R108] [R114] a result is in the inbox of this one person at once, in words, and by SMS to his account’s mobile', async () => {
    const person = await world.person()
    const other = await world.signIn(await world.person())
    await tell(person, 'returned', { application: '2026 年度评审', reason: '学历证书不清楚。', until: '12 月 1 日' })
    const browser = await world.signIn(person)
    const inbox = await bodyOf(await browser.api.api.notices.$get({ query: {} }))
    expect(inbox).toMatchObject({ unread: 1, hasMore: false })
    expect(inbox.notices[0]).toMatchObject({
      kind: 'returned',
      title: '申报材料被退回，请修改',
      body: '2026 年度评审被退回：学历证书不清楚。请在 12 月 1 日 前修改后再提交。',
      link: '/applications',
      readAt: null,
    })
    expect((await bodyOf(await other.api.api.notices.$get({ query: {} }))).notices).toEqual([])
    expect(await smsTo(person)).toEqual([])
    await world.runJobs()
    expect((await smsTo(person)).map(({ text, purpose }) => [text, purpose])).toEqual([
      ['您的职称申报被退回，请在12 月 1 日前登录系统修改后再提交。', 'notice'],
    ])
  })

  test('[R107] page by page every notice comes once, also of those that one instant brought', async () => {
    const person = await world.person()
    const createdAt = await world.now()
    const rows = Array.from({ length: 150 }, () => ({
      id: crypto.randomUUID(),
      accountId: person.id,
      kind: 'confirmed' as const,
      title: '-',
      body: '-',
      applicationId: null,
      link: null,
      createdAt,
      readAt: null,
    }))
    await world.db.insertInto('notice').values(rows).execute()
    const browser = await world.signIn(person)
    const page = async (before?: string) =>
      bodyOf(await browser.api.api.notices.$get({ query: before === undefined ? {} : { before } }))
    const first = await page()
    const second = await page(first.notices.at(-1)!.id)
    expect([first, second].map(({ hasMore, total, notices }) => [hasMore, total, notices.length])).toEqual([
      [true, 150, 100],
      [false, 150, 50],
    ])
    const came = [...first.notices, ...second.notices].map(({ id }) => id)
    expect(came.toSorted()).toEqual(rows.map(({ id }) => id).sort())
    // Another's notice is no place in his list.
    const stranger = await world.signIn(await world.person())
    const query = { before: first.notices[0]!.id }
    expect((await bodyOf(await stranger.api.api.notices.$get({ query }))).notices).toEqual([])
  })

  test('[R108] without ✉ there is the inbox alone', async () => {
    const person = await world.person()
    await tell(person, 'confirmed', {}, false)
    await tell(person, 'progress', {}, true)
    await world.runJobs()
    expect(await smsTo(person)).toEqual([])
    const { unread } = await bodyOf(await (await world.signIn(person)).api.api.notices.$get({ query: {} }))
    expect(unread).toBe(2)
  })

  test('[A12] no SMS of ours can hold a name or a number of a person', () => {
    for (const words of Object.values(notices)) {
      if ('sms' in words) expect(words.sms).not.toMatch(/\{(fullName|name|idNumber|mobile)\}/)
    }
  })

  test('a notice of an act that is refused was never sent', async () => {
    const person = await world.person()
    await expect(
      actAs(world.platform, systemWho('test'), async (ctx) => {
        await notify(ctx, { accountId: person.id, notice: 'prePassed', params: {}, sms: true })
        throw new Error('the act fails')
      }),
    ).rejects.toThrow('the act fails')
    await world.runJobs()
    expect(await smsTo(person)).toEqual([])
    expect(await world.db.selectFrom('notice').where('accountId', '=', person.id).selectAll().execute()).toEqual([])
  })

  test('a gateway that fails is asked again, with the same id; a message that went out is not sent twice; the last failure is told', async () => {
    const row = (id: string) =>
      world.db.selectFrom('smsMessage').where('id', '=', id).selectAll().executeTakeFirstOrThrow()
    const given: string[] = []
    const send = (id: string, fails: boolean) =>
      sendSmsJob(world.platform, {
        name: 'gateway',
        send: async (sms) => {
          given.push(sms.id)
          if (fails) throw new Error('the gateway is down')
          return { providerId: 'g1' }
        },
      })({ smsId: id }, { id: 'job', signal: new AbortController().signal })

    const id = await waitingSms()
    await expect(send(id, true)).rejects.toThrow('the gateway is down')
    expect(await row(id)).toMatchObject({ state: 'waiting', attempts: 1, error: 'the gateway is down' })
    await send(id, false)
    await send(id, false)
    expect(await row(id)).toMatchObject({
      state: 'sent',
      attempts: 2,
      error: null,
      provider: 'gateway',
      providerId: 'g1',
    })
    expect(given).toEqual([id, id])

    const lost = await waitingSms()
    const tries = jobTable['notices.send-sms'].retries + 1
    for (let count = 0; count < tries; count++) await expect(send(lost, true)).rejects.toThrow()
    expect(await row(lost)).toMatchObject({ state: 'failed', attempts: tries })
  })

  test('the last try that a gateway does not take ends the delivery too: nobody waits for it any more', async () => {
    const { id, noticeId } = await waitingNotice()
    const states = () =>
      world.db
        .selectFrom('noticeDelivery')
        .innerJoin('smsMessage', 'smsMessage.id', 'noticeDelivery.id')
        .where('noticeDelivery.id', '=', id)
        .select([
          'noticeDelivery.state as delivery',
          'noticeDelivery.doneAt',
          'smsMessage.state',
          'smsMessage.attempts',
        ])
        .executeTakeFirstOrThrow()
    const deliver = deliverNoticeJob(world.platform, {
      name: 'gateway',
      send: async () => {
        throw new Error('the gateway is down')
      },
    })
    const fail = () =>
      expect(deliver({ noticeId }, { id: 'job', signal: new AbortController().signal })).rejects.toThrow('is down')
    const { retries } = jobTable['notices.deliver']
    for (let count = 0; count < retries; count++) await fail()
    expect(await states()).toMatchObject({ delivery: 'waiting', state: 'waiting', doneAt: null })
    await fail()
    expect(await states()).toEqual({
      delivery: 'failed',
      state: 'failed',
      attempts: retries + 1,
      doneAt: expect.any(Date),
    })
  })

  test('what went out is paid for and has not failed where that cannot be noted; the next try asks the gateway for it first', async () => {
    world.clock.moveTo(new Date('2031-02-01T02:00:00Z'))
    const id = await waitingSms()
    const row = () =>
      world.db
        .selectFrom('smsMessage')
        .where('id', '=', id)
        .select(['state', 'attempts', 'error', 'createdAt'])
        .executeTakeFirstOrThrow()
    const pieces = async () =>
      (await world.db.selectFrom('smsDay').where('day', '=', '2031-02-01').select('pieces').executeTakeFirstOrThrow())
        .pieces
    const given: (Date | undefined)[] = []
    const counted: number[] = []
    const send = (providerId: string) =>
      sendSmsJob(world.platform, {
        name: 'gateway',
        cost: { perPiece: 0.05, perDay: 5 },
        send: async ({ triedSince }) => {
          given.push(triedSince)
          counted.push((await row()).attempts)
          return { providerId }
        },
      })({ smsId: id }, { id: 'job', signal: new AbortController().signal })

    // no text in the database may hold this character: the message went out, and the note of it fails
    await expect(send('\0')).rejects.toThrow()
    expect(await row()).toMatchObject({ state: 'waiting', attempts: 1, error: null })
    expect(await pieces()).toBe(1)
    await send('g1')
    const { createdAt, ...sent } = await row()
    expect(sent).toEqual({ state: 'sent', attempts: 2, error: null })
    expect(given).toEqual([undefined, createdAt])
    // a node that goes down before the answer leaves the try behind
    expect(counted).toEqual([1, 2])
  })

  test('two jobs that have one message in hand send it once', async () => {
    const { noticeId } = await waitingNotice()
    let times = 0
    const deliver = deliverNoticeJob(world.platform, {
      name: 'gateway',
      send: async () => {
        times++
        return { providerId: 'g1' }
      },
    })
    const job = { id: 'job', signal: new AbortController().signal }
    await Promise.all([deliver({ noticeId }, job), deliver({ noticeId }, job)])
    expect(times).toBe(1)
  })

  test('what the day’s budget cannot pay for waits for the morning; the last fifth is kept for passwords', async () => {
    world.clock.moveTo(new Date('2031-03-01T02:00:00Z'))
    const sent: string[] = []
    const gateway: SmsProvider = {
      name: 'gateway',
      cost: { perPiece: 0.05, perDay: 0.5 }, // ten pieces, eight of them for notices
      send: async (sms) => {
        sent.push(sms.id)
        return { providerId: 'g' }
      },
    }
    const message = async (purpose: string) => {
      const id = crypto.randomUUID()
      await world.db
        .insertInto('smsMessage')
        .values({
          id,
          mobile: '13800000001',
          text: purpose === 'notice' ? '您的职称申报有变化。' : '您的职称申报账号已改用另一个手机号接收短信。',
          purpose,
          state: 'waiting',
          provider: null,
          providerId: null,
          attempts: 0,
          error: null,
          createdAt: await world.now(),
          sentAt: null,
          receiptAt: null,
        })
        .execute()
      return id
    }
    const sealed = async () => {
      const id = await message('temporary-password')
      const text = storedText(world.platform.secrets, {
        id,
        purpose: 'temporary-password',
        text: '您的临时密码是 abc。',
      })
      await world.db.updateTable('smsMessage').set({ text }).where('id', '=', id).execute()
      return id
    }
    const send = (id: string) =>
      sendSmsJob(world.platform, gateway)({ smsId: id }, { id: 'job', signal: new AbortController().signal })
    const stateOf = async (id: string) =>
      (await world.db.selectFrom('smsMessage').where('id', '=', id).select('state').executeTakeFirstOrThrow()).state

    const messages = await Promise.all(Array.from({ length: 9 }, () => message('notice')))
    await Promise.all(messages.map(send))
    expect(sent).toHaveLength(8)
    const waiting = messages.find((id) => !sent.includes(id))!
    expect(await stateOf(waiting)).toBe('waiting')
    const urgent = [await message('mobile-changed'), await message('mobile-changed'), await message('mobile-changed')]
    for (const id of urgent) await send(id)
    expect(sent.slice(8)).toEqual(urgent.slice(0, 2))

    const queued = await sql<{ data: { smsId: string }; at: Date }>`select data, start_after as at from pgboss.job
      where name = 'notices.send-sms' and data->>'smsId' = ${waiting}`.execute(world.db)
    const real = queued.rows[0]!.at.getTime() + world.clock.offset
    expect(Math.abs(real - Date.parse('2031-03-02T00:00:00Z'))).toBeLessThan(5000)
    // a temporary password lasts ten minutes: there is no morning for it
    const beyond = await sealed()
    await send(beyond)
    expect(await stateOf(beyond)).toBe('failed')
    const later = await sql`select 1 from pgboss.job where name = 'notices.send-sms' and data->>'smsId' = ${beyond}`
    expect((await later.execute(world.db)).rows).toEqual([])

    world.clock.moveTo(new Date('2031-03-02T00:00:01Z'))
    await send(waiting)
    expect(await stateOf(waiting)).toBe('sent')
    // its text was taken away before its turn came
    const late = await sealed()
    await world.db.updateTable('smsMessage').set({ text: '' }).where('id', '=', late).execute()
    await send(late)
    expect([await stateOf(late), sent.includes(late)]).toEqual(['failed', false])
  })

  test('a receipt marks the message and its delivery; a gateway that does not answer for one answers for the others', async () => {
    const person = await world.person()
    await tell(person, 'returned', { until: '12月1日' })
    await tell(person, 'prePassed')
    await world.runJobs()
    world.clock.advanceBy(2 * 60_000)
    const mine = await world.db.selectFrom('smsMessage').where('mobile', '=', person.mobile).select('id').execute()
    const [first, second] = mine.map(({ id }) => id)
    const asked: string[] = []
    const gateway: SmsProvider = {
      name: 'console',
      send: async () => ({ providerId: 'x' }),
      receiptOf: async ({ id }) => {
        asked.push(id)
        if (id === first) return { state: 'delivered' }
        if (id === second) return { state: 'failed', code: 'UNDELIV' }
        throw new Error('no answer')
      },
    }
    await collectReceipts(world.platform, gateway)
    const rows = await world.db
      .selectFrom('smsMessage')
      .innerJoin('noticeDelivery', 'noticeDelivery.id', 'smsMessage.id')
      .where('mobile', '=', person.mobile)
      .select(['smsMessage.id', 'smsMessage.state', 'noticeDelivery.state as delivery', 'noticeDelivery.error'])
      .execute()
    expect(rows.find(({ id }) => id === first)).toMatchObject({
      state: 'delivered',
      delivery: 'confirmed',
      error: null,
    })
    expect(rows.find(({ id }) => id === second)).toMatchObject({
      state: 'failed',
      delivery: 'failed',
      error: 'UNDELIV',
    })
    await collectReceipts(world.platform, gateway)
    expect(asked.filter((id) => id === first || id === second)).toHaveLength(2)
  })

  test('[R107] the inbox is searched by day and by words of the title; after and before give what is new and the next page', async () => {
    const person = await world.person()
    world.clock.moveTo(new Date('2026-03-01T15:59:59Z')) // the last second of 1 March in Shanghai
    await tell(person, 'submitted', {}, false)
    world.clock.advanceBy(2000)
    await tell(person, 'prePassed', {}, false)
    const browser = await world.signIn(person)
    const titles = async (query: Record<string, string>) =>
      (await bodyOf(await browser.api.api.notices.$get({ query }))).notices.map(({ title }) => title)
    expect(await titles({})).toEqual(['预审通过，可以打印', '申报已提交'])
    expect(await titles({ from: '2026-03-02' })).toEqual(['预审通过，可以打印'])
    expect(await titles({ to: '2026-03-01' })).toEqual(['申报已提交'])
    expect(await titles({ q: '打印' })).toEqual(['预审通过，可以打印'])
    expect(await titles({ q: '%' })).toEqual([])
    const [newest, oldest] = (await bodyOf(await browser.api.api.notices.$get({ query: {} }))).notices
    expect(await titles({ after: oldest!.createdAt })).toEqual(['预审通过，可以打印'])
    expect(await titles({ before: newest!.id })).toEqual(['申报已提交'])
    expect((await browser.fetch('/api/notices?from=2026-02-30')).status).toBe(422)
  })

  test('[R109] reading one and reading all are remembered; the first time counts', async () => {
    const person = await world.person()
    for (let count = 0; count < 3; count++) await tell(person, 'confirmed', {}, false)
    const browser = await world.signIn(person)
    const inbox = async () => bodyOf(await browser.api.api.notices.$get({ query: {} }))
    const { id } = (await inbox()).notices[0]!
    await browser.api.api.notices[':id'].read.$post({ param: { id } })
    const first = (await inbox()).notices.find((one) => one.id === id)!.readAt
    expect(first).not.toBeNull()
    world.clock.advanceBy(HOUR / 4)
    await browser.api.api.notices[':id'].read.$post({ param: { id } })
    expect((await inbox()).notices.find((one) => one.id === id)!.readAt).toBe(first)
    expect((await inbox()).unread).toBe(2)
    await browser.api.api.notices['read-all'].$post()
    expect((await inbox()).unread).toBe(0)
  })
})
