import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { integrityEnd } from '#domain/rules/integrity.ts'
import { initialPhrases } from '#domain/rules/stock-phrases.ts'
import { idNumberIndex, openIdNumber } from '#server/accounts/identity-seal.ts'
import { rotateKeys } from '#server/accounts/rotate-keys.ts'
import { WRONG_FOR_NUMBER } from '#server/accounts/sign-in.ts'
import { up as giveEverybody } from '#server/migrations/0099-staff-apply-too.ts'
import { createSecrets } from '#server/platform/secrets.ts'
import { apiOf, begin, filledDraft, HAILING, pointIn, submit, submitted } from '../world/application-walk.ts'
import { databaseKinds } from '../world/test-database.ts'
import { bodyOf, type Browser, newIdNumber, openWorld, type Person, problemOf, type World } from '../world/world.ts'

/** Who works in the back office and as what; the register of those who cheated; the words that are at hand. */
describe.each(await databaseKinds())('the administrator and the office on %s', (kind) => {
  let world: World
  let boss: Person
  let admin: Browser
  let office: Browser
  beforeAll(async () => {
    world = await openWorld(kind)
    boss = await world.staff('admin')
    admin = await world.signIn(boss)
    office = await world.signIn(await world.staff('office'))
  })
  afterAll(() => world.close())

  const staffOf = (browser: Browser) => apiOf(browser).accounts.staff
  const newClerk = (changes: object = {}) => ({
    idNumber: newIdNumber(),
    fullName: '沈一鸣',
    email: 'shen@example.com',
    mobile: '13912340001',
    role: 'pointClerk' as const,
    acceptancePoint: pointIn(HAILING),
    ...changes,
  })
  const auditOf = async (id: string) =>
    (
      await world.db
        .selectFrom('auditEvent')
        .select(['action', 'details', 'accountId'])
        .where('subject', '=', `account:${id}`)
        .orderBy('id')
        .execute()
    ).map(({ action }) => action)

  test('a new clerk gets an account without a password, a temporary one by SMS, and what he reaches', async () => {
    const { id, wasRegistered } = await bodyOf(await staffOf(admin).$post({ json: newClerk() }))
    expect(wasRegistered).toBe(false)
    await world.runJobs()
    const [sms] = await world.db.selectFrom('smsMessage').select(['purpose', 'mobile']).execute()
    expect(sms).toEqual({ purpose: 'temporary-password', mobile: '13912340001' })
    const shown = (await bodyOf(await staffOf(admin).$get())).find((one) => one.id === id)!
    expect(shown).toMatchObject({ fullName: '沈一鸣', mobileMasked: '139****0001', disabledAt: null })
    expect(shown.grants).toMatchObject([{ role: 'pointClerk', acceptancePoint: pointIn(HAILING), region: null }])
    expect(JSON.stringify(shown)).not.toMatch(/\d{17}/)
    expect(await auditOf(id)).toEqual(['account.role-granted', 'account.temporary-password-sent'])
    expect((await bodyOf(await staffOf(admin)[':id'].log.$get({ param: { id } }))).length).toBe(2)
  })

  test('[A41] a clerk can apply himself: who is taken in, and who was before', async () => {
    const rolesOf = async (accountId: string) => {
      const held = await world.db.selectFrom('accountGrant').select('role').where('accountId', '=', accountId).execute()
      return held.map(({ role }) => role).sort()
    }
    const { id } = await bodyOf(
      await staffOf(admin).$post({ json: newClerk({ mobile: '13912340002', role: 'auditor' }) }),
    )
    expect(await rolesOf(id)).toEqual(['applicant', 'auditor'])
    // as the accounts of the office were made until now
    const earlier = await world.staff('auditor')
    const applicant = await world.person()
    await giveEverybody(world.db)
    await giveEverybody(world.db)
    expect(await rolesOf(earlier.id)).toEqual(['applicant', 'auditor'])
    expect(await rolesOf(applicant.id)).toEqual(['applicant'])
  })

  test('a role needs its place, and is not given twice; an applicant keeps his account', async () => {
    const post = async (json: Parameters<ReturnType<typeof staffOf>['$post']>[0]['json']) =>
      problemOf(await staffOf(admin).$post({ json }))
    expect(await post(newClerk({ acceptancePoint: undefined }))).toMatchObject({ path: 'acceptancePoint' })
    expect(await post(newClerk({ acceptancePoint: 'nowhere' }))).toMatchObject({ path: 'acceptancePoint' })
    expect(await post(newClerk({ role: 'deptReviewer', region: '999999' }))).toMatchObject({ path: 'region' })
    expect(await post(newClerk({ idNumber: '123' }))).toMatchObject({ path: 'idNumber' })
    expect((await staffOf(admin).$post({ json: newClerk({ role: 'applicant' }) })).status).toBe(422)
    const person = await world.person()
    const wish = newClerk({ idNumber: person.idNumber, fullName: person.fullName, role: 'auditor' })
    expect(await bodyOf(await staffOf(admin).$post({ json: wish }))).toEqual({ id: person.id, wasRegistered: true })
    expect(await post(wish)).toMatchObject({ code: 'answer.duplicate' })
    const roles = await world.db.selectFrom('accountGrant').select('role').where('accountId', '=', person.id).execute()
    expect(roles.map(({ role }) => role).sort()).toEqual(['applicant', 'auditor'])
  })

  test('a role given and taken holds from the next request on; nobody takes his own key', async () => {
    const clerk = await world.staff('pointClerk', { acceptancePoint: pointIn(HAILING) })
    const desk = await world.signIn(clerk)
    const param = { id: clerk.id }
    const statistics = async () => (await apiOf(desk).committees.$get()).status
    expect(await statistics()).toBe(403)
    expect((await staffOf(admin)[':id'].grants.$post({ param, json: { role: 'secretary' } })).status).toBe(204)
    expect(await statistics()).toBe(200)
    const grants = (await bodyOf(await staffOf(admin).$get())).find(({ id }) => id === clerk.id)!.grants
    const secretary = grants.find(({ role }) => role === 'secretary')!
    const taken = { param: { id: clerk.id, grantId: secretary.id } }
    expect((await staffOf(admin)[':id'].grants[':grantId'].$delete(taken)).status).toBe(204)
    expect(await statistics()).toBe(403)
    expect((await problemOf(await staffOf(admin)[':id'].grants[':grantId'].$delete(taken))).code).toBe(
      'request.not-found',
    )
    const own = (await bodyOf(await staffOf(admin).$get())).find(({ id }) => id === boss.id)!.grants[0]!
    const self = { param: { id: boss.id, grantId: own.id } }
    expect((await problemOf(await staffOf(admin)[':id'].grants[':grantId'].$delete(self))).code).toBe(
      'account.own-access',
    )
    const json = { locked: true, reason: '只是试试看' }
    expect((await problemOf(await staffOf(admin)[':id'].lock.$post({ param: { id: boss.id }, json }))).code).toBe(
      'account.own-access',
    )
  })

  test('a locked account is out at once; an applicant is none of the administrator’s', async () => {
    const clerk = await world.staff('pointClerk', { acceptancePoint: pointIn(HAILING) })
    const desk = await world.signIn(clerk)
    const lock = (id: string, locked: boolean, reason = '已调离原岗位') =>
      staffOf(admin)[':id'].lock.$post({ param: { id }, json: { locked, reason } })
    expect((await problemOf(await lock(clerk.id, true, '调离岗位'))).code).toBe('application.reason-required')
    expect((await lock(clerk.id, true)).status).toBe(204)
    expect((await apiOf(desk).review.queue.$get({ query: {} })).status).toBe(401)
    expect((await lock(clerk.id, false)).status).toBe(204)
    expect((await apiOf(await world.signIn(clerk)).review.queue.$get({ query: {} })).status).toBe(200)
    const applicant = await world.person()
    expect((await problemOf(await lock(applicant.id, true))).code).toBe('request.not-found')
    const password = staffOf(admin)[':id'].password
    expect((await problemOf(await password.$post({ param: { id: applicant.id } }))).code).toBe('request.not-found')
    expect((await password.$post({ param: { id: clerk.id } })).status).toBe(204)
  })

  test('[A12] a temporary password of the administrator lets in whoever locked himself out with wrong ones', async () => {
    const clerk = await world.staff('pointClerk', { acceptancePoint: pointIn(HAILING) })
    const trySignIn = async (password: string) => {
      const { api } = world.browser()
      const { id } = await bodyOf(await api.api.accounts.captcha.$get({ query: {} }))
      const json = { idNumber: clerk.idNumber, password, captchaId: id, captcha: '8888' }
      return api.api.accounts['sign-in'].$post({ json })
    }
    const typeWrongOnes = async () => {
      const index = idNumberIndex(world.platform.secrets, clerk.idNumber)
      for (const limit of WRONG_FOR_NUMBER)
        for (let count = 0; count < 10; count++) await world.platform.limiter.take(limit, index)
    }
    await typeWrongOnes()
    expect((await problemOf(await trySignIn('Not-the-password-1'))).code).toBe('account.locked')
    expect((await staffOf(admin)[':id'].password.$post({ param: { id: clerk.id } })).status).toBe(204)
    await world.runJobs()
    const sent = await bodyOf(await world.browser().api.api.e2e.outbox.$get())
    const { text } = sent.findLast(({ mobile }) => mobile === clerk.mobile)!
    // whoever goes on typing wrong ones does not keep him out
    await typeWrongOnes()
    const opened = await bodyOf(await trySignIn(/临时密码是 (\S+?)，/.exec(text)![1]!))
    expect(opened.mustChangePassword).toBe(true)
  })

  test('who was locked and has lost his last role is still in the list, and can be let in again', async () => {
    const clerk = await world.staff('pointClerk', { acceptancePoint: pointIn(HAILING) })
    const param = { id: clerk.id }
    const shown = async () => (await bodyOf(await staffOf(admin).$get())).find(({ id }) => id === clerk.id)
    const lock = (locked: boolean) =>
      staffOf(admin)[':id'].lock.$post({ param, json: { locked, reason: '已调离原岗位' } })
    expect((await lock(true)).status).toBe(204)
    const [grant] = (await shown())!.grants
    await staffOf(admin)[':id'].grants[':grantId'].$delete({ param: { ...param, grantId: grant!.id } })
    expect(await shown()).toMatchObject({ grants: [], disabledAt: expect.any(String) })
    expect((await lock(false)).status).toBe(204)
    expect(await shown()).toBeUndefined()
    await world.signIn(clerk)
  })

  test('[E15] who stands in the register can neither begin nor submit, until it runs out or is ended', async () => {
    const { integrity } = apiOf(office)
    const person = await world.person()
    const batch = await world.batch()
    const draft = await filledDraft(world, { person, batch })
    const until = integrityEnd(await world.now())
      .toISOString()
      .slice(0, 10)
    const entry = {
      idNumber: person.idNumber,
      fullName: person.fullName,
      reason: '提交虚假业绩证明',
      documentNumber: '泰职称〔2026〕30号',
      until,
    }
    const bad = await problemOf(await integrity.$post({ json: { ...entry, idNumber: '321202199001010018' } }))
    expect(bad.path).toBe('idNumber')
    expect((await problemOf(await integrity.$post({ json: { ...entry, until: '2020-01-01' } }))).path).toBe('until')
    const { id } = await bodyOf(await integrity.$post({ json: entry }))
    expect((await problemOf(await submit(draft.browser, draft.id, draft.version))).code).toBe(
      'application.integrity-record',
    )
    await expect(begin(world, draft.browser, await world.batch())).rejects.toThrow('application.integrity-record')
    const find = async (q: string) => bodyOf(await integrity.search.$post({ json: { q } }))
    for (const q of [person.idNumber, person.idNumber.slice(-4), person.fullName, '30号']) {
      expect(
        (await find(q)).map((one) => one.id),
        q,
      ).toContain(id)
    }
    expect(await find('没有这个人')).toEqual([])
    expect(JSON.stringify(await find(''))).not.toContain(person.idNumber)
    // sealed with the other key after a rotation, and still found
    const stored = () =>
      world.db
        .selectFrom('integrityRecord')
        .select(['id', 'idNumberCipher'])
        .where('id', '=', id)
        .executeTakeFirstOrThrow()
    const other = createSecrets(new Uint8Array(32).fill(7))
    await rotateKeys(world.db, { from: world.platform.secrets, to: other, now: await world.now() })
    expect(openIdNumber(other, await stored())).toBe(person.idNumber)
    await rotateKeys(world.db, { from: other, to: world.platform.secrets, now: await world.now() })

    const end = (reason: string) => integrity[':id'].end.$post({ param: { id }, json: { reason } })
    expect((await end('申诉成立，撤销记录')).status).toBe(204)
    expect((await problemOf(await end('再撤一次看看'))).code).toBe('request.not-found')
    expect((await find(person.fullName)).find((one) => one.id === id)).toMatchObject({
      endedReason: '申诉成立，撤销记录',
    })
    expect((await submit(draft.browser, draft.id, draft.version)).ok).toBe(true)
  })

  test('[E15] an entry made after the submission is shown to the reviewer', async () => {
    const { id, person } = await submitted(world)
    const open = async () => bodyOf(await apiOf(office).review.applications[':id'].$get({ param: { id } }))
    expect((await open()).integrity).toBeNull()
    const json = {
      idNumber: person.idNumber,
      fullName: person.fullName,
      reason: '提交虚假业绩证明',
      documentNumber: '泰职称〔2026〕31号',
      until: '2030-12-31',
    }
    await bodyOf(await apiOf(office).integrity.$post({ json }))
    expect((await open()).integrity).toMatchObject({ reason: '提交虚假业绩证明', documentNumber: '泰职称〔2026〕31号' })
  })

  test('the office’s own words are at hand for the next reviewer; a reason has 5 字', async () => {
    const { id } = await submitted(world)
    const phrases = async () =>
      (await bodyOf(await apiOf(office).review.applications[':id'].$get({ param: { id } }))).phrases
    expect(await phrases()).toEqual(initialPhrases)
    const write = (place: string, texts: string[]) =>
      apiOf(office).phrases[':place'].$put({ param: { place } as never, json: { texts } })
    expect((await write('file', ['反光，请重拍', '反光，请重拍'])).status).toBe(204)
    expect((await phrases()).file).toEqual(['反光，请重拍'])
    expect(await problemOf(await write('return', ['请按各处意见修改后再提交。', '缺页']))).toMatchObject({
      code: 'application.reason-required',
      path: 'texts.1',
    })
    expect((await write('nowhere', [])).status).toBe(422)
    expect(
      (
        await write(
          'file',
          Array.from({ length: 10 }, (_, at) => `第 ${at} 句`),
        )
      ).status,
    ).toBe(422)
  })
})
