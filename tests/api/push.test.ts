import { sql } from 'kysely'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import webPush from 'web-push'
import { ok } from '#domain/problems.ts'
import { notify } from '#server/notices/actions.ts'
import { deliverPush, PushUnavailable } from '#server/notices/push.ts'
import { isPushEndpoint } from '#server/notices/push-services.ts'
import { afterQuietHours } from '#server/notices/quiet-hours.ts'
import { jobTable } from '#server/platform/job-table.ts'
import type { Act } from '#server/platform/environment.ts'
import { actAs } from '#server/platform/transaction.ts'
import { systemWho } from '#server/platform/who.ts'
import { openPushServer, type PushBrowser, type PushServer } from '../contracts/push-server.ts'
import { databaseKinds } from '../world/test-database.ts'
import { bodyOf, openWorld, type Person, problemOf, type World } from '../world/world.ts'

const MINUTE = 60_000
const vapid = { ...webPush.generateVAPIDKeys(), subject: 'mailto:push@localhost.invalid' }

test.each([
  ['https://fcm.googleapis.com/fcm/send/abc', true],
  ['https://updates.push.services.mozilla.com/wpush/v2/abc', true],
  ['https://web.push.apple.com/abc', true],
  ['https://db5p.notify.windows.com/w/?token=abc', true],
  ['https://fcm.googleapis.com.evil.example/abc', false],
  ['https://user@fcm.googleapis.com/abc', false],
  ['https://fcm.googleapis.com:8443/abc', false],
  ['http://fcm.googleapis.com/abc', false],
  ['https://169.254.169.254/latest', false],
  ['http://127.0.0.1:5432/', false],
  ['javascript:alert(1)', false],
])('a browser that hands in %s is taken: %s', (endpoint, taken) => {
  expect(isPushEndpoint(endpoint, false)).toBe(taken)
})

test.each([
  ['2026-11-27T21:59:59+08:00', '2026-11-27T21:59:59+08:00'],
  ['2026-11-27T22:00:00+08:00', '2026-11-28T07:00:00+08:00'],
  ['2026-11-28T03:00:00+08:00', '2026-11-28T07:00:00+08:00'],
  ['2026-11-28T07:00:00+08:00', '2026-11-28T07:00:00+08:00'],
])('an SMS due at %s goes out at %s when the nights are quiet', (due, sent) => {
  expect(afterQuietHours(new Date(due), { from: '22:00', until: '07:00' })).toEqual(new Date(sent))
})

