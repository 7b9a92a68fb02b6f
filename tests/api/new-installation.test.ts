import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createFirstAdministrator } from '#server/accounts/staff.ts'
import { apiOf } from '../world/application-walk.ts'
import { databaseKinds } from '../world/test-database.ts'
import { bodyOf, type Browser, newIdNumber, openWorld, type World } from '../world/world.ts'

describe.each(await databaseKinds())('a new installation, which holds nobody and nothing, on %s', (kind) => {
  let world: World
  beforeAll(async () => {
    world = await openWorld(kind)
    for (const table of ['readingText', 'catalogueEdition', 'acceptancePoint'] as const)
      await world.db.deleteFrom(table).execute()
  })
  afterAll(() => world.close())

  const boss = { idNumber: newIdNumber(), fullName: '沈一鸣', mobile: '13912340001', email: 'shen@example.com' }
  const NEXT = 'Hailing-2026-first'
  const signIn = async (browser: Browser, password: string) => {
    const { accounts } = browser.api.api
    const { id } = await bodyOf(await accounts.captcha.$get({ query: {} }))
    const json = { idNumber: boss.idNumber, password, captchaId: id, captcha: '8888' }
    return accounts['sign-in'].$post({ json })
  }

  test('lets one first administrator in by a temporary password, and no second one', async () => {
    const wrong = await createFirstAdministrator(world.platform, { ...boss, idNumber: '321202198001010000' })
    expect(wrong).toMatchObject({ ok: false, path: 'idNumber' })
    const made = await Promise.all([1, 2].map(() => createFirstAdministrator(world.platform, boss)))
    expect(made.map((one) => (one.ok ? 'made' : one.code)).sort()).toEqual(['account.administrator-exists', 'made'])
    const password = made.map((one) => (one.ok ? one.value.password : '')).join('')

    const browser = world.browser()
    expect((await bodyOf(await signIn(browser, password))).mustChangePassword).toBe(true)
    const changed = await browser.api.api.accounts.password.$post({ json: { current: password, next: NEXT } })
    const { roles } = await bodyOf(changed)
    expect(roles.map(({ role }) => role).sort()).toEqual(['admin', 'applicant'])
    const other = { ...boss, idNumber: newIdNumber() }
    expect(await createFirstAdministrator(world.platform, other)).toMatchObject({
      code: 'account.administrator-exists',
    })
    const acts = await world.db.selectFrom('auditEvent').select('action').orderBy('id').execute()
    expect(acts.map(({ action }) => action)).toContain('account.role-granted')
  })

  test('he takes somebody in, opens a 受理点 and a batch of each kind: people find them, with their catalogue and text', async () => {
    const browser = world.browser()
    await bodyOf(await signIn(browser, NEXT))
    const desk = apiOf(browser)
    // In a small office one person is both.
    const office = await desk.accounts.staff.$post({ json: { ...boss, role: 'office' } })
    expect((await bodyOf(office)).wasRegistered).toBe(true)
    const point = { label: '海陵区人社局', accepts: '海陵区', address: '青年北路 1 号', phone: '0523-86881234', hours: '工作日 9:00–17:00' } // prettier-ignore
    await bodyOf(await desk.directory.desk.$post({ json: { region: '321202', ...point } }))
    const opensAt = new Date((await world.now()).getTime() - 60_000).toISOString()
    for (const type of ['initial', 'review', 'reissue'] as const) {
      const settings = {
        type,
        name: `第一批${type}`,
        year: 2026,
        level: type === 'review' ? '中级' : null,
        opensAt,
        closesAt: '2099-11-30T09:30:00.000Z',
        committeeName: type === 'review' ? '泰州市工程系列中级评审委员会' : '',
        hasDepartment: false,
        hasPublicity: type === 'review',
        recognitionByApproval: true,
        graceMinutes: 0,
        specialties:
          type === 'reissue' ? [] : [{ id: 'engineering.construction', titles: [type === 'review' ? 'engineering.intermediate' : 'engineering.assistant'] }], // prettier-ignore
      }
      await bodyOf(await desk.batches.desk.$post({ json: settings }))
    }
    const offers = await bodyOf(await apiOf(world.browser()).batches.$get())
    expect(offers.map(({ type }) => type).sort()).toEqual(['initial', 'reissue', 'review'])
    for (const { editionId } of offers)
      expect((await apiOf(world.browser()).editions[':id'].$get({ param: { id: editionId } })).status).toBe(200)
    const texts = await world.db.selectFrom('readingText').select(['kind', 'version', 'paragraphs']).execute()
    expect(texts.map(({ kind: one, version }) => [one, version]).sort()).toEqual([
      ['initialGuide', 1],
      ['pledge', 1],
      ['reissueGuide', 1],
    ])
    for (const { paragraphs } of texts) expect(paragraphs.join('').length).toBeGreaterThan(100)
    expect((await bodyOf(await apiOf(world.browser()).directory.$get())).map(({ label }) => label)).toEqual([
      point.label,
    ])
  })
})
