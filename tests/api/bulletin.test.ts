import type { Insertable } from 'kysely'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import type { BulletinEntry } from '#domain/bulletin/bulletin.ts'
import type { BulletinTable } from '#server/bulletin/tables.ts'
import { apiOf, begin, HAILING, JIANGYAN, pointIn, submitted } from '../world/application-walk.ts'
import { plainPdf } from '../world/pdf-files.ts'
import { databaseKinds } from '../world/test-database.ts'
import type { Browser, Person, World } from '../world/world.ts'
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

  const entry: BulletinEntry = {
    kind: 'announcement',
    title: '关于申报的通知',
    documentNumber: '泰职办〔2026〕3 号',
    issuer: '泰州市职称办',
    body: '# 时间\n请在**月底前**申报。',
    audience: ['applicant'],
    regions: [],
    batches: [],
    pinned: false,
  }
  const now = { at: null, until: null }
  let office: Browser
  let writer: Person
  beforeAll(async () => void (writer = await world.staff('office')))
  // a session ends when the clock is moved by days
  beforeEach(async () => void (office = await world.signIn(writer)))
  const desk = (browser = office) => apiOf(browser).bulletin.desk

  async function written(changes: Partial<BulletinEntry> = {}): Promise<string> {
    return (await bodyOf(await desk().$post({ json: { ...entry, ...changes } as never }))).id
  }
  const publishing = (id: string, json: { revision: number; at: string | null; until: string | null }) =>
    desk()[':id'].publish.$post({ param: { id }, json })
  async function seenBy(browser: Browser, id: string): Promise<boolean> {
    const { status } = await apiOf(browser).bulletin[':id'].$get({ param: { id } })
    const { items } = await list(browser, { q: '己：' })
    expect(items.some((one) => one.id === id)).toBe(status === 200)
    return status === 200
  }

  const send = (id: string, bytes: Uint8Array, name = '附件一.pdf', browser = office) =>
    browser.fetch(`/api/bulletin/desk/${id}/files?name=${encodeURIComponent(name)}`, {
      method: 'POST',
      headers: { 'content-type': 'application/pdf' },
      body: bytes as Uint8Array<ArrayBuffer>,
    })

  test('[R107] what the office writes is a draft, waits for its time, is read, and ends by itself', async () => {
    const applicant = await world.person()
    const id = await written({ title: '己：定时' })
    expect(await seenBy(await world.signIn(applicant), id)).toBe(false)
    const times = { at: '2026-05-02T00:00:00Z', until: '2026-05-04T00:00:00Z' }
    expect(await bodyOf(await publishing(id, { revision: 1, ...times }))).toEqual({ revision: 2 })
    const state = async () => (await bodyOf(await desk()[':id'].$get({ param: { id } }))).state
    const seen: unknown[] = []
    for (const moment of ['2026-05-01T23:59:59Z', '2026-05-02T00:00:00Z', '2026-05-04T00:00:00Z']) {
      world.clock.moveTo(new Date(moment))
      office = await world.signIn(writer)
      seen.push([await state(), await seenBy(await world.signIn(applicant), id)])
    }
    world.clock.moveTo(new Date('2026-05-01T04:00:00Z'))
    expect(seen).toEqual([
      ['scheduled', false],
      ['published', true],
      ['withdrawn', false],
    ])
  })

  test('[R109] the text keeps its marks, and a link that a browser would run is refused with its place', async () => {
    const id = await written({ title: '己：正文' })
    await bodyOf(await publishing(id, { revision: 1, ...now }))
    const reader = await world.signIn(await world.person())
    expect(await bodyOf(await apiOf(reader).bulletin[':id'].$get({ param: { id } }))).toMatchObject({
      body: entry.body,
      paragraphs: ['时间', '请在月底前申报。'],
      documentNumber: entry.documentNumber,
      issuer: entry.issuer,
    })
    const bad = await desk().$post({ json: { ...entry, body: '[看](javascript:alert)' } as never })
    expect(await problemOf(bad)).toMatchObject({ code: 'bulletin.unsafe-link', path: 'body' })
    const html = await written({ title: '己：尖括号', body: '<img src=x onerror=alert(1)>\u202e甲' })
    expect((await bodyOf(await desk()[':id'].$get({ param: { id: html } }))).body).toBe(
      '<img src=x onerror=alert(1)>甲',
    )
  })

  test('a published text that changes keeps the earlier one, and the audit has its digest', async () => {
    const id = await written({ title: '己：改过' })
    await bodyOf(await publishing(id, { revision: 1, ...now }))
    const change = { ...entry, title: '己：改过', body: '新的正文', revision: 2 } as never
    expect(await bodyOf(await desk()[':id'].$put({ param: { id }, json: change }))).toEqual({ revision: 3 })
    const { versions, body } = await bodyOf(await desk()[':id'].$get({ param: { id } }))
    expect(body).toBe('新的正文')
    expect(versions).toMatchObject([{ revision: 2, content: { body: entry.body }, replacedBy: '李卫东' }])
    const noted = await world.db
      .selectFrom('auditEvent')
      .select(['action', 'details'])
      .where('subject', '=', `bulletin:${id}`)
      .orderBy('id')
      .execute()
    expect(noted.map(({ action }) => action)).toEqual(['bulletin.started', 'bulletin.published', 'bulletin.changed'])
    expect(noted.at(-1)!.details).toEqual({ revision: 3, earlier: 2, sha256: versions[0]!.sha256 })
    // who has not seen the change does not write over it
    const late = await desk()[':id'].$put({ param: { id }, json: change })
    expect((await problemOf(late)).code).toBe('bulletin.changed')
    const empty = await desk()[':id'].$put({ param: { id }, json: { ...entry, title: '', revision: 3 } as never })
    expect(await problemOf(empty)).toMatchObject({ code: 'answer.required', path: 'title' })
  })

  test('[R107] what waits for its time cannot be emptied; what ended by itself is kept as it was read and is no draft again', async () => {
    const id = await written({ title: '己：到时' })
    const put = (revision: number, more: object = {}) =>
      desk()[':id'].$put({ param: { id }, json: { ...entry, title: '己：到时', revision, ...more } as never })
    await bodyOf(await publishing(id, { revision: 1, at: '2026-05-02T00:00:00Z', until: '2026-05-04T00:00:00Z' }))
    expect(await problemOf(await put(2, { title: '' }))).toMatchObject({ code: 'answer.required', path: 'title' })
    world.clock.moveTo(new Date('2026-05-05T00:00:00Z'))
    office = await world.signIn(writer)
    await bodyOf(await put(2, { body: '之后改的' }))
    const versions = async () => (await bodyOf(await desk()[':id'].$get({ param: { id } }))).versions
    expect(await versions()).toMatchObject([{ revision: 2, content: { body: entry.body } }])
    // what nobody could read is not kept beside it
    await bodyOf(await put(3, { body: '又改' }))
    await bodyOf(await publishing(id, { revision: 4, at: '2026-05-06T00:00:00Z', until: null }))
    await bodyOf(await desk()[':id'].withdraw.$post({ param: { id }, json: { revision: 5 } }))
    expect(await versions()).toHaveLength(1)
    expect((await problemOf(await desk()[':id'].$delete({ param: { id } }))).code).toBe('bulletin.not-now')
    world.clock.moveTo(new Date('2026-05-01T04:00:00Z'))
    office = await world.signIn(writer)
  })

  test('[R107] what was taken down comes back to the top only where there is room', async () => {
    const first = await written({ title: '己：置顶', pinned: true })
    await bodyOf(await publishing(first, { revision: 1, ...now }))
    await bodyOf(await desk()[':id'].withdraw.$post({ param: { id: first }, json: { revision: 2 } }))
    const others: string[] = []
    for (let one = 0; ; one += 1) {
      const answer = await desk().$post({ json: { ...entry, title: `己：置顶${one}`, pinned: true } as never })
      if (!answer.ok) break
      others.push((await bodyOf(answer)).id)
    }
    expect(others.length).toBeGreaterThan(0)
    expect(await problemOf(await publishing(first, { revision: 3, ...now }))).toMatchObject({
      code: 'bulletin.too-many-pinned',
    })
    for (const id of others) expect((await desk()[':id'].$delete({ param: { id } })).status).toBe(204)
    await bodyOf(await publishing(first, { revision: 3, ...now }))
    await bodyOf(await desk()[':id'].withdraw.$post({ param: { id: first }, json: { revision: 4 } }))
  })

  test('what is taken down is gone at once, can be published again, and only a draft nobody read can be removed', async () => {
    const applicant = await world.signIn(await world.person())
    const id = await written({ title: '己：撤下' })
    await bodyOf(await publishing(id, { revision: 1, ...now }))
    expect((await problemOf(await desk()[':id'].$delete({ param: { id } }))).code).toBe('bulletin.not-now')
    await bodyOf(await desk()[':id'].withdraw.$post({ param: { id }, json: { revision: 2 } }))
    expect(await seenBy(applicant, id)).toBe(false)
    const again = await desk()[':id'].withdraw.$post({ param: { id }, json: { revision: 3 } })
    expect((await problemOf(again)).code).toBe('bulletin.not-now')
    await bodyOf(await publishing(id, { revision: 3, ...now }))
    expect(await seenBy(applicant, id)).toBe(true)
    const draft = await written({ title: '己：不要了' })
    expect((await desk()[':id'].$delete({ param: { id: draft } })).status).toBe(204)
    expect((await desk()[':id'].$get({ param: { id: draft } })).status).toBe(404)
  })

  test('times that do not follow each other, and a draft that lacks something, are not published', async () => {
    const id = await written({ title: '', body: '', audience: [] })
    expect((await problemOf(await publishing(id, { revision: 1, ...now }))).issues?.map(({ path }) => path)).toEqual([
      'title',
      'body',
      'audience',
    ])
    const fine = await written({ title: '己：时间' })
    const past = await publishing(fine, { revision: 1, at: '2026-04-30T00:00:00Z', until: null })
    expect((await problemOf(past)).path).toBe('at')
    const before = await publishing(fine, { revision: 1, at: '2026-05-03T00:00:00Z', until: '2026-05-02T00:00:00Z' })
    expect((await problemOf(before)).path).toBe('until')
  })

  test('[R112] a region limits who is reached: by where he applies, by the 受理点, by the department; the whole city reads all', async () => {
    const id = await written({
      title: '己：海陵',
      audience: ['applicant', 'pointClerk', 'deptReviewer', 'secretary'],
      regions: [HAILING],
    })
    await bodyOf(await publishing(id, { revision: 1, ...now }))
    const batch = await world.batch()
    const drafting = await world.person()
    const draft = await world.application({ person: drafting, batch }, { acceptRegion: HAILING })
    expect(draft.id).toBeTruthy()
    const readers: Record<string, Browser> = {
      here: (await submitted(world)).browser,
      there: (await submitted(world, {}, { acceptRegion: JIANGYAN, acceptancePoint: pointIn(JIANGYAN) })).browser,
      drafting: await world.signIn(drafting),
      nowhere: await world.signIn(await world.person()),
      clerkHere: await world.signIn(await world.staff('pointClerk', { acceptancePoint: pointIn(HAILING) })),
      clerkThere: await world.signIn(await world.staff('pointClerk', { acceptancePoint: pointIn(JIANGYAN) })),
      departmentHere: await world.signIn(await world.staff('deptReviewer', { region: HAILING })),
      departmentThere: await world.signIn(await world.staff('deptReviewer', { region: JIANGYAN })),
      secretary: await world.signIn(await world.staff('secretary')),
      // by role, whatever the region
      auditor: await world.signIn(await world.staff('auditor')),
      nobody: world.browser(),
    }
    const reached: string[] = []
    for (const [name, browser] of Object.entries(readers)) if (await seenBy(browser, id)) reached.push(name)
    expect(reached).toEqual(['here', 'drafting', 'clerkHere', 'departmentHere', 'secretary'])
    const everybody = await desk().$post({ json: { ...entry, audience: ['public'], regions: [HAILING] } as never })
    expect((await problemOf(everybody)).path).toBe('regions')
  })

  describe('for the applicants of a batch', () => {
    const reach = async (id: string) => (await bodyOf(await desk()[':id'].$get({ param: { id } }))).reach

    test('[R107] [R112] it reaches those who have a live application in it, a draft too, whoever starts later, and nobody else', async () => {
      const batch = await world.batch({ name: '2026 年度子批' })
      const other = await world.batch({ type: 'reissue' })
      const id = await written({ title: '己：给一个批次', batches: [batch.id] })
      const { id: fileId } = (await bodyOf(await send(id, plainPdf({ pages: 5 })))) as { id: string }
      await bodyOf(await publishing(id, { revision: 2, ...now }))
      const people: Record<string, Person> = {}
      for (const name of ['drafting', 'late', 'elsewhere', 'over', 'nothing']) people[name] = await world.person()
      const draft = await world.application({ person: people['drafting']!, batch })
      await world.application({ person: people['elsewhere']!, batch: other })
      await world.application({ person: people['over']!, batch, state: 'REJECTED' })
      const browsers: Record<string, Browser> = { nobody: world.browser() }
      for (const [name, person] of Object.entries(people)) browsers[name] = await world.signIn(person)
      browsers['submitted'] = (await submitted(world, { batch })).browser
      /** Who has it, everywhere alike: list and its count, page, file, and the mark that it was opened. */
      const reached = async () => {
        const names: string[] = []
        for (const [name, browser] of Object.entries(browsers)) {
          const { items, total } = await list(browser, { q: '己：给一个批次' })
          const there = await seenBy(browser, id)
          expect([items.length, total]).toEqual(there ? [1, 1] : [0, 0])
          const file = await browser.fetch(`/api/bulletin/${id}/files/${fileId}`)
          const read = await apiOf(browser).bulletin[':id'].read.$post({ param: { id } })
          expect([file.status, read.status]).toEqual(there ? [200, 204] : [404, name === 'nobody' ? 401 : 404])
          if (there) names.push(name)
        }
        return names
      }
      expect(await reached()).toEqual(['drafting', 'submitted'])
      expect(await reach(id)).toEqual({ aimed: 2, opened: 2 })
      await begin(world, browsers['late']!, batch)
      expect(await reached()).toEqual(['drafting', 'late', 'submitted'])
      expect(await reach(id)).toEqual({ aimed: 3, opened: 3 })
      const removed = await apiOf(browsers['drafting']!).applications[':id'].$delete({ param: { id: draft.id } })
      expect(removed.status).toBe(204)
      expect(await reached()).toEqual(['late', 'submitted'])
      expect(await reach(id)).toEqual({ aimed: 2, opened: 2 })
    })

    test('[R109] its readers and the back office are told for which batch it is, as it is called now', async () => {
      const batch = await world.batch({ name: '2026 年度丑批' })
      const id = await written({ title: '己：写明批次', batches: [batch.id] })
      await bodyOf(await publishing(id, { revision: 1, ...now }))
      await world.db.updateTable('batch').set({ name: '2026 年度丑批（改）' }).where('id', '=', batch.id).execute()
      const person = await world.person()
      await world.application({ person, batch })
      const batches = [{ id: batch.id, name: '2026 年度丑批（改）' }]
      const clerk = await world.signIn(await world.staff('pointClerk', { acceptancePoint: pointIn(HAILING) }))
      for (const browser of [await world.signIn(person), clerk, office]) {
        expect(await bodyOf(await apiOf(browser).bulletin[':id'].$get({ param: { id } }))).toMatchObject({ batches })
        expect((await list(browser, { q: '己：写明批次' })).items).toMatchObject([{ id, batches }])
        expect((await apiOf(browser).bulletin[':id'].read.$post({ param: { id } })).status).toBe(204)
      }
      // who reads along is not among those whom it is meant for
      expect(await reach(id)).toEqual({ aimed: 1, opened: 1 })
      const [listed] = (await bodyOf(await desk().$get({ query: { q: '己：写明批次' } }))).items
      expect(listed).toMatchObject({ batches, opened: 1 })
      // and what is not published is for nobody of them
      const draft = await written({ title: '己：还没发', batches: [batch.id] })
      expect((await apiOf(clerk).bulletin[':id'].$get({ param: { id: draft } })).status).toBe(404)
    })

    test('with a region it is for who applies there in that batch, by one and the same application', async () => {
      const batch = await world.batch({ type: 'initial' })
      const other = await world.batch({ type: 'reissue' })
      const id = await written({ title: '己：批次和地区', batches: [batch.id], regions: [HAILING] })
      await bodyOf(await publishing(id, { revision: 1, ...now }))
      const [here, there] = [await world.person(), await world.person()]
      await world.application({ person: here, batch }, { acceptRegion: HAILING })
      await world.application({ person: there, batch }, { acceptRegion: JIANGYAN })
      await world.application({ person: there, batch: other }, { acceptRegion: HAILING })
      expect(await seenBy(await world.signIn(here), id)).toBe(true)
      expect(await seenBy(await world.signIn(there), id)).toBe(false)
    })

    test('another batch takes the place of the one before, which stays in the earlier version', async () => {
      const [first, second] = [await world.batch({ type: 'initial' }), await world.batch({ type: 'reissue' })]
      const id = await written({ title: '己：换批次', batches: [first.id] })
      await bodyOf(await publishing(id, { revision: 1, ...now }))
      const [one, two] = [await world.person(), await world.person()]
      await world.application({ person: one, batch: first })
      await world.application({ person: two, batch: second })
      const seenByBoth = async () => [
        await seenBy(await world.signIn(one), id),
        await seenBy(await world.signIn(two), id),
      ]
      expect(await seenByBoth()).toEqual([true, false])
      const change = { ...entry, title: '己：换批次', batches: [second.id], revision: 2 } as never
      await bodyOf(await desk()[':id'].$put({ param: { id }, json: change }))
      expect(await seenByBoth()).toEqual([false, true])
      const { batches, versions } = await bodyOf(await desk()[':id'].$get({ param: { id } }))
      expect(batches.map((kept) => kept.id)).toEqual([second.id])
      expect(versions).toMatchObject([{ content: { batches: [first.id] } }])
    })

    test('a batch that there is not, and one without applicants, are refused with their place', async () => {
      const batch = await world.batch()
      const refused = async (changes: Partial<BulletinEntry>) =>
        problemOf(await desk().$post({ json: { ...entry, ...changes } as never }))
      const unknown = await refused({ batches: [crypto.randomUUID()] })
      expect(unknown).toMatchObject({ code: 'answer.not-in-list', path: 'batches' })
      const staff = await refused({ audience: ['office'], batches: [batch.id] })
      expect(staff).toMatchObject({ code: 'bulletin.batch-without-applicants', path: 'batches' })
    })
  })

  test('what is pinned comes first, and no more than five are', async () => {
    await publish('庚：新', { publishedAt: new Date('2026-04-03T04:00:00Z') })
    const first = await publish('庚：旧', { publishedAt: new Date('2026-03-01T04:00:00Z'), pinned: true })
    expect(await titles({ q: '庚：' })).toEqual(['庚：旧', '庚：新'])
    const others = await Promise.all([1, 2, 3, 4].map((at) => publish(`辛：${at}`, { pinned: true })))
    expect((await problemOf(await desk().$post({ json: { ...entry, pinned: true } as never }))).path).toBe('pinned')
    await world.db
      .deleteFrom('bulletin')
      .where('id', 'in', [first, ...others])
      .execute()
  })

  test('the desk lists all of it by state, kind and words, for those who write and for the auditor', async () => {
    const draft = await written({ title: '壬：草稿', kind: 'policy' })
    const out = await written({ title: '壬：已发' })
    await bodyOf(await publishing(out, { revision: 1, ...now }))
    const found = async (query: Record<string, string>) =>
      (await bodyOf(await desk().$get({ query: { q: '壬：', ...query } }))).items.map(({ id, state }) => [id, state])
    expect(await found({ state: 'draft' })).toEqual([[draft, 'draft']])
    expect(await found({ state: 'published' })).toEqual([[out, 'published']])
    expect(await found({ state: 'scheduled' })).toEqual([])
    expect(await found({ state: 'withdrawn' })).toEqual([])
    expect(await found({ kind: 'policy' })).toEqual([[draft, 'draft']])
    const auditor = await world.signIn(await world.staff('auditor'))
    expect((await desk(auditor).$get({ query: {} })).status).toBe(200)
    expect((await desk(auditor).$post({ json: entry as never })).status).toBe(403)
  })

  test('an attachment is read by those who may read the announcement, as long as it hangs there', async () => {
    const id = await written({ title: '癸：附件' })
    const pdf = plainPdf({ pages: 2 })
    const { id: fileId } = (await bodyOf(await send(id, pdf))) as { id: string }
    const path = `/api/bulletin/${id}/files/${fileId}`
    const applicant = await world.signIn(await world.person())
    const clerk = await world.signIn(await world.staff('pointClerk', { acceptancePoint: pointIn(HAILING) }))
    expect((await applicant.fetch(path)).status).toBe(404)
    // who writes looks at it before
    expect((await office.fetch(path)).status).toBe(200)
    await bodyOf(await publishing(id, { revision: 2, ...now }))
    const { files } = await bodyOf(await apiOf(applicant).bulletin[':id'].$get({ param: { id } }))
    expect(files).toEqual([{ id: fileId, name: '附件一.pdf', size: pdf.length, pages: 2 }])
    const answer = await applicant.fetch(`${path}?download=1`)
    expect(answer.headers.get('content-disposition')).toBe(
      `attachment; filename="file.pdf"; filename*=UTF-8''${encodeURIComponent('附件一.pdf')}`,
    )
    expect(answer.headers.get('content-security-policy')).toContain('sandbox')
    expect(new Uint8Array(await answer.arrayBuffer())).toEqual(pdf)
    expect([(await clerk.fetch(path)).status, (await world.browser().fetch(path)).status]).toEqual([404, 404])
    await bodyOf(await desk()[':id'].files[':fileId'].$delete({ param: { id, fileId } }))
    expect((await applicant.fetch(path)).status).toBe(404)
    const { versions, revision } = await bodyOf(await desk()[':id'].$get({ param: { id } }))
    expect(revision).toBe(4)
    expect(versions[0]!.content.files).toMatchObject([{ name: '附件一.pdf' }])
  })

  test('what is no plain PDF, hangs there already, or is too large, is refused', async () => {
    const id = await written({ title: '癸：拒收' })
    const codeOf = async (bytes: Uint8Array) => (await problemOf(await send(id, bytes))).code
    expect(await codeOf(new TextEncoder().encode('<html>'))).toBe('attachment.not-pdf')
    expect(await codeOf(new Uint8Array())).toBe('attachment.empty')
    const active = plainPdf({ catalog: '/OpenAction << /S /JavaScript /JS (app.alert(1)) >>' })
    expect(await codeOf(active)).toBe('attachment.active-content')
    expect(await codeOf(new Uint8Array(10_000 * 1024 + 1))).toBe('bulletin.file-too-large')
    const pdf = plainPdf({ pages: 3 })
    expect((await send(id, pdf)).status).toBe(200)
    expect(await codeOf(pdf)).toBe('answer.duplicate')
    const auditor = await world.signIn(await world.staff('auditor'))
    expect((await send(id, pdf, 'a.pdf', auditor)).status).toBe(403)
  })

  test('the bytes of an attachment stay as long as a row names them', async () => {
    const id = await written({ title: '癸：清扫' })
    const { id: fileId } = (await bodyOf(await send(id, plainPdf({ pages: 4 })))) as { id: string }
    await world.db
      .updateTable('storedFile')
      .set({ checkedAt: new Date('2026-01-01T00:00:00Z') })
      .execute()
    const { sha256 } = await world.db
      .selectFrom('bulletinFile')
      .select('sha256')
      .where('id', '=', fileId)
      .executeTakeFirstOrThrow()
    const kept = async () =>
      (await world.db.selectFrom('storedFile').select('sha256').where('sha256', '=', sha256).execute()).length
    await world.runJob('attachments.sweep')
    expect([await kept(), (await office.fetch(`/api/bulletin/${id}/files/${fileId}`)).status]).toEqual([1, 200])
    expect((await desk()[':id'].$delete({ param: { id } })).status).toBe(204)
    await world.runJob('attachments.sweep')
    expect(await kept()).toBe(0)
  })

  test('[R107] who has opened it counts once, among those whom it is meant for', async () => {
    const person = await world.person()
    const others = await Promise.all([world.person(), world.person()])
    const id = await written({ title: '癸：已读', audience: ['applicant'] })
    const applicant = await world.signIn(person)
    const read = async (browser: Browser) => (await apiOf(browser).bulletin[':id'].read.$post({ param: { id } })).status
    expect(await read(applicant)).toBe(404)
    await bodyOf(await publishing(id, { revision: 1, ...now }))
    const reach = async () => (await bodyOf(await desk()[':id'].$get({ param: { id } }))).reach
    const { aimed } = await reach()
    const { count } = await world.db
      .selectFrom('accountGrant')
      .select(({ fn }) => fn.count<string>('accountId').distinct().as('count'))
      .where('role', '=', 'applicant')
      .executeTakeFirstOrThrow()
    expect(aimed).toBe(Number(count))
    expect([await read(applicant), await read(applicant), await read(await world.signIn(others[0]!))]).toEqual([
      204, 204, 204,
    ])
    expect(await read(office)).toBe(404)
    expect(await read(world.browser())).toBe(401)
    expect(await reach()).toEqual({ opened: 2, aimed })
    const listed = (await bodyOf(await desk().$get({ query: { q: '癸：已读' } }))).items
    expect(listed.map(({ opened }) => opened)).toEqual([2])
    // to look at it from the desk is no reading
    expect((await apiOf(office).bulletin.desk[':id'].$get({ param: { id } })).status).toBe(200)
    expect((await reach()).opened).toBe(2)
    // a person who is shut out is reached no more
    await world.db.updateTable('account').set({ disabledAt: new Date() }).where('id', '=', person.id).execute()
    expect(await reach()).toEqual({ opened: 1, aimed: aimed - 1 })
  })
})
