import { readXlsx } from 'hucre/xlsx'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { addDays, dateInShanghai } from '#domain/working-days.ts'
import { apiOf, submitted, sync } from '../world/application-walk.ts'
import { type Desks, officeWalk, openDesks } from '../world/office-walk.ts'
import { databaseKinds } from '../world/test-database.ts'
import { bodyOf, type Browser, openWorld, type Person, problemOf, type World } from '../world/world.ts'

describe.each(await databaseKinds())('publicity on %s', (kind) => {
  let world: World
  let desks: Desks
  let walk: ReturnType<typeof officeWalk>
  beforeAll(async () => {
    world = await openWorld(kind)
    walk = officeWalk(world)
    // a Thursday before the National Day
    world.clock.moveTo(new Date('2027-09-30T02:00:00Z'))
    desks = await (await openDesks(world)).signIn()
  })
  afterAll(() => world.close())

  const passed = async (batch: Awaited<ReturnType<World['batch']>>, changes = {}) => {
    const one = await submitted(world, { batch }, changes)
    await world.db.updateTable('application').set({ state: 'PASSED' }).where('id', '=', one.id).execute()
    return one
  }
  const desk = () => apiOf(desks.office).publicity.desk
  const grantOffice = async ({ id: accountId }: Person) => {
    const id = crypto.randomUUID()
    await world.db
      .insertInto('accountGrant')
      .values({ id, accountId, role: 'office', region: null, acceptancePoint: null })
      .execute()
  }

  test('[A31, E9] five working days by the calendar of the office: holidays out, exchanged days in', async () => {
    const days = Array.from({ length: 7 }, (_, at) => ({
      day: `2027-10-0${at + 1}`,
      kind: 'holiday' as const,
      name: '国庆节',
    }))
    const calendar = apiOf(desks.office).calendar
    const json = { days: [...days, { day: '2027-10-09', kind: 'workday' as const, name: '调休' }] }
    expect((await calendar[':year'].$put({ param: { year: '2027' }, json })).status).toBe(204)
    // What belongs to another year is not left out quietly: the year would be written over.
    const astray = await calendar[':year'].$put({ param: { year: '2028' }, json })
    expect(await problemOf(astray)).toMatchObject({ code: 'request.invalid', path: 'days' })
    expect(await bodyOf(await apiOf(world.browser()).calendar.$get({ query: { year: '2027' } }))).toHaveLength(8)
    // 8, 9 (worked), 11, 12, 13 October
    expect(await bodyOf(await desk().end.$get())).toEqual({ lastDay: '2027-10-13', endsAt: '2027-10-13T16:00:00.000Z' })
    const batch = await world.batch()
    const { browser } = await passed(batch)
    const id = await walk.draft(desks, batch)
    const early = await desk()[':id'].publish.$post({ param: { id }, json: { endsAt: '2027-10-12T16:00:00.000Z' } })
    expect((await problemOf(early)).code).toBe('application.publicity-running')
    const { endsAt } = await bodyOf(
      await desk()[':id'].publish.$post({ param: { id }, json: { endsAt: '2027-10-20T16:00:00.000Z' } }),
    )
    expect(dateInShanghai(new Date(endsAt).getTime() - 1)).toBe('2027-10-20')
    const told = (await bodyOf(await apiOf(browser).notices.$get({ query: {} }))).notices.map(({ body }) => body)
    expect(told.join()).toContain('公示到 2027 年 10 月 20 日 24:00')
  }, 60_000)

  test('[R111, E12] anybody reads the published list, without ID numbers, phones or dates of birth; a draft nobody', async () => {
    const batch = await world.batch()
    const one = await passed(batch, { fullName: '顾晓岚', employerName: '泰州市第一建筑公司' })
    const other = await passed(batch, { fullName: '周明远', employerName: '泰州市第二建筑公司' })
    const id = await walk.draft(desks, batch)
    const nobody = apiOf(world.browser()).publicity
    expect((await problemOf(await nobody[':id'].$get({ param: { id } }))).code).toBe('request.not-found')
    await bodyOf(await walk.publish(desks, id))
    expect((await bodyOf(await nobody.$get({ query: {} }))).items.map((item) => item.id)).toContain(id)
    const list = await bodyOf(await nobody[':id'].$get({ param: { id } }))
    expect(list.names.map(({ fullName }) => fullName)).toEqual(['顾晓岚', '周明远'])
    expect(Object.keys(list.names[0]!).sort()).toEqual(
      ['employerName', 'exceptionType', 'fullName', 'gender', 'region', 'specialty', 'targetTitle'].sort(),
    )
    const text = JSON.stringify(list)
    for (const { person } of [one, other]) {
      expect(text).not.toContain(person.idNumber)
      expect(text).not.toContain(person.mobile)
    }
    await walk.go(desks.office, other.id, 'cancel', { reason: '查实业绩不实' })
    // who was taken off is counted no more, neither beside the names nor in the list of lists
    const left = await bodyOf(await nobody[':id'].$get({ param: { id } }))
    expect(left).toMatchObject({ entries: 1, names: [{ fullName: '顾晓岚' }] })
    const { items } = await bodyOf(await nobody.$get({ query: {} }))
    expect(items.find((item) => item.id === id)!.entries).toBe(1)
  }, 60_000)

  test('a draft: people taken off, words changed, thrown away; those on it wait for the next', async () => {
    const batch = await world.batch()
    const [one, two] = [await passed(batch), await passed(batch)]
    const id = await walk.draft(desks, batch)
    expect((await problemOf(await desk().$post({ json: await wordsFor(batch) }))).code).toBe('publicity.empty')
    const without = await desk()[':id'].$patch({ param: { id }, json: { without: [one.id] } })
    expect(without.status).toBe(204)
    expect((await bodyOf(await desk()[':id'].$get({ param: { id } }))).people.map((who) => who.id)).toEqual([two.id])
    expect((await desk()[':id'].$delete({ param: { id } })).status).toBe(204)
    const next = await walk.draft(desks, batch)
    expect((await bodyOf(await desk()[':id'].$get({ param: { id: next } }))).people).toHaveLength(2)
  }, 60_000)
  const wordsFor = async (batch: { id: string }) => ({
    batchId: batch.id,
    words: { title: '公示', officeName: '职称办', phone: '0523', email: '', address: '' },
  })

  /** One person in a publicity that runs, and how somebody objects to him. */
  async function inPublicity() {
    const batch = await world.batch()
    const one = await passed(batch)
    await bodyOf(await walk.publish(desks, await walk.draft(desks, batch)))
    const object = async (objectorName: string, objectionId: string = crypto.randomUUID()) => {
      const json = {
        id: objectionId,
        applicationId: one.id,
        objectorName,
        objectorContact: '13800000001',
        content: `${objectorName}：论文系他人代写`,
      }
      return (await bodyOf(await desk().objections.$post({ json }))).id
    }
    const decide = async (id: string, upheld: boolean) =>
      (await desk().objections[':id'].decide.$post({ param: { id }, json: { upheld, opinion: '经核查，有原稿为证' } }))
        .status
    const state = async () =>
      (await world.db.selectFrom('application').select('state').where('id', '=', one.id).executeTakeFirstOrThrow())
        .state
    return { ...one, object, decide, state }
  }

  test('[T18, T19] a second objection is taken while the first is looked into, and the publicity goes on when none is left', async () => {
    const { object, decide, state } = await inPublicity()
    const [first, second] = [await object('钱正义'), await object('孙直言')]
    expect(await decide(first, false)).toBe(204)
    expect(await state()).toBe('OBJECTION')
    expect(await decide(second, false)).toBe(204)
    expect(await state()).toBe('PUBLICITY')
  }, 60_000)

  test('[T18] an objection whose answer was lost is registered once', async () => {
    const { id, object } = await inPublicity()
    const objectionId = crypto.randomUUID()
    expect([await object('钱正义', objectionId), await object('钱正义', objectionId)]).toEqual([
      objectionId,
      objectionId,
    ])
    const rows = await world.db.selectFrom('objection').select('id').where('applicationId', '=', id).execute()
    expect(rows).toHaveLength(1)
  }, 60_000)

  test('[T18, T19] of two that are decided at the same moment none waits for the other for ever', async () => {
    const { object, decide, state } = await inPublicity()
    const both = [await object('钱正义'), await object('孙直言')]
    expect(await Promise.all(both.map((id) => decide(id, false)))).toEqual([204, 204])
    expect(await state()).toBe('PUBLICITY')
  }, 60_000)

  test('[T19, T24] what was found is noted where the application was cancelled meanwhile', async () => {
    const { id, object, decide, state } = await inPublicity()
    const [first, second, third] = [await object('钱正义'), await object('孙直言'), await object('李清白')]
    expect(await decide(first, true)).toBe(204)
    expect(await state()).toBe('CANCELLED')
    expect(await decide(second, false)).toBe(204)
    expect(await decide(third, true)).toBe(204)
    expect(await state()).toBe('CANCELLED')
    const rows = await world.db.selectFrom('objection').select('upheld').where('applicationId', '=', id).execute()
    expect(rows.map(({ upheld }) => upheld).sort()).toEqual([false, true, true])
  }, 60_000)

  test('[T18] who objected, and why, is for the office alone: not for the applicant, nor for a clerk at the case', async () => {
    const { id, batch, browser, person, object, decide } = await inPublicity()
    const objection = await object('钱正义')
    const told = async () => {
      const api = apiOf(browser)
      const copy = await bodyOf(await api.accounts.me.data.$get())
      return [
        copy,
        await bodyOf(await api.applications.$get()),
        await bodyOf(await api.applications[':id'].$get({ param: { id } })),
      ]
    }
    const [copy] = await told()
    expect(copy).toMatchObject({ applications: [{ state: 'PUBLICITY' }] })
    // nor what his phone keeps
    const [kept] = (await sync(browser, [])).applications
    expect(kept).toMatchObject({ id, state: 'PUBLICITY' })
    // nor where he works in the office himself
    await grantOffice(person)
    const own = await world.signIn(person)
    const { listId } = await world.db
      .selectFrom('publicityEntry')
      .select('listId')
      .where('applicationId', '=', id)
      .executeTakeFirstOrThrow()
    const shown = await bodyOf(await apiOf(own).publicity.desk[':id'].$get({ param: { id: listId } }))
    expect(shown).toMatchObject({ people: [{ id, state: 'PUBLICITY' }], objections: [] })
    const queue = (state?: string) =>
      apiOf(own)
        .review.queue.$get({ query: { batch: batch.id, ...(state && { state }) } as never })
        .then(bodyOf)
    expect((await queue()).rows.find((row) => row.id === id)?.state).toBe('PUBLICITY')
    expect((await queue()).counts).toEqual({ PUBLICITY: 1 })
    for (const state of ['OBJECTION', 'PUBLICITY']) {
      expect((await queue(state)).rows.map((row) => row.id)).not.toContain(id)
    }
    const reasons = async (who: keyof Desks) =>
      (await bodyOf(await apiOf(desks[who]).review.applications[':id'].$get({ param: { id } }))).transitions.map(
        ({ reason }) => reason,
      )
    expect(await decide(objection, false)).toBe(204)
    for (const said of await told()) {
      expect(JSON.stringify(said)).not.toMatch(/钱正义|他人代写|objection/i)
    }
    expect((await reasons('office')).join()).toContain('钱正义')
    expect((await reasons('clerk')).join()).not.toMatch(/钱正义|原稿/)
  }, 60_000)

  test('[R111, D8, E12] the list as a workbook: its columns, those who are entitled, and no number of anybody', async () => {
    const batch = await world.batch()
    const one = await passed(batch, { fullName: '顾晓岚' })
    const id = await walk.draft(desks, batch)
    const fetched = async (who: Browser) => who.fetch(`/api/publicity/desk/${id}/workbook`)
    const rowsOf = async () => {
      const { sheets } = await readXlsx(new Uint8Array(await (await fetched(desks.office)).arrayBuffer()))
      return sheets[0]!.rows
    }
    const [head, row] = await rowsOf()
    expect(head).toEqual(['序号', '姓名', '性别', '工作单位', '申报专业', '通过资格', '破格', '地区'])
    expect(row!.slice(0, 2)).toEqual(['1', '顾晓岚'])
    expect(JSON.stringify(await rowsOf())).not.toMatch(new RegExp(`${one.person.idNumber}|${one.person.mobile}`))
    expect((await fetched(one.browser)).status).toBe(403)
    await bodyOf(await apiOf(desks.office).publicity.desk[':id'].publish.$post({ param: { id }, json: {} }))
    await world.db.updateTable('application').set({ state: 'CANCELLED' }).where('id', '=', one.id).execute()
    expect(await rowsOf()).toHaveLength(1)
  }, 60_000)

  test('certificates: listed by batch, handed out once numbered, by the 受理点 they belong to', async () => {
    const batch = await world.batch({ type: 'reissue' })
    const { id } = await submitted(world, { batch })
    await world.db.updateTable('application').set({ state: 'CONFIRMED' }).where('id', '=', id).execute()
    const today = dateInShanghai(await world.now())
    const pickUp = (who: keyof Desks, { on = today, by = '本人' } = {}) =>
      apiOf(desks[who]).certificates[':id']['picked-up'].$post({ param: { id }, json: { on, by } })
    expect((await problemOf(await pickUp('clerk'))).code).toBe('result.pick-up-missing')
    expect((await walk.certify(desks, id, '苏泰补2027-1')).status).toBe(204)
    expect((await problemOf(await pickUp('clerk', { on: addDays(today, 1) }))).code).toBe('answer.in-future')
    expect((await pickUp('clerk')).status).toBe(204)
    // asked again it is the same; another one's hand-out takes nothing back
    expect((await pickUp('clerk')).status).toBe(204)
    expect((await problemOf(await pickUp('office', { by: '同事' }))).code).toBe('application.handled-by-other')
    const listed = async (
      who: Browser,
      wish: { q?: string; step?: 'number' | 'handOut' | 'done'; page?: string } = {},
    ) => bodyOf(await apiOf(who).certificates.$get({ query: { batch: batch.id, ...wish } }))
    expect(await listed(desks.office)).toMatchObject({
      total: 1,
      rows: [{ id, state: 'CERTIFIED', certificateNumber: '苏泰补2027-1', issuedOn: '2026-12-31', pickedUpBy: '本人' }],
    })
    const elsewhere = await world.signIn(await world.staff('pointClerk', { acceptancePoint: '321204-talent' }))
    expect(await listed(elsewhere)).toMatchObject({ total: 0, rows: [] })
    // Found by what stands on it and by what it waits for; signs that a search knows are taken as they are.
    const found = async (wish: Parameters<typeof listed>[1]) =>
      (await listed(desks.office, wish)).rows.map((row) => row.id)
    expect(await found({ q: '补2027' })).toEqual([id])
    expect(await found({ q: '%' })).toEqual([])
    expect(await found({ step: 'done' })).toEqual([id])
    expect(await found({ step: 'handOut' })).toEqual([])
    const other = await submitted(world, { batch })
    await world.db.updateTable('application').set({ state: 'CONFIRMED' }).where('id', '=', other.id).execute()
    expect(await found({})).toEqual([other.id, id])
    expect(await found({ step: 'number' })).toEqual([other.id])
    expect(await found({ page: '2' })).toEqual([])
  }, 60_000)

  test('only the office has the desk of the lists, the objections and the numbers; the calendar also the administrator', async () => {
    const { browser, id } = await passed(await world.batch())
    const param = { id }
    for (const [name, one] of Object.entries({ ...desks, applicant: browser, nobody: world.browser() })) {
      if (name === 'office') continue
      const api = apiOf(one)
      const forbidden = name === 'nobody' ? 401 : 403
      const codes = [
        (await api.publicity.desk.$get()).status,
        (await api.publicity.desk[':id'].$get({ param })).status,
        (await api.publicity.desk[':id'].publish.$post({ param, json: {} })).status,
        (await api.publicity.desk[':id'].confirm.$post({ param, json: { documentNumber: '1' } })).status,
        (
          await api.publicity.desk.objections.$post({
            json: {
              id: crypto.randomUUID(),
              applicationId: id,
              objectorName: '某',
              objectorContact: '1',
              content: '内容内容内容',
            },
          })
        ).status,
        (await api.certificates[':id'].$post({ param, json: { number: '1', issuedOn: '2027-01-01' } })).status,
      ]
      expect(codes, name).toEqual(codes.map(() => forbidden))
      const calendar = await api.calendar[':year'].$put({ param: { year: '2029' }, json: { days: [] } })
      expect(calendar.status, name).toBe(name === 'admin' ? 204 : forbidden)
    }
  }, 60_000)
})
