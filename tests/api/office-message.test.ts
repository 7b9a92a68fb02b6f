import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { apiOf, HAILING, JIANGYAN, pointIn, submitted } from '../world/application-walk.ts'
import { databaseKinds } from '../world/test-database.ts'
import { bodyOf, type Browser, openWorld, type Person, problemOf, type World } from '../world/world.ts'

describe.each(await databaseKinds())('messages of the office on %s', (kind) => {
  let world: World
  let person: Person
  let id: string
  let clerk: Browser
  beforeAll(async () => {
    world = await openWorld(kind)
    ;({ person, id } = await submitted(world, { type: 'review' }))
    clerk = await world.signIn(await world.staff('pointClerk', { acceptancePoint: pointIn(HAILING) }))
  })
  afterAll(() => world.close())

  const write = (browser: Browser, text: string, messageId: string = crypto.randomUUID()) =>
    apiOf(browser).review.applications[':id'].messages.$post({ param: { id }, json: { id: messageId, text } })
  const smsTo = async ({ mobile }: Person) => {
    await world.runJobs()
    const sent = await bodyOf(await world.browser().api.api.e2e.outbox.$get())
    return sent.filter((sms) => sms.mobile === mobile && sms.text.includes('关于您的职称申报')).map(({ text }) => text)
  }
  const seen = async (browser: Browser) => {
    const { messages } = await bodyOf(await apiOf(browser).review.applications[':id'].$get({ param: { id } }))
    return messages.map(({ text, sms, read }) => ({ text, sms, read }))
  }

  test('[R106] a clerk writes to an applicant under review: an SMS with the 申报编号, the same words in the inbox, once', async () => {
    const { number } = await world.db
      .selectFrom('application')
      .select('number')
      .where('id', '=', id)
      .executeTakeFirstOrThrow()
    const messageId = crypto.randomUUID()
    const text = '  请周五前把身份证反面补传到申报里。 '
    expect((await write(clerk, text, messageId)).status).toBe(204)
    // an answer was lost on the way: the screen sends the same message again
    expect((await write(clerk, text, messageId)).status).toBe(204)
    expect(await smsTo(person)).toEqual([`受理点关于您的职称申报${number}：请周五前把身份证反面补传到申报里。`])
    const inbox = await bodyOf(await apiOf(await world.signIn(person)).notices.$get({ query: {} }))
    expect(inbox.notices.filter((one) => one.kind === 'officeMessage')).toMatchObject([
      {
        title: '受理点给您发来消息',
        body: '关于2026 年评审申报：请周五前把身份证反面补传到申报里。',
        applicationId: id,
        link: `/applications/${id}/progress`,
      },
    ])
    expect(await seen(clerk)).toEqual([
      { text: '关于2026 年评审申报：请周五前把身份证反面补传到申报里。', sms: 'sent', read: false },
    ])
    const audited = await world.db
      .selectFrom('auditEvent')
      .select(['role', 'action'])
      .where('action', '=', 'application.message-sent')
      .execute()
    expect(audited).toEqual([{ role: 'pointClerk', action: 'application.message-sent' }])
  })

  test('[R106] what says nothing, is too long or holds an ID number is refused, and nothing goes out', async () => {
    const before = await smsTo(person)
    expect(await problemOf(await write(clerk, '来一趟'))).toMatchObject({ code: 'message.too-short', path: 'text' })
    expect(await problemOf(await write(clerk, '字'.repeat(151)))).toMatchObject({ code: 'answer.too-long' })
    expect(await problemOf(await write(clerk, '请核对321203198512150021是否写对'))).toMatchObject({
      code: 'message.id-number',
    })
    expect(await smsTo(person)).toEqual(before)
  })

  test('[R106] only those whose desk it can be may write: no other 受理点, no auditor, no secretary, nobody about himself', async () => {
    const elsewhere = await world.signIn(await world.staff('pointClerk', { acceptancePoint: pointIn(JIANGYAN) }))
    expect((await problemOf(await write(elsewhere, '请来窗口。'))).code).toBe('request.not-found')
    for (const role of ['auditor', 'secretary'] as const) {
      const desk = await world.signIn(await world.staff(role))
      expect((await problemOf(await write(desk, '请来窗口。'))).code).toBe('account.not-allowed')
      const view = await bodyOf(await apiOf(desk).review.applications[':id'].$get({ param: { id } }))
      expect(view.mayWrite).toBe(false)
    }
    expect((await problemOf(await write(await world.signIn(person), '请来窗口。'))).code).toBe('account.not-allowed')
    const office = await world.signIn(await world.staff('office'))
    expect((await write(office, '请来职称办窗口核对原件。')).status).toBe(204)
    expect((await smsTo(person)).at(-1)).toMatch(/^职称办关于您的职称申报/)
  })

  test('[R106] one person writes about one application at most ten times a day', async () => {
    const desk = await world.signIn(await world.staff('office'))
    for (let at = 0; at < 10; at++) expect((await write(desk, `请来窗口，第 ${at} 次。`)).status).toBe(204)
    expect((await problemOf(await write(desk, '请来窗口，再说一次。'))).code).toBe('request.too-many')
  })
})
