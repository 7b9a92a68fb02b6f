import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { contentKey } from '#server/platform/files/file-store.ts'
import { apiOf, begin, filledDraft, mutationOf, submit, submitted, sync, uploaded } from '../world/application-walk.ts'
import { databaseKinds } from '../world/test-database.ts'
import { bodyOf, type Browser, openWorld, type Person, problemOf, type World } from '../world/world.ts'

describe.each(await databaseKinds())('education on %s', (kind) => {
  let world: World
  beforeAll(async () => void (world = await openWorld(kind)))
  afterAll(() => world.close())

  const rowsIn = (cells: object) => Object.keys(cells).filter((path) => /^educations\/[^/]+$/.test(path))
  const changeOf = async (browser: Browser, id: string) =>
    (await sync(browser)).applications.find((one) => one.id === id)!

  /** A person whose 评审 of an earlier batch was submitted, and who starts another one. */
  async function secondTime() {
    const first = await submitted(world)
    const batch = await world.batch()
    const id = await begin(world, first.browser, batch)
    const change = await changeOf(first.browser, id)
    return { ...first, first, id, change, row: rowsIn(change.cells)[0]! }
  }

  async function ask(
    browser: Browser,
    person: Person,
    rowId: string,
    proposed: Record<string, string>,
    reason = '学校名称写错了一个字',
  ) {
    const id = crypto.randomUUID()
    const proof = {
      id: crypto.randomUUID(),
      ...(await uploaded(world, { person, applicationId: id, path: 'eduChangeProof' })),
    }
    const answer = await apiOf(browser).education.changes.$post({
      json: { id, rowId, proposed, reason, proof: [proof] },
    })
    return { id, proof, answer }
  }
  const decide = (browser: Browser, id: string, approve: boolean, opinion: string) =>
    apiOf(browser).education.changes[':id'].decide.$post({ param: { id }, json: { approve, opinion } })

  test('[R65] rows of an earlier application stand in the next one, with their files, marked with the year', async () => {
    const { first, change, row } = await secondTime()
    const before = await changeOf(first.browser, first.id)
    expect(rowsIn(change.cells)).toEqual(rowsIn(before.cells))
    for (const [path, { value }] of Object.entries(before.cells)) {
      if (path.startsWith(row)) expect(change.cells[path]?.value, path).toBe(value)
    }
    expect(change.lockedRows).toEqual({ [row.split('/')[1]!]: '2026 年评审' })
    expect(change.files.map(({ path, sha256 }) => [path, sha256])).toEqual(
      before.files.filter(({ path }) => path.startsWith(row)).map(({ path, sha256 }) => [path, sha256]),
    )
  })

  test('[R64, R66, R69] such a row can neither be changed nor removed, nor lose a file; a new row beside it can', async () => {
    const { browser, id, change, row, person } = await secondTime()
    const mine = `educations/${crypto.randomUUID()}`
    const proof = `${row}/proof`
    const answer = await sync(browser, [
      mutationOf(id, { kind: 'setField', path: `${row}/school`, value: '别的学校', base: 1 }),
      mutationOf(id, { kind: 'removeRow', path: row, base: 1, files: [change.files[0]!.id] }),
      mutationOf(id, { kind: 'detach', path: proof, attachmentId: change.files[0]!.id }),
      mutationOf(id, {
        kind: 'attach',
        path: proof,
        attachmentId: crypto.randomUUID(),
        position: 9,
        ...(await uploaded(world, { person, applicationId: id, path: proof })),
      }),
      mutationOf(id, { kind: 'addRow', path: mine, position: 2 }),
      mutationOf(id, { kind: 'setField', path: `${mine}/school`, value: '东南大学', base: 0 }),
      mutationOf(id, { kind: 'removeRow', path: mine, base: 1, files: [] }),
    ])
    expect(answer.results.map((one) => (one.outcome === 'refused' ? one.code : one.outcome))).toEqual([
      'answer.row-locked',
      'answer.row-locked',
      'answer.row-locked',
      'applied',
      'applied',
      'applied',
      'applied',
    ])
  })

  test('[R68] 本专业最高学历 is chosen anew in each application, on a locked row too; two chosen are refused at the submission', async () => {
    const { first, browser, person } = await secondTime().then(async (it) => ({
      ...it,
      ...(await filledAgain(it.person)),
    }))
    async function filledAgain(who: Person) {
      return filledDraft(world, { person: who, batch: await world.batch() })
    }
    const mine = await browserDraft(browser, person)
    const row = rowsIn(mine.cells)[0]!
    const other = `educations/${crypto.randomUUID()}`
    const chosen = await sync(browser, [
      mutationOf(mine.id, { kind: 'setField', path: `${row}/isTopInSpecialty`, value: false, base: 1 }),
      mutationOf(mine.id, { kind: 'setField', path: `${row}/isTopInSpecialty`, value: true, base: 1 }),
      mutationOf(mine.id, { kind: 'addRow', path: other, position: 5 }),
      mutationOf(mine.id, { kind: 'setField', path: `${other}/isTopInSpecialty`, value: true, base: 0 }),
    ])
    expect(chosen.results.map(({ outcome }) => outcome)).toEqual(['applied', 'applied', 'applied', 'applied'])
    const version = chosen.applications.find((one) => one.id === mine.id)!.version
    const refused = await problemOf(await submit(browser, mine.id, version))
    expect(refused.issues!.map(({ code, path }) => `${code} ${path}`)).toContain('answer.exactly-one educations')
    expect(first.id).not.toBe(mine.id)
    async function browserDraft(of: Browser, _person: Person) {
      const all = (await sync(of)).applications.filter(({ state }) => state === 'DRAFT')
      return all.sort((a, b) => (a.createdAt < b.createdAt ? 1 : -1))[0]!
    }
  })

  test('[R66] A15: a row of an application that was never submitted locks nothing; a returned one may change its own new rows', async () => {
    const draft = await filledDraft(world)
    const initial = await begin(world, draft.browser, await world.batch({ type: 'initial' }))
    expect(rowsIn((await changeOf(draft.browser, initial)).cells)).toEqual([])
    const { browser, id } = await submitted(world)
    const office = await world.signIn(await world.staff('office'))
    const { application } = await bodyOf(await apiOf(office).review.applications[':id'].$get({ param: { id } }))
    await bodyOf(
      await apiOf(office).review.applications[':id'].transition.$post({
        param: { id },
        json: { transition: 'return', version: application.version, reason: '学校名称写错了' },
      }),
    )
    const change = await changeOf(browser, id)
    expect(change.lockedRows).toEqual({})
    const row = rowsIn(change.cells)[0]!
    const typed = await sync(browser, [
      mutationOf(id, {
        kind: 'setField',
        path: `${row}/school`,
        value: '南京工业大学',
        base: change.cells[`${row}/school`]!.version,
      }),
    ])
    expect(typed.results[0]!.outcome).toBe('applied')
    await bodyOf(await submit(browser, id, typed.applications[0]!.version))
    const { records } = await bodyOf(await apiOf(browser).education.$get())
    expect(records).toMatchObject([{ version: 2, cells: { school: '南京工业大学' } }])
  })

  test('[R66, E3] who was turned away and starts again in the same batch finds the rows he submitted locked, and may add to them', async () => {
    const { browser, id, batch } = await submitted(world)
    const office = await world.signIn(await world.staff('office'))
    const { application } = await bodyOf(await apiOf(office).review.applications[':id'].$get({ param: { id } }))
    await bodyOf(
      await apiOf(office).review.applications[':id'].transition.$post({
        param: { id },
        json: { transition: 'reject', version: application.version, reason: '学历证书与所填学校不符' },
      }),
    )
    const again = await begin(world, browser, batch)
    const { cells, lockedRows } = await changeOf(browser, again)
    const row = rowsIn(cells)[0]!
    expect(lockedRows).toEqual({ [row.split('/')[1]!]: '2026 年评审' })
    const mine = `educations/${crypto.randomUUID()}`
    const answer = await sync(browser, [
      mutationOf(again, { kind: 'setField', path: `${row}/school`, value: '别的学校', base: 1 }),
      mutationOf(again, { kind: 'addRow', path: mine, position: 2 }),
      mutationOf(again, { kind: 'setField', path: `${mine}/school`, value: '东南大学', base: 0 }),
    ])
    expect(answer.results.map((one) => (one.outcome === 'refused' ? one.code : one.outcome))).toEqual([
      'answer.row-locked',
      'applied',
      'applied',
    ])
  })

  test('[R36, R65] A18: what was entered in 初定 stands in 评审', async () => {
    const { browser, person } = await submitted(world, { type: 'initial' })
    const id = await begin(world, browser, await world.batch({ type: 'review' }))
    const change = await changeOf(browser, id)
    expect(Object.values(change.lockedRows)).toEqual(['2026 年初定'])
    expect(person.id).toBeTruthy()
  })

  test('[R66, R67] what was approved while an application was under review stands in it when it is returned, and is sent with it', async () => {
    const own = await submitted(world)
    const first = await submitted(world)
    const [brought] = rowsIn((await changeOf(first.browser, first.id)).cells)
    const second = await submitted(world, { person: first.person })
    const cases = [
      { ...own, row: rowsIn((await changeOf(own.browser, own.id)).cells)[0]! },
      { ...second, row: brought! },
    ]
    const office = await world.signIn(await world.staff('office'))
    for (const { browser, person, id, row } of cases) {
      const { id: changeId } = await ask(browser, person, row.split('/')[1]!, { school: '南京工业大学' })
      await bodyOf(await decide(office, changeId, true, '材料属实，同意修改'))
      const { application } = await bodyOf(await apiOf(office).review.applications[':id'].$get({ param: { id } }))
      const json = { transition: 'return' as const, version: application.version, reason: '单位名称不规范' }
      await bodyOf(await apiOf(office).review.applications[':id'].transition.$post({ param: { id }, json }))
      const returned = await changeOf(browser, id)
      expect(returned.cells[`${row}/school`]!.value).toBe('南京工业大学')
      await bodyOf(await submit(browser, id, returned.version))
      const { records } = await bodyOf(await apiOf(browser).education.$get())
      expect(records.find(({ rowId }) => row.endsWith(rowId))!.cells['school']).toBe('南京工业大学')
      const { content } = await world.db
        .selectFrom('applicationSnapshot')
        .select('content')
        .where('applicationId', '=', id)
        .where('round', '=', 2)
        .executeTakeFirstOrThrow()
      expect(JSON.stringify(content.answers.rows.educations)).toContain('南京工业大学')
    }
  }, 60_000)

  test('[R67] a row that was taken out while a request about it waited: the request is closed with it', async () => {
    const { browser, person, id } = await submitted(world)
    const row = rowsIn((await changeOf(browser, id)).cells)[0]!
    const { id: changeId } = await ask(browser, person, row.split('/')[1]!, { school: '南京工业大学' })
    await world.db.deleteFrom('educationRecord').where('rowId', '=', row.split('/')[1]!).execute()
    const office = await world.signIn(await world.staff('office'))
    expect((await problemOf(await decide(office, changeId, true, '材料属实，同意修改'))).code).toBe('request.not-found')
    expect((await decide(office, changeId, false, '申报人已删除')).status).toBe(200)
  })

  test('[R67] 申请修改学历: nothing changes before the office approves; then the row has a new version, drafts show it, old snapshots do not (A16)', async () => {
    const { first, browser, person, id, row, change } = await secondTime()
    const rowId = row.split('/')[1]!
    const wish = await ask(browser, person, rowId, { school: '南京工业大学（原南京化工大学）' })
    expect(wish.answer.status).toBe(200)
    expect((await changeOf(browser, id)).cells[`${row}/school`]).toEqual(change.cells[`${row}/school`])
    const officer = await world.signIn(await world.staff('office'))
    const waiting = await bodyOf(await apiOf(officer).education.changes.$get({ query: { state: 'pending' } }))
    expect(waiting.rows.find((one) => one.id === wish.id)).toMatchObject({ rowId, fullName: person.fullName })
    await bodyOf(await decide(officer, wish.id, true, '材料属实，同意修改'))
    const after = await changeOf(browser, id)
    expect(after.cells[`${row}/school`]).toEqual({
      value: '南京工业大学（原南京化工大学）',
      version: change.version + 1,
    })
    const snapshot = await world.db
      .selectFrom('applicationSnapshot')
      .select('content')
      .where('applicationId', '=', first.id)
      .executeTakeFirstOrThrow()
    expect(snapshot.content.answers.rows.educations![0]!.values.school).toBe(change.cells[`${row}/school`]!.value)
    const versions = await world.db
      .selectFrom('educationRecord')
      .select('version')
      .where('rowId', '=', rowId)
      .orderBy('version')
      .execute()
    expect(versions.map(({ version }) => version)).toEqual([1, 2])
    const notices = await world.db
      .selectFrom('notice')
      .select('body')
      .where('accountId', '=', person.id)
      .where('kind', '=', 'educationChangeDecided')
      .execute()
    expect(notices[0]!.body).toContain('已通过')
    expect((await problemOf(await decide(officer, wish.id, false, '不同意，材料不全'))).code).toBe(
      'application.handled-by-other',
    )
  })

  test('[R67] rejected, the row stays as it was; a rejection needs its reason', async () => {
    const { browser, person, id, row, change } = await secondTime()
    const { id: wish } = await ask(browser, person, row.split('/')[1]!, { school: '别的学校' })
    const officer = await world.signIn(await world.staff('office'))
    expect((await problemOf(await decide(officer, wish, false, '不行'))).code).toBe('application.reason-required')
    await bodyOf(await decide(officer, wish, false, '证明材料与申请不符'))
    expect((await changeOf(browser, id)).cells).toEqual(change.cells)
    const { changes } = await bodyOf(await apiOf(browser).education.$get())
    expect(changes).toMatchObject([{ id: wish, state: 'rejected', opinion: '证明材料与申请不符' }])
  })

  test('[R67] sent twice it is one request; the same id with something else in it is refused, while it waits and after', async () => {
    const { browser, person, row } = await secondTime()
    const { id, proof } = await ask(browser, person, row.split('/')[1]!, { school: '新学校' })
    const send = (school: string) =>
      apiOf(browser).education.changes.$post({
        json: { id, rowId: row.split('/')[1]!, proposed: { school }, reason: '学校名称写错了一个字', proof: [proof] },
      })
    expect(await bodyOf(await send('新学校'))).toEqual({ id })
    expect((await problemOf(await send('另一个'))).code).toBe('application.pending-education-change')
    const officer = await world.signIn(await world.staff('office'))
    await bodyOf(await decide(officer, id, false, '证明材料与申请不符'))
    expect(await bodyOf(await send('新学校'))).toEqual({ id })
    expect((await problemOf(await send('另一个'))).code).toBe('application.handled-by-other')
    const { changes } = await bodyOf(await apiOf(browser).education.$get())
    expect(changes).toMatchObject([{ id, proposed: { school: '新学校' } }])
  })

  test('[R67] of two requests to change one row, made at once, one waits and the other is refused', async () => {
    const { browser, person, row } = await secondTime()
    const rowId = row.split('/')[1]!
    const answers = await Promise.all(
      ['新学校', '另一个', '第三个'].map((school) => ask(browser, person, rowId, { school })),
    )
    expect(answers.map(({ answer }) => answer.status).sort()).toEqual([200, 409, 409])
    const { changes } = await bodyOf(await apiOf(browser).education.$get())
    expect(changes.filter(({ state }) => state === 'pending')).toHaveLength(1)
  })

  test('[E14] the proof is shown to its owner and to the office, never kept by a cache, and every opening is on record', async () => {
    const { browser, person, row } = await secondTime()
    const { id, proof } = await ask(browser, person, row.split('/')[1]!, { school: '新学校' })
    await world.platform.files.put(contentKey(proof.sha256), Buffer.from(proof.uploadId))
    const path = `/api/education/changes/${id}/proof/${proof.id}`
    const office = await world.signIn(await world.staff('office'))
    const stranger = await world.signIn(await world.person())
    await browser.fetch(path, { method: 'HEAD' })
    const answers = [await browser.fetch(path), await office.fetch(path), await stranger.fetch(path)]
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 404])
    expect(answers[0]!.headers.get('cache-control')).toBe('private, no-store')
    const opened = await world.db
      .selectFrom('auditEvent')
      .select('subject')
      .where('action', '=', 'education.proof-opened')
      .where('subject', '=', `education-change:${id}`)
      .execute()
    expect(opened).toHaveLength(2)
  })

  test('[R67] a request needs a reason, a proof, values the form takes, and is made once', async () => {
    const { browser, person, row } = await secondTime()
    const rowId = row.split('/')[1]!
    const code = async (answer: { headers: Headers; status: number; text(): Promise<string> }) =>
      (await problemOf(answer)).code
    expect(await code((await ask(browser, person, rowId, { school: '新' }, '改')).answer)).toBe(
      'application.reason-required',
    )
    expect(await code((await ask(browser, person, rowId, { eduLevel: '不存在' })).answer)).toBe('answer.not-in-list')
    expect(await code((await ask(browser, person, rowId, { isTopInSpecialty: 'x' })).answer)).toBe(
      'answer.unknown-path',
    )
    expect(await code((await ask(browser, person, rowId, { start: '2010-09', end: '2008-06' })).answer)).toBe(
      'answer.before',
    )
    const bare = { id: crypto.randomUUID(), rowId, proposed: { school: '新学校' }, reason: '学校名称写错了', proof: [] }
    expect(await code(await apiOf(browser).education.changes.$post({ json: bare }))).toBe('answer.required')
    const once = await ask(browser, person, rowId, { school: '新学校' })
    expect(once.answer.status).toBe(200)
    expect(await code((await ask(browser, person, rowId, { school: '另一个' })).answer)).toBe(
      'application.pending-education-change',
    )
  })

  test('[R67] T10: while a request waits the application does not pass the 预审', async () => {
    const { browser, person, id } = await submitted(world)
    const row = rowsIn((await changeOf(browser, id)).cells)[0]!
    await ask(browser, person, row.split('/')[1]!, { school: '新学校' })
    const officer = await world.signIn(await world.staff('office'))
    const step = async (transition: 'forwardToPreReview' | 'passPreReview') => {
      const { application, answers } = await bodyOf(
        await apiOf(officer).review.applications[':id'].$get({ param: { id } }),
      )
      for (const { id: attachmentId } of Object.values(answers.files).flat()) {
        await apiOf(officer).review.applications[':id'].opened.$post({ param: { id }, json: { attachmentId } })
      }
      return apiOf(officer).review.applications[':id'].transition.$post({
        param: { id },
        json: { transition, version: application.version },
      })
    }
    await bodyOf(await step('forwardToPreReview'))
    expect((await problemOf(await step('passPreReview'))).code).toBe('application.pending-education-change')
  })
})
