import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Mutation } from '#domain/sync/mutation.ts'
import { apiOf, begin, filledDraft, mutationOf, sync, uploaded, type Wish } from '../world/application-walk.ts'
import { stopClock } from '../world/still-clock.ts'
import { databaseKinds } from '../world/test-database.ts'
import { bodyOf, type Browser, openWorld, type Person, problemOf, type World } from '../world/world.ts'

const PHONE = '00000000-0000-4000-8000-0000000000a1'
const TABLET = '00000000-0000-4000-8000-0000000000a2'

describe.each(await databaseKinds())('sync on %s', (kind) => {
  let world: World
  beforeAll(async () => void (world = await openWorld(kind)))
  afterAll(() => world.close())

  /** A person with a fresh draft, and short ways to send. */
  async function draft(type: 'review' | 'initial' | 'reissue' = 'review') {
    const batch = await world.batch({ type })
    const person = await world.person()
    const browser = await world.signIn(person)
    const id = await begin(world, browser, batch)
    return { batch, person, browser, id, ...ways(browser, id) }
  }
  const ways = (browser: Browser, id: string) => ({
    send: (wishes: readonly (Wish | Mutation)[], more: { device?: string; known?: number } = {}) =>
      sync(
        browser,
        wishes.map((wish) => ('applicationId' in wish ? (wish as Mutation) : mutationOf(id, wish))),
        { device: more.device ?? PHONE, ...(more.known !== undefined && { known: { [id]: more.known } }) },
      ),
    all: async () => (await sync(browser)).applications.find((one) => one.id === id)!,
  })
  const set = (path: string, value: string | number | boolean | null, base = 0): Wish => ({
    kind: 'setField',
    path,
    value,
    base,
  })
  const outcomes = (answer: { results: readonly { outcome: string }[] }) =>
    answer.results.map((one) => ('code' in one ? one.code : one.outcome))

  test('[S1] a mutation sent twice is applied once and answered alike, in one request and in two, and at the same moment', async () => {
    const { id, send, all } = await draft()
    const row = crypto.randomUUID()
    const one = mutationOf(id, { kind: 'addRow', path: `workHistory/${row}`, position: 1 })
    const two = mutationOf(id, set('societies', '土木学会'))
    const first = await send([one, two, one])
    expect(first.results[2]).toEqual(first.results[0])
    const [a, b] = await Promise.all([send([one, two]), send([one, two])])
    expect(a.results).toEqual(first.results.slice(0, 2))
    expect(b.results).toEqual(first.results.slice(0, 2))
    expect((await all()).version).toBe(3)
    const kept = await world.db.selectFrom('applicationMutation').select('id').where('applicationId', '=', id).execute()
    expect(kept).toHaveLength(2)
  })

  test('[S1] two requests with the same new mutation at the same moment apply it once', async () => {
    const { id, send, all } = await draft()
    const one = mutationOf(id, set('societies', '同一时刻'))
    const [a, b] = await Promise.all([send([one]), send([one])])
    expect(a.results).toEqual(b.results)
    expect((await all()).version).toBe(2)
  })

  test('[S1] a refusal is remembered too', async () => {
    const { id, send } = await draft()
    const bad = mutationOf(id, set('exceptionType', 'NOTHING', 1))
    const first = await send([bad])
    expect(outcomes(first)).toEqual(['answer.not-in-list'])
    expect((await send([bad])).results).toEqual(first.results)
  })

  test('[S2, S3] mutations are applied in the order sent, each raising the version by one', async () => {
    const { send, all } = await draft()
    const row = `workHistory/${crypto.randomUUID()}`
    const answer = await send([
      { kind: 'addRow', path: row, position: 1 },
      set(`${row}/unit`, '设计院'),
      set(`${row}/work`, '结构设计'),
      { kind: 'removeRow', path: row, base: 1, files: [] },
      set(`${row}/post`, '所长'),
    ])
    expect(outcomes(answer)).toEqual(['applied', 'applied', 'applied', 'applied', 'answer.row-missing'])
    expect(answer.results.map((one) => ('version' in one ? one.version : 0))).toEqual([2, 3, 4, 5, 0])
    const now = await all()
    expect(now.version).toBe(5)
    expect(now.cells[row]).toEqual({ value: null, version: 5 })
    expect(now.cells[`${row}/unit`]?.version).toBe(3)
  })

  describe('[S14] a row is removed as it was seen', () => {
    const rowOf = async () => {
      const made = await draft()
      const row = `workHistory/${crypto.randomUUID()}`
      await made.send([{ kind: 'addRow', path: row, position: 1 }, set(`${row}/unit`, '设计院')])
      const { version } = await made.all()
      const remove: Wish = { kind: 'removeRow', path: row, base: version, files: [] }
      return { ...made, row, version, remove }
    }

    test('[S14] typing of another device since then keeps the row; looked at again, it goes', async () => {
      const { send, all, row, remove } = await rowOf()
      await send([set(`${row}/post`, '所长')], { device: TABLET })
      expect(outcomes(await send([remove]))).toEqual(['sync.row-changed'])
      const { cells, version } = await all()
      expect(cells[row]?.value).toBe(1)
      expect(outcomes(await send([{ ...remove, base: version } as Wish]))).toEqual(['applied'])
    })

    test('[S14] what the same request wrote into the row before, its sender has seen; sent again too', async () => {
      const { id, send, all } = await draft()
      const row = `educations/${crypto.randomUUID()}`
      const before = [{ kind: 'addRow', path: row, position: 1 } as Wish, set(`${row}/school`, '扬州大学')]
      const sent = before.map((wish) => mutationOf(id, wish))
      await send(sent)
      const removal: Wish = { kind: 'removeRow', path: row, base: 1, files: [] }
      expect(outcomes(await send([...sent, removal]))).toEqual(['applied', 'applied', 'applied'])
      expect((await all()).cells[row]?.value).toBeNull()
    })

    test('[S4, S14] two values that wait for a choice keep the row, also where this very request brings the second', async () => {
      const { send, all, row, version, remove } = await rowOf()
      await send([set(`${row}/unit`, '另一台', version)], { device: TABLET })
      const { version: now } = await all()
      const late = set(`${row}/unit`, '本机', version)
      expect(outcomes(await send([late, { ...remove, base: now } as Wish]))).toEqual(['conflict', 'sync.row-changed'])
      expect(outcomes(await send([{ ...remove, base: now } as Wish]))).toEqual(['sync.row-changed'])
      const seen = await all()
      expect(seen.conflicts).toHaveLength(1)
      expect(outcomes(await send([{ ...remove, base: seen.version } as Wish]))).toEqual(['applied'])
      expect((await all()).conflicts).toEqual([])
    })

    test('[S14] a file that another device attached keeps the row', async () => {
      const { person, id, send, all } = await draft()
      const row = `continuingEducation/${crypto.randomUUID()}`
      await send([{ kind: 'addRow', path: row, position: 1 }])
      const { version } = await all()
      const path = `${row}/proof`
      const upload = await uploaded(world, { person, applicationId: id, path })
      await send([{ kind: 'attach', path, attachmentId: crypto.randomUUID(), position: 1, ...upload }], {
        device: TABLET,
      })
      const removal: Wish = { kind: 'removeRow', path: row, base: version, files: [] }
      expect(outcomes(await send([removal]))).toEqual(['sync.row-changed'])
      expect((await all()).files).toHaveLength(1)
    })
  })

  test('[S2] typing on before the answer came is no conflict with oneself', async () => {
    const { send, all } = await draft()
    const answer = await send([set('societies', '土'), set('societies', '土木'), set('societies', '土木学会')])
    expect(outcomes(answer)).toEqual(['applied', 'applied', 'applied'])
    expect((await all()).cells.societies).toEqual({ value: '土木学会', version: 4 })
    expect((await all()).conflicts).toEqual([])
  })

  test('[S2] nor after an answer that was lost: what is sent again counts as seen', async () => {
    const { id, send, all } = await draft()
    const one = mutationOf(id, set('societies', '土'))
    await send([one])
    expect(outcomes(await send([one, set('societies', '土木')]))).toEqual(['applied', 'applied'])
    expect((await all()).conflicts).toEqual([])
  })

  test('[S4] what the form itself filled in was typed by nobody: a draft begun without a network may replace it', async () => {
    const { send, all } = await draft()
    const row = `educations/${crypto.randomUUID()}`
    await send([{ kind: 'addRow', path: row, position: 1 }])
    const answer = await send([set('mobile', '13900001111', 0), set(`${row}/completion`, '2', 0)])
    expect(outcomes(answer)).toEqual(['applied', 'applied'])
    expect((await all()).conflicts).toEqual([])
  })

  test('[S4] two devices on one cell: the value that came first stays, the other is kept beside it, both devices hear of it', async () => {
    const { send, all } = await draft()
    await send([set('employerName', '甲单位')], { device: PHONE, known: 1 })
    const answer = await send([set('employerName', '乙单位')], { device: TABLET, known: 1 })
    expect(outcomes(answer)).toEqual(['conflict'])
    const conflict = { path: 'employerName', version: 2, kept: '甲单位', other: '乙单位', device: TABLET }
    expect(answer.applications[0]!.conflicts).toMatchObject([conflict])
    const phone = await send([], { known: 2 })
    expect(phone.applications[0]!.conflicts).toMatchObject([conflict])
    expect((await all()).cells.employerName?.value).toBe('甲单位')
  })

  test('[S4] the same value from both sides is no conflict', async () => {
    const { send, all } = await draft()
    await send([set('employerName', '甲单位')], { device: PHONE })
    const answer = await send([set('employerName', '甲单位')], { device: TABLET })
    expect(answer.results).toMatchObject([{ outcome: 'applied', version: 2 }])
    expect((await all()).conflicts).toEqual([])
  })

  test('[S4] what one device types on takes the place of what it typed before, and of nobody else’s', async () => {
    const { send, all } = await draft()
    await send([set('employerName', '甲')], { device: PHONE })
    await send([set('employerName', '乙')], { device: TABLET })
    await send([set('employerName', '乙单')], { device: TABLET })
    await send([set('employerName', '乙单位')], { device: TABLET })
    expect((await all()).conflicts.map(({ other }) => other)).toEqual(['乙单位'])
  })

  test('[S5] two devices adding rows both keep theirs, up to the limit of the list (R73)', async () => {
    const { send, all } = await draft()
    const rows = (count: number, from: number): Wish[] =>
      Array.from({ length: count }, (_, n) => ({
        kind: 'addRow',
        path: `continuingEducation/${crypto.randomUUID()}`,
        position: from + n,
      }))
    await Promise.all([send(rows(4, 0), { device: PHONE, known: 1 }), send(rows(4, 10), { device: TABLET, known: 1 })])
    expect(Object.keys((await all()).cells).filter((path) => /^continuingEducation\/[^/]+$/.test(path))).toHaveLength(8)
    expect(outcomes(await send(rows(1, 20)))).toEqual(['answer.too-many-rows'])
  })

  test('[R73] the ninth row of 继续教育 is refused by the server', async () => {
    const { send } = await draft()
    const nine: Wish[] = Array.from({ length: 9 }, (_, n) => ({
      kind: 'addRow',
      path: `continuingEducation/${crypto.randomUUID()}`,
      position: n,
    }))
    expect(outcomes(await send(nine))).toEqual([...Array(8).fill('applied'), 'answer.too-many-rows'])
  })

  test.each([
    ['R38', 'initial', 'mainAchievements', 400],
    ['R39', 'initial', 'technicalSummary', 800],
    ['R83', 'review', 'workSummary', 2000],
  ] as const)(
    '[%s] %s %s: %i 字 are stored, one more is refused and what stood stays',
    async (_, type, path, limit) => {
      const { send, all } = await draft(type)
      const whole = `𠮷${'字'.repeat(limit - 1)}`
      expect(outcomes(await send([set(path, whole)]))).toEqual(['applied'])
      const answer = await send([set(path, `${whole}多`, 2)])
      expect(answer.results).toMatchObject([
        { outcome: 'refused', code: 'answer.too-long', params: { over: 1, atMost: limit } },
      ])
      expect((await all()).cells[path]?.value).toBe(whole)
    },
  )

  test('[S7] the answer holds every cell that changed after the version named, and all files; nothing when nothing is new', async () => {
    const { person, id, browser, send, all } = await draft()
    const upload = await uploaded(world, { person, applicationId: id, path: 'idCard' })
    await send([
      set('societies', '一'),
      set('foreignLanguage', '英语'),
      { kind: 'attach', path: 'idCard', attachmentId: crypto.randomUUID(), position: 1, ...upload },
    ])
    const since = await sync(browser, [], { known: { [id]: 2 } })
    expect(Object.keys(since.applications[0]!.cells)).toEqual(['foreignLanguage'])
    expect(since.applications[0]!.files).toHaveLength(1)
    const nothing = await sync(browser, [], { known: { [id]: 4 } })
    expect(nothing.applications).toEqual([])
    const ahead = await sync(browser, [], { known: { [id]: 999 } })
    expect(ahead.applications[0]!.cells).toEqual((await all()).cells)
  })

  test('[S7] an application that the phone alone knows is not gone; one that another device deleted is', async () => {
    const { browser, id } = await draft()
    const only = crypto.randomUUID()
    const before = await sync(browser, [], { known: { [id]: 1, [only]: 0 } })
    expect(before.gone).toEqual([])
    await apiOf(browser).applications[':id'].$delete({ param: { id } })
    expect((await sync(browser, [], { known: { [id]: 1, [only]: 0 } })).gone).toEqual([id])
  })

  test('[S8] either device settles a conflict; the other hears that it is settled', async () => {
    const { send } = await draft()
    await send([set('employerName', '甲')], { device: PHONE, known: 1 })
    await send([set('employerName', '乙')], { device: TABLET, known: 1 })
    const settled = await send([{ kind: 'settle', path: 'employerName', value: '乙', base: 2 }], {
      device: PHONE,
      known: 3,
    })
    expect(outcomes(settled)).toEqual(['applied'])
    const tablet = await send([], { device: TABLET, known: 3 })
    expect(tablet.applications[0]).toMatchObject({
      conflicts: [],
      cells: { employerName: { value: '乙', version: 4 } },
    })
  })

  test('[S8] keeping the value that stands settles too', async () => {
    const { send } = await draft()
    await send([set('employerName', '甲')], { device: PHONE, known: 1 })
    await send([set('employerName', '乙')], { device: TABLET, known: 1 })
    await send([{ kind: 'settle', path: 'employerName', value: '甲', base: 2 }], { device: TABLET, known: 3 })
    const phone = await send([], { device: PHONE, known: 3 })
    expect(phone.applications[0]).toMatchObject({ conflicts: [], version: 4 })
  })

  test('[S8] a settlement settles only what its sender had seen: a third value stays a question', async () => {
    const { send, all } = await draft()
    await send([set('employerName', '甲')], { device: PHONE, known: 1 })
    await send([set('employerName', '乙')], { device: TABLET, known: 1 })
    const third = '00000000-0000-4000-8000-0000000000a3'
    await send([set('employerName', '丙')], { device: third, known: 1 })
    await send([{ kind: 'settle', path: 'employerName', value: '甲', base: 2 }], { device: PHONE, known: 3 })
    expect((await all()).conflicts.map(({ other }) => other)).toEqual(['丙'])
  })

  test('[S9] one refused mutation does not stop the others', async () => {
    const { send, all } = await draft()
    const answer = await send([set('societies', '一'), set('nothing', 'x'), set('foreignLanguage', '英语')])
    expect(outcomes(answer)).toEqual(['applied', 'answer.unknown-path', 'applied'])
    expect((await all()).version).toBe(3)
  })

  test('[R7, S10] the ID number cannot be written into any application', async () => {
    const { send } = await draft()
    expect(outcomes(await send([set('idNumber', '321202199001010017')]))).toEqual(['answer.locked'])
  })

  test('[R20, S10] writing is for the window alone, reading is not (A5): start − 1 s, start, end, end + 1 s', async () => {
    const { person, id, batch } = await draft()
    const { opensAt, closesAt } = batch as { opensAt: Date; closesAt: Date }
    const codes: string[] = []
    let base = 0
    for (const at of [opensAt.getTime() - 1000, opensAt.getTime(), closesAt.getTime(), closesAt.getTime() + 1000]) {
      const go = stopClock(world, new Date(at))
      const { send, all } = ways(await world.signIn(person), id)
      const [result] = (await send([set('societies', `第${at}次`, base)])).results
      codes.push(result!.outcome === 'refused' ? result!.code : result!.outcome)
      if (result!.outcome === 'applied') base = result!.version
      expect((await all()).id).toBe(id)
      go()
    }
    world.clock.moveTo(new Date(opensAt.getTime() + 10 * 86_400_000))
    expect(codes).toEqual(['batch.not-open', 'applied', 'applied', 'batch.closed'])
  })

  test('[S11] an older page is told to update; what it sent is not stored', async () => {
    const { browser, id, all } = await draft()
    const json = { protocol: 0, device: PHONE, known: {}, mutations: [mutationOf(id, set('societies', '旧'))] }
    expect((await problemOf(await apiOf(browser).sync.$post({ json }))).code).toBe('sync.protocol-too-old')
    expect((await all()).version).toBe(1)
  })

  test('what waits in a page of somebody else is not taken under the name of who signed in after him', async () => {
    const { browser, id, all } = await draft()
    const mutations = [mutationOf(id, set('societies', '别人'))]
    const ask = (accountId: string) =>
      apiOf(browser).sync.$post({ json: { protocol: 1, device: PHONE, accountId, known: {}, mutations } })
    expect((await problemOf(await ask(crypto.randomUUID()))).code).toBe('account.not-signed-in')
    expect((await all()).version).toBe(1)
  })

  test('[S12] a transaction that fails leaves neither a cell nor a version nor an id', async () => {
    const { browser, id, all } = await draft()
    const mutations = [mutationOf(id, set('societies', '会失败')), mutationOf(id, set('foreignLanguage', '英语'))]
    // The last statement of the transaction fails in the database: everything before it must vanish with it.
    const { sql } = await import('kysely')
    await sql`create function refuse_version() returns trigger language plpgsql as
      $$ begin raise exception 'on purpose'; end $$`.execute(world.db)
    await sql`create trigger refuse_version before update on application for each row execute function refuse_version()`.execute(
      world.db,
    )
    try {
      const answer = await apiOf(browser).sync.$post({ json: { protocol: 1, device: PHONE, known: {}, mutations } })
      expect((await problemOf(answer)).code).toBe('request.failed')
    } finally {
      await sql`drop trigger refuse_version on application`.execute(world.db)
      await sql`drop function refuse_version()`.execute(world.db)
    }
    const now = await all()
    expect(now.version).toBe(1)
    expect(now.cells).not.toHaveProperty('societies')
    expect(
      await world.db.selectFrom('applicationMutation').select('id').where('applicationId', '=', id).execute(),
    ).toEqual([])
    const again = await sync(browser, mutations)
    expect(outcomes(again)).toEqual(['applied', 'applied'])
  })

  test('a NUL or half a character from a broken keyboard does not stop the sync', async () => {
    const { send, all } = await draft()
    expect(outcomes(await send([set('societies', '土\u0000木\ud842会')]))).toEqual(['applied'])
    expect((await all()).cells.societies?.value).toBe('土木会')
  })

  describe('files', () => {
    const attach = async (person: Person, id: string, path: string, size?: number): Promise<Wish> => ({
      kind: 'attach',
      path,
      attachmentId: crypto.randomUUID(),
      position: 1,
      ...(await uploaded(world, { person, applicationId: id, path, ...(size !== undefined && { size }) })),
    })

    test('[R44, R45, S10] verified files are linked in order; × takes one away; one the server does not have is refused', async () => {
      const { person, id, send, all } = await draft()
      const one = await attach(person, id, 'idCard')
      const two = await attach(person, id, 'idCard')
      expect(outcomes(await send([one, two]))).toEqual(['applied', 'applied'])
      const { files } = await all()
      expect(files).toHaveLength(2)
      await send([{ kind: 'detach', path: 'idCard', attachmentId: files[0]!.id }])
      expect((await all()).files.map((file) => file.id)).toEqual([files[1]!.id])
      const unknown: Wish = {
        kind: 'attach',
        path: 'idCard',
        attachmentId: crypto.randomUUID(),
        uploadId: crypto.randomUUID(),
        name: 'x.pdf',
        sha256: 'a'.repeat(64),
        position: 1,
      }
      const [refused] = (await send([unknown])).results
      expect(refused!.outcome).toBe('refused')
    })

    test.each([
      ['R41', 'idCard', 512_000],
      ['R42', 'achievements', 10_240_000],
    ] as const)('[%s] %s: %i bytes are linked, one more is refused', async (_, slot, limit) => {
      const { person, id, send } = await draft()
      const row = `achievements/${crypto.randomUUID()}`
      if (slot === 'achievements') await send([{ kind: 'addRow', path: row, position: 1 }])
      const path = slot === 'achievements' ? `${row}/proof` : slot
      expect(outcomes(await send([await attach(person, id, path, limit)]))).toEqual(['applied'])
      expect(outcomes(await send([await attach(person, id, path, limit + 1)]))).toEqual(['attachment.too-large'])
    })

    test('[R35, R62] a new photo takes the place of the old one', async () => {
      const { person, id, send, all } = await draft()
      await send([await attach(person, id, 'photo')])
      const second = await attach(person, id, 'photo')
      await send([second])
      expect((await all()).files.map((file) => file.id)).toEqual([(second as { attachmentId: string }).attachmentId])
    })

    test('[R26] a row’s slot takes a file only once the row is saved; the row’s end is the file’s end', async () => {
      const { person, id, send, all } = await draft()
      const row = `continuingEducation/${crypto.randomUUID()}`
      const early = await attach(person, id, `${row}/proof`)
      expect(outcomes(await send([early]))).toEqual(['answer.row-missing'])
      await send([{ kind: 'addRow', path: row, position: 1 }, await attach(person, id, `${row}/proof`)])
      expect((await all()).files).toHaveLength(1)
      const { version, files } = await all()
      await send([{ kind: 'removeRow', path: row, base: version, files: files.map((file) => file.id) }])
      expect((await all()).files).toEqual([])
    })

    test('[R44, S10] an eleventh file in a slot of ten is refused; an attachment id is used once', async () => {
      const { person, id, send } = await draft()
      const ten = await Promise.all(Array.from({ length: 10 }, () => attach(person, id, 'idCard')))
      await send(ten)
      expect(outcomes(await send([await attach(person, id, 'idCard')]))).toEqual(['attachment.too-many-files'])
      const other = await draft()
      const stolen = {
        ...(await attach(other.person, other.id, 'idCard')),
        attachmentId: (ten[0] as { attachmentId: string }).attachmentId,
      }
      expect(outcomes(await other.send([stolen as Wish]))).toEqual(['request.invalid'])
    })
  })

  test('[R24, R27, S7] a draft is left on one device and goes on on another, whole', async () => {
    const { person, id, version } = await filledDraft(world)
    const other = await world.signIn(person)
    const here = (await sync(other)).applications.find((one) => one.id === id)!
    expect(here.version).toBe(version)
    expect(here.cells.employerName?.value).toBeTruthy()
    const answer = await sync(other, [mutationOf(id, set('societies', '接着填'))], {
      known: { [id]: version },
      device: TABLET,
    })
    expect(answer.applications[0]).toMatchObject({ version: version + 1, cells: { societies: { value: '接着填' } } })
    expect(Object.keys(answer.applications[0]!.cells)).toEqual(['societies'])
  })

  test('the answer tells how many notices are unread', async () => {
    const { browser, person } = await draft()
    const notice = {
      accountId: person.id,
      kind: 'progress',
      title: '审核有进展',
      body: '',
      createdAt: await world.now(),
    }
    const rest = { applicationId: null, link: null, readAt: null }
    await world.db
      .insertInto('notice')
      .values({ id: crypto.randomUUID(), ...notice, ...rest })
      .execute()
    expect((await sync(browser)).unreadNotices).toBe(1)
    expect(await bodyOf(await apiOf(browser).applications.$get())).toHaveLength(1)
  })
})
