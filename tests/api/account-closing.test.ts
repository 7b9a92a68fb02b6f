import { createHash } from 'node:crypto'
import { sql } from 'kysely'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { CLOSING_DAYS } from '#domain/lifecycle/account-closing.ts'
import type { State } from '#domain/lifecycle/states.ts'
import { openIdNumber } from '#server/accounts/identity-seal.ts'
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
    fullName: `欧阳${['闻', '笛', '砚', '棠', '筱', '澈'][people]}`,
    mobile: `1771234560${people}`,
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
    await world.runJob('accounts.sweep')
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
    await world.runJob('accounts.sweep')
    const back = world.browser()
    await bodyOf(await trySignIn(back, person))
    expect((await accountOf(person)).closingAt).toBeNull()
    const notices = await bodyOf(await back.api.api.notices.$get({ query: {} }))
    expect(JSON.stringify(notices)).toContain('账号没有注销')
    world.clock.advanceBy(30 * DAY)
    await world.runJob('accounts.sweep')
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

  test('what was submitted stays with whom it is of; his addresses, passkeys and drafts go, and his number may be registered anew', async () => {
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
    expect(account).toMatchObject({ fullName: person.fullName, email: '', mobile: '', passwordHash: '' })
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

    const again = world.browser()
    const { id: captchaId } = await bodyOf(await again.api.api.accounts.captcha.$get({ query: {} }))
    const typed = { idNumber: person.idNumber, password: PASSWORD, passwordConfirm: PASSWORD, consent: true }
    const json = { ...unmistakable(), ...typed, captchaId, captcha: '8888' }
    const registered = await bodyOf(await again.api.api.accounts.register.$post({ json }))
    expect(registered.account.id).not.toBe(person.id)
    const own = await bodyOf(await again.api.api.accounts.me.data.$get())
    expect(own.applications).toEqual([])
    expect((await problemOf(await again.fetch(`/api/applications/${id}/receipt`))).code).toBe('request.not-found')
  })

  test('one that the office takes up again meanwhile is not closed until that has come to its end', async () => {
    const { person, browser, id } = await submitted(world)
    const state = (to: State) => world.db.updateTable('application').set({ state: to }).where('id', '=', id).execute()
    await state('REJECTED')
    await bodyOf(await close(browser))
    await state('SUBMITTED')
    world.clock.advanceBy(CLOSING_DAYS * DAY + 1000)
    await world.runJob('accounts.sweep')
    expect((await accountOf(person)).mobile).toBe(person.mobile)
    await state('FAILED')
    await world.runJob('accounts.sweep')
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
    expect((await accountOf(kept)).idNumberIndex).toBe(`closed:${kept.id}`)
    expect(await opensWith(world.db, to)).toBe(true)
  })
})
