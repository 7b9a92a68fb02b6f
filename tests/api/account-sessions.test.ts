import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { databaseKinds } from '../world/test-database.ts'
import { bodyOf, type Browser, openWorld, problemOf, type World } from '../world/world.ts'

describe.each(await databaseKinds())('sessions of an account, for the administrator, on %s', (kind) => {
  let world: World
  beforeAll(async () => void (world = await openWorld(kind)))
  afterAll(() => world.close())

  const sessionsOf = (browser: Browser) => browser.api.api.accounts['sessions-of']
  const isIn = async (browser: Browser) => (await bodyOf(await browser.api.api.accounts.session.$get())) !== null
  const noted = async (accountId: string) => {
    const rows = await world.db
      .selectFrom('auditEvent')
      .select('action')
      .where('subject', '=', `account:${accountId}`)
      .where('action', 'like', 'account.session%')
      .orderBy('id')
      .execute()
    return rows.map(({ action }) => action)
  }

  test('he finds them by the ID number, ends one, ends all, and each stands in the audit', async () => {
    const person = await world.person()
    const first = await world.signIn(person)
    const second = await world.signIn(person)
    const admin = await world.signIn(await world.staff('admin'))
    const found = await bodyOf(await sessionsOf(admin).$post({ json: { idNumber: person.idNumber.toLowerCase() } }))
    expect(found).toMatchObject({ accountId: person.id, fullName: person.fullName, roles: ['applicant'] })
    expect(found.sessions).toHaveLength(2)
    expect(JSON.stringify(found)).not.toContain(person.idNumber)
    expect(JSON.stringify(found)).not.toMatch(/token|hash/i)

    const [mine] = await bodyOf(await first.api.api.accounts.sessions.$get()).then((all) =>
      all.filter(({ current }) => current),
    )
    const param = { account: person.id, id: mine!.id }
    expect((await sessionsOf(admin)[':account'][':id'].$delete({ param })).status).toBe(204)
    expect([await isIn(first), await isIn(second)]).toEqual([false, true])
    expect((await problemOf(await sessionsOf(admin)[':account'][':id'].$delete({ param }))).code).toBe(
      'request.not-found',
    )
    expect((await sessionsOf(admin)[':account'].$delete({ param: { account: person.id } })).status).toBe(204)
    expect([await isIn(second), await isIn(admin)]).toEqual([false, true])
    expect(await noted(person.id)).toEqual([
      'account.sessions-viewed',
      'account.session-ended-by-admin',
      'account.sessions-ended-by-admin',
    ])
  })

  test('with one session goes its browser and no other: a lost phone stays silent', async () => {
    const person = await world.person()
    const [lost, kept] = [await world.signIn(person), await world.signIn(person)]
    const endpointOf = (name: string) => `https://web.push.apple.com/${person.id}-${name}`
    const keys = { p256dh: `B${'A'.repeat(86)}`, auth: 'A'.repeat(22) }
    for (const [browser, name] of [
      [lost, 'lost'],
      [kept, 'kept'],
    ] as const)
      expect(
        (await browser.api.api.push.subscriptions.$post({ json: { endpoint: endpointOf(name), keys } })).status,
      ).toBe(204)
    const all = await bodyOf(await kept.api.api.accounts.sessions.$get())
    const other = all.find(({ current }) => !current)!
    expect((await kept.api.api.accounts.sessions[':id'].$delete({ param: { id: other.id } })).status).toBe(204)
    const endpoints = async () =>
      (
        await world.db.selectFrom('pushSubscription').select('endpoint').where('accountId', '=', person.id).execute()
      ).map(({ endpoint }) => endpoint)
    expect(await endpoints()).toEqual([endpointOf('kept')])
    expect((await kept.api.api.accounts['sign-out'].$post()).status).toBe(204)
    expect(await endpoints()).toEqual([])
  })

  test('with all sessions go the browsers that are pushed to: ended by the administrator, or the account locked', async () => {
    const [ended, locked] = [await world.person(), await world.staff('office')]
    const now = await world.now()
    const browserOf = (accountId: string) => ({
      id: crypto.randomUUID(),
      accountId,
      endpoint: `https://web.push.apple.com/${accountId}`,
      p256dh: 'key',
      auth: 'auth',
      createdAt: now,
      seenAt: now,
    })
    await world.db
      .insertInto('pushSubscription')
      .values([browserOf(ended.id), browserOf(locked.id)])
      .execute()
    const admin = await world.signIn(await world.staff('admin'))
    expect((await sessionsOf(admin)[':account'].$delete({ param: { account: ended.id } })).status).toBe(204)
    const param = { id: locked.id }
    const json = { locked: true, reason: '调离原来的岗位' }
    expect((await admin.api.api.accounts.staff[':id'].lock.$post({ param, json })).status).toBe(204)
    const left = await world.db
      .selectFrom('pushSubscription')
      .select('id')
      .where('accountId', 'in', [ended.id, locked.id])
      .execute()
    expect(left).toEqual([])
  })

  test('a session is ended under the account it belongs to alone; a number of nobody tells so and leaves no trace', async () => {
    const [person, other] = [await world.person(), await world.person()]
    const browser = await world.signIn(other)
    const [session] = await bodyOf(await browser.api.api.accounts.sessions.$get())
    const admin = await world.signIn(await world.staff('admin'))
    const param = { account: person.id, id: session!.id }
    expect((await problemOf(await sessionsOf(admin)[':account'][':id'].$delete({ param }))).code).toBe(
      'request.not-found',
    )
    expect(await isIn(browser)).toBe(true)
    const wrong = await sessionsOf(admin).$post({ json: { idNumber: '321202199001010018' } })
    expect(await problemOf(wrong)).toMatchObject({ code: 'identity.id-number-wrong', path: 'idNumber' })
    const nobody = await sessionsOf(admin).$post({ json: { idNumber: '321202199001010017' } })
    expect(await problemOf(nobody)).toMatchObject({ code: 'request.not-found', path: 'idNumber' })
    expect(await noted(person.id)).toEqual([])
  })

  test('nobody but an administrator may, not even the office', async () => {
    const person = await world.person()
    const browser = await world.signIn(person)
    for (const who of [await world.person(), await world.staff('office'), await world.staff('auditor')]) {
      const asked = sessionsOf(await world.signIn(who))
      for (const answer of [
        await asked.$post({ json: { idNumber: person.idNumber } }),
        await asked[':account'].$delete({ param: { account: person.id } }),
      ])
        expect(await problemOf(answer)).toMatchObject({ status: 403, code: 'account.not-allowed' })
    }
    expect(await isIn(browser)).toBe(true)
  })
})
