import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { isSlot, itemsOf } from '#domain/forms/application-type.ts'
import { applicationTypes } from '#domain/forms/index.ts'
import { givenReadingTexts, readingTexts } from '#server/batches/reading-texts.ts'
import * as textsAsTheForms from '#server/migrations/0104-texts-as-the-forms.ts'
import { defaultTexts } from '#server/papers/default-texts.ts'
import { apiOf } from '../world/application-walk.ts'
import { databaseKinds } from '../world/test-database.ts'
import { bodyOf, type Browser, openWorld, problemOf, type World } from '../world/world.ts'

test('the texts that come with the product are read as the paragraphs that they always were', () => {
  for (const [at, { paragraphs }] of readingTexts.entries())
    expect(JSON.parse(givenReadingTexts[at]!.paragraphs)).toEqual(paragraphs)
})

test('[A36, D7] the pledge that is agreed to has the articles of the one that is printed and signed', () => {
  const read = readingTexts.find(({ kind }) => kind === 'pledge')!.paragraphs
  const articles = defaultTexts.pledge.articles.split('\n')
  expect(articles).toHaveLength(4)
  expect(read.slice(1, -1)).toEqual(articles)
  expect(read[0]).toMatch(/郑重承诺：$/)
  expect(defaultTexts.pledge.opening).toMatch(/郑重承诺：$/)
})

test('[R28, R93] the 初定指南 lets print after 预审, and names as needed what the form requires and no more', () => {
  const { paragraphs } = readingTexts.find(({ kind }) => kind === 'initialGuide')!
  const words = paragraphs.join('\n')
  expect(words).toContain('预审通过后，打印正式版')
  expect(words).not.toContain('审核通过后打印')
  const materials = paragraphs.find((one) => one.includes('要准备的材料'))!
  const [needed = '', more = ''] = materials.split('。')
  for (const thing of ['身份证', '学历证书', '照片']) expect(needed).toContain(thing)
  for (const thing of ['承诺书', '继续教育证书', '见习期满考核表', '合同', '社会保险', '公示证明']) {
    expect(needed).not.toContain(thing)
    expect(more).toContain(thing)
  }
  const slots = itemsOf(applicationTypes.initial).filter(isSlot)
  expect(slots.filter(({ required }) => required === true).map(({ id }) => id)).toEqual(['idCard', 'photo'])
})