describe.each(await databaseKinds())('Web Push on %s', (kind) => {
  let world: World
  let service: PushServer
  beforeAll(async () => {
    service = await openPushServer()
    world = await openWorld(kind, { vapid })
  })
  afterAll(async () => {
    await world.close()
    await service.close()
  })

  const tellReturned = (ctx: Act, person: Person) =>
    notify(ctx, {
      accountId: person.id,
      notice: 'returned',
      params: { application: '工程师·建筑工程', reason: '不清楚。', until: '12 月 1 日' },
      link: '/applications/x/returned',
      sms: true,
    })
  const returned = (person: Person) =>
    actAs(world.platform, systemWho('test'), async (ctx) => {
      await tellReturned(ctx, person)
      return ok()
    })
  const subscribed = async (person: Person) => {
    const browser = await world.signIn(person)
    const { publicKey } = await bodyOf(await browser.api.api.push.key.$get())
    const phone = await service.subscribe(publicKey)
    const { endpoint, keys } = phone
    expect((await browser.api.api.push.subscriptions.$post({ json: { endpoint, keys } })).status).toBe(204)
    return { browser, phone }
  }
  /** The queue's own clock is the machine's: what waits for a moment to come is let go when the test's clock has passed it. */
  const elevenMinutesLater = async () => {
    world.clock.advanceBy(11 * MINUTE)
    await sql`update pgboss.job set start_after = start_after - interval '11 minutes'
      where name = 'notices.deliver' and state = 'created'`.execute(world.db)
    await world.runJobs()
  }
  const smsTo = async ({ mobile }: Person) => {
    const sent = await bodyOf(await world.browser().api.api.e2e.outbox.$get())
    return sent.filter((sms) => sms.mobile === mobile).length
  }

  test('[R114] a return is pushed to every phone at once, signed and encrypted, with no personal data; a phone that showed it spares the SMS', async () => {
    const person = await world.person()
    const { browser, phone } = await subscribed(person)
    const { phone: tablet } = await subscribed(person)
    await returned(person)
    await world.runJobs()
    const [notice] = (await bodyOf(await browser.api.api.notices.$get({ query: {} }))).notices
    const message = {
      id: notice!.id,
      title: '泰州职称申报',
      body: '申报材料被退回，请修改',
      link: '/applications/x/returned',
      unread: 1,
    }
    expect(service.messagesOf(phone)).toEqual([message])
    expect(service.messagesOf(tablet)).toEqual([message])
    expect(service.last).toMatchObject({ ttl: '86400', urgency: 'high', topic: notice!.id.replaceAll('-', '') })
    expect(await smsTo(person)).toBe(0)
    expect((await browser.api.api.notices[':id'].shown.$post({ param: { id: notice!.id } })).status).toBe(204)
    await elevenMinutesLater()
    expect(await smsTo(person)).toBe(0)
    const deliveries = await world.db
      .selectFrom('noticeDelivery')
      .where('noticeId', '=', notice!.id)
      .select(['channel', 'state'])
      .orderBy('channel')
      .execute()
    expect(deliveries).toEqual([
      { channel: 'push', state: 'confirmed' },
      { channel: 'sms', state: 'cancelled' },
    ])
  })

  test('a push that no phone confirms within ten minutes is followed by the SMS, once', async () => {
    const person = await world.person()
    const { phone } = await subscribed(person)
    await returned(person)
    await world.runJobs()
    expect(service.messagesOf(phone)).toHaveLength(1)
    expect(await smsTo(person)).toBe(0)
    await elevenMinutesLater()
    expect(await smsTo(person)).toBe(1)
    expect(service.messagesOf(phone)).toHaveLength(1)
  })

  test('somebody else can neither confirm a notice nor take a browser away; who signs in there next takes it over', async () => {
    const [person, other] = [await world.person(), await world.person()]
    const { phone } = await subscribed(person)
    await returned(person)
    const stranger = await world.signIn(other)
    const [notice] = (await bodyOf(await (await world.signIn(person)).api.api.notices.$get({ query: {} }))).notices
    expect(
      await problemOf(await stranger.api.api.notices[':id'].shown.$post({ param: { id: notice!.id } })),
    ).toMatchObject({
      status: 404,
    })
    await stranger.api.api.push.subscriptions.remove.$post({ json: { endpoint: phone.endpoint } })
    const owner = () =>
      world.db
        .selectFrom('pushSubscription')
        .where('endpoint', '=', phone.endpoint)
        .select('accountId')
        .executeTakeFirst()
    expect(await owner()).toEqual({ accountId: person.id })
    const { endpoint, keys } = phone
    await stranger.api.api.push.subscriptions.$post({ json: { endpoint, keys } })
    expect(await owner()).toEqual({ accountId: other.id })
    const foreign = { endpoint: 'https://push.example.invalid/x', keys }
    expect((await problemOf(await stranger.api.api.push.subscriptions.$post({ json: foreign }))).code).toBe(
      'push.unknown-service',
    )
  })

  test('nothing is pushed to anybody who has signed out everywhere, nor to a browser in which somebody else has signed in since', async () => {
    const [person, other] = [await world.person(), await world.person()]
    const { browser, phone } = await subscribed(person)
    expect((await browser.api.api.accounts['sign-out-everywhere'].$post()).status).toBe(204)
    await returned(person)
    await world.runJobs()
    expect(service.messagesOf(phone)).toEqual([])
    const { phone: lent } = await subscribed(person)
    // told while the browser was still his, sent when it is no longer
    await actAs(world.platform, systemWho('test'), async (ctx) => {
      await tellReturned(ctx, person)
      await ctx.db
        .updateTable('pushSubscription')
        .set({ accountId: other.id })
        .where('endpoint', '=', lent.endpoint)
        .execute()
      return ok()
    })
    await world.runJobs()
    expect(service.messagesOf(lent)).toEqual([])
  })

  test('a browser whose push service does not take our key is forgotten, and the SMS goes out', async () => {
    const person = await world.person()
    const { phone } = await subscribed(person)
    service.forbidding.add(phone.clientHash)
    await returned(person)
    await world.runJobs()
    const left = await world.db
      .selectFrom('pushSubscription')
      .where('endpoint', '=', phone.endpoint)
      .select('id')
      .execute()
    expect(left).toEqual([])
    await elevenMinutesLater()
    expect(await smsTo(person)).toBe(1)
  })

  test('a thousand browsers, a tenth gone and a twentieth failing, are all settled and none is pushed to twice, whatever was under way when a process died', async () => {
    const phones = await Promise.all(Array.from({ length: 1000 }, () => service.subscribe(vapid.publicKey)))
    const gone = phones.filter((_, index) => index % 10 === 0)
    const failing = phones.filter((_, index) => index % 20 === 5)
    for (const phone of gone) service.expire(phone)
    for (const { clientHash } of failing) service.failing.add(clientHash)
    const people = await Promise.all(Array.from({ length: 100 }, () => world.person()))
    const now = await world.now()
    const subscriptions = phones.map(({ endpoint, keys }, index) => ({
      id: crypto.randomUUID(),
      accountId: people[index % people.length]!.id,
      endpoint,
      ...keys,
      createdAt: now,
      seenAt: now,
    }))
    await world.db.insertInto('pushSubscription').values(subscriptions).execute()
    // as a process leaves them that was killed between its claim and the answer
    const dying = new Set(phones.slice(31, 39).map(({ endpoint }) => endpoint))
    const lost = subscriptions.filter(({ endpoint }) => dying.has(endpoint)).map(({ id }) => id)
    // in one go, so that no job begins before they are as they shall be
    await actAs(world.platform, systemWho('test'), async (ctx) => {
      for (const person of people) await tellReturned(ctx, person)
      await ctx.db.updateTable('pushMessage').set({ state: 'sending' }).where('subscriptionId', 'in', lost).execute()
      return ok()
    })
    const notices = await world.db
      .selectFrom('notice')
      .where(
        'accountId',
        'in',
        people.map(({ id }) => id),
      )
      .select('id')
      .execute()
    const tries = jobTable['notices.push'].retries + 1
    const { atOnce } = jobTable['notices.push']
    for (let round = 0; round < tries; round += 1)
      for (let from = 0; from < notices.length; from += atOnce) {
        const some = notices.slice(from, from + atOnce)
        // two nodes at once
        await Promise.all(
          [...some, ...some].map(({ id }) =>
            deliverPush(world.platform, id, 120_000).catch((fault: unknown) => {
              if (!(fault instanceof PushUnavailable)) throw fault
            }),
          ),
        )
      }
    const counted = await world.db
      .selectFrom('pushMessage')
      .where(
        'noticeId',
        'in',
        notices.map(({ id }) => id),
      )
      .select(({ fn }) => ['state', fn.countAll<string>().as('count')])
      .groupBy('state')
      .orderBy('state')
      .execute()
    expect(counted.map(({ state, count }) => [state, Number(count)])).toEqual([
      ['failed', failing.length],
      ['gone', gone.length],
      ['sending', dying.size],
      ['sent', 1000 - failing.length - gone.length - dying.size],
    ])
    const times = (some: readonly PushBrowser[]) => new Set(some.map((phone) => service.messagesOf(phone).length))
    const silent = new Set([...gone, ...failing, ...phones.slice(31, 39)])
    expect(times([...silent])).toEqual(new Set([0]))
    expect(times(phones.filter((phone) => !silent.has(phone)))).toEqual(new Set([1]))
    const left = await world.db
      .selectFrom('pushSubscription')
      .where(
        'endpoint',
        'in',
        gone.map(({ endpoint }) => endpoint),
      )
      .select('id')
      .execute()
    expect(left).toEqual([])
    const waiting = await world.db
      .selectFrom('noticeDelivery')
      .where(
        'noticeId',
        'in',
        notices.map(({ id }) => id),
      )
      .where('channel', '=', 'push')
      .where('state', '=', 'waiting')
      .select('id')
      .execute()
    expect(waiting).toEqual([])
  }, 180_000)
})
