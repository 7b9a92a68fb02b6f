import type { Insertable } from 'kysely'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { BulletinTable } from '#server/bulletin/tables.ts'
import { databaseKinds } from '../world/test-database.ts'
import type { Browser, World } from '../world/world.ts'
import { bodyOf, openWorld, problemOf } from '../world/world.ts'

describe.each(await databaseKinds())('bulletin on %s', (kind) => {
  let world: World
  beforeAll(async () => {
    world = await openWorld(kind)
    world.clock.moveTo(new Date('2026-05-01T04:00:00Z'))
  })
  afterAll(() => world.close())

  async function publish(title: string, changes: Partial<Insertable<BulletinTable>> = {}): Promise<string> {
    const id = crypto.randomUUID()
    await world.db
      .insertInto('bulletin')
      .values({
        id,
        kind: 'announcement',
        title,
        paragraphs: JSON.stringify([`${title}。`, '第二段。']),
        audience: JSON.stringify(['public']),
        publishedAt: new Date('2026-04-01T04:00:00Z'),
        withdrawnAt: null,
        authorId: null,
        ...changes,
      })
      .execute()
    return id
  }
  const list = async (browser: Browser, query: Record<string, string> = {}) =>
    bodyOf(await browser.api.api.bulletin.$get({ query }))
  const titles = async (query: Record<string, string>) =>
    (await list(world.browser(), query)).items.map(({ title }) => title)

  test('[R107] [R110] lists are filtered by kind, by day of publishing in Shanghai and by words of the title, newest first', async () => {
    await publish('甲：申报通知', { publishedAt: new Date('2026-03-01T15:59:59Z') })
    await publish('甲：补充通知', { publishedAt: new Date('2026-03-01T16:00:00Z') })
    await publish('甲：申报政策', { kind: 'policy', publishedAt: new Date('2026-02-01T04:00:00Z') })
    expect(await titles({ q: '甲：' })).toEqual(['甲：补充通知', '甲：申报通知', '甲：申报政策'])
    expect(await titles({ q: '甲：', kind: 'announcement' })).toEqual(['甲：补充通知', '甲：申报通知'])
    expect(await titles({ q: '甲：', kind: 'policy' })).toEqual(['甲：申报政策'])
    expect(await titles({ q: '甲：', from: '2026-03-02' })).toEqual(['甲：补充通知'])
    expect(await titles({ q: '甲：', to: '2026-03-01' })).toEqual(['甲：申报通知', '甲：申报政策'])
    expect(await titles({ q: ' 申报政策 ' })).toEqual(['甲：申报政策'])
    expect(await titles({ q: '%申报%' })).toEqual([])
    const wrong = await world.browser().fetch('/api/bulletin?kind=secret')
    expect(await problemOf(wrong)).toMatchObject({ status: 422, path: 'kind' })
  })

  test('[R109] [R110] one item opens with its paragraphs', async () => {
    const id = await publish('乙：详情')
    const item = await bodyOf(await world.browser().api.api.bulletin[':id'].$get({ param: { id } }))
    expect(item).toMatchObject({ title: '乙：详情', paragraphs: ['乙：详情。', '第二段。'] })
  })

  test('[R107] twenty titles a page, and how many there are in all', async () => {
    for (let count = 0; count < 23; count++) await publish(`丙：第 ${count} 号`)
    const second = await list(world.browser(), { q: '丙：', page: '2' })
    expect(second).toMatchObject({ total: 23, page: 2, pages: 2 })
    expect(second.items).toHaveLength(3)
  })

  test('what is not yet published or withdrawn is not there', async () => {
    const drafts = [
      await publish('丁：草稿', { publishedAt: null }),
      await publish('丁：明天', { publishedAt: new Date('2026-05-02T04:00:00Z') }),
      await publish('丁：撤回', { withdrawnAt: new Date('2026-04-30T04:00:00Z') }),
    ]
    expect(await titles({ q: '丁：' })).toEqual([])
    for (const id of drafts) {
      expect((await world.browser().api.api.bulletin[':id'].$get({ param: { id } })).status).toBe(404)
    }
    world.clock.moveTo(new Date('2026-05-02T04:00:01Z'))
    expect(await titles({ q: '丁：' })).toEqual(['丁：明天'])
    world.clock.moveTo(new Date('2026-05-01T04:00:00Z'))
  })

  test('[R112] an announcement reaches only the roles it is meant for, in the list and by its address', async () => {
    const id = await publish('戊：给受理点', { audience: JSON.stringify(['pointClerk', 'office']) })
    await publish('戊：给申报人', { audience: JSON.stringify(['applicant']) })
    const readers = {
      nobody: world.browser(),
      applicant: await world.signIn(await world.person()),
      clerk: await world.signIn(await world.staff('pointClerk', { acceptancePoint: '321202-talent' })),
      auditor: await world.signIn(await world.staff('auditor')),
    }
    const seen: Record<string, [string[], number]> = {}
    for (const [name, browser] of Object.entries(readers)) {
      const { items } = await list(browser, { q: '戊：' })
      const one = await browser.api.api.bulletin[':id'].$get({ param: { id } })
      seen[name] = [items.map(({ title }) => title), one.status]
    }
    expect(seen).toEqual({
      nobody: [[], 404],
      applicant: [['戊：给申报人'], 404],
      clerk: [['戊：给受理点'], 200],
      auditor: [[], 404],
    })
  })
})
