import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { SoftwareKey } from '../world/software-key.ts'
import { databaseKinds } from '../world/test-database.ts'
import { bodyOf, type Browser, openWorld, PASSWORD, type Person, problemOf, type World } from '../world/world.ts'

const ORIGIN = 'http://world.test'

describe.each(await databaseKinds())('passkeys on %s', (kind) => {
  let world: World
  beforeAll(async () => void (world = await openWorld(kind, { publicOrigin: ORIGIN })))
  afterAll(() => world.close())

  const passkeys = (browser: Browser) => browser.api.api.accounts.passkeys
  async function add(browser: Browser, key = new SoftwareKey(ORIGIN)) {
    const { challengeId, options } = await bodyOf(
      await passkeys(browser).options.$post({ json: { password: PASSWORD } }),
    )
    return {
      key,
      options,
      answer: await passkeys(browser).$post({ json: { challengeId, response: key.create(options) } }),
    }
  }
  const begin = async (browser: Browser) => bodyOf(await passkeys(browser)['sign-in'].options.$post())
  async function signIn(browser: Browser, key: SoftwareKey) {
    const { challengeId, options } = await begin(browser)
    return passkeys(browser)['sign-in'].$post({ json: { challengeId, response: key.get(options) } })
  }
  async function owner(): Promise<{ person: Person; browser: Browser; key: SoftwareKey }> {
    const person = await world.person()
    const browser = await world.signIn(person)
    const { key, answer } = await add(browser)
    await bodyOf(answer)
    return { person, browser, key }
  }

  test('who has added one with his password signs in with it, without number, password or captcha', async () => {
    const { person, browser, key } = await owner()
    const other = world.browser()
    const view = await bodyOf(await signIn(other, key))
    expect(view.account.id).toBe(person.id)
    expect((await bodyOf(await other.api.api.accounts.session.$get()))?.account.id).toBe(person.id)
    const [listed] = await bodyOf(await passkeys(browser).$get())
    expect(listed).toMatchObject({ backedUp: false })
    expect(listed!.lastUsedAt).not.toBeNull()
    await bodyOf(await signIn(world.browser(), key))
  })

  test('the phone is told no ID number, and asks for a finger, a face or a code', async () => {
    const person = await world.person()
    const { options } = await add(await world.signIn(person))
    expect(JSON.stringify(options)).not.toContain(person.idNumber)
    expect(options.authenticatorSelection).toMatchObject({ residentKey: 'required', userVerification: 'required' })
    expect(await begin(world.browser())).toMatchObject({
      options: { userVerification: 'required', rpId: 'world.test' },
    })
  })

  test('a wrong password adds none, ten times at most, and neither does a challenge twice or of another person', async () => {
    const browser = await world.signIn(await world.person())
    const wrong = await passkeys(browser).options.$post({ json: { password: 'Not-the-password-1' } })
    expect(await problemOf(wrong)).toMatchObject({ code: 'account.credentials-wrong', path: 'password' })
    const { challengeId, options } = await bodyOf(
      await passkeys(browser).options.$post({ json: { password: PASSWORD } }),
    )
    const key = new SoftwareKey(ORIGIN)
    const json = { challengeId, response: key.create(options) }
    const stranger = await world.signIn(await world.person())
    expect((await problemOf(await passkeys(stranger).$post({ json }))).code).toBe('account.passkey-wrong')
    await bodyOf(await passkeys(browser).$post({ json }))
    expect((await problemOf(await passkeys(browser).$post({ json }))).code).toBe('account.passkey-wrong')
    const again = await add(stranger, key)
    expect((await problemOf(again.answer)).code).toBe('account.passkey-known')
  })

  test('ten are the most, also when several are begun before the tenth is kept', async () => {
    const person = await world.person()
    const browser = await world.signIn(person)
    const known = (place: number) => ({
      id: crypto.randomUUID(),
      accountId: person.id,
      credentialId: `${person.id}-${place}`,
      publicKey: new Uint8Array([1]),
      counter: 0,
      transports: '[]',
      device: '安卓手机',
      backedUp: false,
      createdAt: new Date(),
      lastUsedAt: null,
    })
    await world.db
      .insertInto('passkey')
      .values(Array.from({ length: 9 }, (_, place) => known(place)))
      .execute()
    const begun = await Promise.all(
      [1, 2, 3].map(async () => bodyOf(await passkeys(browser).options.$post({ json: { password: PASSWORD } }))),
    )
    const answers = await Promise.all(
      begun.map(({ challengeId, options }) =>
        passkeys(browser).$post({ json: { challengeId, response: new SoftwareKey(ORIGIN).create(options) } }),
      ),
    )
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 409, 409])
    const full = await passkeys(browser).options.$post({ json: { password: PASSWORD } })
    expect(await problemOf(full)).toMatchObject({ status: 409, code: 'account.too-many-passkeys' })
  })

  test.each<[string, (key: SoftwareKey, world: World) => Promise<SoftwareKey> | SoftwareKey]>([
    ['of another site', (key) => Object.assign(new SoftwareKey('http://evil.test'), { id: key.id })],
    ['that nobody registered', () => new SoftwareKey(ORIGIN)],
    ['with the right name and another secret', (key) => Object.assign(new SoftwareKey(ORIGIN), { id: key.id })],
    ['used without a finger', (key) => Object.assign(key, { flags: 0x01 })],
    ['that was copied, so that its count goes back', (key) => Object.assign(key, { counter: 0 })],
  ])('one %s opens nothing, and it stands in the audit', async (_, spoil) => {
    const { key } = await owner()
    key.counter = 5
    await bodyOf(await signIn(world.browser(), key))
    const browser = world.browser()
    const refused = await signIn(browser, await spoil(key, world))
    expect(await problemOf(refused)).toMatchObject({ status: 401, code: 'account.passkey-wrong' })
    expect(browser.cookie).toBeUndefined()
    const noted = await world.db
      .selectFrom('auditEvent')
      .select('id')
      .where('action', '=', 'account.passkey-refused')
      .execute()
    expect(noted.length).toBeGreaterThan(0)
  })

  test('an answer is good once, and for five minutes', async () => {
    const { key } = await owner()
    const { challengeId, options } = await begin(world.browser())
    const json = { challengeId, response: key.get(options) }
    await bodyOf(await passkeys(world.browser())['sign-in'].$post({ json }))
    const twice = await passkeys(world.browser())['sign-in'].$post({ json })
    expect((await problemOf(twice)).code).toBe('account.passkey-wrong')
    const late = await begin(world.browser())
    world.clock.advanceBy(5 * 60_000)
    const answer = { challengeId: late.challengeId, response: key.get(late.options) }
    expect((await problemOf(await passkeys(world.browser())['sign-in'].$post({ json: answer }))).code).toBe(
      'account.passkey-wrong',
    )
  })

  test('a removed one opens nothing; another person cannot remove it', async () => {
    const { browser, key } = await owner()
    const { id } = (await bodyOf(await passkeys(browser).$get()))[0]!
    const stranger = await world.signIn(await world.person())
    expect((await passkeys(stranger)[':id'].$delete({ param: { id } })).status).toBe(404)
    expect((await passkeys(browser)[':id'].$delete({ param: { id } })).status).toBe(204)
    expect((await problemOf(await signIn(world.browser(), key))).code).toBe('account.passkey-wrong')
  })
})
