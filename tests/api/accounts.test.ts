import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { idNumberIndex } from '#server/accounts/identity-seal.ts'
import { hashPassword, passwordWork } from '#server/accounts/password-hash.ts'
import { WRONG_FOR_NUMBER, WRONG_FROM_ADDRESS } from '#server/accounts/sign-in.ts'
import { bodyOf, newIdNumber, openWorld, PASSWORD, problemOf } from '../world/world.ts'
import type { Browser, Person, World } from '../world/world.ts'
import { databaseKinds } from '../world/test-database.ts'

const MINUTE = 60_000
const NEXT_PASSWORD = 'Xin-mi-ma-hen-chang-7'

/** A captcha that was looked at and typed in rightly. */
async function captchaOf({ api }: Browser) {
  const { id } = await bodyOf(await api.api.accounts.captcha.$get({ query: {} }))
  return { captchaId: id, captcha: '8888' }
}

const newMobile = () => `15${String(Math.floor(Math.random() * 1e9)).padStart(9, '0')}`

/** What a person fills in on the registration page; other fields by `changes`. */
async function registration(browser: Browser, changes: Record<string, unknown> = {}) {
  return {
    fullName: '周明远',
    idNumber: newIdNumber(),
    password: PASSWORD,
    passwordConfirm: PASSWORD,
    email: 'zhou@example.com',
    mobile: newMobile(),
    consent: true,
    ...(await captchaOf(browser)),
    ...changes,
  }
}

async function trySignIn(browser: Browser, person: { idNumber: string }, password: string) {
  const json = { idNumber: person.idNumber, password, ...(await captchaOf(browser)) }
  return browser.api.api.accounts['sign-in'].$post({ json })
}

async function startRecovery(browser: Browser, idNumber: string) {
  return browser.api.api.accounts.recover.start.$post({ json: { idNumber, ...(await captchaOf(browser)) } })
}

const viewOf = async ({ api }: Browser) => bodyOf(await api.api.accounts.session.$get())