describe.each(await databaseKinds())('the texts that are read first, as the office writes them, on %s', (kind) => {
  let world: World
  let office: Browser
  beforeAll(async () => {
    world = await openWorld(kind)
    office = await world.signIn(await world.staff('office'))
  })
  afterAll(() => world.close())

  const texts = () => apiOf(office)['reading-texts']
  const open = async (textId: string) => bodyOf(await texts()[':textId'].$get({ param: { textId } }))
  const put = (textId: string, json: { title: string; body: string; version: number }) =>
    texts()[':textId'].$put({ param: { textId }, json })
  const changeBatch = (id: string, json: object) => apiOf(office).batches.desk[':id'].$patch({ param: { id }, json })
  const make = async (words: { kind?: 'pledge' | 'initialGuide'; title: string; body: string }) =>
    bodyOf(await texts().$post({ json: { kind: 'pledge', ...words } }))
  const gateOf = (browser: Browser, id: string, batchId: string) => {
    const { reading } = apiOf(browser).applications[':id']
    return {
      open: () => reading.$post({ param: { id }, json: { batchId } }),
      accept: (textId?: string) =>
        reading.accept.$post({ param: { id }, json: { batchId, ...(textId !== undefined && { textId }) } }),
    }
  }

  test('[R29] a text of the office is read by who applies in the batch it was chosen for, word for word, and in no other', async () => {
    const [batch, other] = [await world.batch(), await world.batch()]
    const body = '# 一、承诺\n\n材料**真实**，见[通知](https://example.gov.cn/a)。'
    const made = await make({ title: ' 高级职称\u0000承诺书 ', body })
    expect((await open(made.textId)).versions).toMatchObject([{ id: made.id, batches: [], accepted: 0 }])
    expect((await changeBatch(batch.id, { readingTextId: made.id })).status).toBe(204)

    const person = await world.signIn(await world.person())
    const gate = gateOf(person, crypto.randomUUID(), batch.id)
    expect(await bodyOf(await gate.open())).toMatchObject({
      textId: made.id,
      title: '高级职称承诺书',
      body,
      paragraphs: ['一、承诺', '材料真实，见通知。'],
      seconds: 20,
    })
    const elsewhere = await bodyOf(await gateOf(person, crypto.randomUUID(), other.id).open())
    expect(elsewhere.title).toBe('个人申报专业技术资格诚信承诺书')

    world.clock.advanceBy(20_000)
    await bodyOf(await gate.accept(made.id))
    const read = await open(made.textId)
    expect(read.versions).toMatchObject([{ accepted: 1, batches: [{ id: batch.id, name: batch.name }] }])
    const listed = (await bodyOf(await texts().$get())).find(({ textId }) => textId === made.textId)!
    expect(listed).toMatchObject({ kind: 'pledge', newest: { id: made.id, by: '李卫东', batches: [{ id: batch.id }] } })
  })

  test('[R29] what somebody has accepted stays as it was: a change is another version, read once the office chooses it', async () => {
    const batch = await world.batch()
    const { textId, id: first } = await make({ title: '承诺书', body: '第一版。' })
    await changeBatch(batch.id, { readingTextId: first })
    const early = await world.signIn(await world.person())
    const earlyId = crypto.randomUUID()
    await bodyOf(await gateOf(early, earlyId, batch.id).open())
    world.clock.advanceBy(20_000)
    await bodyOf(await gateOf(early, earlyId, batch.id).accept(first))

    expect(await bodyOf(await put(textId, { title: '承诺书', body: '第二版。', version: 1 }))).toEqual({ version: 2 })
    const { versions } = await open(textId)
    expect(versions.map(({ version, body, accepted }) => [version, body, accepted])).toEqual([
      [2, '第二版。', 0],
      [1, '第一版。', 1],
    ])
    const second = versions[0]!.id
    // the batch goes on with the one it has
    const late = await world.signIn(await world.person())
    const gate = gateOf(late, crypto.randomUUID(), batch.id)
    expect((await bodyOf(await gate.open())).body).toBe('第一版。')
    world.clock.advanceBy(20_000)

    // chosen while somebody reads: he reads the new one, from its first second
    expect((await changeBatch(batch.id, { readingTextId: second })).status).toBe(204)
    expect((await problemOf(await gate.accept(first))).code).toBe('reading.text-changed')
    expect((await problemOf(await gate.accept())).code).toBe('reading.missing')
    expect((await bodyOf(await gate.open())).body).toBe('第二版。')
    expect((await problemOf(await gate.accept(second))).code).toBe('reading.too-early')
    world.clock.advanceBy(20_000)
    await bodyOf(await gate.accept(second))

    const readings = await world.db
      .selectFrom('reading')
      .select(['readingTextId', 'acceptedAt'])
      .where('applicationId', '=', earlyId)
      .execute()
    expect(readings).toEqual([{ readingTextId: first, acceptedAt: expect.any(Date) }])
    await expect(
      world.db.updateTable('readingText').set({ body: '改写' }).where('id', '=', first).execute(),
    ).rejects.toThrow('never changes')
    expect((await open(textId)).versions[1]?.body).toBe('第一版。')

    const audit = await world.db
      .selectFrom('auditEvent')
      .select(['action', 'details'])
      .where('subject', 'in', [`reading-text:${textId}`, `batch:${batch.id}`])
      .orderBy('id')
      .execute()
    expect(audit.map(({ action }) => action)).toEqual([
      'reading-text.written',
      'batch.changed',
      'reading-text.written',
      'batch.changed',
    ])
    expect(audit[3]?.details).toMatchObject({ readingTextId: { before: first, after: second } })
  })

  test('of two who write at once the second is told, and nothing is written over; nothing changed makes no version', async () => {
    const { textId } = await make({ title: '承诺书', body: '原文。' })
    const both = await Promise.all(
      ['甲', '乙'].map((body) => put(textId, { title: '承诺书', body, version: 1 }).then((one) => one.status)),
    )
    expect(both.sort()).toEqual([200, 409])
    expect((await open(textId)).versions).toHaveLength(2)
    const late = await problemOf(await put(textId, { title: '承诺书', body: '丙', version: 1 }))
    expect(late.code).toBe('reading-text.version-changed')
    const { title, body } = await open(textId)
    expect(await bodyOf(await put(textId, { title, body: ` ${body}\r\n`, version: 2 }))).toEqual({ version: 2 })
  })

  test('refused is what nobody could read, with the place; and a text of another kind for a batch', async () => {
    const refused = async (words: { title: string; body: string }) =>
      problemOf(await texts().$post({ json: { kind: 'pledge', ...words } }))
    expect(await refused({ title: '', body: '' })).toMatchObject({
      code: 'answer.required',
      issues: [{ path: 'title' }, { path: 'body' }],
    })
    expect(await refused({ title: '承诺书', body: '字'.repeat(10_001) })).toMatchObject({
      code: 'answer.too-long',
      path: 'body',
      params: { over: 1 },
    })
    expect((await refused({ title: '承诺书', body: '[甲](javascript:a)' })).code).toBe('bulletin.unsafe-link')

    const guide = await make({ kind: 'initialGuide', title: '初定指南', body: '指南。' })
    const batch = await world.batch()
    for (const readingTextId of [guide.id, crypto.randomUUID()]) {
      expect(await problemOf(await changeBatch(batch.id, { readingTextId }))).toMatchObject({
        code: 'answer.not-in-list',
        path: 'readingTextId',
      })
    }
  })

  test('[R28] a new batch has the newest version of the text for all, or the one that was chosen', async () => {
    const { version, title, body } = await open('initialGuide')
    await bodyOf(await put('initialGuide', { title, body: `${body}\n\n今年另有规定。`, version }))
    const newest = (await open('initialGuide')).versions[0]!.id
    const own = await make({ kind: 'initialGuide', title: '海陵区初定指南', body: '指南。' })
    const settings = {
      type: 'initial' as const,
      name: '2027 年初定',
      year: 2027,
      level: null,
      opensAt: '2027-01-16T01:00:00.000Z',
      closesAt: null,
      committeeName: '',
      hasDepartment: false,
      hasPublicity: false,
      recognitionByApproval: true,
      graceMinutes: 0,
      specialties: [{ id: 'engineering.construction', titles: ['engineering.assistant'] }],
    }
    const { desk } = apiOf(office).batches
    const made = [
      await bodyOf(await desk.$post({ json: settings })),
      await bodyOf(await desk.$post({ json: { ...settings, readingTextId: own.id } })),
    ]
    const all = await bodyOf(await desk.$get())
    expect(made.map(({ id }) => all.find((one) => one.id === id)?.readingTextId)).toEqual([newest, own.id])
    // another name leaves the text, another type brings its own
    await changeBatch(made[1]!.id, { name: '换了名称' })
    const later = async () => (await bodyOf(await desk.$get())).find(({ id }) => id === made[1]!.id)!.readingTextId
    expect(await later()).toBe(own.id)
    expect((await changeBatch(made[1]!.id, { type: 'reissue', specialties: [] })).status).toBe(204)
    expect(await later()).toBe((await open('reissueGuide')).versions[0]!.id)
  })

  test('[R28, R29] where the office wrote none of its own, the text of this release comes as the next version; batches keep theirs', async () => {
    const here = await openWorld(kind)
    try {
      const { db } = here
      const desk = apiOf(await here.signIn(await here.staff('office')))['reading-texts']
      const newest = async (textId: string) => bodyOf(await desk[':textId'].$get({ param: { textId } }))
      const given = (textId: string) => givenReadingTexts.find((one) => one.kind === textId)!
      const olderId = crypto.randomUUID()
      const older = { kind: 'pledge' as const, textId: 'pledge', version: 2, title: '承诺书', body: '五条。', paragraphs: '["五条。"]' } // prettier-ignore
      await db
        .insertInto('readingText')
        .values({ id: olderId, ...older, changedBy: null })
        .execute()
      const batch = await here.batch({ readingTextId: olderId })
      const own = { title: '海陵区初定指南', body: '指南。', version: 1 }
      await bodyOf(await desk[':textId'].$put({ param: { textId: 'initialGuide' }, json: own }))
      await db.deleteFrom('readingText').where('textId', '=', 'reissueGuide').execute()

      await textsAsTheForms.up(db)
      const pledge = await newest('pledge')
      expect(pledge).toMatchObject({ version: 3, title: given('pledge').title, body: given('pledge').body })
      const row = await db
        .selectFrom('readingText')
        .selectAll()
        .where('textId', '=', 'pledge')
        .where('version', '=', 3)
        .executeTakeFirstOrThrow()
      expect(row).toMatchObject({ kind: 'pledge', changedBy: null, paragraphs: JSON.parse(given('pledge').paragraphs) })
      const standing = await db.selectFrom('batch').select('readingTextId').where('id', '=', batch.id).execute()
      expect(standing).toEqual([{ readingTextId: olderId }])
      expect(await newest('initialGuide')).toMatchObject({ version: 2, title: own.title })
      expect(await newest('reissueGuide')).toMatchObject({ version: 0 })

      await db
        .insertInto('readingText')
        .values({ id: crypto.randomUUID(), ...older, kind: 'initialGuide', textId: 'initialGuide', version: 3 })
        .execute()
      await textsAsTheForms.up(db)
      const { version, body } = await newest('initialGuide')
      expect([version, body]).toEqual([4, given('initialGuide').body])
      expect((await newest('pledge')).version).toBe(3)
    } finally {
      await here.close()
    }
  })

  test('before the first batch the texts that come with the product are there to be changed', async () => {
    const empty = await openWorld(kind)
    try {
      await empty.db.deleteFrom('readingText').execute()
      const desk = apiOf(await empty.signIn(await empty.staff('office')))['reading-texts']
      expect((await bodyOf(await desk.$get())).map(({ textId, newest }) => [textId, newest.version])).toEqual([
        ['initialGuide', 0],
        ['pledge', 0],
        ['reissueGuide', 0],
      ])
      const param = { textId: 'pledge' as const }
      const given = await bodyOf(await desk[':textId'].$get({ param }))
      expect([given.version, given.versions]).toEqual([0, []])
      const json = { title: '承诺书', body: '我承诺。', version: 0 }
      expect(await bodyOf(await desk[':textId'].$put({ param, json }))).toEqual({ version: 1 })
    } finally {
      await empty.close()
    }
  })
})
