import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { ChoiceField } from '#domain/forms/field.ts'
import { type ApplicationType, itemsOf } from '#domain/forms/application-type.ts'
import { apiOf, begin, filledDraft, mutationOf, submit, sync } from '../world/application-walk.ts'
import { databaseKinds } from '../world/test-database.ts'
import { bodyOf, type Browser, openWorld, problemOf, type World } from '../world/world.ts'

describe.each(await databaseKinds())('the lists that the office keeps, on %s', (kind) => {
  let world: World
  let office: Browser
  beforeAll(async () => {
    world = await openWorld(kind)
    office = await world.signIn(await world.staff('office'))
  })
  afterAll(() => world.close())

  const dictionaries = () => apiOf(office).dictionaries
  const read = async () => bodyOf(await dictionaries().$get())
  const listNamed = async (id: string) => (await read()).lists.find((list) => list.id === id)!
  type Entry = { code?: string; label: string; offered: boolean; series?: string; level?: string }
  const entriesOf = (list: Awaited<ReturnType<typeof listNamed>>): Entry[] =>
    list.items.map(({ code, label, offered }) => ({ code, label, offered: offered !== false }))
  const write = (list: 'exceptionType' | 'specialty' | 'reissueReason', version: number, items: Entry[]) =>
    dictionaries()[':list'].$put({ param: { list }, json: { version, items } })

  test('[R55] a list is extended; who has begun keeps the one he began with, who begins then gets the new one', async () => {
    const batch = await world.batch()
    const early = await filledDraft(world, { batch })
    const before = await listNamed('exceptionType')
    expect([before.version, before.relied]).toEqual([0, ['NORMAL']])
    const items = entriesOf(before).map((one) => ({ ...one, offered: one.code !== 'DIRECT' }))
    const written = await write('exceptionType', 0, [...items, { label: '人才计划直报\u0000', offered: true }])
    expect(await bodyOf(written)).toEqual({ version: 1 })
    const after = await listNamed('exceptionType')
    const added = after.items.at(-1)!
    expect([added.label, after.items.find(({ code }) => code === 'DIRECT')?.offered]).toEqual(['人才计划直报', false])

    // two at once: the second is told, and nothing is lost
    expect((await problemOf(await write('exceptionType', 0, items))).code).toBe('code-list.version-changed')
    expect((await problemOf(await write('exceptionType', 1, items))).code).toBe('code-list.entry-gone')
    const retired = entriesOf(after).map((one) => ({ ...one, offered: one.code !== 'NORMAL' }))
    expect(await problemOf(await write('exceptionType', 1, retired))).toMatchObject({
      code: 'code-list.relied-on',
      path: 'items.0',
    })

    // a batch goes on with its edition until the office says otherwise
    expect((await read()).behind.map(({ id }) => id)).toContain(batch.id)
    const editionOf = async () => {
      const offer = await bodyOf(await apiOf(world.browser()).batches[':id'].$get({ param: { id: batch.id } }))
      return offer.editionId
    }
    const old = await editionOf()
    expect((await bodyOf(await dictionaries()['renew-batches'].$post())).batches).toBeGreaterThan(0)
    expect((await read()).behind).toEqual([])
    const renewed = await editionOf()
    expect(renewed).not.toBe(old)
    const edition = (await bodyOf(
      await apiOf(world.browser()).editions[':id'].$get({ param: { id: renewed } }),
    )) as unknown as ApplicationType
    const field = itemsOf(edition).find(({ id }) => id === 'exceptionType') as ChoiceField
    expect('list' in field.from && field.from.items).toEqual(after.items)

    // both lists at once, each for its own applications
    const late = await world.signIn(await world.person())
    const lateId = await begin(world, late, batch)
    const choose = async (browser: Browser, id: string, value: string) => {
      const known = (await sync(browser)).applications.find((one) => one.id === id)!
      const base = known.cells['exceptionType']?.version ?? 0
      const { results } = await sync(browser, [
        mutationOf(id, { kind: 'setField', path: 'exceptionType', value, base }),
      ])
      return results[0]
    }
    expect(await choose(late, lateId, added.code)).toMatchObject({ outcome: 'applied' })
    expect(await choose(late, lateId, 'DIRECT')).toMatchObject({ outcome: 'refused' })
    expect(await choose(early.browser, early.id, added.code)).toMatchObject({ outcome: 'refused' })
    expect(await choose(early.browser, early.id, 'DIRECT')).toMatchObject({ outcome: 'applied' })
    expect(await choose(early.browser, early.id, 'NORMAL')).toMatchObject({ outcome: 'applied' })
    const { version } = (await sync(early.browser)).applications.find((one) => one.id === early.id)!
    expect((await submit(early.browser, early.id, version)).status).toBe(200)

    const audit = await world.db
      .selectFrom('auditEvent')
      .select(['action', 'details'])
      .where('action', 'in', ['code-list.written', 'batch.lists-renewed'])
      .where('subject', 'in', ['code-list:exceptionType', `batch:${batch.id}`])
      .orderBy('action')
      .execute()
    expect(audit).toEqual([
      { action: 'batch.lists-renewed', details: { editionId: renewed } },
      { action: 'code-list.written', details: { version: 1, changed: ['DIRECT', added.code] } },
    ])
  })

  test('[R51] a specialty of the office is offered by a new batch, with the newest form', async () => {
    const list = await listNamed('specialty')
    const added = { label: '人工智能', offered: true, series: 'engineering' }
    expect(
      (await problemOf(await write('specialty', 0, [...entriesOf(list), { ...added, series: 'none' }]))).code,
    ).toBe('answer.required')
    await bodyOf(await write('specialty', 0, [...entriesOf(list), added]))
    const { code } = (await listNamed('specialty')).items.at(-1)!
    const made = await apiOf(office).batches.desk.$post({
      json: {
        type: 'review',
        name: '2027 年度工程系列中级职称评审',
        year: 2027,
        level: '中级',
        opensAt: '2027-10-16T01:00:00.000Z',
        closesAt: null,
        committeeName: '',
        hasDepartment: false,
        hasPublicity: true,
        recognitionByApproval: true,
        graceMinutes: 0,
        specialties: [{ id: code, titles: ['engineering.intermediate'] }],
      },
    })
    const { id } = await bodyOf(made)
    const offer = await bodyOf(await apiOf(world.browser()).batches[':id'].$get({ param: { id } }))
    expect(offer.specialties).toMatchObject([
      { id: code, label: '人工智能', series: '工程技术', titles: [{ label: '工程师' }] },
    ])
    // it has the lists of today from the beginning
    expect((await read()).behind.map((batch) => batch.id)).not.toContain(id)

    // retired, it is offered to no other batch, and this one goes on
    const newest = await listNamed('specialty')
    const items = entriesOf(newest).map((one) => ({ ...one, offered: one.code !== code }))
    await bodyOf(await write('specialty', newest.version, items))
    const change = (json: object) => apiOf(office).batches.desk[':id'].$patch({ param: { id }, json })
    expect((await change({ name: '换了名称' })).status).toBe(204)
    const other = await world.batch()
    const refused = await apiOf(office).batches.desk[':id'].$patch({
      param: { id: other.id },
      json: { specialties: [{ id: code, titles: ['engineering.intermediate'] }] },
    })
    expect((await problemOf(refused)).code).toBe('answer.not-in-list')
  })

  test('versions are kept, every one of them', async () => {
    const { version, items } = await listNamed('reissueReason')
    expect(version).toBe(0)
    const entries = items.map(({ code, label }) => ({ code, label, offered: true }))
    await bodyOf(await write('reissueReason', 0, [...entries].reverse()))
    await bodyOf(await write('reissueReason', 1, entries))
    const kept = await world.db
      .selectFrom('codeListVersion')
      .select(['version', 'items'])
      .where('list', '=', 'reissueReason')
      .orderBy('version')
      .execute()
    expect(kept.map((one) => one.items.map(({ code }) => code).join(''))).toEqual(['9321', '1239'])
  })
})
