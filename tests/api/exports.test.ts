import { readFileSync } from 'node:fs'
import { strFromU8, unzipSync } from 'fflate'
import { readXlsx } from 'hucre/xlsx'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { states } from '#domain/lifecycle/states.ts'
import { mainColumns } from '#domain/rosters/columns.ts'
import { forgetNumbers } from '#server/migrations/0103-exports-fetched.ts'
import { apiOf, HAILING, pointIn, submitted } from '../world/application-walk.ts'
import { databaseKinds } from '../world/test-database.ts'
import { type Batch, bodyOf, type Browser, openWorld, problemOf, type World } from '../world/world.ts'

describe.each(await databaseKinds())('exports and statistics, on %s', (kind) => {
  let world: World
  let batch: Batch
  let office: Browser
  const people: Awaited<ReturnType<typeof submitted>>[] = []

  beforeAll(async () => {
    world = await openWorld(kind)
    batch = await world.batch()
    people.push(await submitted(world, { batch }, { employerName: '=HYPERLINK("http://x.test","点我")' }))
    people.push(await submitted(world, { batch }, { exceptionType: 'SENIORITY', exceptionReason: '业绩突出' }))
    people.push(await submitted(world, { batch: await world.batch({ type: 'initial' }) }))
    office = await world.signIn(await world.staff('office'))
  })
  afterAll(() => world.close())

  const order = (browser: Browser, json: object) =>
    apiOf(browser).exports.$post({ json: { kind: 'main', filter: { batch: batch.id }, ...json } as never })
  const fetchFile = async (browser: Browser, json: object = {}) => {
    const { id } = await bodyOf(await order(browser, json))
    const answer = await browser.fetch(`/api/exports/${id}/file`)
    expect(answer.status).toBe(200)
    return { answer, bytes: new Uint8Array(await answer.arrayBuffer()) }
  }
  const cells = async (bytes: Uint8Array) => {
    const { sheets } = await readXlsx(bytes)
    return sheets[0]!.rows.map((row) => row.map((cell) => (cell === null ? '' : cell)))
  }

  test('the main register: its columns, one line an application in the order of 申报编号, every cell text', async () => {
    const { answer, bytes } = await fetchFile(office)
    expect(decodeURIComponent(answer.headers.get('content-disposition')!)).toMatch(
      /申报人员名册 \d{4}-\d\d-\d\d\.xlsx$/,
    )
    const [head, ...lines] = await cells(bytes)
    expect(head).toEqual(mainColumns.map(({ label }) => label))
    expect(lines.map((line) => line[1])).toEqual(
      people
        .slice(0, 2)
        .map(({ receipt }) => receipt.number)
        .toSorted(),
    )
    for (const cell of lines.flat()) expect(typeof cell).toBe('string')
    expect(lines[0]![7]).toBe(`'=HYPERLINK("http://x.test","点我")`)
    expect(strFromU8(unzipSync(bytes)['xl/worksheets/sheet1.xml']!)).not.toMatch(/<f>/)
    expect(lines[0]![28]).toBe('已提交，待受理点审核')
  })

  test('[E13] ID numbers are masked; in full only with a reason, which stays on record', async () => {
    const [, line] = await cells((await fetchFile(office)).bytes)
    expect(line![5]).toMatch(/^\d{6}\*{8}\d{3}[\dX]$/)
    expect((await problemOf(await order(office, { fullIdNumbers: true, reason: '要' }))).code).toBe(
      'application.reason-required',
    )
    const { bytes } = await fetchFile(office, { fullIdNumbers: true, reason: '向省厅报送名册' })
    expect((await cells(bytes)).slice(1).map((one) => one[5])).toContain(people[0]!.person.idNumber)
    const auditor = await world.signIn(await world.staff('auditor'))
    const [newest] = await bodyOf(await apiOf(auditor).exports.$get())
    expect(newest).toMatchObject({ kind: 'main', fullIdNumbers: true, reason: '向省厅报送名册', by: '李卫东' })
  })

  test('an order is fetched by whoever gave it, for a quarter of an hour; who may not have a kind is told so', async () => {
    const { id } = await bodyOf(await order(office, {}))
    const other = await world.signIn(await world.staff('office'))
    expect((await problemOf(await other.fetch(`/api/exports/${id}/file`))).code).toBe('request.not-found')
    const secretary = await world.signIn(await world.staff('secretary'))
    expect((await problemOf(await order(secretary, {}))).code).toBe('account.not-allowed')
    const [head] = await cells((await fetchFile(secretary, { kind: 'overview' })).bytes)
    expect(head).not.toContain('身份证号')
    expect((await problemOf(await order(office, { filter: { state: 'NO_SUCH' } }))).code).toBe('request.invalid')
    world.clock.advanceBy(15 * 60_000 + 1000)
    expect((await problemOf(await office.fetch(`/api/exports/${id}/file`))).code).toBe('request.not-found')
  })

  test('the 一览表 to be printed and the statistics as a workbook', async () => {
    const sheet = await bodyOf(await apiOf(office).exports.overview.$get({ query: { batch: batch.id } }))
    expect(sheet.rows).toHaveLength(2)
    expect(sheet.rows.every((row) => row.length === sheet.columns.length)).toBe(true)
    expect(sheet.more).toBe(false)
    const [head, ...lines] = await cells((await fetchFile(office, { kind: 'statistics' })).bytes)
    expect(head).toEqual(['地区', '专业', '级别', '状态', '份数'])
    expect(lines.reduce((sum, line) => sum + Number(line[4]), 0)).toBe(2)
  })

  test('the archive: a folder a person, papers first, then the files in the order of the 材料目录', async () => {
    const { id, receipt } = people[2]!
    const { answer, bytes } = await fetchFile(office, { kind: 'archive', filter: { ids: id } })
    expect(answer.headers.get('content-type')).toBe('application/zip')
    const names = Object.keys(unzipSync(bytes))
    expect(new Set(names.map((name) => name.split('/')[0]))).toEqual(new Set([`${receipt.number} 周文静`]))
    const files = names.map((name) => name.split('/')[1]!)
    expect(files.map((name) => name.slice(0, 2))).toEqual(files.map((_, at) => String(at + 1).padStart(2, '0')))
    expect(files[0]).toMatch(/^01 初定呈报表.*\.pdf$/)
    expect(strFromU8(unzipSync(bytes)[names[0]!]!.slice(0, 5))).toBe('%PDF-')
    const placeOf = (label: string) => files.findIndex((name) => name.includes(label))
    expect(placeOf('身份证正反面')).toBeGreaterThan(placeOf('材料目录'))
    expect(placeOf('附件材料')).toBeGreaterThan(placeOf('身份证正反面'))
  })

  const eventsOf = (orderId: string) =>
    world.db
      .selectFrom('auditEvent')
      .select(['action', 'accountId', 'applicationId', 'details'])
      .where('subject', '=', `export:${orderId}`)
      .orderBy('id')
      .execute()

  test('[E14] each fetching of an archive is on record, and for each application in it which files went along', async () => {
    const { id: applicationId } = people[2]!
    const other = people[0]!
    const { id } = await bodyOf(
      await order(office, { kind: 'archive', filter: { ids: `${applicationId},${other.id}` } }),
    )
    const get = async () => {
      const answer = await office.fetch(`/api/exports/${id}/file`)
      return unzipSync(new Uint8Array(await answer.arrayBuffer()))
    }
    // a question for its head hands out nothing
    expect((await office.fetch(`/api/exports/${id}/file`, { method: 'HEAD' })).status).toBe(200)
    expect((await eventsOf(id)).map(({ action }) => action)).toEqual(['export.ordered'])

    const entries = Object.keys(await get())
    const [ordered, fetched, ...taken] = await eventsOf(id)
    expect(ordered!.action).toBe('export.ordered')
    expect(fetched).toMatchObject({ action: 'export.fetched', details: { kind: 'archive', fullIdNumbers: false } })
    expect(new Set(taken.map((one) => one.applicationId))).toEqual(new Set([applicationId, other.id]))
    for (const one of taken) {
      expect([one.action, one.accountId]).toEqual(['export.files-taken', fetched!.accountId])
      const { number } = await world.db
        .selectFrom('application')
        .select('number')
        .where('id', '=', one.applicationId!)
        .executeTakeFirstOrThrow()
      const attached = await world.db
        .selectFrom('attachment')
        .select(['id', 'name'])
        .where('applicationId', '=', one.applicationId!)
        .where('removedAt', 'is', null)
        .execute()
      expect([...(one.details as { files: string[] }).files].sort()).toEqual(attached.map((file) => file.id).sort())
      const inZip = entries.filter((name) => name.startsWith(`${number} `))
      for (const { name } of attached) {
        expect(inZip.some((entry) => entry.includes(name.replace(/\.(pdf|jpe?g|png)$/i, '')))).toBe(true)
      }
    }
    // fetched again within the quarter of an hour: on record again
    await get()
    expect((await eventsOf(id)).filter(({ action }) => action === 'export.fetched')).toHaveLength(2)
    const auditor = await world.signIn(await world.staff('auditor'))
    const listed = (await bodyOf(await apiOf(auditor).exports.$get())).find((one) => one.id === id)
    expect(listed).toMatchObject({ fetches: 2, fetchedAt: expect.any(String) })
  })

  test('[E14] a download that breaks off has on record what it reached, and a register its fetching', async () => {
    const ids = people.map((one) => one.id).join(',')
    const { id } = await bodyOf(await order(office, { kind: 'archive', filter: { ids } }))
    const answer = await office.fetch(`/api/exports/${id}/file`)
    const reader = answer.body!.getReader()
    await reader.read()
    // as a connection that is gone: what was under way ends with that
    await reader.cancel('gone').catch((reason: unknown) => expect(reason).toBe('gone'))
    const taken = (await eventsOf(id)).filter(({ action }) => action === 'export.files-taken')
    expect(taken.length).toBeGreaterThan(0)
    expect(taken.length).toBeLessThan(people.length)

    const register = await bodyOf(await order(office, { fullIdNumbers: true, reason: '向省厅报送名册' }))
    const unfetched = (await bodyOf(await apiOf(office).exports.$get())).find((one) => one.id === register.id)
    expect(unfetched).toMatchObject({ fetches: 0, fetchedAt: null })
    await (await office.fetch(`/api/exports/${register.id}/file`)).arrayBuffer()
    expect((await eventsOf(register.id)).at(-1)).toMatchObject({
      action: 'export.fetched',
      details: { kind: 'main', fullIdNumbers: true },
    })
  })

  test('[A40] an ID number typed into the search is in no order, no view of before, and no line of the log', async () => {
    const { person, id: applicationId } = people[0]!
    const { idNumber } = person
    const query = { q: idNumber, batch: batch.id }
    const found = await bodyOf(await apiOf(office).review.queue.$get({ query }))
    expect(found.rows.map((row) => row.id)).toContain(applicationId)
    const { answer } = await fetchFile(office, { filter: query })
    expect(answer.status).toBe(200)
    const orders = () => world.db.selectFrom('exportOrder').select(['id', 'filter']).execute()
    expect(JSON.stringify(await orders())).not.toContain(idNumber)
    expect((await orders()).map(({ filter }) => (filter as Record<string, unknown>)['q'])).toContain(idNumber.slice(-4))

    // what was kept until now
    const account = await world.db
      .selectFrom('account')
      .select('id')
      .where('fullName', '=', '李卫东')
      .executeTakeFirstOrThrow()
    const now = await world.now()
    const old = { accountId: account.id, createdAt: now }
    const kept = { id: crypto.randomUUID(), kind: 'main', fullIdNumbers: false, reason: '' }
    await world.db
      .insertInto('exportOrder')
      .values({ ...old, ...kept, filter: JSON.stringify({ q: idNumber, batch: batch.id }) })
      .execute()
    const views = [
      ['甲', `?tab=all&q=${idNumber}&batch=00000000-0000-4000-8000-123456789012`],
      ['乙', '?tab=all&batch=00000000-0000-4000-8000-123456789012'],
      // the digits of an encoded character are none of the number
      ['丙', `?${new URLSearchParams({ q: `张三 ${idNumber}` })}`],
      ['丁', `?${new URLSearchParams({ q: '张三2026321202P0100001-3' })}`],
    ] as const
    for (const [name, search] of views)
      await world.db
        .insertInto('savedView')
        .values({ ...old, id: crypto.randomUUID(), name, search })
        .execute()
    await forgetNumbers(world.db)
    expect((await orders()).find((one) => one.id === kept.id)!.filter).toEqual({
      q: idNumber.slice(-4),
      batch: batch.id,
    })
    const left = await world.db.selectFrom('savedView').select('search').orderBy('name').execute()
    expect(left.map(({ search }) => search).sort()).toEqual(
      [
        views[0][1].replace(idNumber, idNumber.slice(-4)),
        views[1][1],
        `?${new URLSearchParams({ q: `张三 ${idNumber.slice(-4)}` })}`,
        views[3][1],
      ].sort(),
    )
    expect(readFileSync(world.logFile, 'utf8')).not.toContain(idNumber)
  })

  test('statistics count within the scope: the cube, the other sides, the 受理点', async () => {
    const all = await bodyOf(await apiOf(office).statistics.$get({ query: {} }))
    expect(all.total).toBe(3)
    const { statistics } = apiOf(office)
    const ofBatch = await bodyOf(await statistics.$get({ query: { batch: batch.id } }))
    expect(ofBatch.total).toBe(2)
    expect(ofBatch.cells.every(({ region, state }) => region === HAILING && state === 'SUBMITTED')).toBe(true)
    for (const side of Object.values(ofBatch.sides)) expect(side.reduce((sum, { count }) => sum + count, 0)).toBe(2)
    expect(ofBatch.sides.exception).toContainEqual({ exception: 'SENIORITY', state: 'SUBMITTED', count: 1 })
    expect(ofBatch.points).toMatchObject([
      { point: pointIn(HAILING), submitted: 2, waiting: 2, returned: 0, days: null },
    ])
    const elsewhere = await world.signIn(await world.staff('pointClerk', { acceptancePoint: pointIn('321204') }))
    expect((await bodyOf(await apiOf(elsewhere).statistics.$get({ query: {} }))).total).toBe(0)
  })

  test('[A4] whoever submits in the first hours of a year is as old as in that year', async () => {
    const own = await world.batch()
    const { id } = await submitted(world, { batch: own })
    await world.db
      .updateTable('application')
      .set({ birthYear: 1996, firstSubmittedAt: new Date('2027-01-01T07:59:00+08:00') })
      .where('id', '=', id)
      .execute()
    const { sides } = await bodyOf(await apiOf(office).statistics.$get({ query: { batch: own.id } }))
    expect(sides.age).toEqual([{ age: '31-35', state: 'SUBMITTED', count: 1 }])
  })

  test('[A30] who applied himself does not read his own result in a register before all do', async () => {
    const own = await world.batch()
    const mine = await submitted(world, { batch: own })
    const grant = { id: crypto.randomUUID(), accountId: mine.person.id, role: 'office' }
    await world.db
      .insertInto('accountGrant')
      .values({ ...grant, region: null, acceptancePoint: null })
      .execute()
    const browser = await world.signIn(mine.person)
    const stateIn = async (who: Browser) =>
      (await cells((await fetchFile(who, { filter: { batch: own.id } })).bytes))[1]![28]
    await world.db.updateTable('application').set({ state: 'FAILED' }).where('id', '=', mine.id).execute()
    expect(await stateIn(office)).toBe(states.FAILED.label)
    expect(await stateIn(browser)).toBe(states.COMMITTEE.label)
  })
})
