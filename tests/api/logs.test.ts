import { readFileSync } from 'node:fs'
import { sql } from 'kysely'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { leaksIn } from '../world/test-logs.ts'
import { databaseKinds } from '../world/test-database.ts'
import { bodyOf, newIdNumber, openWorld, PASSWORD, type World } from '../world/world.ts'

test('a line with a number, a password, a token or a name in it is told from a clean one', () => {
  const clean = [
    '{"level":"info","time":"2026-11-28T00:22:15.961Z","requestId":"0190b1c2-13812345678a-7000","route":"/api/files/:id","status":200}',
    '{"sha256":"13812345678913812345678932120219900101001713812345678938ab","ms":13812}',
    '{"smsId":"0190","mobile":"138****5678"}',
  ]
  expect(clean.flatMap((line) => leaksIn(line))).toEqual([])
  const idNumber = newIdNumber()
  for (const [line, leak] of [
    [`{"message":"no account ${idNumber}"}`, 'an ID number'],
    [`{"message":"Key (mobile)=(13812345678) exists"}`, 'a mobile'],
    [`{"body":{"p":"${PASSWORD}"}}`, 'a password'],
    ['{"hash":"$argon2id$v=19$m=65536"}', 'a password hash'],
    ['{"cookie":"sid=abcdefghijklmnopqrstuvwxyz0123456789"}', 'a session token'],
    ['{"to":"zhou@example.com"}', 'an e-mail'],
    ['{"who":"周明远"}', 'a name'],
    ['您的临时密码是 abc346789d，10 分钟内有效', 'a temporary password'],
  ] as const)
    expect([line, leaksIn(line)]).toEqual([line, [leak]])
})

describe.each(await databaseKinds())('what the server logs on %s', (kind) => {
  let world: World
  beforeAll(async () => void (world = await openWorld(kind)))
  afterAll(() => world.close())

  test('[A40] from registration to a broken database no line holds a number, a name, a password or a token', async () => {
    const browser = world.browser()
    const { api } = browser.api
    const captcha = async () => {
      const { id } = await bodyOf(await api.accounts.captcha.$get({ query: {} }))
      return { captchaId: id, captcha: '8888' }
    }
    const idNumber = newIdNumber()
    const mobile = '15987654321'
    const json = {
      fullName: '欧阳修远',
      idNumber,
      password: PASSWORD,
      passwordConfirm: PASSWORD,
      email: 'ouyang.xy@example.com',
      mobile,
      consent: true,
    }
    await bodyOf(await api.accounts.register.$post({ json: { ...json, ...(await captcha()) } }))
    const tokens = [browser.cookie!]
    await api.accounts.register.$post({ json: { ...json, ...(await captcha()) } })
    await api.accounts['sign-in'].$post({ json: { idNumber, password: 'Wrong-one-entirely-9', ...(await captcha()) } })
    await bodyOf(await api.accounts['sign-in'].$post({ json: { idNumber, password: PASSWORD, ...(await captcha()) } }))
    tokens.push(browser.cookie!)
    const { token } = await bodyOf(await api.accounts.recover.start.$post({ json: { idNumber, ...(await captcha()) } }))
    await bodyOf(await api.accounts.recover.finish.$post({ json: { token, method: 'mobile' } }))
    await world.runJobs()
    const sent = await bodyOf(await api.e2e.outbox.$get())
    const temporary = /临时密码是 (\S+?)，/.exec(sent.at(-1)!.text)![1]!
    // The path, the query and the body of a request that nobody answers, and a database that quotes the row it refuses.
    await browser.fetch(`/api/accounts/${idNumber}?mobile=${mobile}`, {
      headers: { 'user-agent': `phone of ${mobile}` },
    })
    await sql`alter table account add constraint fails check (email <> 'ouyang.15987654322@example.com')`.execute(
      world.db,
    )
    const failed = await api.accounts.me.$patch({ json: { email: 'ouyang.15987654322@example.com' } })
    expect(failed.status).toBe(500)
    expect(JSON.stringify(await failed.json())).not.toMatch(/constraint|Error|\bat /)

    const lines = readFileSync(world.logFile, 'utf8').split('\n').filter(Boolean)
    expect(lines.length).toBeGreaterThan(15)
    expect(lines.filter((line) => line.includes('"failed"'))).toHaveLength(1)
    const more = ['欧阳修远', temporary, token, 'Wrong-one-entirely-9', ...tokens.map((one) => one.slice(4))]
    expect(lines.flatMap((line) => leaksIn(line, more).map((leak) => [leak, line]))).toEqual([])
  })
})
