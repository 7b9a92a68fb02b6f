import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { databaseKinds } from '../world/test-database.ts'
import type { World } from '../world/world.ts'
import { bodyOf, openWorld, PASSWORD, problemOf } from '../world/world.ts'

describe.each(await databaseKinds())('who may do what with accounts, on %s', (kind) => {
  let world: World
  let behindProxy: World
  let production: World
  beforeAll(async () => {
    world = await openWorld(kind)
    behindProxy = await openWorld(kind, { publicOrigin: 'https://zhicheng.example' })
    production = await openWorld(kind, { e2e: false })
  })
  afterAll(() => Promise.all([world.close(), behindProxy.close(), production.close()]))

  test('[R5] without a session nothing of an account is shown or changed', async () => {
    const { api } = world.browser()
    expect(await bodyOf(await api.api.accounts.session.$get())).toBeNull()
    const answers = [
      await api.api.accounts.sessions.$get(),
      await api.api.accounts.sessions[':id'].$delete({ param: { id: crypto.randomUUID() } }),
      await api.api.accounts['sign-out-everywhere'].$post(),
      await api.api.accounts.password.$post({ json: { current: PASSWORD, next: 'Another-pass-word-1' } }),
      await api.api.accounts.me.$patch({ json: { email: 'new@example.com' } }),
    ]
    for (const answer of answers)
      expect(await problemOf(answer)).toMatchObject({ status: 401, code: 'account.not-signed-in' })
  })

  test('a session of another person cannot be seen or ended, whatever one’s role', async () => {
    const owner = await world.person()
    const mine = await world.signIn(owner)
    const [session] = await bodyOf(await mine.api.api.accounts.sessions.$get())
    for (const person of [await world.person(), await world.staff('admin')]) {
      const { api } = await world.signIn(person)
      expect(await bodyOf(await api.api.accounts.sessions.$get())).toHaveLength(1)
      const answer = await api.api.accounts.sessions[':id'].$delete({ param: { id: session!.id } })
      expect(await problemOf(answer)).toMatchObject({ status: 404 })
    }
    expect(await bodyOf(await mine.api.api.accounts.session.$get())).not.toBeNull()
  })

  test('a token that nobody was given opens nothing and is taken back', async () => {
    const browser = world.browser(`sid=${'A'.repeat(43)}`)
    expect(await bodyOf(await browser.api.api.accounts.session.$get())).toBeNull()
    expect(browser.cookie).toBeUndefined()
  })

  test('a disabled account is out at once and cannot come back', async () => {
    const person = await world.person()
    const browser = await world.signIn(person)
    await world.db
      .updateTable('account')
      .set({ disabledAt: await world.now() })
      .where('id', '=', person.id)
      .execute()
    expect(await bodyOf(await browser.api.api.accounts.session.$get())).toBeNull()
    const { id } = await bodyOf(await browser.api.api.accounts.captcha.$get({ query: {} }))
    const json = { idNumber: person.idNumber, password: PASSWORD, captchaId: id, captcha: '8888' }
    expect(await problemOf(await browser.api.api.accounts['sign-in'].$post({ json }))).toMatchObject({
      code: 'account.not-allowed',
    })
  })

  test('over https the cookie is bound to the host, and the address the proxy wrote counts, not one the client invented', async () => {
    const person = await behindProxy.person()
    const browser = behindProxy.browser()
    const headers = { 'x-forwarded-for': '6.6.6.6, 203.0.113.7', 'content-type': 'application/json' }
    const { id } = await bodyOf(await browser.api.api.accounts.captcha.$get({ query: {} }))
    const answer = await browser.fetch('/api/accounts/sign-in', {
      method: 'POST',
      headers,
      body: JSON.stringify({ idNumber: person.idNumber, password: PASSWORD, captchaId: id, captcha: '8888' }),
    })
    expect(answer.status).toBe(200)
    expect(answer.headers.get('set-cookie')).toMatch(/^__Host-sid=.*; Path=\/; HttpOnly; Secure; SameSite=Lax$/)
    expect(answer.headers.get('strict-transport-security')).toMatch(/^max-age=\d{8}/)
    const session = await behindProxy.db.selectFrom('session').select('ip').executeTakeFirstOrThrow()
    expect(session.ip).toBe('203.0.113.7')
  })

  test('without E2E=1 there is no outbox and no clock to move, and the captcha is not 8888 every time', async () => {
    const { api } = production.browser()
    expect(await problemOf(await api.api.e2e.outbox.$get())).toMatchObject({ status: 404 })
    expect(await problemOf(await api.api.e2e.clock.$post({ json: { now: '2030-01-01T00:00:00.000Z' } }))).toMatchObject(
      {
        status: 404,
      },
    )
    const answers: string[] = []
    for (let count = 0; count < 3; count++) {
      const { id } = await bodyOf(await api.api.accounts.captcha.$get({ query: {} }))
      const json = { idNumber: '321202199001010017', password: PASSWORD, captchaId: id, captcha: '8888' }
      answers.push((await problemOf(await api.api.accounts['sign-in'].$post({ json }))).code)
    }
    expect(answers.filter((code) => code === 'account.captcha-wrong').length).toBeGreaterThan(1)
  })
})
