import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { mayAct } from '#domain/lifecycle/next.ts'
import { type State, stateIds } from '#domain/lifecycle/states.ts'
import {
  atTheCase,
  type Transition,
  type TransitionId,
  transitionIds,
  transitions,
} from '#domain/lifecycle/transitions.ts'
import { publicityEnds } from '#domain/working-days.ts'
import { expireOverdue } from '#server/applications/jobs.ts'
import { apiOf, filledDraft, submit, submitted, sync } from '../world/application-walk.ts'
import { type Desk, type Desks, officeWalk, openDesks } from '../world/office-walk.ts'
import { databaseKinds } from '../world/test-database.ts'
import { type Batch, bodyOf, openWorld, problemOf, type World } from '../world/world.ts'

const DAY = 86_400_000
const desksOf: Partial<Record<string, Desk>> = {
  pointClerk: 'clerk',
  deptReviewer: 'department',
  office: 'office',
  secretary: 'secretary',
}

/** The whole life of thirty applications, each step by the role that owns it, each state tried for what it does not allow. */
describe.each(await databaseKinds())('thirty applications on %s', (kind) => {
  let world: World
  let desks: Desks
  let signIn: () => Promise<Desks>
  let walk: ReturnType<typeof officeWalk>
  const refusedIn = new Map<TransitionId, Set<State>>()
  const tried = new Set<State>()
  /** The rows of DOMAIN §3.3 that were refused where they do not belong. */
  const refusedRules = new Set<string>()
  const refused = async (rule: string, answer: Parameters<typeof problemOf>[0]): Promise<string> => {
    const { code } = await problemOf(answer)
    refusedRules.add(rule)
    return code
  }

  beforeAll(async () => {
    world = await openWorld(kind)
    walk = officeWalk(world)
    ;({ signIn } = await openDesks(world))
    desks = await signIn()
  })
  afterAll(() => world.close())

  const send = async (batch: Batch, count: number, changes = {}) => {
    const sent = []
    for (let at = 0; at < count; at++) sent.push(await submitted(world, { batch }, changes))
    return sent
  }

  /** Tries everything that the table does not allow in the state an application is in: by its owner, and by others. */
  async function tryIllegal(id: string): Promise<void> {
    const row = await world.db.selectFrom('application').selectAll().where('id', '=', id).executeTakeFirstOrThrow()
    if (tried.has(row.state)) return
    tried.add(row.state)
    for (const transition of transitionIds.filter(atTheCase)) {
      const owners = (transitions[transition] as Transition).by.flatMap((role) => desksOf[role] ?? [])
      const isLegal = (desk: Desk) =>
        Object.entries(desksOf).some(
          ([role, name]) => name === desk && mayAct(transition, row, [role as 'office'], row.type),
        )
      const who = [...new Set<Desk>([...owners, 'secretary', 'auditor'])].filter((desk) => !isLegal(desk))
      const filled = {
        reason: '试一试能不能做',
        documentNumber: '泰职称〔2026〕1号',
        certificateNumber: `试-${crypto.randomUUID()}`,
      }
      for (const desk of who) {
        const answer = await walk.act(desks[desk], id, transition, filled)
        expect((await problemOf(answer)).code, `${desk} ${transition} in ${row.state}`).toBe(
          'application.transition-not-allowed',
        )
        refusedIn.set(transition, (refusedIn.get(transition) ?? new Set()).add(row.state))
        refusedRules.add(transitions[transition].rule)
      }
    }
    expect(await walk.stateOf(id)).toBe(row.state)
  }
  const each = async (ids: readonly string[], step: (id: string) => Promise<unknown>) => {
    for (const id of ids) {
      await tryIllegal(id)
      await step(id)
    }
  }
  const trySend = async (one: { person: Parameters<World['signIn']>[0]; id: string }) => {
    const browser = await world.signIn(one.person)
    const { version } = (await sync(browser)).applications.find(({ id }) => id === one.id)!
    return submit(browser, one.id, version)
  }
  const sendAgain = async (one: Parameters<typeof trySend>[0]) => bodyOf(await trySend(one))
  const go =
    (desk: Desk, transition: TransitionId, input = {}) =>
    (id: string) =>
      walk.go(desks[desk], id, transition, input)
  /** T5: every file is opened first. */
  const forward = (transition: 'forwardToDepartment' | 'forwardToPreReview') => async (id: string) => {
    await walk.openAll(desks.clerk, id)
    await walk.go(desks.clerk, id, transition)
  }

  test('T1–T24: to certificate, return, rejection, objection, cancellation, expiry and revocation', async () => {
    const closesAt = new Date((await world.now()).getTime() + 15 * DAY)
    const review = await world.batch({ type: 'review', hasDepartment: true, closesAt })
    const initial = await world.batch({ type: 'initial', hasPublicity: true, closesAt: null })
    const unpublished = await world.batch({ type: 'initial', hasPublicity: false, closesAt: null })
    const reissue = await world.batch({ type: 'reissue', hasPublicity: false, closesAt: null })

    // T1, T2, T3, T4
    const draft = await filledDraft(world, { batch: review })
    const gone = await filledDraft(world, { batch: review })
    expect((await apiOf(gone.browser).applications[':id'].$delete({ param: { id: gone.id } })).status).toBe(204)
    const again = await apiOf(draft.browser).applications[':id'].reading.$post({
      param: { id: crypto.randomUUID() },
      json: { batchId: review.id },
    })
    expect(await refused('T1', again)).toBe('batch.already-applied')
    expect(await refused('T2', await submit(draft.browser, draft.id, draft.version - 1))).toBe(
      'application.version-changed',
    )
    await expireOverdue(world.platform)
    expect(await walk.stateOf(draft.id)).toBe('DRAFT')
    refusedRules.add('T4')

    const r = await send(review, 12)
    const [recognised] = await send(review, 1, { isRecognition: true })
    const i = await send(initial, 8)
    const u = await send(unpublished, 3)
    const c = await send(reissue, 5)
    expect(1 + r.length + 1 + i.length + u.length + c.length).toBe(30)
    expect(
      await refused('T3', await apiOf(r[0]!.browser).applications[':id'].$delete({ param: { id: r[0]!.id } })),
    ).toBe('application.not-editable')
    expect(await refused('T7', await submit(r[0]!.browser, r[0]!.id, r[0]!.version))).toBe(
      'application.transition-not-allowed',
    )
    const ids = (some: readonly { id: string }[]) => some.map(({ id }) => id)
    const [rejectedByDepartment, withdrawn, expiring, sentBack, failing, doubted, cheated, revoked, ...fine] = r

    // T5, T6, T7, T9, T11, T23, T24 on the way to the 预审
    await each([sentBack!.id], forward('forwardToDepartment'))
    await each([sentBack!.id], go('department', 'sendBackToPoint', { reason: '受理点再核对一次' }))
    await each([sentBack!.id], forward('forwardToDepartment'))
    await each([sentBack!.id], go('department', 'passDepartment'))
    await each([sentBack!.id], go('office', 'sendBackToDepartment', { reason: '主管部门再核对一次' }))
    await each([sentBack!.id], go('department', 'reject', { reason: '业绩不是本人所做' }))
    await each([rejectedByDepartment!.id], forward('forwardToDepartment'))
    await each([rejectedByDepartment!.id], go('department', 'reject', { reason: '不符合资格条件' }))
    await each([fine[0]!.id], go('clerk', 'return', { reason: '考核表缺一页' }))
    await tryIllegal(fine[0]!.id)
    await sendAgain(fine[0]!)
    await each([withdrawn!.id], go('office', 'cancel', { reason: '本人书面申请撤回' }))
    const onward = [expiring, failing, doubted, cheated, revoked, ...fine].map((one) => one!.id)
    for (const id of onward) await walk.passReview(desks, id, true)
    await walk.passReview(desks, recognised!.id, true)
    await each([u[0]!.id], forward('forwardToPreReview'))
    await each([u[0]!.id], go('office', 'sendBackFromPreReview', { reason: '请受理点核对单位' }))
    for (const id of [...ids(i), ...ids(u), ...ids(c.slice(1))]) await walk.passReview(desks, id)
    await each([c[0]!.id], go('clerk', 'reject', { reason: '原证书不是本市所发' }))
    await each([fine[1]!.id], go('office', 'return', { reason: '正式版姓名有误' }))
    await sendAgain(fine[1]!)
    await walk.passReview(desks, fine[1]!.id, true)

    // T12, T8: papers come in; one is returned after the window and never sent again
    const papers = [failing, doubted, cheated, revoked, ...fine, recognised, ...i, ...u, ...c.slice(1)]
    await each(
      papers.map((one) => one!.id),
      (id) => walk.receive(desks, id),
    )
    world.clock.moveTo(new Date(closesAt.getTime() + DAY))
    desks = await signIn()
    expect(await refused('T2', await trySend(draft))).toBe('batch.closed')
    await tryIllegal(expiring!.id)
    const until = new Date(closesAt.getTime() + 4 * DAY)
    await walk.go(desks.office, expiring!.id, 'return', {
      reason: '证书编号与原件不符',
      resubmitUntil: until.toISOString(),
    })
    // not a day before, by the clock alone
    await expireOverdue(world.platform)
    expect(await walk.stateOf(expiring!.id)).toBe('RETURNED')
    refusedRules.add('T8')
    expect(await walk.stateOf(draft.id)).toBe('EXPIRED')
    world.clock.moveTo(new Date(until.getTime() + 1000))
    expect(await refused('T7', await trySend(expiring!))).toBe('batch.closed')
    await expireOverdue(world.platform)
    desks = await signIn()
    expect(await walk.stateOf(expiring!.id)).toBe('EXPIRED')
    expect(await walk.stateOf(draft.id)).toBe('EXPIRED')

    // T13, T15: the committee
    const onAgenda = [failing, doubted, cheated, revoked, ...fine].map((one) => one!.id)
    await tryIllegal(onAgenda[0]!)
    const session = await walk.openSession(desks, review)
    await expect(walk.assign(desks, session, [recognised!.id])).rejects.toThrow('application.handled-by-other')
    refusedRules.add('T13')
    await walk.assign(desks, session, onAgenda)
    await tryIllegal(onAgenda[0]!)
    expect((await walk.takeOff(desks, session, onAgenda[0]!, '材料还要核对一遍')).status).toBe(204)
    expect(await walk.stateOf(onAgenda[0]!)).toBe('PAPER_RECEIVED')
    await walk.assign(desks, session, [onAgenda[0]!])
    expect(await refused('T15', await walk.confirmSession(desks, session))).toBe('committee.votes-missing')
    expect((await walk.ballot(desks, session, failing!.id, 7, 4)).status).toBe(204)
    for (const id of onAgenda.slice(1)) expect((await walk.ballot(desks, session, id, 8, 3)).status).toBe(204)
    expect(await bodyOf(await walk.confirmSession(desks, session))).toEqual({ passed: onAgenda.length - 1, failed: 1 })
    expect((await problemOf(await walk.ballot(desks, session, failing!.id, 9, 2))).code).toBe('committee.confirmed')
    await tryIllegal(failing!.id)

    // T14, T16: the office decides
    await each([recognised!.id, ...ids(i), ...ids(u), ...ids(c.slice(1))], go('office', 'startApproval'))
    await each([i[0]!.id, c[1]!.id], go('office', 'refuseApproval', { reason: '见习期未满一年' }))
    await each([recognised!.id, ...ids(i.slice(1)), ...ids(u)], go('office', 'approve'))
    await each(ids(c.slice(2)), go('office', 'approveReissue'))

    // T17: two lists; the one who failed is told now, not before
    const toldFailed = () => world.db.selectFrom('notice').select('id').where('kind', '=', 'failed').execute()
    expect(await toldFailed()).toEqual([])
    await tryIllegal(recognised!.id)
    const listOfReview = await walk.draft(desks, review)
    expect((await problemOf(await walk.confirmList(desks, listOfReview, '泰职称〔2026〕20号'))).code).toBe(
      'application.publicity-running',
    )
    const { endsAt } = await bodyOf(await walk.publish(desks, listOfReview))
    expect(new Date(endsAt)).toEqual(publicityEnds(await world.now(), { holidays: [], workdays: [] }).endsAt)
    expect(await toldFailed()).toHaveLength(1)
    const listOfInitial = await walk.draft(desks, initial)
    await bodyOf(await walk.publish(desks, listOfInitial))
    expect(await refused('T17', await walk.publish(desks, listOfInitial))).toBe('publicity.published')
    await tryIllegal(doubted!.id)

    // T18, T19: objections with a real name
    const { objections } = apiOf(desks.office).publicity.desk
    const object = async (applicationId: string) =>
      objections.$post({
        json: {
          id: crypto.randomUUID(),
          applicationId,
          objectorName: '钱正义',
          objectorContact: '13800000001',
          content: '论文系他人代写',
        },
      })
    const [one, two] = [await bodyOf(await object(doubted!.id)), await bodyOf(await object(cheated!.id))]
    expect(await refused('T18', await object(failing!.id))).toBe('request.not-found')
    await tryIllegal(doubted!.id)
    const decide = (id: string, upheld: boolean) =>
      objections[':id'].decide.$post({ param: { id }, json: { upheld, opinion: '经核查，有论文原稿为证' } })
    expect((await decide(one.id, false)).status).toBe(204)
    expect((await decide(two.id, true)).status).toBe(204)
    expect(await refused('T19', await decide(two.id, false))).toBe('application.handled-by-other')
    await each([i[1]!.id], go('office', 'cancel', { reason: '查实学历证书造假' }))

    // T20, T21
    expect((await problemOf(await walk.confirmList(desks, listOfReview, '泰职称〔2026〕20号'))).code).toBe(
      'application.publicity-running',
    )
    world.clock.moveTo(new Date(new Date(endsAt).getTime() + 1000))
    desks = await signIn()
    const late = apiOf(desks.office).publicity.desk.objections
    const tooLate = await late.$post({
      json: {
        id: crypto.randomUUID(),
        applicationId: doubted!.id,
        objectorName: '钱正义',
        objectorContact: '138',
        content: '公示期过后再提',
      },
    })
    expect((await problemOf(tooLate)).code).toBe('application.handled-by-other')
    expect(await bodyOf(await walk.confirmList(desks, listOfReview, '泰职称〔2026〕20号'))).toMatchObject({ open: 0 })
    await bodyOf(await walk.confirmList(desks, listOfInitial, '泰职称〔2026〕21号'))
    await each(ids(u), go('office', 'confirmUnpublished', { documentNumber: '泰职称〔2026〕22号' }))
    const confirmed = [doubted, revoked, ...fine, recognised, ...i.slice(2), ...u, ...c.slice(2)]
    let number = 0
    await each(
      confirmed.map((at) => at!.id),
      async (id) =>
        expect((await walk.certify(desks, id, `苏泰2026${String(++number).padStart(5, '0')}`)).status).toBe(204),
    )

    // T22
    await each(
      [revoked!.id],
      go('office', 'revoke', { reason: '经查实业绩造假', documentNumber: '泰职称〔2026〕40号' }),
    )
    for (const { id } of [revoked!, cheated!, expiring!, rejectedByDepartment!]) await tryIllegal(id)

    const states = await world.db
      .selectFrom('application')
      .select(['state', world.db.fn.countAll<string>().as('count')])
      .where('deletedAt', 'is', null)
      .groupBy('state')
      .execute()
    expect(Object.fromEntries(states.map(({ state, count }) => [state, Number(count)]))).toEqual({
      CERTIFIED: 18,
      REVOKED: 1,
      FAILED: 1,
      REJECTED: 5,
      CANCELLED: 3,
      EXPIRED: 2,
    })

    // every row of the table was walked, and every one was refused where it does not belong
    const taken = await world.db.selectFrom('applicationTransition').select('transition').distinct().execute()
    expect(taken.map(({ transition }) => transition).sort()).toEqual([...transitionIds].sort())
    // every state but DRAFT, which no desk reaches
    expect([...tried].sort()).toEqual(stateIds.filter((state) => state !== 'DRAFT').sort())
    const byHand = transitionIds.filter((id) => atTheCase(id))
    expect([...refusedIn.keys()].sort()).toEqual([...byHand].sort())
    for (const id of byHand) expect(refusedIn.get(id)!.size, id).toBeGreaterThan(10)
    expect([...refusedRules].sort()).toEqual(Array.from({ length: 24 }, (_, at) => `T${at + 1}`).sort())
  }, 240_000)
})
