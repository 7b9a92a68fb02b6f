import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { apiOf, HAILING, pointIn, submitted, uploaded } from '../world/application-walk.ts'
import { databaseKinds } from '../world/test-database.ts'
import { bodyOf, openWorld, problemOf, type World } from '../world/world.ts'

describe.each(await databaseKinds())('who may what with education, on %s', (kind) => {
  let world: World
  beforeAll(async () => void (world = await openWorld(kind)))
  afterAll(() => world.close())

  async function requested() {
    const { browser, person } = await submitted(world)
    const { records } = await bodyOf(await apiOf(browser).education.$get())
    const id = crypto.randomUUID()
    const proof = {
      id: crypto.randomUUID(),
      ...(await uploaded(world, { person, applicationId: id, path: 'eduChangeProof' })),
    }
    const json = {
      id,
      rowId: records[0]!.rowId,
      proposed: { school: '新学校' },
      reason: '学校名称写错了',
      proof: [proof],
    }
    await bodyOf(await apiOf(browser).education.changes.$post({ json }))
    return { browser, person, json }
  }

  test('[R67] somebody else’s rows and requests do not exist', async () => {
    const { json } = await requested()
    const stranger = await world.signIn(await world.person())
    const answer = await apiOf(stranger).education.changes.$post({ json: { ...json, id: crypto.randomUUID() } })
    expect((await problemOf(answer)).code).toBe('request.not-found')
    expect((await problemOf(await apiOf(stranger).education.changes.$post({ json }))).code).toBe('request.not-found')
    expect(await bodyOf(await apiOf(stranger).education.$get())).toEqual({ records: [], changes: [] })
    const proof = `/api/education/changes/${json.id}/proof/${json.proof[0]!.id}`
    expect((await stranger.fetch(proof)).status).toBe(404)
  })

  test('[R67] only the office sees and decides requests; a clerk, an auditor and the person do not', async () => {
    const { json, browser } = await requested()
    const others = [
      browser,
      await world.signIn(await world.staff('pointClerk', { acceptancePoint: pointIn(HAILING) })),
      await world.signIn(await world.staff('auditor')),
      await world.signIn(await world.staff('admin')),
    ]
    for (const one of others) {
      const decided = await apiOf(one).education.changes[':id'].decide.$post({
        param: { id: json.id },
        json: { approve: true, opinion: '' },
      })
      expect((await problemOf(decided)).code).toBe('account.not-allowed')
      expect((await problemOf(await apiOf(one).education.changes.$get({ query: {} }))).code).toBe('account.not-allowed')
    }
    expect((await problemOf(await apiOf(world.browser()).education.$get())).code).toBe('account.not-signed-in')
  })

  test('E11: nobody decides his own request', async () => {
    const { json, person } = await requested()
    await world.db
      .insertInto('accountGrant')
      .values({ id: crypto.randomUUID(), accountId: person.id, role: 'office', region: null, acceptancePoint: null })
      .execute()
    const own = await world.signIn(person)
    const decided = await apiOf(own).education.changes[':id'].decide.$post({
      param: { id: json.id },
      json: { approve: true, opinion: '' },
    })
    expect((await problemOf(decided)).code).toBe('account.own-application')
  })
})
