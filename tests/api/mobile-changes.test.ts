import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { databaseKinds } from '../world/test-database.ts'
import { bodyOf, type Browser, openWorld, PASSWORD, problemOf, type World } from '../world/world.ts'

const MINUTE = 60_000
const newMobile = () => `15${String(Math.floor(Math.random() * 1e9)).padStart(9, '0')}`

describe.each(await databaseKinds())('changing the mobile on %s', (kind) => {
  let world: World
  beforeAll(async () => void (world = await openWorld(kind)))
  afterAll(() => world.close())

  const accounts = (browser: Browser) => browser.api.api.accounts
  const ask = (browser: Browser, mobile: string, password = PASSWORD) =>
    accounts(browser).me.mobile.code.$post({ json: { mobile, password } })
  const finish = (browser: Browser, challengeId: string, code: string) =>
    accounts(browser).me.mobile.$post({ json: { challengeId, code } })
  async function sentTo(mobile: string) {
    await world.runJobs()
    const outbox = await bodyOf(await world.browser().api.api.e2e.outbox.$get())
    return outbox.filter((sms) => sms.mobile === mobile).map(({ text, purpose }) => ({ text, purpose }))
  }
  const codeSentTo = async (mobile: string) => /\d{6}/.exec((await sentTo(mobile)).at(-1)!.text)![0]

  test('[R8] [R115] a code that went to the new number changes it; the old number is told', async () => {
    const person = await world.person()
    const browser = await world.signIn(person)
    const mobile = newMobile()
    const { challengeId, mobileMasked } = await bodyOf(await ask(browser, mobile))
    expect(mobileMasked).toBe(`${mobile.slice(0, 3)}****${mobile.slice(7)}`)
    const view = await bodyOf(await finish(browser, challengeId, await codeSentTo(mobile)))
    expect(view.account.mobile).toBe(mobile)
    expect((await sentTo(person.mobile)).map(({ purpose }) => purpose)).toEqual(['mobile-changed'])
    // The table of messages does not tell the code.
    const rows = await world.db.selectFrom('smsMessage').select('text').where('mobile', '=', mobile).execute()
    expect(rows[0]!.text).toMatch(/^v1\./)
  })

  test('without a code it does not change, alone or beside what does', async () => {
    const person = await world.person()
    const browser = await world.signIn(person)
    const answer = await accounts(browser).me.$patch({ json: { mobile: newMobile(), email: 'new@example.com' } })
    expect(await problemOf(answer)).toMatchObject({ code: 'account.mobile-needs-code', path: 'mobile' })
    expect((await bodyOf(await accounts(browser).session.$get()))?.account).toMatchObject({
      mobile: person.mobile,
      email: person.email,
    })
    await bodyOf(await accounts(browser).me.$patch({ json: { mobile: person.mobile, email: 'new@example.com' } }))
  })

  test('five wrong codes end it, as do ten minutes and a newer code; a stranger cannot use it', async () => {
    const browser = await world.signIn(await world.person())
    const mobile = newMobile()
    const first = await bodyOf(await ask(browser, mobile))
    const code = await codeSentTo(mobile)
    const wrong = code === '000000' ? '000001' : '000000'
    const stranger = await world.signIn(await world.person())
    expect((await problemOf(await finish(stranger, first.challengeId, code))).code).toBe('account.code-wrong')
    for (let count = 0; count < 5; count++) {
      expect(await problemOf(await finish(browser, first.challengeId, wrong))).toMatchObject({
        code: 'account.code-wrong',
        path: 'code',
      })
    }
    expect((await problemOf(await finish(browser, first.challengeId, code))).code).toBe('account.code-wrong')

    expect((await problemOf(await ask(browser, mobile))).code).toBe('request.too-many')
    world.clock.advanceBy(MINUTE)
    const second = await bodyOf(await ask(browser, mobile))
    const old = await codeSentTo(mobile)
    world.clock.advanceBy(MINUTE)
    const third = await bodyOf(await ask(browser, mobile))
    expect((await problemOf(await finish(browser, second.challengeId, old))).code).toBe('account.code-wrong')
    const newest = await codeSentTo(mobile)
    world.clock.advanceBy(10 * MINUTE)
    expect((await problemOf(await finish(browser, third.challengeId, newest))).code).toBe('account.code-wrong')
  })

  test('a wrong password sends nothing, and a number of three accounts takes no fourth (A14)', async () => {
    const browser = await world.signIn(await world.person())
    const mobile = newMobile()
    expect(await problemOf(await ask(browser, mobile, 'Not-the-password-1'))).toMatchObject({
      code: 'account.credentials-wrong',
      path: 'password',
    })
    expect(await sentTo(mobile)).toEqual([])
    for (let count = 0; count < 3; count++) await world.person({ mobile })
    expect(await problemOf(await ask(browser, mobile))).toMatchObject({ code: 'account.mobile-used', path: 'mobile' })
  })

  describe('[A12] at the counter', () => {
    const counter = (browser: Browser) => accounts(browser)['mobile-changes']
    const decide = (browser: Browser, id: string, agrees = true) =>
      counter(browser)[':id'].decide.$post({ param: { id }, json: { agrees } })

    const sealedNumberOf = async (id: string) =>
      (await world.db.selectFrom('mobileChange').select('mobile').where('id', '=', id).executeTakeFirstOrThrow()).mobile

    test('a clerk asks and a second person agrees; then the old phone is signed out and told', async () => {
      const person = await world.person()
      const phone = await world.signIn(person)
      const [clerk, second] = await Promise.all([
        world.signIn(await world.staff('pointClerk', { acceptancePoint: '321202-talent' })),
        world.signIn(await world.staff('office')),
      ])
      const mobile = newMobile()
      const json = { idNumber: person.idNumber.toLowerCase(), mobile, reason: '手机丢失，已核对身份证原件' }
      const change = await bodyOf(await counter(clerk).$post({ json }))
      expect(change).toMatchObject({ fullName: person.fullName, mayDecide: false })
      expect(JSON.stringify(change)).not.toContain(person.idNumber)
      expect(await problemOf(await decide(clerk, change.id))).toMatchObject({
        status: 403,
        code: 'account.second-person',
      })
      expect((await bodyOf(await accounts(phone).session.$get()))?.account.mobile).toBe(person.mobile)

      const waiting = await bodyOf(await counter(second).$get())
      expect(waiting.find(({ id }) => id === change.id)).toMatchObject({
        mayDecide: true,
        mobileMasked: `${mobile.slice(0, 3)}****${mobile.slice(7)}`,
      })
      expect((await decide(second, change.id)).status).toBe(204)
      expect((await problemOf(await decide(second, change.id))).code).toBe('account.change-decided')
      const { mobile: now } = await world.db
        .selectFrom('account')
        .select('mobile')
        .where('id', '=', person.id)
        .executeTakeFirstOrThrow()
      expect(now).toBe(mobile)
      expect(await bodyOf(await accounts(phone).session.$get())).toBeNull()
      expect((await sentTo(person.mobile)).map(({ purpose }) => purpose)).toEqual(['mobile-changed'])
      const noted = await world.db
        .selectFrom('auditEvent')
        .select('action')
        .where('subject', '=', `account:${person.id}`)
        .orderBy('id')
        .execute()
      expect(noted.map(({ action }) => action)).toEqual([
        'account.mobile-change-asked',
        'account.mobile-changed-at-counter',
      ])
      expect(await sealedNumberOf(change.id)).toBe('')
    })

    test('nobody changes his own, as the first or as the second person', async () => {
      const me = await world.staff('pointClerk', { acceptancePoint: '321202-talent' })
      const mine = await world.signIn(me)
      const other = await world.signIn(await world.staff('office'))
      const json = { idNumber: me.idNumber, mobile: newMobile(), reason: '手机丢失，已核对身份证' }
      expect((await problemOf(await counter(mine).$post({ json }))).code).toBe('account.second-person')
      const change = await bodyOf(await counter(other).$post({ json }))
      expect((await problemOf(await decide(mine, change.id))).code).toBe('account.second-person')
    })

    test('a refused one changes nothing, and a newer one takes the place of one that waits', async () => {
      const person = await world.person()
      const clerk = await world.signIn(await world.staff('office'))
      const second = await world.signIn(await world.staff('office'))
      const request = (mobile: string) =>
        counter(clerk).$post({ json: { idNumber: person.idNumber, mobile, reason: '手机丢失，已核对' } })
      const first = await bodyOf(await request(newMobile()))
      const next = await bodyOf(await request(newMobile()))
      expect((await problemOf(await decide(second, first.id))).code).toBe('account.change-decided')
      expect(await sealedNumberOf(first.id)).toBe('')
      expect(await sealedNumberOf(next.id)).toMatch(/^v1\./)
      expect((await decide(second, next.id, false)).status).toBe(204)
      expect(await sealedNumberOf(next.id)).toBe('')
      const noted = await world.db
        .selectFrom('auditEvent')
        .select('details')
        .where('action', '=', 'account.mobile-change-superseded')
        .where('subject', '=', `account:${person.id}`)
        .execute()
      expect(noted).toEqual([{ details: { change: first.id, by: next.id } }])
      const { mobile } = await world.db
        .selectFrom('account')
        .select('mobile')
        .where('id', '=', person.id)
        .executeTakeFirstOrThrow()
      expect(mobile).toBe(person.mobile)
    })

    test('the back office is served by the office alone: a clerk gets into no account that may do more than his', async () => {
      const expert = await world.staff('expert')
      const clerk = await world.signIn(await world.staff('pointClerk', { acceptancePoint: '321202-talent' }))
      const [first, second] = [
        await world.signIn(await world.staff('office')),
        await world.signIn(await world.staff('office')),
      ]
      const json = { idNumber: expert.idNumber, mobile: newMobile(), reason: '手机丢失，已核对身份证' }
      expect((await problemOf(await counter(clerk).$post({ json }))).code).toBe('account.not-allowed')
      const change = await bodyOf(await counter(first).$post({ json }))
      expect((await problemOf(await decide(clerk, change.id))).code).toBe('account.not-allowed')
      expect((await decide(second, change.id)).status).toBe(204)
    })

    test('a reason has 5 字, a rare one is one', async () => {
      const clerk = await world.signIn(await world.staff('office'))
      const { idNumber } = await world.person()
      const asked = await counter(clerk).$post({ json: { idNumber, mobile: newMobile(), reason: '𠮷𠮷𠮷' } })
      expect(await problemOf(asked)).toMatchObject({ code: 'application.reason-required', path: 'reason' })
    })

    test('after seven days a request is over: it is in no list, cannot be decided, and its number is emptied', async () => {
      const person = await world.person()
      const json = { idNumber: person.idNumber, mobile: newMobile(), reason: '手机丢失，已核对身份证' }
      const clerk = await world.signIn(await world.staff('office'))
      const [late, later] = [await world.staff('office'), await world.staff('office')]
      const change = await bodyOf(await counter(clerk).$post({ json }))
      world.clock.advanceBy(7 * 24 * 60 * MINUTE - MINUTE)
      const browser = await world.signIn(late)
      expect((await bodyOf(await counter(browser).$get())).some(({ id }) => id === change.id)).toBe(true)
      world.clock.advanceBy(MINUTE)
      const other = await world.signIn(later)
      expect((await bodyOf(await counter(other).$get())).some(({ id }) => id === change.id)).toBe(false)
      expect(await problemOf(await decide(other, change.id))).toMatchObject({
        status: 409,
        code: 'account.change-too-old',
      })
      await world.runJob('accounts.sweep')
      expect(await sealedNumberOf(change.id)).toBe('')
    })
  })
})
