import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import webPush from 'web-push'
import { openPushServer, type PushServer } from '../contracts/push-server.ts'
import { apiOf, HAILING, JIANGYAN, pointIn, submitted } from '../world/application-walk.ts'
import { databaseKinds } from '../world/test-database.ts'
import { bodyOf, openWorld, problemOf, type World } from '../world/world.ts'

describe.each(await databaseKinds())('which notice went by which channel, on %s', (kind) => {
  let world: World
  let service: PushServer
  beforeAll(async () => {
    service = await openPushServer()
    world = await openWorld(kind, {
      vapid: { ...webPush.generateVAPIDKeys(), subject: 'mailto:push@localhost.invalid' },
    })
  })
  afterAll(async () => {
    await world.close()
    await service.close()
  })

  test('[R114] the office sees each channel with its outcome, and sends an SMS again to the mobile of today', async () => {
    const { id, person, browser } = await submitted(world)
    const office = await world.signIn(await world.staff('office'))
    const clerk = await world.signIn(await world.staff('pointClerk', { acceptancePoint: pointIn(HAILING) }))
    const { notices } = apiOf(office).review.applications[':id']
    const record = async () => bodyOf(await notices.$get({ param: { id } }))
    const [before] = (await record()).notices
    expect(before).toMatchObject({ kind: 'submitted', mayResend: { sms: false, push: false }, readAt: null })
    expect(before!.deliveries).toMatchObject([{ channel: 'sms', state: 'waiting' }])
    const resend = (desk: typeof office) =>
      apiOf(desk).review.applications[':id'].notices[':noticeId'].resend.$post({
        param: { id, noticeId: before!.id },
        json: { channel: 'sms' },
      })
    expect((await problemOf(await resend(office))).code).toBe('notice.on-its-way')

    await world.runJobs()
    await apiOf(browser).notices[':id'].read.$post({ param: { id: before!.id } })
    await world.db.updateTable('account').set({ mobile: '13912349999' }).where('id', '=', person.id).execute()
    expect((await record()).notices[0]).toMatchObject({
      mayResend: { sms: true, push: false },
      readAt: expect.any(String),
    })
    expect((await resend(clerk)).status).toBe(204)
    await world.runJobs()
    const [after] = (await record()).notices
    expect(after!.deliveries.map(({ channel }) => channel)).toEqual(['sms', 'sms'])
    expect(after!.deliveries.every(({ state }) => state !== 'waiting')).toBe(true)
    const sms = await world.db
      .selectFrom('smsMessage')
      .select(['mobile', 'text', 'state'])
      .orderBy('createdAt')
      .execute()
    expect(sms.map(({ mobile }) => mobile)).toEqual([person.mobile, '13912349999'])
    expect(sms[1]!.text).toBe(sms[0]!.text)
    const audit = await world.db
      .selectFrom('auditEvent')
      .select(['role', 'details'])
      .where('action', '=', 'application.notice-resent')
      .execute()
    expect(audit).toEqual([{ role: 'pointClerk', details: { noticeId: before!.id, channel: 'sms' } }])

    // the words of the notice do not stand in the record, nor does the mobile
    expect(JSON.stringify(await record())).not.toContain('13912349999')
    // three times a day, and not beyond one's scope
    const far = await world.signIn(await world.staff('pointClerk', { acceptancePoint: pointIn(JIANGYAN) }))
    expect((await problemOf(await apiOf(far).review.applications[':id'].notices.$get({ param: { id } }))).code).toBe(
      'request.not-found',
    )
    expect((await resend(office)).status).toBe(204)
    await world.runJobs()
    expect((await problemOf(await resend(office))).code).toBe('request.too-many')
  })

  test('[R114] the office pushes a notice again to the phones of today, and sees what became of each push', async () => {
    const { id, person, browser } = await submitted(world)
    await world.runJobs()
    const office = await world.signIn(await world.staff('office'))
    const { notices } = apiOf(office).review.applications[':id']
    const record = async () => (await bodyOf(await notices.$get({ param: { id } }))).notices[0]!
    const { id: noticeId } = await record()
    const push = (of = id) =>
      notices[':noticeId'].resend.$post({ param: { id: of, noticeId }, json: { channel: 'push' } })
    const pushes = async () =>
      (await record()).deliveries.filter(({ channel }) => channel === 'push').map(({ state }) => state)

    expect(await problemOf(await push())).toMatchObject({ code: 'notice.no-browser' })
    const { publicKey } = await bodyOf(await apiOf(browser).push.key.$get())
    const phone = await service.subscribe(publicKey)
    const { endpoint, keys } = phone
    await apiOf(browser).push.subscriptions.$post({ json: { endpoint, keys } })
    expect((await record()).mayResend).toEqual({ sms: true, push: true })
    expect((await push()).status).toBe(204)
    await world.runJobs()
    expect(service.messagesOf(phone)).toMatchObject([{ id: noticeId, link: expect.any(String) }])
    expect(await pushes()).toEqual(['sent'])
    // what has not left yet; a queue that works by itself would send it in between
    const standing = (state: 'waiting' | 'sent') =>
      world.db
        .updateTable('noticeDelivery')
        .set({ state })
        .where('noticeId', '=', noticeId)
        .where('channel', '=', 'push')
        .execute()
    await standing('waiting')
    expect((await record()).mayResend.push).toBe(false)
    expect((await problemOf(await push())).code).toBe('notice.on-its-way')
    await standing('sent')
    world.clock.advanceBy(1000)

    await world.db.deleteFrom('rateLimit').execute()
    // a notice of another application is not reached through this one's
    const other = await submitted(world)
    expect((await problemOf(await push(other.id))).code).toBe('request.not-found')

    // the same phone once more, and what became of the first push stays in the record
    expect((await push()).status).toBe(204)
    await world.runJobs()
    expect(service.messagesOf(phone)).toHaveLength(2)
    await apiOf(browser).notices[':id'].shown.$post({ param: { id: noticeId } })
    expect(await pushes()).toEqual(['sent', 'confirmed'])
    expect((await record()).deliveries.filter(({ channel }) => channel === 'sms')).toHaveLength(1)
    const audit = await world.db
      .selectFrom('auditEvent')
      .select('details')
      .where('action', '=', 'application.notice-resent')
      .where('applicationId', '=', id)
      .execute()
    expect(audit).toEqual(Array(2).fill({ details: { noticeId, channel: 'push' } }))
    // a phone that signed out gets nothing
    await world.db.deleteFrom('pushSubscription').where('accountId', '=', person.id).execute()
    expect((await record()).mayResend.push).toBe(false)
  })

  test.each(['sms', 'push'] as const)(
    '[R114] what was lost on its way by %s is no longer waited for after two days: sent again, it has failed and the new one goes',
    async (channel) => {
      const { id, browser } = await submitted(world)
      const office = await world.signIn(await world.staff('office'))
      const { publicKey } = await bodyOf(await apiOf(browser).push.key.$get())
      const { endpoint, keys } = await service.subscribe(publicKey)
      await apiOf(browser).push.subscriptions.$post({ json: { endpoint, keys } })
      await world.runJobs()
      const { notices } = apiOf(office).review.applications[':id']
      const record = async () => (await bodyOf(await notices.$get({ param: { id } }))).notices[0]!
      const { id: noticeId } = await record()
      const resend = () => notices[':noticeId'].resend.$post({ param: { id, noticeId }, json: { channel } })
      const outcomes = async () =>
        (await record()).deliveries.filter((one) => one.channel === channel).map(({ state }) => state)
      expect((await resend()).status).toBe(204)
      await world.runJobs()
      const { id: delivery } = await world.db
        .selectFrom('noticeDelivery')
        .select('id')
        .where('noticeId', '=', noticeId)
        .where('channel', '=', channel)
        .orderBy('dueAt', 'desc')
        .executeTakeFirstOrThrow()
      /** As a node leaves it that went down before it could send it, so many hours ago. */
      const lost = async (hours: number) => {
        const dueAt = new Date((await world.now()).getTime() - hours * 3_600_000)
        await world.db
          .updateTable('noticeDelivery')
          .set({ state: 'waiting', dueAt, doneAt: null })
          .where('id', '=', delivery)
          .execute()
        await world.db.updateTable('smsMessage').set({ state: 'waiting' }).where('id', '=', delivery).execute()
      }

      // a night and a spent day's budget may hold it so long
      await lost(34)
      expect((await record()).mayResend[channel]).toBe(false)
      expect((await problemOf(await resend())).code).toBe('notice.on-its-way')
      await lost(49)
      expect((await record()).mayResend[channel]).toBe(true)
      expect((await resend()).status).toBe(204)
      await world.runJobs()
      expect((await outcomes()).toSorted()).toEqual(channel === 'sms' ? ['failed', 'sent', 'sent'] : ['failed', 'sent'])
      const sms = await world.db.selectFrom('smsMessage').select('state').where('id', '=', delivery).execute()
      expect(sms).toEqual(channel === 'sms' ? [{ state: 'failed' }] : [])
    },
  )
})
