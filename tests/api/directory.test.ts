import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { apiOf, HAILING, pointIn, submitted } from '../world/application-walk.ts'
import { databaseKinds } from '../world/test-database.ts'
import { bodyOf, type Browser, openWorld, problemOf, type World } from '../world/world.ts'

describe.each(await databaseKinds())('the directory of 受理点 on %s', (kind) => {
  let world: World
  let office: Browser
  beforeAll(async () => {
    world = await openWorld(kind)
    office = await world.signIn(await world.staff('office'))
  })
  afterAll(() => world.close())

  const words = {
    label: '海陵区新区服务站',
    accepts: '新区企业',
    address: '海陵区样板街 30 号',
    phone: '0523-80000299',
    hours: '工作日 8:30–17:30',
  }

  test('[R113] what the office writes is what the public reads; a closed one is no longer offered, and stays on old data', async () => {
    const { desk } = apiOf(office).directory
    const { id } = await bodyOf(await desk.$post({ json: { region: HAILING, ...words } }))
    const shown = async () => bodyOf(await apiOf(world.browser()).directory.$get())
    expect((await shown()).find((one) => one.id === id)).toMatchObject({ region: HAILING, ...words })
    const json = { phone: '0523-80000300' }
    expect((await desk[':id'].$patch({ param: { id }, json })).status).toBe(204)
    expect((await shown()).find((one) => one.id === id)).toMatchObject({ phone: '0523-80000300' })

    const old = await submitted(world)
    const closed = pointIn(HAILING)
    expect((await desk[':id'].$patch({ param: { id: closed }, json: { active: false } })).status).toBe(204)
    expect((await shown()).map((one) => one.id)).not.toContain(closed)
    expect((await bodyOf(await desk.$get())).find((one) => one.id === closed)).toMatchObject({ active: false })
    const view = await bodyOf(await apiOf(office).review.applications[':id'].$get({ param: { id: old.id } }))
    expect(view.answers.fields['acceptancePoint']).toBe(closed)
  })

  test('a name twice in one region, a region that is no more, and an empty phone are refused', async () => {
    const { desk } = apiOf(office).directory
    expect((await problemOf(await desk.$post({ json: { region: HAILING, ...words } }))).path).toBe('label')
    expect((await problemOf(await desk.$post({ json: { region: '321284', ...words } }))).path).toBe('region')
    expect((await desk.$post({ json: { region: HAILING, ...words, label: '另一个', phone: '' } })).status).toBe(422)
    const gone = await desk[':id'].$patch({ param: { id: '321202-none' }, json: { phone: words.phone } })
    expect((await problemOf(gone)).code).toBe('request.not-found')
  })

  test('[R113] two who change one 受理点 undo nothing of each other; a rename takes no name of the region; what was changed is on record', async () => {
    const { desk } = apiOf(office).directory
    const { id } = await bodyOf(await desk.$post({ json: { region: HAILING, ...words, label: '将停用的服务站' } }))
    const change = (json: Parameters<(typeof desk)[':id']['$patch']>[0]['json']) =>
      desk[':id'].$patch({ param: { id }, json })
    expect((await change({ active: false })).status).toBe(204)
    // his sheet has been open since before
    expect((await change({ phone: '0523-80000301' })).status).toBe(204)
    const kept = async () => (await bodyOf(await desk.$get())).find((one) => one.id === id)
    expect(await kept()).toMatchObject({ active: false, phone: '0523-80000301' })

    const taken = await problemOf(await change({ label: words.label }))
    expect(taken).toMatchObject({ code: 'answer.duplicate', path: 'label' })
    expect((await change({ label: '将停用的服务站' })).status).toBe(204)
    expect((await change({})).status).toBe(204)

    const rows = await world.db
      .selectFrom('auditEvent')
      .select('details')
      .where('action', '=', 'directory.point-changed')
      .where('subject', '=', `point:${id}`)
      .orderBy('id')
      .execute()
    expect(rows.map(({ details }) => details)).toEqual([
      { changed: ['active'], active: false },
      { changed: ['phone'] },
      { changed: ['label'] },
    ])
  })

  test('[R113] of three that want one name of a region at once, one has it', async () => {
    const { desk } = apiOf(office).directory
    const ids = await Promise.all(
      ['甲', '乙'].map(
        async (label) => (await bodyOf(await desk.$post({ json: { region: HAILING, ...words, label } }))).id,
      ),
    )
    const label = '同时要用的名称'
    const answers = await Promise.all([
      ...ids.map((id) => desk[':id'].$patch({ param: { id }, json: { label } })),
      desk.$post({ json: { region: HAILING, ...words, label } }),
    ])
    expect(answers.filter(({ ok }) => ok)).toHaveLength(1)
    expect((await bodyOf(await desk.$get())).filter((one) => one.label === label)).toHaveLength(1)
  })
})
