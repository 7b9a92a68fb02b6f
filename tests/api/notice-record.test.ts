import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { apiOf, HAILING, JIANGYAN, pointIn, submitted } from '../world/application-walk.ts'
import { databaseKinds } from '../world/test-database.ts'
import { bodyOf, openWorld, problemOf, type World } from '../world/world.ts'

describe.each(await databaseKinds())('which notice went by which channel, on %s', (kind) => {
  let world: World
  beforeAll(async () => void (world = await openWorld(kind)))
  afterAll(() => world.close())

  test('[R114] the office sees each channel with its outcome, and sends an SMS again to the mobile of today', async () => {
    const { id, person, browser } = await submitted(world)
    const office = await world.signIn(await world.staff('office'))
    const clerk = await world.signIn(await world.staff('pointClerk', { acceptancePoint: pointIn(HAILING) }))
    const { notices } = apiOf(office).review.applications[':id']
    const record = async () => bodyOf(await notices.$get({ param: { id } }))
    const [before] = (await record()).notices
    expect(before).toMatchObject({ kind: 'submitted', mayResend: false, readAt: null })
    expect(before!.deliveries).toMatchObject([{ channel: 'sms', state: 'waiting' }])
    const resend = (desk: typeof office) =>
      apiOf(desk).review.applications[':id'].notices[':noticeId'].resend.$post({ param: { id, noticeId: before!.id } })
    expect((await problemOf(await resend(office))).code).toBe('notice.on-its-way')

    await world.runJobs()
    await apiOf(browser).notices[':id'].read.$post({ param: { id: before!.id } })
    await world.db.updateTable('account').set({ mobile: '13912349999' }).where('id', '=', person.id).execute()
    expect((await record()).notices[0]).toMatchObject({ mayResend: true, readAt: expect.any(String) })
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
})
