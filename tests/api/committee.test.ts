import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { apiOf, submitted } from '../world/application-walk.ts'
import { type Desks, officeWalk, openDesks } from '../world/office-walk.ts'
import { databaseKinds } from '../world/test-database.ts'
import { bodyOf, type Browser, openWorld, problemOf, type World } from '../world/world.ts'

describe.each(await databaseKinds())('committee on %s', (kind) => {
  let world: World
  let desks: Desks
  let walk: ReturnType<typeof officeWalk>
  beforeAll(async () => {
    world = await openWorld(kind)
    walk = officeWalk(world)
    desks = await (await openDesks(world)).signIn()
  })
  afterAll(() => world.close())

  const received = async (batch: Awaited<ReturnType<World['batch']>>, changes = {}) => {
    const one = await submitted(world, { batch }, changes)
    await world.db.updateTable('application').set({ state: 'PAPER_RECEIVED' }).where('id', '=', one.id).execute()
    return one
  }
  const sessions = () => apiOf(desks.secretary).committees.sessions[':id']
  const put = (id: string, applicationId: string, json: object) =>
    sessions().cases[':applicationId'].$put({ param: { id, applicationId }, json: json as never })
  const versionOf = async (id: string) =>
    (await world.db.selectFrom('application').select('version').where('id', '=', id).executeTakeFirstOrThrow()).version
  const view = async (id: string) => bodyOf(await sessions().$get({ param: { id } }))

  test('[E10] a ballot must add up and two thirds must be there; attendance that changes afterwards stops the confirmation', async () => {
    const batch = await world.batch()
    const { id } = await received(batch)
    const session = await walk.openSession(desks, batch)
    await walk.assign(desks, session, [id])
    const reasonOf = async (answer: Response) => (await problemOf(answer)).detail
    expect(await reasonOf(await put(session.id, id, { yes: 9, no: 1, abstain: 0 }))).toContain('合计 10')
    expect((await put(session.id, id, { yes: 7, no: 3, abstain: 1 })).status).toBe(204)
    expect((await view(session.id)).cases[0]).toMatchObject({ result: 'failed', attending: 11 })
    const present = async (memberId: string, there: boolean) =>
      sessions().attendance.$put({ param: { id: session.id }, json: { memberId, present: there } })
    for (const memberId of session.members.slice(9, 11)) await present(memberId, false)
    expect(await view(session.id)).toMatchObject({ quorum: false })
    expect((await problemOf(await walk.confirmSession(desks, session))).code).toBe('application.votes-invalid')
    expect(await walk.stateOf(id)).toBe('COMMITTEE')
    for (const memberId of session.members.slice(9, 11)) await present(memberId, true)
    expect(await bodyOf(await walk.confirmSession(desks, session))).toEqual({ passed: 0, failed: 1 })
    expect((await problemOf(await present(session.members[14]!, true))).code).toBe('committee.confirmed')
    const { details } = await world.db
      .selectFrom('applicationTransition')
      .select('details')
      .where('applicationId', '=', id)
      .where('transition', '=', 'failCommittee')
      .executeTakeFirstOrThrow()
    expect(details).toEqual({ votes: { members: 15, attending: 11, yes: 7, no: 3, abstain: 1 } })
  }, 60_000)

  test('[E11] a member of the same employer stays away, and counts neither among the members nor among those attending', async () => {
    const batch = await world.batch()
    const { id } = await received(batch, { employerName: '江苏省第 3 研究院' })
    const session = await walk.openSession(desks, batch)
    await walk.assign(desks, session, [id])
    const refused = await problemOf(await put(session.id, id, { yes: 8, no: 3, abstain: 0 }))
    expect(refused).toMatchObject({ code: 'committee.member-avoids', params: { member: '委员3' } })
    const recused = (await view(session.id)).cases[0]!.mustAvoid
    expect(recused).toEqual([session.members[3]])
    expect((await put(session.id, id, { yes: 7, no: 3, abstain: 0, recused })).status).toBe(204)
    expect((await view(session.id)).cases[0]).toMatchObject({ attending: 10, result: 'passed', recused })
  }, 60_000)

  test('T15: only a chair who is there confirms; what waits for a vote is named', async () => {
    const batch = await world.batch()
    const { id } = await received(batch)
    const session = await walk.openSession(desks, batch)
    await walk.assign(desks, session, [id])
    const confirm = (chairId: string) => sessions().confirm.$post({ param: { id: session.id }, json: { chairId } })
    expect((await problemOf(await confirm(session.members[1]!))).code).toBe('committee.chair-absent')
    expect(await problemOf(await confirm(session.chairId))).toMatchObject({
      code: 'committee.votes-missing',
      params: { count: 1 },
    })
  }, 60_000)

  test('§3.4: ballots are the secretary’s; neither the applicant nor the 受理点 nor an expert reads them', async () => {
    const batch = await world.batch()
    const { id, browser } = await received(batch)
    const session = await walk.openSession(desks, batch)
    await walk.assign(desks, session, [id])
    const param = { id: session.id }
    const attendance = { memberId: session.members[0]!, present: true }
    for (const [name, one] of Object.entries({ ...desks, applicant: browser, nobody: world.browser() })) {
      const api = apiOf(one).committees
      const codes = {
        list: (await api.$get()).status,
        view: (await api.sessions[':id'].$get({ param })).status,
        candidates: (await api.sessions[':id'].candidates.$get({ param })).status,
        attendance: (await api.sessions[':id'].attendance.$put({ param, json: attendance })).status,
        ballot: (
          await api.sessions[':id'].cases[':applicationId'].$put({
            param: { id: session.id, applicationId: id },
            json: { yes: 8, no: 3, abstain: 0 },
          })
        ).status,
        minutes: (await api.sessions[':id'].minutes.$put({ param, json: { minutes: '会议记录', version: 0 } })).status,
        // whoever may is told that he has not seen the newest
        takeOff: (
          await api.sessions[':id'].cases[':applicationId']['take-off'].$post({
            param: { id: session.id, applicationId: id },
            json: { reason: '材料还要核对', version: 0 },
          })
        ).status,
        cancel: (await api.sessions[':id'].$delete({ param })).status,
      }
      const arranges = { list: 200, view: 200, candidates: 200, takeOff: 409, cancel: 409 }
      const expected =
        name === 'secretary'
          ? { ...arranges, attendance: 204, ballot: 204, minutes: 200 }
          : name === 'office'
            ? { ...arranges, attendance: 403, ballot: 403, minutes: 403 }
            : name === 'auditor'
              ? { ...Object.fromEntries(Object.keys(codes).map((key) => [key, 403])), list: 200, view: 200 }
              : Object.fromEntries(Object.keys(codes).map((key) => [key, name === 'nobody' ? 401 : 403]))
      expect(codes, name).toEqual(expected)
    }
  }, 60_000)

  describe('[T23] an application is taken off the agenda', () => {
    const takeOff = (desk: Browser, id: string, applicationId: string, json: { reason: string; version: number }) =>
      apiOf(desk).committees.sessions[':id'].cases[':applicationId']['take-off'].$post({
        param: { id, applicationId },
        json,
      })

    test('by who arranges, before anything was voted on it: it waits again, the agenda closes up, and the reason stays with the office', async () => {
      const batch = await world.batch()
      const people = [await received(batch), await received(batch), await received(batch)]
      const ids = people.map(({ id }) => id)
      const [first, second, third] = ids as [string, string, string]
      const session = await walk.openSession(desks, batch)
      await walk.assign(desks, session, ids)
      const notices = async () =>
        (await bodyOf(await apiOf(people[1]!.browser).notices.$get({ query: {} }))).notices.map(({ kind }) => kind)
      const told = await notices()
      const reason = '委员提出业绩证明要再核对'
      const version = await versionOf(second)
      expect((await problemOf(await takeOff(desks.office, session.id, second, { reason: '再看', version }))).code).toBe(
        'request.invalid',
      )
      const stale = await takeOff(desks.office, session.id, second, { reason, version: version - 1 })
      expect((await problemOf(stale)).code).toBe('application.handled-by-other')
      expect((await takeOff(desks.office, session.id, second, { reason, version })).status).toBe(204)
      expect(await walk.stateOf(second)).toBe('PAPER_RECEIVED')
      const agenda = async () =>
        (await view(session.id)).cases.map(({ applicationId, place }) => [applicationId, place])
      expect(await agenda()).toEqual([
        [first, 1],
        [third, 2],
      ])
      const step = await world.db
        .selectFrom('applicationTransition')
        .select(['fromState', 'toState', 'role', 'reason'])
        .where('applicationId', '=', second)
        .where('transition', '=', 'takeOffAgenda')
        .executeTakeFirstOrThrow()
      expect(step).toEqual({ fromState: 'COMMITTEE', toState: 'PAPER_RECEIVED', role: 'office', reason })
      const noted = await world.db
        .selectFrom('auditEvent')
        .select(['action', 'details'])
        .where('subject', '=', `session:${session.id}`)
        .where('action', '=', 'committee.taken-off')
        .executeTakeFirstOrThrow()
      expect(noted.details).toEqual({ applicationId: second })

      // once more it is not there; and it can be put on again, behind the others
      const again = await takeOff(desks.office, session.id, second, { reason, version: version + 1 })
      expect((await problemOf(again)).code).toBe('request.not-found')
      expect(await notices()).toEqual(told)
      await walk.assign(desks, session, [second])
      expect((await agenda()).at(-1)).toEqual([second, 3])
    }, 90_000)

    test('[A30] its applicant is told nothing of it: neither by a notice, nor in his timeline, nor in the copy of his data', async () => {
      const batch = await world.batch()
      const { id, browser } = await received(batch)
      const session = await walk.openSession(desks, batch)
      await walk.assign(desks, session, [id])
      const reason = '委员提出业绩证明要再核对'
      expect((await walk.takeOff(desks, session, id, reason)).status).toBe(204)
      const own = apiOf(browser)
      const seen = await bodyOf(await own.applications[':id'].$get({ param: { id } }))
      expect(seen.application.state).toBe('PAPER_RECEIVED')
      const copy = await bodyOf(await own.accounts.me.data.$get())
      expect(copy.applications[0]!.state).toBe('PAPER_RECEIVED')
      const all = JSON.stringify([
        seen,
        copy,
        await bodyOf(await own.applications.$get()),
        await bodyOf(await own.notices.$get({ query: {} })),
      ])
      expect([reason, '移出议程', 'takeOffAgenda', 'taken-off'].filter((one) => all.includes(one))).toEqual([])
    }, 60_000)

    test('not once a ballot on it is noted, nor once the session is sealed, nor by whom it is about', async () => {
      const batch = await world.batch()
      const [one, two] = [await received(batch), await received(batch)]
      const session = await walk.openSession(desks, batch)
      await walk.assign(desks, session, [one.id, two.id])
      expect((await walk.ballot(desks, session, one.id, 8, 3)).status).toBe(204)
      const refusal = async (id: string) =>
        (await problemOf(await walk.takeOff(desks, session, id, '材料还要核对'))).code
      expect(await refusal(one.id)).toBe('committee.ballot-noted')
      expect(await walk.stateOf(one.id)).toBe('COMMITTEE')
      expect((await walk.ballot(desks, session, two.id, 8, 3)).status).toBe(204)
      await bodyOf(await walk.confirmSession(desks, session))
      expect(await refusal(two.id)).toBe('committee.confirmed')

      const secretary = await world.staff('secretary')
      const other = await world.batch()
      const own = await received(other)
      await world.db.updateTable('application').set({ accountId: secretary.id }).where('id', '=', own.id).execute()
      const sitting = await walk.openSession(desks, other)
      await walk.assign(desks, sitting, [own.id])
      const json = { reason: '本人不想参加评审', version: await versionOf(own.id) }
      const himself = await takeOff(await world.signIn(secretary), sitting.id, own.id, json)
      expect((await problemOf(himself)).code).toBe('account.own-application')
    }, 90_000)

    test('[T24] what was cancelled meanwhile leaves it too, and stays cancelled; the session can be called off then', async () => {
      const batch = await world.batch()
      const { id } = await received(batch)
      const session = await walk.openSession(desks, batch)
      await walk.assign(desks, session, [id])
      await walk.go(desks.office, id, 'cancel', { reason: '本人书面申请撤回' })
      expect((await walk.takeOff(desks, session, id, '本人已经撤回')).status).toBe(204)
      expect(await walk.stateOf(id)).toBe('CANCELLED')
      expect((await sessions().$delete({ param: { id: session.id } })).status).toBe(204)
    }, 60_000)

    test('[T24] not what was cancelled after its ballot; a session of which nobody else is left is sealed with it', async () => {
      const batch = await world.batch()
      const { id } = await received(batch)
      const session = await walk.openSession(desks, batch)
      await walk.assign(desks, session, [id])
      await walk.ballot(desks, session, id, 8, 3)
      await walk.go(desks.office, id, 'cancel', { reason: '本人书面申请撤回' })
      const late = await walk.takeOff(desks, session, id, '本人已经撤回')
      expect((await problemOf(late)).code).toBe('committee.ballot-noted')
      expect(await bodyOf(await walk.confirmSession(desks, session))).toEqual({ passed: 0, failed: 0 })
      expect(await walk.stateOf(id)).toBe('CANCELLED')
      expect((await view(session.id)).confirmedAt).not.toBeNull()
    }, 60_000)
  })

  test('[A30] the copy of his data does not say that there was a ballot on him', async () => {
    const batch = await world.batch()
    const { id, browser } = await received(batch)
    const session = await walk.openSession(desks, batch)
    await walk.assign(desks, session, [id])
    expect((await walk.ballot(desks, session, id, 8, 3)).status).toBe(204)
    const { record } = await bodyOf(await apiOf(browser).accounts.me.data.$get())
    const actions = record.filter(({ applicationId }) => applicationId === id).map(({ action }) => action)
    expect(actions).toContain('application.assignToCommittee')
    expect(actions).not.toContain('committee.ballot')
  }, 60_000)

  test('a session is called off while its agenda is empty, and is gone then', async () => {
    const batch = await world.batch()
    const { id } = await received(batch)
    const session = await walk.openSession(desks, batch)
    const param = { id: session.id }
    expect((await problemOf(await walk.confirmSession(desks, session))).code).toBe('committee.agenda-empty')
    await walk.assign(desks, session, [id])
    expect((await problemOf(await sessions().$delete({ param }))).code).toBe('committee.agenda-not-empty')
    expect((await walk.takeOff(desks, session, id, '这次会议不开了')).status).toBe(204)
    expect((await sessions().$delete({ param })).status).toBe(204)
    expect((await sessions().$get({ param })).status).toBe(404)
    const all = await bodyOf(await apiOf(desks.secretary).committees.sessions.$get())
    expect(all.map((one) => one.id)).not.toContain(session.id)
    expect((await sessions().$delete({ param })).status).toBe(404)
  }, 60_000)

  describe('two taps, or a tap whose answer did not come', () => {
    test('arrange one session; other words under the same id are no second one', async () => {
      const batch = await world.batch()
      const { committeeId } = await walk.openSession(desks, batch)
      const api = apiOf(desks.secretary).committees.sessions
      const json = {
        id: crypto.randomUUID(),
        committeeId,
        batchId: batch.id,
        name: '第二次评审会',
        heldOn: '2026-12-11',
      }
      const made = await Promise.all([1, 2].map(async () => bodyOf(await api.$post({ json }))))
      expect(made).toEqual([{ id: json.id }, { id: json.id }])
      const renamed = await api.$post({ json: { ...json, name: '第三次评审会' } })
      expect((await problemOf(renamed)).code).toBe('committee.session-arranged')
      const others = await apiOf(desks.office).committees.sessions.$post({ json })
      expect((await problemOf(others)).code).toBe('request.not-found')
      expect((await bodyOf(await api.$get())).filter((one) => one.batchId === batch.id)).toHaveLength(2)
      expect((await view(json.id)).members).toHaveLength(15)
    }, 60_000)

    test('put an application on the agenda once', async () => {
      const batch = await world.batch()
      const { id } = await received(batch)
      const session = await walk.openSession(desks, batch)
      await walk.assign(desks, session, [id, id])
      await walk.assign(desks, session, [id])
      expect((await view(session.id)).cases).toHaveLength(1)
      // on the agenda of another one it is not
      const other = await walk.openSession(desks, batch)
      await expect(walk.assign(desks, other, [id])).rejects.toThrow('application.handled-by-other')
    }, 60_000)

    test('[T15] confirm a session once, and are told the same; another chair is refused', async () => {
      const batch = await world.batch()
      const [passed, failed] = [await received(batch), await received(batch)]
      const session = await walk.openSession(desks, batch)
      await walk.assign(desks, session, [passed.id, failed.id])
      await walk.ballot(desks, session, passed.id, 11, 0)
      await walk.ballot(desks, session, failed.id, 2, 9)
      const both = await Promise.all([1, 2].map(async () => bodyOf(await walk.confirmSession(desks, session))))
      expect(both).toEqual([
        { passed: 1, failed: 1 },
        { passed: 1, failed: 1 },
      ])
      const steps = await world.db
        .selectFrom('applicationTransition')
        .select('transition')
        .where('applicationId', 'in', [passed.id, failed.id])
        .where('transition', 'in', ['passCommittee', 'failCommittee'])
        .execute()
      expect(steps).toHaveLength(2)
      const chairId = session.members[1]!
      expect((await problemOf(await walk.confirmSession(desks, { ...session, chairId }))).code).toBe(
        'committee.confirmed',
      )
    }, 60_000)
  })

  test('two tabs: who ticks a member touches no other one', async () => {
    const session = await walk.openSession(desks, await world.batch())
    const tick = (memberId: string, present: boolean) =>
      sessions().attendance.$put({ param: { id: session.id }, json: { memberId, present } })
    const [there, away] = [session.members[0]!, session.members[14]!]
    const answers = await Promise.all([tick(there, false), tick(away, true)])
    expect(answers.map(({ status }) => status)).toEqual([204, 204])
    const present = (await view(session.id)).members.filter((one) => one.present).map(({ memberId }) => memberId)
    expect(present).toEqual([...session.members.slice(1, 11), away])
    expect((await problemOf(await tick(crypto.randomUUID(), true))).code).toBe('request.not-found')
  }, 60_000)

  test('two tabs: minutes are written over what their writer has seen, and nothing else', async () => {
    const session = await walk.openSession(desks, await world.batch())
    const write = (minutes: string, version: number) =>
      sessions().minutes.$put({ param: { id: session.id }, json: { minutes, version } })
    expect(await view(session.id)).toMatchObject({ minutes: '', minutesVersion: 0 })
    expect(await bodyOf(await write('第一稿', 0))).toEqual({ version: 1 })
    expect((await problemOf(await write('另一稿', 0))).code).toBe('committee.minutes-changed')
    // the answer to it did not come
    expect(await bodyOf(await write('第一稿', 0))).toEqual({ version: 1 })
    expect(await bodyOf(await write('第二稿', 1))).toEqual({ version: 2 })
    expect(await view(session.id)).toMatchObject({ minutes: '第二稿', minutesVersion: 2 })
  }, 60_000)

  test('a committee is renamed and made up anew; the session keeps who sat in it', async () => {
    const session = await walk.openSession(desks, await world.batch())
    const { committees } = apiOf(desks.office)
    const all = await bodyOf(await committees.$get())
    const { id, advice, members, ...committee } = all.find((one) => one.id === session.committeeId)!
    expect(advice).toEqual([])
    const json = { ...committee, name: `${committee.name}（新）`, members: members.slice(1) }
    await bodyOf(await committees[':id'].$put({ param: { id }, json }))
    const after = (await bodyOf(await committees.$get())).find((one) => one.id === id)!
    expect(after).toMatchObject({ name: json.name, advice: ['评委会组成人数应为单数，现在是 14 人'] })
    expect((await view(session.id)).members).toHaveLength(15)
    const twice = await committees.$post({ json: { ...json, members: [] } })
    expect((await problemOf(twice)).code).toBe('answer.duplicate')
  })

  describe('[A30, T15] who failed is told', () => {
    /** A session in which these are decided; each with who passes. */
    async function decided(batch: Awaited<ReturnType<World['batch']>>, passes: readonly boolean[]) {
      const people = []
      for (const _ of passes) people.push(await received(batch))
      const session = await walk.openSession(desks, batch)
      await walk.assign(
        desks,
        session,
        people.map(({ id }) => id),
      )
      for (const [at, { id }] of people.entries())
        await walk.ballot(desks, session, id, passes[at] ? 11 : 2, passes[at] ? 0 : 9)
      await bodyOf(await walk.confirmSession(desks, session))
      return people
    }
    /** What an applicant sees, asking and by what his phone is told that knows all there was before, and whether a notice said so. */
    const seen = async ({ id, browser }: { readonly id: string; readonly browser: Browser }) => ({
      state: (await bodyOf(await apiOf(browser).applications.$get()))[0]!.state,
      told: (await bodyOf(await apiOf(browser).notices.$get({ query: {} }))).notices.some(
        (one) => one.kind === 'failed',
      ),
      version: (
        await world.db.selectFrom('application').select('version').where('id', '=', id).executeTakeFirstOrThrow()
      ).version,
    })

    test('with the list of his own session, not with that of another one of the batch; his phone hears of it', async () => {
      const batch = await world.batch()
      const [, failedFirst] = await decided(batch, [true, false])
      const list = await walk.draft(desks, batch)
      const [, failedSecond] = await decided(batch, [true, false])
      const before = await seen(failedFirst!)
      expect(before).toMatchObject({ state: 'COMMITTEE', told: false })
      await bodyOf(await walk.publish(desks, list))
      expect(await seen(failedFirst!)).toEqual({ state: 'FAILED', told: true, version: before.version + 1 })
      expect(await seen(failedSecond!)).toMatchObject({ state: 'COMMITTEE', told: false })
      await bodyOf(await walk.publish(desks, await walk.draft(desks, batch)))
      expect(await seen(failedSecond!)).toMatchObject({ state: 'FAILED', told: true })
      // once
      expect((await seen(failedFirst!)).version).toBe(before.version + 1)
    }, 90_000)

    test('at once where all of his session failed: no list will be published for it', async () => {
      const batch = await world.batch()
      const [one] = await decided(batch, [false, false])
      expect(await seen(one!)).toMatchObject({ state: 'FAILED', told: true })
    }, 60_000)

    test('[T24] at once where the only one who passed is cancelled before he is published', async () => {
      const batch = await world.batch()
      const [first, second, failed] = await decided(batch, [true, true, false])
      const cancel = async ({ id }: { readonly id: string }) => {
        const { version } = await world.db
          .selectFrom('application')
          .select('version')
          .where('id', '=', id)
          .executeTakeFirstOrThrow()
        const json = { transition: 'cancel' as const, version, reason: '本人放弃评审资格' }
        await bodyOf(await apiOf(desks.office).review.applications[':id'].transition.$post({ param: { id }, json }))
      }
      await cancel(first!)
      expect(await seen(failed!)).toMatchObject({ state: 'COMMITTEE', told: false })
      await cancel(second!)
      expect(await seen(failed!)).toMatchObject({ state: 'FAILED', told: true })
    }, 60_000)

    test('at once where the batch publishes nothing', async () => {
      const batch = await world.batch({ hasPublicity: false })
      const [passed, failed] = await decided(batch, [true, false])
      expect(await seen(passed!)).toMatchObject({ state: 'COMMITTEE', told: false })
      expect(await seen(failed!)).toMatchObject({ state: 'FAILED', told: true })
    }, 60_000)
  })
})
