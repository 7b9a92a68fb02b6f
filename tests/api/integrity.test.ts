import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { integrityEnd } from '#domain/rules/integrity.ts'
import type { State } from '#domain/lifecycle/states.ts'
import { apiOf, begin, filledDraft, submit, submitted } from '../world/application-walk.ts'
import { officeWalk } from '../world/office-walk.ts'
import { databaseKinds } from '../world/test-database.ts'
import { bodyOf, type Browser, openWorld, type Person, problemOf, type World } from '../world/world.ts'

/** 诚信档案: whom the office entered, and whom a decision about an application bars by itself (T19, T22, E15). */
describe.each(await databaseKinds())('the integrity register on %s', (kind) => {
  let world: World
  let office: Browser
  let walk: ReturnType<typeof officeWalk>
  beforeAll(async () => {
    world = await openWorld(kind)
    office = await world.signIn(await world.staff('office'))
    walk = officeWalk(world)
  })
  afterAll(() => world.close())

  const find = async (q: string, desk = office) => bodyOf(await apiOf(desk).integrity.search.$post({ json: { q } }))
  const end = (id: string, reason: string, desk = office) =>
    apiOf(desk).integrity[':id'].end.$post({ param: { id }, json: { reason } })
  const inState = async (state: State, person?: Person) => {
    const made = await submitted(world, { batch: await world.batch({ closesAt: null }), ...(person && { person }) })
    await world.db.updateTable('application').set({ state }).where('id', '=', made.id).execute()
    return made
  }
  const revoked = async (documentNumber: string, person?: Person) => {
    const made = await inState('CERTIFIED', person)
    await walk.go(office, made.id, 'revoke', { reason: '学历造假经查实', documentNumber })
    return made
  }
  /** As the list of the publication does it: without going through a whole publicity. */
  const upheld = async (person?: Person) => {
    const made = await inState('CANCELLED', person)
    await world.db
      .insertInto('applicationTransition')
      .values({
        id: crypto.randomUUID(),
        applicationId: made.id,
        transition: 'upholdObjection',
        fromState: 'OBJECTION',
        toState: 'CANCELLED',
        actorId: null,
        role: 'office',
        reason: '举报的论文确属抄袭',
        at: await world.now(),
      })
      .execute()
    return made
  }
  const mayBegin = async (person: Person) => {
    const browser = await world.signIn(person)
    const batch = await world.batch({ closesAt: null })
    return begin(world, browser, batch).then(
      () => true,
      (error: Error) => {
        expect(error.message).toContain('application.integrity-record')
        return false
      },
    )
  }

  test('[E15] T22: whose certificate was revoked stands in it with the decision and the end, found like who was entered', async () => {
    const { id, person, receipt } = await revoked('泰职称〔2026〕51号')
    const row = (await find(receipt.number))[0]!
    const { at } = await world.db
      .selectFrom('applicationTransition')
      .select('at')
      .where('applicationId', '=', id)
      .where('transition', '=', 'revoke')
      .executeTakeFirstOrThrow()
    expect(row).toMatchObject({
      source: 'revoke',
      applicationId: id,
      applicationNumber: receipt.number,
      fullName: person.fullName,
      reason: '学历造假经查实',
      documentNumber: '泰职称〔2026〕51号',
      until: integrityEnd(at).toISOString(),
      by: '李卫东',
      endedAt: null,
    })
    for (const q of [person.idNumber, ` ${person.idNumber.slice(0, 6)} ${person.idNumber.slice(6)}`, '51号', '']) {
      expect(
        (await find(q)).map((one) => one.id),
        q,
      ).toContain(row.id)
    }
    expect((await find(person.idNumber.slice(-4))).map((one) => one.id)).toContain(row.id)
    expect(await find('没有这个人')).toEqual([])
    expect(JSON.stringify(await find(''))).not.toContain(person.idNumber)
    // an address holds no whole number (A40): what a page of before asks finds him by its end
    const asked = await bodyOf(await apiOf(office).integrity.$get({ query: { q: person.idNumber } }))
    expect(asked.map((one) => one.id)).toContain(row.id)
    // told once, whoever reads it: the same end as the person is told
    const auditor = await world.signIn(await world.staff('auditor'))
    expect((await find(receipt.number, auditor))[0]).toEqual(row)
    expect(await mayBegin(person)).toBe(false)
  })

  test('[E15] T19: whom an upheld objection bars is let go with a reason, and may apply again; the decision stays', async () => {
    const { id, person, receipt } = await upheld()
    const draft = await filledDraft(world, { person, batch: await world.batch({ closesAt: null }) }).catch(
      (error: Error) => error.message,
    )
    expect(draft).toContain('application.integrity-record')
    const [row] = await find(receipt.number)
    expect(row).toMatchObject({ source: 'upholdObjection', reason: '举报的论文确属抄袭', documentNumber: '', by: '' })

    expect((await end(row!.id, '短')).status).toBe(422)
    expect((await end(row!.id, '复核后认定不属抄袭')).status).toBe(204)
    expect((await problemOf(await end(row!.id, '再解除一次看看'))).code).toBe('request.not-found')
    expect((await find(receipt.number))[0]).toMatchObject({
      id: row!.id,
      endedReason: '复核后认定不属抄袭',
      endedAt: expect.any(String),
    })
    const after = await world.db.selectFrom('application').select('state').where('id', '=', id).executeTakeFirst()
    expect(after!.state).toBe('CANCELLED')
    const again = await filledDraft(world, { person, batch: await world.batch({ closesAt: null }) })
    expect((await submit(again.browser, again.id, again.version)).ok).toBe(true)
    const shown = await bodyOf(await apiOf(office).review.applications[':id'].$get({ param: { id: again.id } }))
    expect(shown.integrity).toBeNull()
    const events = await world.db
      .selectFrom('auditEvent')
      .select(['action', 'applicationId', 'role'])
      .where('subject', '=', `integrity:${row!.id}`)
      .execute()
    expect(events).toEqual([{ action: 'integrity.ended', applicationId: id, role: 'office' }])
  })

  test('[E15] a draft begun before is not submitted while one is barred; of two decisions each is let go by itself', async () => {
    const person = await world.person()
    const draft = await filledDraft(world, { person, batch: await world.batch({ closesAt: null }) })
    const first = await inState('CERTIFIED', person)
    const second = await inState('CERTIFIED', person)
    await walk.go(office, first.id, 'revoke', { reason: '学历造假经查实', documentNumber: '泰职称〔2026〕61号' })
    world.clock.advanceBy(60_000)
    await walk.go(office, second.id, 'revoke', { reason: '业绩造假经查实', documentNumber: '泰职称〔2026〕62号' })
    const sending = async () => submit(draft.browser, draft.id, draft.version)
    const refused = await problemOf(await sending())
    expect(refused.code).toBe('application.integrity-record')
    const [later] = await find('62号')
    const [earlier] = await find('61号')
    expect((await end(later!.id, '复议撤销了决定')).status).toBe(204)
    expect((await problemOf(await sending())).code).toBe('application.integrity-record')
    // two of the office at once: one lets go, the other is told that there is nothing left
    const both = await Promise.all([end(earlier!.id, '复议撤销了决定'), end(earlier!.id, '复议撤销了决定')])
    expect(both.map(({ status }) => status).sort()).toEqual([204, 404])
    expect((await sending()).ok).toBe(true)
  })

  test('[E15] who is barred twice is barred until the later end, whichever kind it is', async () => {
    const { person, receipt } = await revoked('泰职称〔2026〕71号')
    const json = { idNumber: person.idNumber, fullName: person.fullName, reason: '提交虚假业绩证明' }
    const entered = await bodyOf(
      await apiOf(office).integrity.$post({
        json: { ...json, documentNumber: '泰职称〔2026〕72号', until: '2036-12-31' },
      }),
    )
    expect((await find(person.idNumber)).map(({ source }) => source)).toEqual(['entered', 'revoke'])
    const [row] = await find(receipt.number)
    expect((await end(row!.id, '复议撤销了决定')).status).toBe(204)
    expect(await mayBegin(person)).toBe(false)
    expect((await end(entered.id, '登记有误，予以撤销')).status).toBe(204)
    expect(await mayBegin(person)).toBe(true)
  })

  test('[E11] only the office lets go, and nobody himself', async () => {
    const { person, receipt } = await revoked('泰职称〔2026〕81号')
    const [row] = await find(receipt.number)
    const auditor = await world.signIn(await world.staff('auditor'))
    const clerk = await world.signIn(await world.staff('pointClerk', { acceptancePoint: 'any' }))
    for (const desk of [auditor, clerk])
      expect((await problemOf(await end(row!.id, '复议撤销了决定', desk))).code).toBe('account.not-allowed')
    await world.db
      .insertInto('accountGrant')
      .values({ id: crypto.randomUUID(), accountId: person.id, role: 'office', region: null, acceptancePoint: null })
      .execute()
    const own = await world.signIn(person)
    expect((await problemOf(await end(row!.id, '复议撤销了决定', own))).code).toBe('account.own-application')
    const json = { idNumber: person.idNumber, fullName: person.fullName, reason: '提交虚假业绩证明' }
    const { id } = await bodyOf(
      await apiOf(office).integrity.$post({ json: { ...json, documentNumber: '82号', until: '2036-12-31' } }),
    )
    expect((await problemOf(await end(id, '登记有误，予以撤销', own))).code).toBe('account.own-application')
    expect(await mayBegin(person)).toBe(false)
  })
})
