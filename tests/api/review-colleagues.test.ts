import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { PRESENCE_LASTS } from '#domain/rules/presence.ts'
import { apiOf, HAILING, JIANGYAN, pointIn, submitted } from '../world/application-walk.ts'
import { databaseKinds } from '../world/test-database.ts'
import { bodyOf, type Browser, openWorld, problemOf, type World } from '../world/world.ts'

/** What reviewers share: views of the queue, who has a case open, and what stands in two applications. */
describe.each(await databaseKinds())('colleagues at the desk on %s', (kind) => {
  let world: World
  let office: Browser
  let clerk: Browser
  beforeAll(async () => {
    world = await openWorld(kind)
    office = await world.signIn(await world.staff('office'))
    clerk = await world.signIn(await world.staff('pointClerk', { acceptancePoint: pointIn(HAILING) }))
  })
  afterAll(() => world.close())

  test('[A40] of an ID number typed into a search a view keeps its end alone', async () => {
    const { views } = apiOf(office).review
    const keep = async (search: string) => bodyOf(await views.$post({ json: { name: '找人', search } }))
    const { id } = await keep('?tab=all&q=321202199001010017&sort=longest')
    expect(await bodyOf(await views.$get())).toEqual([{ id, name: '找人', search: '?tab=all&q=0017&sort=longest' }])
    await keep('?tab=all&q=321202+19900101+0017')
    expect((await bodyOf(await views.$get()))[0]!.search).toBe('?tab=all&q=0017')
    await views[':id'].$delete({ param: { id } })
  })

  test('a view is kept under its name for the person alone, replaced by one of the same name, and removed', async () => {
    const { views } = apiOf(office).review
    await bodyOf(await views.$post({ json: { name: '海陵区破格', search: '?tab=all&flag=exception' } }))
    const { id } = await bodyOf(await views.$post({ json: { name: '海陵区破格', search: '?tab=all&q=%E5%91%A8' } }))
    expect(await bodyOf(await views.$get())).toEqual([{ id, name: '海陵区破格', search: '?tab=all&q=%E5%91%A8' }])
    expect(await bodyOf(await apiOf(clerk).review.views.$get())).toEqual([])
    expect((await problemOf(await apiOf(clerk).review.views[':id'].$delete({ param: { id } }))).code).toBe(
      'request.not-found',
    )
    // an address that leads elsewhere is no view
    for (const search of ['https://example.com/', '?a=1#x', '?next=//example.com', '']) {
      expect((await views.$post({ json: { name: 'x', search } })).status, search).toBe(422)
    }
    expect((await views[':id'].$delete({ param: { id } })).status).toBe(204)
    expect(await bodyOf(await views.$get())).toEqual([])
  })

  test('who has a case open is seen by the others until he leaves or says nothing any more', async () => {
    const { id } = await submitted(world)
    const see = (who: Browser) => apiOf(who).review.applications[':id'].presence.$post({ param: { id } })
    const leave = (who: Browser) => apiOf(who).review.applications[':id'].presence.$delete({ param: { id } })
    const others = async (who: Browser) => (await bodyOf(await see(who))).others
    expect(await others(office)).toEqual([])
    expect(await others(clerk)).toEqual(['李卫东'])
    expect(await others(office)).toEqual(['李卫东'])
    await leave(clerk)
    expect(await others(office)).toEqual([])
    await see(clerk)
    world.clock.advanceBy(PRESENCE_LASTS + 1000)
    expect(await others(office)).toEqual([])
    const rows = () => world.db.selectFrom('casePresence').select('accountId').where('applicationId', '=', id).execute()
    expect(await rows()).toHaveLength(2)
    await world.runJob('platform.sweep')
    expect(await rows()).toHaveLength(1)
    // how it stands by now comes with it
    const { version } = await bodyOf(await see(office))
    const json = { transition: 'return' as const, version, reason: '请补交身份证反面' }
    await bodyOf(await apiOf(clerk).review.applications[':id'].transition.$post({ param: { id }, json }))
    expect((await bodyOf(await see(office))).version).toBeGreaterThan(version)
  })

  test('the same file of two persons, and a work that two applications name, are shown at their place', async () => {
    const batch = await world.batch()
    const one = await submitted(world, { batch })
    const two = await submitted(world, { batch })
    const far = await submitted(
      world,
      { batch },
      { acceptRegion: JIANGYAN, acceptancePoint: pointIn(JIANGYAN), fullName: '王立新' },
    )
    const fileOf = (id: string) =>
      world.db
        .selectFrom('attachment')
        .select(['id', 'path', 'name', 'sha256'])
        .where('applicationId', '=', id)
        .where('path', '=', 'pledge')
        .executeTakeFirstOrThrow()
    const shared = await fileOf(one.id)
    for (const { id } of [two, far]) {
      await world.db
        .updateTable('attachment')
        .set({ sha256: shared.sha256 })
        .where('id', '=', (await fileOf(id)).id)
        .execute()
    }
    const open = async (who: Browser) =>
      (await bodyOf(await apiOf(who).review.applications[':id'].$get({ param: { id: one.id } }))).duplicates
    const seen = await open(office)
    const file = seen.find(({ what }) => what === 'file')!
    expect(file).toMatchObject({ path: 'pledge', name: shared.name, elsewhere: 0 })
    expect(file.others.map(({ applicationId }) => applicationId).sort()).toEqual([two.id, far.id].sort())
    // every complete form of the tests names the same works
    const work = seen.find(({ what, path }) => what === 'work' && path.startsWith('achievements/'))!
    expect(work.path).toMatch(/^achievements\/[0-9a-f-]{36}\/projectName$/)
    expect(work.others.map(({ applicationId }) => applicationId)).toContain(two.id)
    expect(work.others.find(({ applicationId }) => applicationId === far.id)).toMatchObject({
      fullName: '王立新',
      own: false,
    })
    // a clerk hears that there is one elsewhere, and not which
    const near = (await open(clerk)).find(({ what }) => what === 'file')!
    expect(near.others.map(({ applicationId }) => applicationId)).toEqual([two.id])
    expect(near.elsewhere).toBe(1)
    expect(JSON.stringify(near)).not.toContain('王立新')
  })

  test('one’s own file is no duplicate; a work that one names again is', async () => {
    const person = await world.person()
    const first = await submitted(world, { person })
    const second = await submitted(world, { person, batch: await world.batch() })
    const own = world.db.selectFrom('attachment').where('applicationId', '=', first.id).where('path', '=', 'idCard')
    const { sha256 } = await own.select('sha256').executeTakeFirstOrThrow()
    await world.db
      .updateTable('attachment')
      .set({ sha256 })
      .where('applicationId', '=', second.id)
      .where('path', '=', 'idCard')
      .execute()
    const { duplicates } = await bodyOf(
      await apiOf(office).review.applications[':id'].$get({ param: { id: second.id } }),
    )
    expect(duplicates.filter(({ what }) => what === 'file')).toEqual([])
    const works = duplicates.filter(({ what }) => what === 'work').flatMap(({ others }) => others)
    expect(works.find(({ applicationId }) => applicationId === first.id)).toMatchObject({ own: true })
  })
})