describe.each(await databaseKinds())('accounts on %s', (kind) => {
  let world: World
  beforeAll(async () => void (world = await openWorld(kind)))
  afterAll(() => world.close())

  /** The whole of 找回密码 up to the SMS; the temporary password it brought. */
  async function recover(person: Person): Promise<string> {
    const browser = world.browser()
    const { token } = await bodyOf(await startRecovery(browser, person.idNumber))
    await bodyOf(await browser.api.api.accounts.recover.finish.$post({ json: { token, method: 'mobile' } }))
    await world.runJobs()
    const sent = await bodyOf(await browser.api.api.e2e.outbox.$get())
    const text = sent.findLast(({ mobile }) => mobile === person.mobile)!.text
    return /临时密码是 (\S+?)，/.exec(text)![1]!
  }

  describe('registration', () => {
    test('[R5] [R12] [R19] a person registers and is signed in at once', async () => {
      const browser = world.browser()
      const json = await registration(browser, { idNumber: newIdNumber().toLowerCase(), contactName: '王芳' })
      const view = await bodyOf(await browser.api.api.accounts.register.$post({ json }))
      expect(view.account).toMatchObject({
        fullName: '周明远',
        idNumber: json.idNumber.toUpperCase(),
        contactName: '王芳',
      })
      expect(view.roles).toEqual([{ role: 'applicant' }])
      expect((await viewOf(browser))?.account.id).toBe(view.account.id)
    })

    test('[R6] the ID number is registered once: by typing it again with a small x, by two at the same time', async () => {
      let idNumber = newIdNumber()
      while (!idNumber.endsWith('X')) idNumber = newIdNumber()
      const first = world.browser()
      await bodyOf(await first.api.api.accounts.register.$post({ json: await registration(first, { idNumber }) }))
      const again = await first.api.api.accounts.register.$post({
        json: await registration(first, { idNumber: idNumber.toLowerCase() }),
      })
      expect(await problemOf(again)).toMatchObject({
        status: 409,
        code: 'account.already-registered',
        path: 'idNumber',
      })

      const twin = newIdNumber()
      const forms = await Promise.all([1, 2, 3].map(() => registration(first, { idNumber: twin })))
      const answers = await Promise.all(forms.map((json) => world.browser().api.api.accounts.register.$post({ json })))
      expect(answers.map(({ status }) => status).sort()).toEqual([200, 409, 409])
    })

    test('[R9] [R10] [R11] every wrong field is named at once, and the captcha is still good for the corrected form', async () => {
      const browser = world.browser()
      const json = await registration(browser, {
        fullName: 'Zhou 3',
        idNumber: '321202199001010018',
        email: '',
        mobile: '12345',
        passwordConfirm: 'another',
        contactMobile: '1',
      })
      const problem = await problemOf(await browser.api.api.accounts.register.$post({ json }))
      expect(problem.issues?.map(({ path, code }) => [path, code])).toEqual([
        ['fullName', 'identity.name-wrong'],
        ['email', 'answer.required'],
        ['mobile', 'identity.mobile-wrong'],
        ['contactMobile', 'identity.mobile-wrong'],
        ['idNumber', 'identity.id-number-wrong'],
        ['passwordConfirm', 'account.passwords-differ'],
      ])
      const right = await registration(browser, { captchaId: json.captchaId, captcha: json.captcha })
      await bodyOf(await browser.api.api.accounts.register.$post({ json: right }))
    })

    test('[R9] the name is kept as the papers print it, rare characters and middle dots included', async () => {
      const browser = world.browser()
      const json = await registration(browser, { fullName: ' 阿依古丽・𠮷田 ' })
      const view = await bodyOf(await browser.api.api.accounts.register.$post({ json }))
      expect(view.account.fullName).toBe('阿依古丽·𠮷田')
    })

    test('a password that others would guess is refused with the reason', async () => {
      const browser = world.browser()
      const json = await registration(browser, {
        password: 'Zh19900101',
        passwordConfirm: 'Zh19900101',
        idNumber: '321202199001010017',
      })
      const problem = await problemOf(await browser.api.api.accounts.register.$post({ json }))
      expect(problem).toMatchObject({ code: 'identity.password-weak', path: 'password' })
      expect(problem.detail).toContain('身份证号')
    })

    test('without consent nothing is stored', async () => {
      const browser = world.browser()
      const json = await registration(browser, { consent: false })
      expect(await problemOf(await browser.api.api.accounts.register.$post({ json }))).toMatchObject({
        code: 'account.consent-required',
      })
    })

    test('[A14] a fourth account with the same mobile is refused', async () => {
      const mobile = newMobile()
      const answers = []
      for (let count = 0; count < 4; count++) {
        const browser = world.browser()
        answers.push(await browser.api.api.accounts.register.$post({ json: await registration(browser, { mobile }) }))
      }
      expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 409])
      expect(await problemOf(answers[3]!)).toMatchObject({ code: 'account.mobile-used', path: 'mobile' })
    })
  })

  describe('signing in', () => {
    test('[R14] ID number, password and captcha must all be right', async () => {
      const person = await world.person()
      const browser = world.browser()
      await bodyOf(await trySignIn(browser, person, PASSWORD))
      expect((await viewOf(browser))?.account.idNumber).toBe(person.idNumber)

      const wrongPassword = await trySignIn(world.browser(), person, 'Not-the-password-1')
      expect(await problemOf(wrongPassword)).toMatchObject({ status: 401, code: 'account.credentials-wrong' })
      const wrongNumber = await trySignIn(world.browser(), { idNumber: newIdNumber() }, PASSWORD)
      expect(await problemOf(wrongNumber)).toMatchObject({ status: 401, code: 'account.credentials-wrong' })
      const { captchaId } = await captchaOf(browser)
      const wrongCaptcha = await browser.api.api.accounts['sign-in'].$post({
        json: { idNumber: person.idNumber, password: PASSWORD, captchaId, captcha: '8887' },
      })
      expect(await problemOf(wrongCaptcha)).toMatchObject({ code: 'account.captcha-wrong', path: 'captcha' })
    })

    test('[R14] a captcha is good for one try and for five minutes; full-width digits count', async () => {
      const person = await world.person()
      const browser = world.browser()
      const json = { idNumber: person.idNumber, password: PASSWORD, ...(await captchaOf(browser)) }
      const signIn = (captcha: string) => browser.api.api.accounts['sign-in'].$post({ json: { ...json, captcha } })
      expect(await problemOf(await signIn('1111'))).toMatchObject({ code: 'account.captcha-wrong' })
      expect(await problemOf(await signIn('8888'))).toMatchObject({ code: 'account.captcha-expired' })

      const old = { idNumber: person.idNumber, password: PASSWORD, ...(await captchaOf(browser)) }
      world.clock.advanceBy(5 * MINUTE)
      const late = await browser.api.api.accounts['sign-in'].$post({ json: old })
      expect(await problemOf(late)).toMatchObject({ code: 'account.captcha-expired' })
      const fresh = { ...old, ...(await captchaOf(browser)), captcha: '８８８８' }
      await bodyOf(await browser.api.api.accounts['sign-in'].$post({ json: fresh }))
    })

    test('[R15] a new picture makes the old one worthless', async () => {
      const person = await world.person()
      const { api } = world.browser()
      const first = await bodyOf(await api.api.accounts.captcha.$get({ query: {} }))
      const second = await bodyOf(await api.api.accounts.captcha.$get({ query: { replaces: first.id } }))
      expect(second.id).not.toBe(first.id)
      expect(second.image).toMatch(/^data:image\/png;base64,iVBOR/)
      const json = { idNumber: person.idNumber, password: PASSWORD, captchaId: first.id, captcha: '8888' }
      expect(await problemOf(await api.api.accounts['sign-in'].$post({ json }))).toMatchObject({
        code: 'account.captcha-expired',
      })
    })

    test('ten wrong passwords lock a number for a quarter of an hour, registered or not; then the right one is good again', async () => {
      const person = await world.person()
      for (const { idNumber } of [person, { idNumber: newIdNumber() }]) {
        const index = idNumberIndex(world.platform.secrets, idNumber)
        for (const limit of WRONG_FOR_NUMBER) {
          for (let count = 0; count < 9; count++) await world.platform.limiter.take(limit, index)
        }
        const tenth = await problemOf(await trySignIn(world.browser(), { idNumber }, 'Not-the-password-1'))
        const eleventh = await problemOf(await trySignIn(world.browser(), { idNumber }, PASSWORD))
        expect([tenth.code, eleventh.code]).toEqual(['account.credentials-wrong', 'account.locked'])
        expect(eleventh).toMatchObject({ status: 429, params: { minutes: 15 } })
      }
      world.clock.advanceBy(15 * MINUTE)
      await bodyOf(await trySignIn(world.browser(), person, PASSWORD))
    })

    test('signing in right clears the count of wrong ones', async () => {
      const person = await world.person()
      const index = idNumberIndex(world.platform.secrets, person.idNumber)
      await trySignIn(world.browser(), person, 'Not-the-password-1')
      const hits = () => Promise.all(WRONG_FOR_NUMBER.map((limit) => world.platform.limiter.hits(limit, index)))
      expect(await hits()).toEqual([1, 1])
      await bodyOf(await trySignIn(world.browser(), person, PASSWORD))
      expect(await hits()).toEqual([0, 0])
    })

    test('a hundred wrong passwords from one address, for whatever numbers, close it for the rest of a quarter of an hour', async () => {
      const { limiter } = world.platform
      await limiter.forget(WRONG_FROM_ADDRESS, '')
      for (let count = 0; count < 99; count++) await limiter.take(WRONG_FROM_ADDRESS, '')
      const wrong = () => trySignIn(world.browser(), { idNumber: newIdNumber() }, 'Not-the-password-1')
      expect(await problemOf(await wrong())).toMatchObject({ code: 'account.credentials-wrong' })
      const refused = await wrong()
      expect(refused.headers.get('retry-after')).toMatch(/^\d+$/)
      expect(await problemOf(refused)).toMatchObject({ code: 'request.too-many' })
      await limiter.forget(WRONG_FROM_ADDRESS, '')
    })

    test('the token is a cookie scripts cannot read, new at every signing in, and only its digest is stored', async () => {
      const person = await world.person()
      const browser = world.browser()
      const answer = await trySignIn(browser, person, PASSWORD)
      expect(answer.headers.get('set-cookie')).toMatch(
        /^sid=[\w-]{43}; Max-Age=43(200|19\d); Path=\/; HttpOnly; SameSite=Lax$/,
      )
      expect(await answer.text()).not.toContain(browser.cookie!.slice(4))
      const first = browser.cookie!
      await bodyOf(await trySignIn(browser, person, PASSWORD))
      expect(browser.cookie).not.toBe(first)
      expect(await viewOf(world.browser(first))).toBeNull()
      const sessions = await world.db.selectFrom('session').selectAll().where('accountId', '=', person.id).execute()
      expect(sessions).toHaveLength(1)
      expect(JSON.stringify(sessions)).not.toContain(browser.cookie!.slice(4))
    })

    test('an applicant is signed out after an hour without use and after twelve in all, staff after twenty minutes', async () => {
      const applicant = await world.signIn(await world.person())
      const clerk = await world.signIn(await world.staff('pointClerk', { acceptancePoint: '321202-talent' }))
      world.clock.advanceBy(19 * MINUTE)
      expect(await viewOf(clerk)).not.toBeNull()
      world.clock.advanceBy(20 * MINUTE)
      expect(await viewOf(clerk)).toBeNull()
      for (let hours = 0; hours < 11; hours++) {
        expect(await viewOf(applicant)).not.toBeNull()
        world.clock.advanceBy(59 * MINUTE)
      }
      expect(await viewOf(applicant)).not.toBeNull()
      world.clock.advanceBy(59 * MINUTE)
      expect(await viewOf(applicant)).toBeNull()
    })

    test('what a page asks by itself while nobody is there keeps no session from its idle end', async () => {
      const clerk = await world.signIn(await world.staff('pointClerk', { acceptancePoint: '321202-talent' }))
      const asked = async (headers: Record<string, string>) => {
        world.clock.advanceBy(4 * MINUTE)
        return (await clerk.fetch('/api/notices', { headers })).status
      }
      for (let at = 0; at < 3; at += 1) expect(await asked({ 'x-unattended': '1' })).toBe(200)
      expect(await asked({})).toBe(200)
      for (let at = 0; at < 4; at += 1) expect(await asked({ 'x-unattended': '1' })).toBe(200)
      expect(await asked({ 'x-unattended': '1' })).toBe(401)
    })

    test('the sixth session ends the one longest unused', async () => {
      const person = await world.person()
      const browsers: Browser[] = []
      for (let count = 0; count < 6; count++) {
        const browser = world.browser()
        await bodyOf(await trySignIn(browser, person, PASSWORD))
        browsers.push(browser)
        world.clock.advanceBy(1000)
      }
      const views = await Promise.all(browsers.map(viewOf))
      expect(views.map((view) => view !== null)).toEqual([false, true, true, true, true, true])
    })

    test('a person sees his devices, ends one, and signs out everywhere', async () => {
      const person = await world.person()
      const phone = await world.signIn(person)
      const desk = await world.signIn(person)
      const sessions = await bodyOf(await phone.api.api.accounts.sessions.$get())
      expect(sessions.filter(({ current }) => current)).toHaveLength(1)
      const other = sessions.find(({ current }) => !current)!
      await phone.api.api.accounts.sessions[':id'].$delete({ param: { id: other.id } })
      expect(await viewOf(desk)).toBeNull()
      const again = await world.signIn(person)
      await phone.api.api.accounts['sign-out-everywhere'].$post()
      expect(await Promise.all([phone, again].map(viewOf))).toEqual([null, null])
    })

    test('signing out ends the session on the server', async () => {
      const browser = await world.signIn(await world.person())
      const cookie = browser.cookie!
      expect((await browser.api.api.accounts['sign-out'].$post()).status).toBe(204)
      expect(browser.cookie).toBeUndefined()
      expect(await viewOf(world.browser(cookie))).toBeNull()
    })

    test('a page of another site changes nothing', async () => {
      const browser = await world.signIn(await world.person())
      const foreign = { origin: 'https://evil.example', 'sec-fetch-site': 'cross-site' }
      const answer = await browser.fetch('/api/accounts/sign-out-everywhere', { method: 'POST', headers: foreign })
      expect(await problemOf(answer)).toMatchObject({ status: 403, code: 'request.foreign-origin' })
      expect(await viewOf(browser)).not.toBeNull()
      const form = await browser.fetch('/api/accounts/password', {
        method: 'POST',
        headers: { 'content-type': 'text/plain' },
        body: JSON.stringify({ current: PASSWORD, next: NEXT_PASSWORD }),
      })
      expect(form.status).toBe(422)
    })
  })

  describe('personal data', () => {
    test('[R7] the ID number cannot be changed, alone or beside something that can', async () => {
      const person = await world.person()
      const browser = await world.signIn(person)
      for (const json of [{ idNumber: newIdNumber() }, { idNumber: newIdNumber(), email: 'new@example.com' }]) {
        const answer = await browser.api.api.accounts.me.$patch({ json })
        expect(await problemOf(answer)).toMatchObject({ code: 'account.id-number-immutable', path: 'idNumber' })
      }
      expect((await viewOf(browser))?.account).toMatchObject({ idNumber: person.idNumber, email: person.email })
    })

    test('[R8] name, mail and contact can be corrected (the mobile: mobile-changes.test.ts)', async () => {
      const person = await world.person()
      const browser = await world.signIn(person)
      const json = { fullName: '周明元', email: 'new@example.com', contactName: '王芳' }
      const view = await bodyOf(await browser.api.api.accounts.me.$patch({ json }))
      expect(view.account).toMatchObject(json)

      const wrong = await browser.api.api.accounts.me.$patch({ json: { mobile: '', email: 'no mail' } })
      const problem = await problemOf(wrong)
      expect(problem.issues?.map(({ path }) => path)).toEqual(['email', 'mobile'])
      expect((await viewOf(browser))?.account).toMatchObject(json)
    })

    test('[R8, R11] the contact can be changed, and emptied, one part without the other', async () => {
      const browser = await world.signIn(await world.person())
      const change = async (json: { contactName?: string; contactMobile?: string }) =>
        (await bodyOf(await browser.api.api.accounts.me.$patch({ json }))).account
      const both = { contactName: '王芳', contactMobile: '13812345678' }
      expect(await change(both)).toMatchObject(both)
      expect(await change({ contactName: '' })).toMatchObject({ contactName: null, contactMobile: '13812345678' })
      const wrong = await browser.api.api.accounts.me.$patch({ json: { contactMobile: '138' } })
      expect(await problemOf(wrong)).toMatchObject({ code: 'identity.mobile-wrong', path: 'contactMobile' })
      expect(await change({ contactMobile: ' ' })).toMatchObject({ contactName: null, contactMobile: null })
      expect((await viewOf(browser))?.account).toMatchObject({ contactName: null, contactMobile: null })
    })

    test('[A40] the ID number stands nowhere in the tables in the clear, and is found all the same', async () => {
      const person = await world.person()
      await bodyOf(await trySignIn(world.browser(), person, PASSWORD))
      for (const table of ['account', 'session', 'auditEvent', 'rateLimit', 'smsMessage'] as const) {
        const rows = await world.db.selectFrom(table).selectAll().execute()
        expect(JSON.stringify(rows)).not.toContain(person.idNumber)
      }
    })

    test('[E13] the masked number shows the area and the last four', async () => {
      const person = await world.person()
      const view = await viewOf(await world.signIn(person))
      expect(view?.account.idNumberMasked).toBe(`${person.idNumber.slice(0, 6)}********${person.idNumber.slice(14)}`)
    })
  })

  describe('passwords', () => {
    test('the password is changed by the current one; every other session ends, this one goes on under a new token', async () => {
      const person = await world.person()
      const browser = await world.signIn(person)
      const other = await world.signIn(person)
      const before = browser.cookie
      const change = (current: string, next: string) =>
        browser.api.api.accounts.password.$post({ json: { current, next } })
      expect(await problemOf(await change('Not-the-password-1', NEXT_PASSWORD))).toMatchObject({
        code: 'account.credentials-wrong',
        path: 'current',
      })
      expect(await problemOf(await change(PASSWORD, PASSWORD))).toMatchObject({
        code: 'identity.password-weak',
        path: 'next',
      })
      await bodyOf(await change(PASSWORD, NEXT_PASSWORD))
      expect(browser.cookie).not.toBe(before)
      expect(await viewOf(browser)).not.toBeNull()
      expect(await viewOf(other)).toBeNull()
      expect((await trySignIn(world.browser(), person, PASSWORD)).status).toBe(401)
      await bodyOf(await trySignIn(world.browser(), person, NEXT_PASSWORD))
    })

    test('a password that is changed while somebody signs in with it opens no session', async () => {
      const person = await world.person()
      const next = await hashPassword(NEXT_PASSWORD)
      if (!next.ok) throw new Error(next.code)
      // Both turns are taken, so that the old password has been read and waits to be compared.
      let letGo = () => {}
      const held = new Promise<void>((resolve) => (letGo = resolve))
      const holding = [1, 2].map(() => passwordWork.run(() => held))
      const signingIn = trySignIn(world.browser(), person, PASSWORD)
      await expect.poll(() => passwordWork.waiting).toBe(1)
      await world.db.updateTable('account').set({ passwordHash: next.value }).where('id', '=', person.id).execute()
      letGo()
      await Promise.all(holding)
      expect(await problemOf(await signingIn)).toMatchObject({ status: 401, code: 'account.credentials-wrong' })
      const sessions = await world.db.selectFrom('session').select('id').where('accountId', '=', person.id).execute()
      expect(sessions).toEqual([])
      await bodyOf(await trySignIn(world.browser(), person, NEXT_PASSWORD))
    })

    test('a password that was given another value while it is changed is not changed again by who knew the old one', async () => {
      const person = await world.person()
      const browser = await world.signIn(person)
      const given = await hashPassword('Given-by-somebody-26')
      if (!given.ok) throw new Error(given.code)
      let letGo = () => {}
      const held = new Promise<void>((resolve) => (letGo = resolve))
      const holding = [1, 2].map(() => passwordWork.run(() => held))
      const json = { current: PASSWORD, next: NEXT_PASSWORD }
      const changing = browser.api.api.accounts.password.$post({ json })
      await expect.poll(() => passwordWork.waiting).toBe(1)
      await world.db.updateTable('account').set({ passwordHash: given.value }).where('id', '=', person.id).execute()
      letGo()
      await Promise.all(holding)
      expect(await problemOf(await changing)).toMatchObject({ code: 'account.credentials-wrong', path: 'current' })
      await bodyOf(await trySignIn(world.browser(), person, 'Given-by-somebody-26'))
    })

    test('[R13] no answer of the accounts room carries a password or its hash', async () => {
      const person = await world.person()
      const browser = await world.signIn(person)
      for (const path of ['session', 'sessions']) {
        const text = await (await browser.fetch(`/api/accounts/${path}`)).text()
        expect(text).not.toContain(PASSWORD)
        expect(text).not.toMatch(/argon2|passwordHash/)
      }
    })

    test('[R16] [R17] 找回密码 asks for ID number and captcha, and offers the mobile only', async () => {
      const person = await world.person()
      const browser = world.browser()
      const found = await bodyOf(await startRecovery(browser, person.idNumber))
      expect(found.methods).toEqual(['mobile'])
      expect(found.mobileMasked).toBe(`${person.mobile.slice(0, 3)}****${person.mobile.slice(7)}`)
      const { captchaId } = await captchaOf(browser)
      const wrong = await browser.api.api.accounts.recover.start.$post({
        json: { idNumber: person.idNumber, captchaId, captcha: '0000' },
      })
      expect(await problemOf(wrong)).toMatchObject({ code: 'account.captcha-wrong' })
      const byMail = await browser.fetch('/api/accounts/recover/finish', {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ token: found.token, method: 'email' }),
      })
      expect(byMail.status).toBe(422)
    })

    test('[R18] [A12] the temporary password signs in once, ends every session and must be changed', async () => {
      const person = await world.person()
      const before = await world.signIn(person)
      const temporary = await recover(person)
      expect(temporary).toMatch(/^[a-z3-9]{10,}$/)

      // the old one stays good until the new one is used
      await bodyOf(await trySignIn(world.browser(), person, PASSWORD))
      const browser = world.browser()
      const view = await bodyOf(await trySignIn(browser, person, temporary))
      expect(view.mustChangePassword).toBe(true)
      expect(await viewOf(before)).toBeNull()
      expect((await trySignIn(world.browser(), person, PASSWORD)).status).toBe(401)

      const inbox = await browser.fetch('/api/notices')
      expect(await problemOf(inbox)).toMatchObject({ status: 403, code: 'account.must-change-password' })
      const json = { current: temporary, next: NEXT_PASSWORD }
      expect((await bodyOf(await browser.api.api.accounts.password.$post({ json }))).mustChangePassword).toBe(false)
      expect((await browser.fetch('/api/notices')).status).toBe(200)
      expect((await trySignIn(world.browser(), person, temporary)).status).toBe(401)
    })

    test('[A12] a temporary password lasts ten minutes, and a newer one replaces it', async () => {
      const person = await world.person()
      const first = await recover(person)
      world.clock.advanceBy(MINUTE)
      const second = await recover(person)
      expect((await trySignIn(world.browser(), person, first)).status).toBe(401)
      world.clock.advanceBy(10 * MINUTE)
      expect((await trySignIn(world.browser(), person, second)).status).toBe(401)
      await bodyOf(await trySignIn(world.browser(), person, PASSWORD))
    })

    test('[A12] two signing in at once with the temporary password: one of them is in', async () => {
      const person = await world.person()
      const temporary = await recover(person)
      const answers = await Promise.all([1, 2, 3].map(() => trySignIn(world.browser(), person, temporary)))
      // those who come after it find it as the password already; what must not happen is two fresh spendings
      const spent = await world.db
        .selectFrom('auditEvent')
        .where('action', '=', 'account.signed-in-with-temporary-password')
        .where('subject', '=', `account:${person.id}`)
        .selectAll()
        .execute()
      expect(answers.filter(({ status }) => status === 200).length).toBeGreaterThan(0)
      expect(spent).toHaveLength(1)
    })

    test('[A12] unknown numbers get the same answers, the same limits and no SMS', async () => {
      const person = await world.person()
      const unknown = newIdNumber()
      const browser = world.browser()
      const [known, invented, again] = [
        await bodyOf(await startRecovery(browser, person.idNumber)),
        await bodyOf(await startRecovery(browser, unknown)),
        await bodyOf(await startRecovery(browser, unknown)),
      ]
      expect(invented.mobileMasked).toMatch(/^1[3-9]\d\*{4}\d{4}$/)
      expect(again.mobileMasked).toBe(invented.mobileMasked)
      expect(invented.token.length).toBe(known.token.length)
      const outbox = async () => bodyOf(await browser.api.api.e2e.outbox.$get())
      const before = (await outbox()).length
      const finish = (token: string) =>
        browser.api.api.accounts.recover.finish.$post({ json: { token, method: 'mobile' } })
      const answers = [await finish(known.token), await finish(invented.token)]
      expect(await Promise.all(answers.map((answer) => answer.text()))).toEqual(
        Array(2).fill(JSON.stringify({ resendAfter: 60 })),
      )
      const tooSoon = [await finish(known.token), await finish(invented.token)]
      for (const answer of tooSoon) expect(await problemOf(answer)).toMatchObject({ code: 'request.too-many' })
      await world.runJobs()
      expect(await outbox()).toHaveLength(before + 1)
    })

    test('[A12] five messages a day, and a token of another house or of ten minutes ago sends none', async () => {
      const person = await world.person()
      const browser = world.browser()
      const finish = (token: string) =>
        browser.api.api.accounts.recover.finish.$post({ json: { token, method: 'mobile' } })
      for (let count = 0; count < 5; count++) {
        const { token } = await bodyOf(await startRecovery(browser, person.idNumber))
        await bodyOf(await finish(token))
        world.clock.advanceBy(MINUTE)
      }
      const { token } = await bodyOf(await startRecovery(browser, person.idNumber))
      expect(await problemOf(await finish(token))).toMatchObject({ code: 'request.too-many' })
      expect(await problemOf(await finish(`${token.slice(0, -2)}xx`))).toMatchObject({
        code: 'account.recovery-expired',
      })
      const other = await bodyOf(await startRecovery(browser, (await world.person()).idNumber))
      world.clock.advanceBy(10 * MINUTE)
      expect(await problemOf(await finish(other.token))).toMatchObject({ code: 'account.recovery-expired' })
    })

    test('[A12] the SMS holds no ID number, is stored sealed, and its text is taken away', async () => {
      const person = await world.person()
      const temporary = await recover(person)
      const stored = () => world.db.selectFrom('smsMessage').where('mobile', '=', person.mobile).selectAll().execute()
      expect(JSON.stringify(await stored())).not.toContain(temporary)
      const sent = await bodyOf(await world.browser().api.api.e2e.outbox.$get())
      expect(sent.at(-1)!.text).not.toMatch(/\d{17}/)
      world.clock.advanceBy(16 * MINUTE)
      await world.runJob('accounts.sweep')
      expect((await stored()).map(({ text }) => text)).toEqual([''])
    })
  })
})
