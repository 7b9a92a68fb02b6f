import { createHash } from 'node:crypto'
import { sql } from 'kysely'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { CLOSING_DAYS } from '#domain/lifecycle/account-closing.ts'
import type { State } from '#domain/lifecycle/states.ts'
import { idNumberIndex, openIdNumber } from '#server/accounts/identity-seal.ts'
import { opensWith, rotateKeys } from '#server/accounts/rotate-keys.ts'
import { createSecrets } from '#server/platform/secrets.ts'
import { filledDraft, submitted } from '../world/application-walk.ts'
import { databaseKinds } from '../world/test-database.ts'
import { bodyOf, type Browser, openWorld, PASSWORD, type Person, problemOf, type World } from '../world/world.ts'

const DAY = 24 * 60 * 60_000

let people = 0
/** Somebody whose name, mail and mobile nobody else in the world has. */
const unmistakable = () => {
  people += 1
  return {
    fullName: `欧阳${String.fromCodePoint(0x6c90 + people)}`,
    mobile: `177123456${String(people).padStart(2, '0')}`,
    email: `gone${people}@example.org`,
  }
}

const close = ({ api }: Browser, password = PASSWORD) => api.api['account-closing'].$post({ json: { password } })

async function trySignIn(browser: Browser, { idNumber }: Person) {
  const { id } = await bodyOf(await browser.api.api.accounts.captcha.$get({ query: {} }))
  const json = { idNumber, password: PASSWORD, captchaId: id, captcha: '8888' }
  return browser.api.api.accounts['sign-in'].$post({ json })
}

