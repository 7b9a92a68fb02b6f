import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { apiOf, filledDraft, submitted } from '../world/application-walk.ts'
import { databaseKinds } from '../world/test-database.ts'
import { bodyOf, type Browser, openWorld, problemOf, type World } from '../world/world.ts'

describe.each(await databaseKinds())('the batches as the office keeps them, on %s', (kind) => {
  let world: World
  let office: Browser
  beforeAll(async () => {
    world = await openWorld(kind)
    office = await world.signIn(await world.staff('office'))
  })
  afterAll(() => world.close())

  const desk = (browser: Browser) => apiOf(browser).batches.desk
  const settings = {
    type: 'review' as const,
    name: '2027 年度工程系列中级职称评审',
    year: 2027,
    level: '中级',
    opensAt: '2027-10-16T01:00:00.000Z',
    closesAt: '2027-11-30T09:30:00.000Z',
    committeeName: '泰州市工程系列中级评审委员会',
    hasDepartment: false,
    hasPublicity: true,
    recognitionByApproval: true,
    graceMinutes: 0,
    specialties: [{ id: 'engineering.construction', titles: ['engineering.intermediate'] }],
  }
  const change = (id: string, json: object) => desk(office)[':id'].$patch({ param: { id }, json })

  test('a new batch is offered to everybody with its titles in words, and numbered within its year', async () => {
    const first = await bodyOf(await desk(office).$post({ json: settings }))
    const second = await bodyOf(await desk(office).$post({ json: settings }))
    const offer = await bodyOf(await apiOf(world.browser()).batches[':id'].$get({ param: { id: first.id } }))
    expect(offer).toMatchObject({
      name: settings.name,
      closesAt: settings.closesAt,
      specialties: [{ label: '建筑工程', titles: [{ label: '工程师' }] }],
    })
    const all = await bodyOf(await desk(office).$get())
    const serials = [first.id, second.id].map((id) => all.find((batch) => batch.id === id)!.serial)
    expect(serials[1]).toBe(serials[0]! + 1)
    expect(all.find(({ id }) => id === first.id)).toMatchObject({ submitted: false, counts: {} })
  })

  test('refuses what makes no batch, with the place', async () => {
    const refused = async (more: object) => problemOf(await desk(office).$post({ json: { ...settings, ...more } }))
    expect(await refused({ name: ' ' })).toMatchObject({ code: 'answer.required', path: 'name' })
    expect(await refused({ closesAt: settings.opensAt })).toMatchObject({ code: 'answer.before', path: 'closesAt' })
    expect(await refused({ specialties: [] })).toMatchObject({ code: 'answer.required', path: 'specialties' })
  })

  test('[R31] 初定 leads to 初级 and 中级: a batch of it with a higher title is refused, new or changed', async () => {
    const of = (level: string) => ({
      specialties: [{ id: 'engineering.construction', titles: [`engineering.${level}`] }],
    })
    const initial = { ...settings, type: 'initial' as const, level: null }
    const tooHigh = { code: 'answer.not-in-list', path: 'specialties' }
    const asked = (level: string) => desk(office).$post({ json: { ...initial, ...of(level) } })
    expect(await problemOf(await asked('associate-senior'))).toMatchObject(tooHigh)
    expect(await problemOf(await asked('senior'))).toMatchObject(tooHigh)
    const { id } = await bodyOf(await asked('assistant'))
    expect(await problemOf(await change(id, of('senior')))).toMatchObject(tooHigh)
    expect((await change(id, of('intermediate'))).status).toBe(204)
    const { id: review } = await bodyOf(await desk(office).$post({ json: { ...settings, ...of('senior') } }))
    expect(await problemOf(await change(review, { type: 'initial' }))).toMatchObject(tooHigh)
  })

  test('[R20] is extended while people write, and never shortened once somebody has submitted', async () => {
    const batch = await world.batch()
    await filledDraft(world, { batch })
    const closesAt = new Date(new Date(batch.closesAt as Date).getTime() - 86_400_000).toISOString()
    expect((await change(batch.id, { closesAt })).status).toBe(204)
    await submitted(world, { batch })
    const earlier = new Date(Date.parse(closesAt) - 1000).toISOString()
    expect(await problemOf(await change(batch.id, { closesAt: earlier }))).toMatchObject({
      code: 'batch.locked-setting',
      path: 'closesAt',
    })
    expect(await problemOf(await change(batch.id, { year: 2030 }))).toMatchObject({ code: 'batch.locked-setting' })
    const later = new Date(Date.parse(closesAt) + 5 * 86_400_000).toISOString()
    expect((await change(batch.id, { closesAt: later, name: '延长了' })).status).toBe(204)
    const shown = (await bodyOf(await desk(office).$get())).find(({ id }) => id === batch.id)
    expect(shown).toMatchObject({
      name: '延长了',
      closesAt: later,
      submitted: true,
      counts: { DRAFT: 1, SUBMITTED: 1 },
    })
    const days = await bodyOf(await desk(office)[':id'].days.$get({ param: { id: batch.id } }))
    expect(days).toMatchObject([{ count: 1 }])
  })

  test('A6, T15: one without an end is closed by the office; whether results are published stands once there is one', async () => {
    const batch = await world.batch({ closesAt: null })
    const { id } = await submitted(world, { batch })
    const now = await world.now()
    const end = (seconds: number) => ({ closesAt: new Date(now.getTime() + seconds * 1000).toISOString() })
    expect(await problemOf(await change(batch.id, end(-60)))).toMatchObject({ code: 'batch.locked-setting' })
    expect((await change(batch.id, end(3600))).status).toBe(204)
    const other = { hasPublicity: !batch.hasPublicity }
    expect((await change(batch.id, other)).status).toBe(204)
    await world.db.updateTable('application').set({ state: 'FAILED' }).where('id', '=', id).execute()
    expect(await problemOf(await change(batch.id, { hasPublicity: batch.hasPublicity }))).toMatchObject({
      code: 'batch.locked-setting',
      path: 'hasPublicity',
    })
    expect((await bodyOf(await desk(office).$get())).find((one) => one.id === batch.id)?.decided).toBe(true)
  })

  test('[R20] its minutes of grace are offered to the phones, and only become more once somebody has submitted', async () => {
    const batch = await world.batch()
    expect((await change(batch.id, { graceMinutes: 15 })).status).toBe(204)
    const offer = await bodyOf(await apiOf(world.browser()).batches[':id'].$get({ param: { id: batch.id } }))
    expect(offer.graceMinutes).toBe(15)
    await submitted(world, { batch })
    expect(await problemOf(await change(batch.id, { graceMinutes: 14 }))).toMatchObject({ path: 'graceMinutes' })
    expect(await problemOf(await change(batch.id, { graceMinutes: 121 }))).toMatchObject({
      code: 'answer.out-of-range',
    })
    expect((await change(batch.id, { graceMinutes: 16 })).status).toBe(204)
  })

  test('[R23] what a batch asks for otherwise than its form reaches the phones, and is refused where the form cannot bear it', async () => {
    const batch = await world.batch()
    const offer = async () => bodyOf(await apiOf(world.browser()).batches[':id'].$get({ param: { id: batch.id } }))
    const overrides = {
      required: { societies: true, workSummary: true },
      atMost: { workSummary: 900 },
      hints: { societies: ' 没有写“无”\u0000\r\n' },
      helps: {},
    }
    expect((await change(batch.id, { overrides })).status).toBe(204)
    // only what differs, and texts without what nobody can read
    const kept = { required: { societies: true }, atMost: { workSummary: 900 }, hints: { societies: '没有写“无”' } }
    expect((await offer()).overrides).toEqual(kept)
    expect((await bodyOf(await desk(office).$get())).find(({ id }) => id === batch.id)?.overrides).toEqual(kept)
    // another setting leaves them alone
    expect((await change(batch.id, { name: '换了名称' })).status).toBe(204)
    expect((await offer()).overrides).toEqual(kept)

    const refused = async (more: object) => problemOf(await change(batch.id, { overrides: more }))
    expect(await refused({ required: { acceptancePoint: false } })).toMatchObject({
      code: 'answer.locked',
      path: 'overrides.required.acceptancePoint',
    })
    expect(await refused({ atMost: { workSummary: 2001 } })).toMatchObject({ code: 'answer.out-of-range' })
    expect(await refused({ hints: { nothing: '好' } })).toMatchObject({ code: 'answer.unknown-path' })
    expect(await refused({ required: { societies: 'yes' } })).toMatchObject({ code: 'request.invalid' })

    await submitted(world, { batch }, { societies: '无' })
    expect(await refused({ ...kept, atMost: { workSummary: 800 } })).toMatchObject({ code: 'batch.locked-setting' })
    expect((await change(batch.id, { overrides: { ...kept, hints: {} } })).status).toBe(204)
    expect((await offer()).overrides).toEqual({ required: kept.required, atMost: kept.atMost })
  })

  test('[R1] only the office changes batches; reviewers of one place do not even see the calendar', async () => {
    const batch = await world.batch()
    const applicant = await world.signIn(await world.person())
    for (const browser of [
      applicant,
      await world.signIn(await world.staff('pointClerk')),
      await world.signIn(await world.staff('expert')),
    ]) {
      expect((await problemOf(await desk(browser).$get())).code).toBe('account.not-allowed')
      expect((await problemOf(await desk(browser).$post({ json: settings }))).code).toBe('account.not-allowed')
    }
    const auditor = await world.signIn(await world.staff('auditor'))
    expect((await desk(auditor).$get()).status).toBe(200)
    const refused = await desk(auditor)[':id'].$patch({ param: { id: batch.id }, json: { name: '不行' } })
    expect((await problemOf(refused)).code).toBe('account.not-allowed')
    expect((await problemOf(await desk(world.browser()).$get())).code).toBe('account.not-signed-in')
  })
})
