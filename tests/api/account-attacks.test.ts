import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { passwordWork } from '#server/accounts/password-hash.ts'
import { databaseKinds } from '../world/test-database.ts'
import { newIdNumber, openWorld, PASSWORD, problemOf, type Person, type World } from '../world/world.ts'

const ORIGIN = 'https://world.test'
const kinds = await databaseKinds()

/** A server behind its proxy, which tells the addresses of those who ask. */
const openBehindProxy = (kind: (typeof kinds)[number]) => openWorld(kind, { publicOrigin: ORIGIN })

let addresses = 0
/** An address that nobody used before. */
const newAddress = () => `10.${(++addresses >> 16) & 255}.${(addresses >> 8) & 255}.${addresses & 255}`

function post(world: World, path: string, json: unknown, address: string): Promise<Response> {
  return world.browser().fetch(`/api/accounts/${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'x-forwarded-for': address },
    body: JSON.stringify(json),
  })
}

/** Captchas that somebody looked at and read rightly. */
async function captchas(world: World, count: number) {
  const expiresAt = new Date((await world.now()).getTime() + 5 * 60_000)
  const ids = Array.from({ length: count }, () => crypto.randomUUID())
  await world.db
    .insertInto('captcha')
    .values(
      ids.map((id) => ({ id, answerHash: world.platform.secrets.mac('account.captcha', `${id}:8888`), expiresAt })),
    )
    .execute()
  return ids.map((id) => ({ captchaId: id, captcha: '8888' }))
}

const median = (values: readonly number[]) => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)]!

/** Rounds in a row: once under the line by chance proves nothing. */
const STAYS_SMALL = 10

/**
 * The relative difference of the medians of two kinds of request, asked in turns so that both see the same machine. A busy machine makes
 * it vary, so it is measured on until it has stayed small for a while or was measured so often that it must be taken for real.
 */
async function differenceOf(ask: (kind: 'known' | 'unknown') => Promise<number>, atLeast: number, atMost: number) {
  const took = { known: [] as number[], unknown: [] as number[] }
  let small = 0
  for (let count = 1; ; count++) {
    const order = count % 2 ? (['known', 'unknown'] as const) : (['unknown', 'known'] as const)
    for (const kind of order) took[kind].push(await ask(kind))
    const [known, unknown] = [median(took.known), median(took.unknown)]
    const difference = Math.abs(known - unknown) / unknown
    small = difference < 0.04 ? small + 1 : 0
    if (count >= atMost || (count >= atLeast && small >= STAYS_SMALL)) return { difference, known, unknown, count }
  }
}

describe.each(kinds)('who asks whether a number is registered, on %s', (kind) => {
  let world: World
  beforeAll(async () => void (world = await openBehindProxy(kind)))
  afterAll(() => world.close())

  /** Sends what `json` makes of a number that is registered or not; returns the answer and how long it took. */
  async function timed(which: 'known' | 'unknown', path: string, json: (idNumber: string) => Promise<object>) {
    // Also for the unknown: what the database has just done must not tell the two apart.
    const person = await world.person()
    const idNumber = which === 'known' ? person.idNumber : newIdNumber()
    const body = await json(idNumber)
    const address = newAddress()
    const began = performance.now()
    const response = await post(world, path, body, address)
    const text = await response.text()
    return { took: performance.now() - began, status: response.status, text }
  }
  const captcha = async () => (await captchas(world, 1))[0]!

  const ways: [string, string, (idNumber: string) => Promise<object>, (text: string) => string, number][] = [
    [
      'signing in with a wrong password',
      'sign-in',
      async (idNumber) => ({ idNumber, password: 'Not-the-password-1', ...(await captcha()) }),
      (text) => text,
      12,
    ],
    [
      'the first step of 找回密码',
      'recover/start',
      async (idNumber) => ({ idNumber, ...(await captcha()) }),
      // The token is sealed anew each time, and everybody has another mobile: what counts is that they look alike.
      (text) =>
        text
          .replace(/"token":"v1\.([\w-]+)"/, (_, token: string) => `token of ${token.length}`)
          .replace(/1\d\d\*{4}\d{4}/, 'mobile'),
      40,
    ],
    [
      'the last step of 找回密码',
      'recover/finish',
      async (idNumber) => {
        const started = await post(world, 'recover/start', { idNumber, ...(await captcha()) }, newAddress())
        return { token: ((await started.json()) as { token: string }).token, method: 'mobile' }
      },
      (text) => text,
      40,
    ],
  ]
  test.each(ways)(
    'learns nothing from %s: the same status, body and, within five per cent, time',
    async (_, path, json, shape, atLeast) => {
      const answers = { known: new Set<string>(), unknown: new Set<string>() }
      await timed('unknown', path, json)
      const measured = await differenceOf(
        async (which) => {
          const { took, status, text } = await timed(which, path, json)
          answers[which].add(`${status} ${shape(text)}`)
          return took
        },
        atLeast,
        atLeast * 10,
      )
      expect([...answers.known]).toEqual([...answers.unknown])
      expect(answers.known.size).toBe(1)
      expect(measured.difference, JSON.stringify(measured)).toBeLessThan(0.05)
    },
    120_000,
  )

  test('[R6] registering tells it, as it must, but not sixty times an hour to one address', async () => {
    const person = await world.person()
    const address = newAddress()
    const { limiter } = world.platform
    const form = async () => ({
      fullName: '周明远',
      idNumber: person.idNumber,
      password: PASSWORD,
      passwordConfirm: PASSWORD,
      email: 'zhou@example.com',
      mobile: '13912345678',
      consent: true,
      ...(await captcha()),
    })
    const answers: string[] = []
    const limit = { name: 'account.already-registered', atMost: 60, seconds: 3600 }
    for (let count = 0; count < 59; count++) await limiter.take(limit, address)
    for (let count = 0; count < 2; count++) {
      answers.push((await problemOf(await post(world, 'register', await form(), address))).code)
    }
    expect(answers).toEqual(['account.already-registered', 'request.too-many'])
    expect((await problemOf(await post(world, 'register', await form(), newAddress()))).code).toBe(
      'account.already-registered',
    )
  })
})

describe('who guesses passwords', () => {
  let world: World
  let owner: Person
  // PostgreSQL where there is one: many connections at once are the harder case.
  beforeAll(async () => void (world = await openBehindProxy(kinds.at(-1)!)))
  afterAll(() => world.close())

  /** Sends the tries, so many at once; returns their codes, and how many passwords were worked on at the same time. */
  async function attack(tries: readonly { idNumber: string; address: string }[], atOnce: number) {
    const spent = await captchas(world, tries.length)
    const codes: string[] = []
    const health: number[] = []
    let running = 0
    let waiting = 0
    let next = 0
    const worker = async () => {
      for (let at = next++; at < tries.length; at = next++) {
        const { idNumber, address } = tries[at]!
        const json = { idNumber, password: `Guess-number-${at}`, ...spent[at] }
        const answer = post(world, 'sign-in', json, address)
        running = Math.max(running, passwordWork.running)
        const response = await answer
        running = Math.max(running, passwordWork.running)
        waiting = Math.max(waiting, passwordWork.waiting)
        if (response.headers.getSetCookie().some((cookie) => !/max-age=0/i.test(cookie))) codes.push('signed in')
        else codes.push((await problemOf(response)).code)
        if (at % 20 === 0) {
          const began = performance.now()
          expect((await world.browser().fetch('/api/health')).status).toBe(200)
          health.push(performance.now() - began)
        }
      }
    }
    await Promise.all(Array.from({ length: atOnce }, worker))
    const count = (code: string) => codes.filter((one) => one === code).length
    return { count, running, waiting, health: median(health) }
  }

  const signIn = async (password: string) => {
    const [captcha] = await captchas(world, 1)
    return post(world, 'sign-in', { idNumber: owner.idNumber, password, ...captcha }, newAddress())
  }

  test('200 wrong passwords for one account from many addresses: nobody gets in, and the owner still recovers while it goes on', async () => {
    owner = await world.person()
    const standing = await world.signIn(owner)
    const tries = (count: number) =>
      Array.from({ length: count }, () => ({ idNumber: owner.idNumber, address: newAddress() }))
    const first = await attack(tries(200), 20)
    expect([first.count('account.credentials-wrong'), first.count('account.locked')]).toEqual([10, 190])
    expect(first.running).toBeLessThanOrEqual(2)
    expect((await problemOf(await signIn(PASSWORD))).code).toBe('account.locked')
    // who is in stays in
    const cookie = { cookie: standing.cookie!.replace('sid=', '__Host-sid=') }
    expect((await world.browser().fetch('/api/notices', { headers: cookie })).status).toBe(200)

    const [captcha] = await captchas(world, 1)
    const started = await post(world, 'recover/start', { idNumber: owner.idNumber, ...captcha }, newAddress())
    const { token } = (await started.json()) as { token: string }
    expect((await post(world, 'recover/finish', { token, method: 'mobile' }, newAddress())).status).toBe(200)
    const again = await attack(tries(30), 10)
    expect(again.count('account.locked') + again.count('account.credentials-wrong')).toBe(30)
    await world.runJobs()
    const outbox = (await (await world.browser().fetch('/api/e2e/outbox')).json()) as { mobile: string; text: string }[]
    const sms = outbox.filter(({ mobile }) => mobile === owner.mobile)
    expect(sms).toHaveLength(1)
    // Locked again, the account takes no password but the one on its owner's phone.
    expect((await problemOf(await signIn(PASSWORD))).code).toBe('account.locked')
    expect((await signIn(/临时密码是 (\S+?)，/.exec(sms[0]!.text)![1]!)).status).toBe(200)
  })

  test('2,000 wrong passwords from one address: after a hundred nothing is compared, and another address signs in', async () => {
    owner = await world.person()
    const known = [owner, ...(await Promise.all([1, 2, 3].map(() => world.person())))]
    const address = newAddress()
    const atOnce = 25
    const tries = Array.from({ length: 2000 }, (_, n) => ({
      idNumber: n % 50 === 0 ? known[(n / 50) % known.length]!.idNumber : newIdNumber(),
      address,
    }))
    const { count, running, waiting } = await attack(tries, atOnce)
    // Those under way when the hundredth was counted are still answered.
    expect(count('account.credentials-wrong')).toBeGreaterThanOrEqual(100)
    expect(count('account.credentials-wrong')).toBeLessThan(100 + atOnce)
    expect(count('account.credentials-wrong') + count('request.too-many')).toBe(2000)
    expect(running).toBeLessThanOrEqual(2)
    expect(waiting).toBeLessThanOrEqual(atOnce)
    expect((await signIn(PASSWORD)).status).toBe(200)
  }, 180_000)
})
