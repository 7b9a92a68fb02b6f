import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { states } from '#domain/lifecycle/states.ts'
import { apiOf, HAILING, JIANGYAN, pointIn, submitted } from '../world/application-walk.ts'
import { databaseKinds } from '../world/test-database.ts'
import { bodyOf, type Browser, openWorld, type Person, problemOf, type World } from '../world/world.ts'

describe.each(await databaseKinds())('who may what at the desk, on %s', (kind) => {
  let world: World
  beforeAll(async () => void (world = await openWorld(kind)))
  afterAll(() => world.close())

  const requests = (browser: Browser, id: string) => {
    const one = apiOf(browser).review.applications[':id']
    const param = { id }
    return {
      view: one.$get({ param }),
      comment: one.comments.$post({ param, json: { path: 'employerName', text: '请核对' } }),
      opened: one.opened.$post({ param, json: { attachmentId: crypto.randomUUID() } }),
      transition: one.transition.$post({ param, json: { transition: 'reject', version: 1, reason: '不符合条件' } }),
    }
  }
  const queueOf = async (browser: Browser, batch: string) =>
    (await bodyOf(await apiOf(browser).review.queue.$get({ query: { batch } as never }))).rows.map(({ id }) => id)
  const grant = (person: Person, role: string, scope: { region?: string; acceptancePoint?: string } = {}) =>
    world.db
      .insertInto('accountGrant')
      .values({
        id: crypto.randomUUID(),
        accountId: person.id,
        role,
        region: scope.region ?? null,
        acceptancePoint: scope.acceptancePoint ?? null,
      })
      .execute()

  test('a clerk sees his 受理点 alone, a 主管部门 its region alone, the office all', async () => {
    const batch = await world.batch()
    const here = await submitted(world, { batch })
    const there = await submitted(world, { batch }, { acceptRegion: JIANGYAN, acceptancePoint: pointIn(JIANGYAN) })
    const seen = async (...of: Parameters<World['staff']>) =>
      queueOf(await world.signIn(await world.staff(...of)), batch.id)
    expect(await seen('pointClerk', { acceptancePoint: pointIn(HAILING) })).toEqual([here.id])
    expect(await seen('pointClerk', { acceptancePoint: pointIn(JIANGYAN) })).toEqual([there.id])
    expect(await seen('pointClerk')).toEqual([])
    expect(await seen('deptReviewer', { region: JIANGYAN })).toEqual([there.id])
    expect(await seen('office')).toEqual([here.id, there.id])
    expect(await seen('secretary')).toEqual([here.id, there.id])
    expect(await seen('auditor')).toEqual([here.id, there.id])
    const clerk = await world.signIn(await world.staff('pointClerk', { acceptancePoint: pointIn(HAILING) }))
    for (const [name, answer] of Object.entries(requests(clerk, there.id))) {
      expect((await problemOf(await answer)).code, name).toBe('request.not-found')
    }
  })

  test('[R1] applicants, experts and administrators have no desk', async () => {
    const { id, browser } = await submitted(world)
    for (const one of [
      browser,
      await world.signIn(await world.staff('admin')),
      await world.signIn(await world.staff('expert')),
    ]) {
      for (const [name, answer] of Object.entries(requests(one, id))) {
        expect((await problemOf(await answer)).code, name).toBe('account.not-allowed')
      }
    }
    expect((await problemOf(await apiOf(world.browser()).review.queue.$get({ query: {} as never }))).code).toBe(
      'account.not-signed-in',
    )
  })

  test('a draft that was never submitted is on nobody’s desk', async () => {
    const { filledDraft } = await import('../world/application-walk.ts')
    const { id, batch } = await filledDraft(world)
    const office = await world.signIn(await world.staff('office'))
    expect(await queueOf(office, batch.id)).toEqual([])
    for (const [name, answer] of Object.entries(requests(office, id))) {
      expect((await problemOf(await answer)).code, name).toBe('request.not-found')
    }
  })

  test('an auditor reads and does nothing', async () => {
    const { id, version } = await submitted(world)
    const auditor = await world.signIn(await world.staff('auditor'))
    const seen = await bodyOf(await apiOf(auditor).review.applications[':id'].$get({ param: { id } }))
    expect(seen.available).toEqual([])
    const { comment } = requests(auditor, id)
    expect((await problemOf(await comment)).code).toBe('account.not-allowed')
    const json = { transition: 'reject' as const, version, reason: '不符合条件' }
    const done = await apiOf(auditor).review.applications[':id'].transition.$post({ param: { id }, json })
    expect((await problemOf(done)).code).toBe('application.transition-not-allowed')
  })

  test('E11: nobody sees or handles his own application at the desk, whatever roles he has', async () => {
    const { id, person, version } = await submitted(world)
    await grant(person, 'office')
    await grant(person, 'pointClerk', { acceptancePoint: pointIn(HAILING) })
    const own = await world.signIn(person)
    for (const [name, answer] of Object.entries(requests(own, id))) {
      const { code } = await problemOf(await answer)
      expect(code, name).toBe(name === 'transition' ? 'application.handled-by-other' : 'account.own-application')
    }
    const json = { transition: 'reject' as const, version, reason: '不符合条件' }
    const done = await apiOf(own).review.applications[':id'].transition.$post({ param: { id }, json })
    expect((await problemOf(done)).code).toBe('account.own-application')
  })

  test('[A30] who applied himself reads nothing at the desk of what was decided, before it is published', async () => {
    const batch = await world.batch()
    const mine = await submitted(world, { batch }, { fullName: '沈若愚' })
    const other = await submitted(world, { batch })
    await grant(mine.person, 'office')
    const own = await world.signIn(mine.person)
    const queue = async (query: object) =>
      bodyOf(await apiOf(own).review.queue.$get({ query: { batch: batch.id, ...query } as never }))
    for (const state of ['FAILED', 'PASSED'] as const) {
      await world.db.updateTable('application').set({ state }).where('batchId', '=', batch.id).execute()
      const all = await queue({})
      expect(all.rows.find(({ id }) => id === mine.id)).toMatchObject({
        own: true,
        state: 'COMMITTEE',
        stateLabel: states.COMMITTEE.label,
        stateSince: null,
      })
      expect(all.rows.find(({ id }) => id === other.id)).toMatchObject({ own: false, state })
      // the numbers count his as it is shown
      expect([all.counts, all.total]).toEqual([{ COMMITTEE: 1, [state]: 1 }, 2])
      // whatever state is asked for, being in it or not tells nothing
      const asked = await queue({ state })
      expect(asked.rows.map(({ id }) => id)).toEqual([other.id])
      expect(asked.total).toBe(1)
      const undecided = await queue({ state: 'COMMITTEE' })
      expect([undecided.rows, undecided.total]).toEqual([[], 0])
      // nor do the numbers beside his own name
      const found = await queue({ q: String(mine.receipt.number) })
      expect(found.counts).toEqual({ COMMITTEE: 1 })
      expect(found.total).toBe(1)
    }
    // published: he reads it as all do
    await world.db.updateTable('application').set({ state: 'FAILED' }).where('id', '=', mine.id).execute()
    const told = { id: crypto.randomUUID(), accountId: mine.person.id, kind: 'failed', title: '评审未通过', body: '' }
    await world.db
      .insertInto('notice')
      .values({ ...told, applicationId: mine.id, createdAt: new Date() })
      .execute()
    const row = (await queue({})).rows.find(({ id }) => id === mine.id)!
    expect(row.state).toBe('FAILED')
    expect(row.stateSince).not.toBeNull()
  })

  test('a grant acts only where it reaches: office rights of one do not lend a clerk’s desk to another', async () => {
    const { id, version } = await submitted(world)
    const clerk = await world.signIn(await world.staff('pointClerk', { acceptancePoint: pointIn(HAILING) }))
    const post = (transition: 'passPreReview' | 'submit' | 'expire') =>
      apiOf(clerk).review.applications[':id'].transition.$post({ param: { id }, json: { transition, version } })
    for (const transition of ['passPreReview', 'submit', 'expire'] as const) {
      expect((await problemOf(await post(transition))).code, transition).toBe('application.transition-not-allowed')
    }
  })
})
