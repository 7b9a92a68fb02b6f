import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type ApplicationTypeId, itemsOfStep } from '#domain/forms/application-type.ts'
import type { TransitionId } from '#domain/lifecycle/transitions.ts'
import { applicationTypes } from '#domain/forms/index.ts'
import { NO_HOLIDAYS, publicityEnds } from '#domain/working-days.ts'
import { expireOverdue } from '#server/applications/jobs.ts'
import { apiOf, filledDraft, mutationOf, pointIn, HAILING, submit, submitted, sync } from '../world/application-walk.ts'
import { officeWalk, openDesks } from '../world/office-walk.ts'
import { databaseKinds } from '../world/test-database.ts'
import { bodyOf, type Browser, openWorld, problemOf, type World } from '../world/world.ts'

const DAY = 86_400_000
const types = Object.keys(applicationTypes) as ApplicationTypeId[]

describe.each(await databaseKinds())('review on %s', (kind) => {
  let world: World
  beforeAll(async () => void (world = await openWorld(kind)))
  afterAll(() => world.close())

  const office = async () => world.signIn(await world.staff('office'))
  const clerk = async () => world.signIn(await world.staff('pointClerk', { acceptancePoint: pointIn(HAILING) }))
  const secretary = async () => world.signIn(await world.staff('secretary'))
  const view = async (browser: Browser, id: string) =>
    bodyOf(await apiOf(browser).review.applications[':id'].$get({ param: { id } }))
  type Input = Omit<
    Parameters<ReturnType<typeof apiOf>['review']['applications'][':id']['transition']['$post']>[0]['json'],
    'transition' | 'version'
  >
  const act = async (
    browser: Browser,
    id: string,
    transition: TransitionId,
    input: Input & { version?: number } = {},
  ) =>
    apiOf(browser).review.applications[':id'].transition.$post({
      param: { id },
      json: {
        transition,
        version: (
          await world.db.selectFrom('application').select('version').where('id', '=', id).executeTakeFirstOrThrow()
        ).version,
        ...input,
      },
    })
  const go = async (...of: Parameters<typeof act>) => bodyOf(await act(...of))
  const stateOf = async (id: string) =>
    (await world.db.selectFrom('application').select('state').where('id', '=', id).executeTakeFirstOrThrow()).state
  const noticesOf = async (id: string) =>
    (
      await world.db
        .selectFrom('notice')
        .select('kind')
        .where('applicationId', '=', id)
        .orderBy('createdAt')
        .orderBy('id')
        .execute()
    ).map((one) => one.kind)
  const openAll = async (browser: Browser, id: string) => {
    const { answers } = await view(browser, id)
    for (const { id: attachmentId } of Object.values(answers.files).flat()) {
      await apiOf(browser).review.applications[':id'].opened.$post({ param: { id }, json: { attachmentId } })
    }
  }
  /** Through the 受理点 and the 预审. */
  const prePassed = async (id: string, desk: Browser) => {
    await openAll(desk, id)
    await go(desk, id, 'forwardToPreReview')
    await go(desk, id, 'passPreReview')
  }
  const paperCode = async (id: string) =>
    (
      await world.db
        .selectFrom('paper')
        .select('code')
        .where('applicationId', '=', id)
        .where('voidedAt', 'is', null)
        .executeTakeFirstOrThrow()
    ).code

  test('[R4, R102, R103, R114] 评审 goes the whole way from submission to certificate, and the applicant is told of every step', async () => {
    const { id, person, batch } = await submitted(world, { type: 'review' })
    const [desk, point, secretaryDesk] = [await office(), await clerk(), await secretary()]
    await openAll(point, id)
    await go(point, id, 'forwardToPreReview')
    await openAll(desk, id)
    await go(desk, id, 'passPreReview')
    await go(point, id, 'receivePaper', { paperCode: await paperCode(id) })
    const walk = officeWalk(world)
    const desks = { ...(await (await openDesks(world)).signIn()), office: desk, secretary: secretaryDesk }
    const session = await walk.openSession(desks, batch)
    await walk.assign(desks, session, [id])
    expect((await walk.ballot(desks, session, id, 9, 2)).status).toBe(204)
    expect(await bodyOf(await walk.confirmSession(desks, session))).toEqual({ passed: 1, failed: 0 })
    await bodyOf(await walk.publish(desks, await walk.draft(desks, batch)))
    expect(await stateOf(id)).toBe('PUBLICITY')
    const { publicityEndsAt } = await world.db
      .selectFrom('application')
      .select('publicityEndsAt')
      .where('id', '=', id)
      .executeTakeFirstOrThrow()
    expect(publicityEndsAt).toEqual(publicityEnds(await world.now(), NO_HOLIDAYS).endsAt)
    const early = await act(desk, id, 'confirm', { documentNumber: '泰职称〔2026〕3号' })
    expect((await problemOf(early)).code).toBe('application.publicity-running')
    world.clock.moveTo(new Date(publicityEndsAt!.getTime() + 1000))
    const late = await office()
    await go(late, id, 'confirm', { documentNumber: '泰职称〔2026〕3号' })
    await go(late, id, 'certify', { certificateNumber: '2026321200001' })
    expect(await noticesOf(id)).toEqual([
      'submitted',
      'progress',
      'prePassed',
      'paperReceived',
      'progress',
      'publicity',
      'confirmed',
      'certified',
    ])
    const again = await world.signIn(person)
    const [row] = await bodyOf(await apiOf(again).applications.history.$get({ query: {} }))
    expect(row).toMatchObject({
      id,
      state: 'CERTIFIED',
      documentNumber: '泰职称〔2026〕3号',
      certificateNumber: '2026321200001',
    })
    expect(row!.stages.every(({ state }) => state === 'done')).toBe(true)
  }, 120_000)

  test.each(['initial', 'reissue'] as const)('%s is approved by the office without a committee', async (type) => {
    const batch = await world.batch({ type, hasPublicity: true })
    const { id } = await submitted(world, { batch })
    const desk = await office()
    await prePassed(id, desk)
    await go(desk, id, 'receivePaper', { paperCode: await paperCode(id) })
    const walk = officeWalk(world)
    const desks = { ...(await (await openDesks(world)).signIn()), office: desk }
    const session = await walk.openSession(desks, batch)
    await expect(walk.assign(desks, session, [id])).rejects.toThrow('application.handled-by-other')
    await go(desk, id, 'startApproval')
    if (type === 'initial') {
      await go(desk, id, 'approve')
      await bodyOf(await walk.publish(desks, await walk.draft(desks, batch)))
      expect(await stateOf(id)).toBe('PUBLICITY')
    } else {
      expect((await problemOf(await act(desk, id, 'approve'))).code).toBe('application.transition-not-allowed')
      await go(desk, id, 'approveReissue')
      expect(await stateOf(id)).toBe('CONFIRMED')
    }
  })

  test('[E3] a case shows what its person submitted in the year the other way, and nothing else of his', async () => {
    const person = await world.person()
    const desk = await office()
    const besides = async (id: string) =>
      (await bodyOf(await apiOf(desk).review.applications[':id'].$get({ param: { id } }))).beside
    const review = await submitted(world, { person, batch: await world.batch({ type: 'review' }) })
    await submitted(world, { person, batch: await world.batch({ type: 'review' }) })
    await submitted(world, { person, batch: await world.batch({ type: 'initial', year: 2025 }) })
    await submitted(world, { person, batch: await world.batch({ type: 'reissue' }) })
    await filledDraft(world, { person, batch: await world.batch({ type: 'initial' }) })
    expect(await besides(review.id)).toEqual([])

    const batch = await world.batch({ type: 'initial' })
    const initial = await submitted(world, { person, batch })
    const title = async (id: string) =>
      (await world.db.selectFrom('application').select('targetTitle').where('id', '=', id).executeTakeFirstOrThrow())
        .targetTitle
    const other = { type: 'initial', year: 2026, batchName: batch.name, targetTitle: await title(initial.id) }
    expect(other.targetTitle).toMatch(/^engineering\./)
    expect(await besides(review.id)).toEqual([other])
    expect((await besides(initial.id)).map(({ type, targetTitle }) => [type, targetTitle])).toContainEqual([
      'review',
      await title(review.id),
    ])
    await go(desk, initial.id, 'cancel', { reason: '本人书面申请撤回' })
    expect(await besides(review.id)).toEqual([])
  })

  test('[R114] D9: who asked for a certificate once more reads that it is approved, not of a document that there is none of', async () => {
    const { id } = await submitted(world, { type: 'reissue' })
    const desk = await office()
    await prePassed(id, desk)
    await go(desk, id, 'receivePaper', { paperCode: await paperCode(id) })
    await go(desk, id, 'startApproval')
    await go(desk, id, 'approveReissue')
    expect((await noticesOf(id)).at(-1)).toBe('reissueApproved')
    const told = await world.db
      .selectFrom('notice')
      .select(['title', 'body'])
      .where('applicationId', '=', id)
      .where('kind', '=', 'reissueApproved')
      .executeTakeFirstOrThrow()
    expect(told).toEqual({
      title: '补证已核准',
      body: expect.stringMatching(/补证申报已核准，新证书制好后会通知您领取。$/),
    })
  })

  test('T5: with a 主管部门 on the way the application passes its desk, and a step back inside is not told', async () => {
    const batch = await world.batch({ hasDepartment: true })
    const { id } = await submitted(world, { batch })
    const point = await clerk()
    const department = await world.signIn(await world.staff('deptReviewer', { region: HAILING }))
    expect((await problemOf(await act(point, id, 'forwardToPreReview'))).code).toBe('application.handled-by-other')
    await openAll(point, id)
    await go(point, id, 'forwardToDepartment')
    await go(department, id, 'sendBackToPoint', { reason: '受理点再核对一次' })
    await openAll(point, id)
    await go(point, id, 'forwardToDepartment')
    await go(department, id, 'passDepartment')
    expect(await stateOf(id)).toBe('PRE_REVIEW')
    expect(await noticesOf(id)).toEqual(['submitted', 'progress', 'progress', 'progress'])
  })

  test.each(types)(
    '[R90, R91, R98] %s: returned with a reason and comments, corrected, sent again: same number, new round, both rounds kept',
    async (type) => {
      const { id, browser, receipt, person } = await submitted(world, { type })
      const desk = await office()
      const comment = { path: 'employerName', text: '请写全称，与公章一致' }
      const comments = apiOf(desk).review.applications[':id'].comments
      await bodyOf(await comments.$post({ param: { id }, json: comment }))
      const unsent = await sync(browser)
      expect(unsent.applications[0]!.returned).toBeNull()
      expect((await problemOf(await act(desk, id, 'return', { reason: '不对' }))).code).toBe(
        'application.reason-required',
      )
      await go(desk, id, 'return', { reason: '单位名称不是全称' })
      const [returned] = (await sync(browser)).applications
      expect(returned!.returned).toMatchObject({
        reason: '单位名称不是全称',
        by: '职称办',
        comments: [{ ...comment, by: '职称办' }],
      })
      expect(await noticesOf(id)).toEqual(['submitted', 'returned'])
      const typed = await sync(browser, [
        mutationOf(id, {
          kind: 'setField',
          path: 'employerName',
          value: '泰州市海陵建筑设计院有限公司',
          base: returned!.cells.employerName!.version,
        }),
      ])
      const again = (await bodyOf(
        await submit(browser, id, typed.applications[0]!.version),
      )) as unknown as typeof receipt
      expect(again).toMatchObject({ number: receipt.number, round: 2, state: 'SUBMITTED' })
      expect(again.sha256).not.toBe(receipt.sha256)
      const seen = await view(desk, id)
      expect(seen.previousAnswers!.fields.employerName).not.toBe(seen.answers.fields.employerName)
      expect(seen.comments).toMatchObject([{ round: 1, sent: true, ...comment }])
      const rounds = await world.db
        .selectFrom('applicationSnapshot')
        .select(['round', 'sha256'])
        .where('applicationId', '=', id)
        .orderBy('round')
        .execute()
      expect(rounds).toEqual([
        { round: 1, sha256: receipt.sha256 },
        { round: 2, sha256: again.sha256 },
      ])
      expect((await sync(await world.signIn(person))).applications[0]!.returned).toBeNull()
    },
  )

  test('[R93] a return after 预审 voids the official papers; the next 预审 makes new ones with new codes', async () => {
    const { id, browser } = await submitted(world)
    const desk = await office()
    await prePassed(id, desk)
    const first = await paperCode(id)
    await go(desk, id, 'return', { reason: '考核表缺一页' })
    const voided = await world.db.selectFrom('paper').select('voidedAt').where('applicationId', '=', id).execute()
    expect(voided.every(({ voidedAt }) => voidedAt !== null)).toBe(true)
    const [change] = (await sync(browser)).applications
    await bodyOf(await submit(browser, id, change!.version))
    await prePassed(id, desk)
    expect(await paperCode(id)).not.toBe(first)
    expect((await problemOf(await act(desk, id, 'receivePaper', { paperCode: first }))).code).toBe(
      'application.version-changed',
    )
    expect((await problemOf(await act(desk, id, 'receivePaper'))).code).toBe('application.version-changed')
    await go(desk, id, 'receivePaper', { paperCode: await paperCode(id) })
  })

  test('T6, T7, T8, A22: after the window a return needs a term; the application may be sent until it, and expires after it', async () => {
    const closesAt = new Date((await world.now()).getTime() + DAY)
    const batch = await world.batch({ closesAt })
    const one = await submitted(world, { batch })
    const two = await submitted(world, { batch })
    world.clock.moveTo(new Date(closesAt.getTime() + DAY))
    const desk = await office()
    const reason = '学历证书看不清'
    expect((await problemOf(await act(desk, one.id, 'return', { reason }))).code).toBe(
      'application.resubmit-until-required',
    )
    const until = new Date(closesAt.getTime() + 4 * DAY)
    await go(desk, one.id, 'return', { reason, resubmitUntil: until.toISOString() })
    await go(desk, two.id, 'return', { reason, resubmitUntil: until.toISOString() })
    const owner = await world.signIn(one.person)
    const [change] = (await sync(owner)).applications
    expect(change!.resubmitUntil).toBe(until.toISOString())
    const typed = await sync(owner, [
      mutationOf(one.id, { kind: 'setField', path: 'societies', value: '补充', base: 0 }),
    ])
    expect(typed.results[0]!.outcome).toBe('applied')
    await bodyOf(await submit(owner, one.id, typed.applications[0]!.version))
    world.clock.moveTo(new Date(until.getTime() + 1000))
    await expireOverdue(world.platform)
    expect([await stateOf(one.id), await stateOf(two.id)]).toEqual(['SUBMITTED', 'EXPIRED'])
    expect(await noticesOf(two.id)).toEqual(['submitted', 'returned', 'expired'])
  })

  test('[T5, T10] neither the 受理点 nor the 预审 passes what this reviewer has not opened every file of', async () => {
    const { id } = await submitted(world)
    const [point, desk, other] = [await clerk(), await office(), await office()]
    expect((await problemOf(await act(point, id, 'forwardToPreReview'))).code).toBe('application.files-unopened')
    await openAll(point, id)
    await go(point, id, 'forwardToPreReview')
    const before = await view(desk, id)
    expect(before.filesToOpen).toBeGreaterThan(5)
    expect(before.available.find((one) => one.id === 'passPreReview')?.refusal?.code).toBe('application.files-unopened')
    const refused = await problemOf(await act(desk, id, 'passPreReview'))
    expect(refused).toMatchObject({ code: 'application.files-unopened', params: { count: before.filesToOpen } })
    await openAll(other, id)
    expect((await problemOf(await act(desk, id, 'passPreReview'))).code).toBe('application.files-unopened')
    await openAll(desk, id)
    expect((await view(desk, id)).filesOpened).toHaveLength(before.filesToOpen)
    await go(desk, id, 'passPreReview')
    const foreign = await apiOf(desk).review.applications[':id'].opened.$post({
      param: { id },
      json: { attachmentId: crypto.randomUUID() },
    })
    expect((await problemOf(foreign)).code).toBe('request.not-found')
  })

  test('two reviewers at once: the second is told that it was handled', async () => {
    const { id } = await submitted(world)
    const [a, b] = [await office(), await office()]
    await openAll(a, id)
    const { application } = await view(a, id)
    const both = await Promise.all([
      act(a, id, 'forwardToPreReview', { version: application.version }),
      act(b, id, 'reject', { version: application.version, reason: '不符合条件' }),
    ])
    expect(both.filter(({ ok }) => ok)).toHaveLength(1)
    const lost = both.find(({ ok }) => !ok)!
    expect((await problemOf(lost)).code).toBe('application.handled-by-other')
  })

  test('T21: a certificate number is given once', async () => {
    const desk = await office()
    const confirmed = async () => {
      const { id } = await submitted(world)
      await world.db.updateTable('application').set({ state: 'CONFIRMED' }).where('id', '=', id).execute()
      return id
    }
    const [one, other] = [await confirmed(), await confirmed()]
    await go(desk, one, 'certify', { certificateNumber: '苏泰2026-77' })
    expect((await problemOf(await act(desk, other, 'certify', { certificateNumber: '苏泰2026-77' }))).code).toBe(
      'answer.duplicate',
    )
  })

  test('E15: who cheated may not apply again for three years, and is told until when', async () => {
    const { id, person } = await submitted(world)
    await world.db.updateTable('application').set({ state: 'CERTIFIED' }).where('id', '=', id).execute()
    const desk = await office()
    await go(desk, id, 'revoke', { reason: '学历造假经查实', documentNumber: '泰职称〔2026〕9号' })
    const start = async () =>
      apiOf(await world.signIn(person)).applications[':id'].reading.$post({
        param: { id: crypto.randomUUID() },
        json: { batchId: (await world.batch({ closesAt: null })).id },
      })
    const refused = await problemOf(await start())
    expect(refused.code).toBe('application.integrity-record')
    expect(refused.detail).toMatch(/20\d\d 年/)
    world.clock.moveTo(new Date((await world.now()).getTime() + 3 * 366 * DAY))
    expect((await start()).status).toBe(200)
  })

  test('E17: every transition leaves a row and an audit event with who, role, when, from, to, reason and version', async () => {
    const { id, person } = await submitted(world)
    const officer = await world.staff('office')
    const desk = await world.signIn(officer)
    await view(desk, id)
    await go(desk, id, 'reject', { reason: '不符合申报条件' })
    const rows = await world.db
      .selectFrom('applicationTransition')
      .selectAll()
      .where('applicationId', '=', id)
      .orderBy('at')
      .execute()
    expect(rows).toMatchObject([
      { transition: 'submit', actorId: person.id, role: 'applicant', fromState: 'DRAFT', toState: 'SUBMITTED' },
      {
        transition: 'reject',
        actorId: officer.id,
        role: 'office',
        fromState: 'SUBMITTED',
        toState: 'REJECTED',
        reason: '不符合申报条件',
      },
    ])
    expect(rows[1]!.snapshotId).toBe(rows[0]!.snapshotId)
    const events = await world.db
      .selectFrom('auditEvent')
      .select(['action', 'role'])
      .where('applicationId', '=', id)
      .execute()
    expect(events.map(({ action }) => action).sort()).toEqual(
      ['application.started', 'application.submit', 'application.viewed', 'application.reject'].sort(),
    )
  })

  test('comments: at a field, a slot, a row, a step; nowhere else; taken back by their author until they are sent', async () => {
    const { id } = await submitted(world)
    const [desk, other] = [await office(), await office()]
    const { answers } = await view(desk, id)
    const row = answers.rows.educations![0]!.id
    const post = (path: string) =>
      apiOf(desk).review.applications[':id'].comments.$post({ param: { id }, json: { path, text: '请核对' } })
    for (const path of ['employerName', 'photo', `educations/${row}`, `educations/${row}/school`, 'records']) {
      expect((await post(path)).status, path).toBe(200)
    }
    expect((await problemOf(await post('nothing'))).code).toBe('answer.unknown-path')
    const { comments } = await view(desk, id)
    expect(comments).toHaveLength(5)
    const remove = (browser: Browser, commentId: string) =>
      apiOf(browser).review.applications[':id'].comments[':commentId'].$delete({ param: { id, commentId } })
    expect((await problemOf(await remove(other, comments[0]!.id))).code).toBe('request.not-found')
    expect((await remove(desk, comments[0]!.id)).status).toBe(204)
    await go(desk, id, 'return', { reason: '几处需要核对' })
    expect((await problemOf(await remove(desk, comments[1]!.id))).code).toBe('request.not-found')
  })

  test('[R98] a remark counts as answered once something came where it stands, on every phone: at a slot, a row, a field, a step', async () => {
    const { id, browser, person } = await submitted(world)
    const desk = await office()
    const { answers } = await view(desk, id)
    const row = `educations/${answers.rows.educations![0]!.id}`
    const step = applicationTypes.review.steps.find((one) =>
      itemsOfStep(one).some((item) => item.id === 'employerName'),
    )!
    const places = ['photo', 'idCard', row, `${row}/school`, step.id]
    for (const path of places) {
      const json = { path, text: '请核对' }
      await bodyOf(await apiOf(desk).review.applications[':id'].comments.$post({ param: { id }, json }))
    }
    await go(desk, id, 'return', { reason: '几处需要核对' })
    /** As a phone sees it that has nothing of it yet. */
    const answered = async () => {
      const fresh = await world.signIn(person)
      const { returned } = (await sync(fresh)).applications.find((one) => one.id === id)!
      return returned!.comments.filter(({ settled }) => settled).map(({ path }) => path)
    }
    const { cells, files } = (await sync(browser)).applications.find((one) => one.id === id)!
    const change = async (...wishes: Parameters<typeof mutationOf>[1][]) => {
      const { results } = await sync(
        browser,
        wishes.map((wish) => mutationOf(id, wish)),
      )
      expect(results.filter(({ outcome }) => outcome !== 'applied')).toEqual([])
    }
    expect(await answered()).toEqual([])
    await change({ kind: 'setField', path: 'employerName', value: '另一个单位', base: cells['employerName']!.version })
    expect(await answered()).toEqual([step.id])
    const card = files.find(({ path }) => path === 'idCard')!
    await change({ kind: 'detach', path: 'idCard', attachmentId: card.id })
    expect(await answered()).toEqual(expect.arrayContaining(['idCard', step.id]))
    const school = `${row}/school`
    await change({ kind: 'setField', path: school, value: '另一所学校', base: cells[school]!.version })
    expect(await answered()).toEqual(expect.arrayContaining(['idCard', row, school, step.id]))
    expect(await answered()).not.toContain('photo')
  })

  describe('the queue', () => {
    const queue = async (browser: Browser, query: Record<string, string>) =>
      bodyOf(await apiOf(browser).review.queue.$get({ query: query as never }))

    test('finds by state, batch, specialty, name, number, employer and the end of the ID number; counts every state; pages without a gap', async () => {
      const batch = await world.batch()
      const people = [await world.person({ fullName: '欧阳若兰' }), await world.person(), await world.person()]
      const sent = []
      for (const person of people) {
        const draft = await filledDraft(
          world,
          { batch, person },
          { fullName: person.fullName, employerName: `单位${sent.length}` },
        )
        sent.push({
          ...draft,
          receipt: (await bodyOf(await submit(draft.browser, draft.id, draft.version))) as unknown as {
            number: string
          },
        })
      }
      const desk = await office()
      await go(desk, sent[2]!.id, 'reject', { reason: '不符合申报条件' })
      const ids = async (query: Record<string, string>) =>
        (await queue(desk, { batch: batch.id, ...query })).rows.map(({ id }) => id)
      const all = await queue(desk, { batch: batch.id })
      expect(all).toMatchObject({ total: 3, counts: { SUBMITTED: 2, REJECTED: 1 } })
      expect(all.rows.map(({ id }) => id)).toEqual(sent.map(({ id }) => id))
      expect(all.rows[0]).toMatchObject({ specialty: '建筑工程', stateLabel: '已提交，待受理点审核', own: false })
      expect(JSON.stringify(all)).not.toContain(people[0]!.idNumber)
      expect(await ids({ state: 'SUBMITTED' })).toEqual([sent[0]!.id, sent[1]!.id])
      expect(await ids({ state: 'SUBMITTED,REJECTED' })).toHaveLength(3)
      expect(await ids({ q: '若兰' })).toEqual([sent[0]!.id])
      expect(await ids({ q: '单位1' })).toEqual([sent[1]!.id])
      expect(await ids({ q: sent[1]!.receipt.number })).toEqual([sent[1]!.id])
      expect(await ids({ q: people[0]!.idNumber.slice(-4) })).toContain(sent[0]!.id)
      expect(await ids({ q: '100%' })).toEqual([])
      expect(await ids({ specialty: 'engineering.mechanical' })).toEqual([])
      expect(await ids({ exception: '1' })).toEqual([])
      expect(await ids({ returned: '0' })).toHaveLength(3)
      // from the nearer end or not, in either order, with a state or words: the same rows, each once, and nothing behind the last
      const ways: Record<string, string>[] = [
        {},
        { sort: 'newest' },
        { sort: 'name' },
        { state: 'SUBMITTED,REJECTED' },
        { q: '单位' },
      ]
      for (const how of ways) {
        const whole = await ids(how)
        for (const pageSize of [1, 2, 3]) {
          const pages = await Promise.all(
            [1, 2, 3, 4].map((page) => ids({ ...how, page: String(page), pageSize: String(pageSize) })),
          )
          expect(pages.flat(), `${JSON.stringify(how)} by ${pageSize}`).toEqual(whole)
          expect(pages.every((page) => page.length <= pageSize)).toBe(true)
        }
        expect(whole.toSorted()).toEqual(sent.map(({ id }) => id).toSorted())
      }
    })

    test('A21: shows who asks for a return; neighbours lead through the queue', async () => {
      const batch = await world.batch()
      const one = await submitted(world, { batch })
      const two = await submitted(world, { batch })
      await apiOf(two.browser).applications[':id']['request-return'].$post({
        param: { id: two.id },
        json: { reason: '证书传错了一页' },
      })
      const desk = await office()
      const asked = await queue(desk, { batch: batch.id, requested: '1' })
      expect(asked.rows.map(({ id }) => id)).toEqual([two.id])
      const seen = await view(desk, two.id)
      expect(seen.returnRequest?.reason).toBe('证书传错了一页')
      expect(seen.neighbours.prev).toBe(one.id)
      expect((await view(desk, one.id)).neighbours.next).toBe(two.id)
    })
  })

  test('[R99] what can be done says what it asks for and what stands against it whatever is filled in', async () => {
    const { id } = await submitted(world)
    const point = await clerk()
    const { available } = await view(point, id)
    expect(available.map((one) => one.id)).toEqual(['forwardToPreReview', 'return', 'reject'])
    expect(available.find((one) => one.id === 'return')).toMatchObject({ refusal: null, asks: ['reason'] })
  })
})