describe.each(await databaseKinds())('an account that its owner closes (PIPL 47) on %s', (kind) => {
  let world: World
  beforeAll(async () => void (world = await openWorld(kind)))
  afterAll(() => world.close())

  const accountOf = ({ id }: Person) =>
    world.db.selectFrom('account').selectAll().where('id', '=', id).executeTakeFirstOrThrow()
  const view = async ({ api }: Browser) => bodyOf(await api.api.accounts.session.$get())

  /** The tables in which one of these words stands. */
  async function tablesWith(words: readonly string[]): Promise<string[]> {
    const { rows } = await sql<{ name: string }>`
      select quote_ident(table_schema) || '.' || quote_ident(table_name) as name from information_schema.tables
      where table_type = 'BASE TABLE' and table_schema in ('public', 'pgboss')`.execute(world.db)
    const found: string[] = []
    for (const { name } of rows)
      for (const word of words) {
        const { rows: hits } = await sql`select 1 from ${sql.raw(name)} as row
          where to_jsonb(row)::text like ${`%${word}%`} limit 1`.execute(world.db)
        if (hits.length > 0) found.push(`${name}: ${word}`)
      }
    return found
  }

  async function closeAndWait(browser: Browser): Promise<void> {
    await bodyOf(await close(browser))
    await world.runJobs()
    world.clock.advanceBy(CLOSING_DAYS * DAY + 1000)
    await world.runJob('accounts.close')
  }

  test('all devices are signed out and an SMS tells; nothing is gone for fifteen days, and who signs in keeps the account', async () => {
    const { person, browser, id } = await filledDraft(world)
    const other = await world.signIn(person)
    const { closingAt } = await bodyOf(await close(browser))
    expect(Date.parse(closingAt) - (await world.now()).getTime()).toBeGreaterThan(14.99 * DAY)
    expect(await Promise.all([browser, other].map(view))).toEqual([null, null])
    await world.runJobs()
    const sent = await bodyOf(await browser.api.api.e2e.outbox.$get())
    expect(sent.findLast(({ mobile }) => mobile === person.mobile)?.text).toMatch(/将于 \d{4}-\d\d-\d\d 注销/)

    world.clock.advanceBy(14 * DAY)
    await world.runJob('accounts.close')
    const back = world.browser()
    await bodyOf(await trySignIn(back, person))
    expect((await accountOf(person)).closingAt).toBeNull()
    const notices = await bodyOf(await back.api.api.notices.$get({ query: {} }))
    expect(JSON.stringify(notices)).toContain('账号没有注销')
    world.clock.advanceBy(30 * DAY)
    await world.runJob('accounts.close')
    const cells = await world.db.selectFrom('applicationCell').select('path').where('applicationId', '=', id).execute()
    expect(cells.length).toBeGreaterThan(10)
  })

  test('who submitted nothing leaves nothing behind: no name, number, address or word stands in any table, no file in the store', async () => {
    const person = await world.person(unmistakable())
    const { browser } = await filledDraft(world, { person }, { employerName: '泰州市枫桥夜泊科技有限公司' })
    const digests = await world.db
      .selectFrom('attachment')
      .innerJoin('application', 'application.id', 'attachment.applicationId')
      .where('application.accountId', '=', person.id)
      .select('attachment.sha256')
      .execute()
    expect(digests.length).toBeGreaterThan(0)
    const words = [person.fullName, person.mobile, person.email, '枫桥夜泊', (await accountOf(person)).idNumberMasked]
    expect((await tablesWith(words)).length).toBeGreaterThan(3)
    await closeAndWait(browser)
    expect(await tablesWith(words)).toEqual([])
    const { idNumberIndex, idNumberCipher } = await accountOf(person)
    expect([idNumberIndex, idNumberCipher]).toEqual([`closed:${person.id}`, ''])
    const left = await world.db
      .selectFrom('attachment')
      .innerJoin('application', 'application.id', 'attachment.applicationId')
      .where('application.accountId', '=', person.id)
      .select('attachment.id')
      .execute()
    expect(left).toEqual([])
    expect((await problemOf(await trySignIn(world.browser(), person))).code).toBe('account.credentials-wrong')
  })

  test('what was submitted stays with whom it is of; his addresses, passkeys and drafts go, and nobody can write to him', async () => {
    const person = await world.person(unmistakable())
    const { browser, id } = await submitted(world, { person })
    const draft = await filledDraft(world, { person })
    expect(await problemOf(await close(browser))).toMatchObject({
      code: 'account.closing-under-way',
      detail: expect.stringContaining('1 份'),
    })
    await world.db.updateTable('application').set({ state: 'REJECTED' }).where('id', '=', id).execute()
    await closeAndWait(draft.browser)
    const account = await accountOf(person)
    expect(account).toMatchObject({ fullName: person.fullName, email: '', mobile: '' })
    expect(openIdNumber(world.platform.secrets, account)).toBe(person.idNumber)
    const kept = await world.db
      .selectFrom('applicationSnapshot')
      .select('round')
      .where('applicationId', '=', id)
      .execute()
    expect(kept).toHaveLength(1)
    const cells = await world.db
      .selectFrom('applicationCell')
      .select('applicationId')
      .where('applicationId', 'in', [id, draft.id])
      .execute()
    expect(new Set(cells.map(({ applicationId }) => applicationId))).toEqual(new Set([id]))
    expect(await tablesWith([person.email])).toEqual([])

    expect((await problemOf(await trySignIn(world.browser(), person))).code).toBe('account.credentials-wrong')
    const desk = await world.signIn(await world.staff('office'))
    const message = { param: { id }, json: { id: crypto.randomUUID(), text: '请来领取退还的材料。' } }
    expect((await problemOf(await desk.api.api.review.applications[':id'].messages.$post(message))).code).toBe(
      'notice.account-closed',
    )
    expect(await bodyOf(await desk.api.api.review.applications[':id'].$get({ param: { id } }))).toMatchObject({
      isReachable: false,
    })
    expect(await bodyOf(await desk.api.api.review.applications[':id'].notices.$get({ param: { id } }))).toMatchObject({
      mayResend: false,
    })
  })

  test('the number of whom there is a record is not free: two people at the counter who saw his card give the account back', async () => {
    const person = await world.person(unmistakable())
    const { browser, id } = await submitted(world, { person })
    await world.db.updateTable('application').set({ state: 'REJECTED' }).where('id', '=', id).execute()
    await closeAndWait(browser)
    const stranger = world.browser()
    const { id: captchaId } = await bodyOf(await stranger.api.api.accounts.captcha.$get({ query: {} }))
    const typed = { idNumber: person.idNumber, password: PASSWORD, passwordConfirm: PASSWORD, consent: true }
    const json = { ...unmistakable(), ...typed, captchaId, captcha: '8888' }
    expect(await problemOf(await stranger.api.api.accounts.register.$post({ json }))).toMatchObject({
      code: 'account.closed-on-record',
      path: 'idNumber',
    })
    const [first, second] = [await world.staff('office'), await world.staff('office')]
    const [one, other] = [await world.signIn(first), await world.signIn(second)]
    const asked = { idNumber: person.idNumber, mobile: '17712349999', reason: '本人带身份证原件，要恢复账号' }
    const change = await bodyOf(await one.api.api.accounts['mobile-changes'].$post({ json: asked }))
    const decision = { param: { id: change.id }, json: { agrees: true } }
    expect((await other.api.api.accounts['mobile-changes'][':id'].decide.$post(decision)).status).toBe(204)
    expect(await accountOf(person)).toMatchObject({ closedAt: null, mobile: '17712349999' })
    const { api } = world.browser()
    const captcha = await bodyOf(await api.api.accounts.captcha.$get({ query: {} }))
    const start = { idNumber: person.idNumber, captchaId: captcha.id, captcha: '8888' }
    const { token } = await bodyOf(await api.api.accounts.recover.start.$post({ json: start }))
    await bodyOf(await api.api.accounts.recover.finish.$post({ json: { token, method: 'mobile' } }))
    await world.runJobs()
    const sent = await bodyOf(await api.api.e2e.outbox.$get())
    expect(sent.findLast(({ mobile }) => mobile === '17712349999')?.text).toMatch(/临时密码是/)
  })

  test('the number of who left nothing may be registered anew, and is somebody new', async () => {
    const person = await world.person(unmistakable())
    await closeAndWait(await world.signIn(person))
    const { api } = world.browser()
    const { id: captchaId } = await bodyOf(await api.api.accounts.captcha.$get({ query: {} }))
    const typed = { idNumber: person.idNumber, password: PASSWORD, passwordConfirm: PASSWORD, consent: true }
    const json = { ...unmistakable(), ...typed, captchaId, captcha: '8888' }
    const registered = await bodyOf(await api.api.accounts.register.$post({ json }))
    expect(registered.account.id).not.toBe(person.id)
  })

  test('[A30] whether he may close tells nobody what the committee decided before it is published', async () => {
    const { browser, id } = await submitted(world)
    for (const state of ['PASSED', 'FAILED'] as const) {
      await world.db.updateTable('application').set({ state }).where('id', '=', id).execute()
      expect((await problemOf(await close(browser))).code).toBe('account.closing-under-way')
    }
  })

  test('who once worked in the office keeps his name in the records of others', async () => {
    const admin = await world.signIn(await world.staff('admin'))
    const person = await world.person(unmistakable())
    const json = { idNumber: person.idNumber, fullName: person.fullName, mobile: person.mobile, email: person.email }
    const { id } = await bodyOf(await admin.api.api.accounts.staff.$post({ json: { ...json, role: 'office' } }))
    await world.db.deleteFrom('accountGrant').where('accountId', '=', id).where('role', '=', 'office').execute()
    await closeAndWait(await world.signIn(person))
    expect(await accountOf(person)).toMatchObject({ fullName: person.fullName, mobile: '' })
  })

  test('who signed in at a node that knows nothing of closing keeps the account', async () => {
    const person = await world.person()
    const browser = await world.signIn(person)
    await bodyOf(await close(browser))
    const { closingAt } = await accountOf(person)
    await bodyOf(await trySignIn(world.browser(), person))
    await world.db.updateTable('account').set({ closingAt }).where('id', '=', person.id).execute()
    world.clock.advanceBy(CLOSING_DAYS * DAY + 1000)
    await world.runJob('accounts.close')
    expect(await accountOf(person)).toMatchObject({ mobile: person.mobile, closingAt: null, closedAt: null })
  })

  test('one that the office takes up again meanwhile is not closed until that has come to its end', async () => {
    const { person, browser, id } = await submitted(world)
    const state = (to: State) => world.db.updateTable('application').set({ state: to }).where('id', '=', id).execute()
    await state('REJECTED')
    await bodyOf(await close(browser))
    await state('SUBMITTED')
    world.clock.advanceBy(CLOSING_DAYS * DAY + 1000)
    await world.runJob('accounts.close')
    expect((await accountOf(person)).mobile).toBe(person.mobile)
    await state('CANCELLED')
    await world.runJob('accounts.close')
    expect((await accountOf(person)).mobile).toBe('')
  })

  test('not with a wrong password, and not by who works in the office', async () => {
    const browser = await world.signIn(await world.person())
    expect(await problemOf(await close(browser, 'Not-the-password-1'))).toMatchObject({
      code: 'account.credentials-wrong',
      path: 'password',
    })
    const clerk = await world.signIn(await world.staff('office'))
    expect((await problemOf(await close(clerk))).code).toBe('account.closing-staff')
    expect(await view(browser)).not.toBeNull()
  })

  test('[A40] a new secret key passes by what was emptied, and seals anew what stays', async () => {
    const gone = await world.person()
    await closeAndWait(await world.signIn(gone))
    const { person: kept, browser, id } = await submitted(world)
    await world.db.updateTable('application').set({ state: 'REJECTED' }).where('id', '=', id).execute()
    await closeAndWait(browser)
    const to = createSecrets(new Uint8Array(createHash('sha256').update('the next key').digest()))
    await rotateKeys(world.db, { from: world.platform.secrets, to, now: await world.now() })
    expect((await accountOf(gone)).idNumberCipher).toBe('')
    expect(openIdNumber(to, await accountOf(kept))).toBe(kept.idNumber)
    expect((await accountOf(kept)).idNumberIndex).toBe(idNumberIndex(to, kept.idNumber))
    expect(await opensWith(world.db, to)).toBe(true)
  })
})
