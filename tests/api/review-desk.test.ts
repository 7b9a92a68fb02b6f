import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { apiOf, HAILING, JIANGYAN, pointIn, submitted } from '../world/application-walk.ts'
import { databaseKinds } from '../world/test-database.ts'
import { bodyOf, type Browser, openWorld, problemOf, type World } from '../world/world.ts'

describe.each(await databaseKinds())('what the desk has at hand, on %s', (kind) => {
  let world: World
  let office: Browser
  beforeAll(async () => void (world = await openWorld(kind)))
  afterAll(() => world.close())

  const review = (browser: Browser) => apiOf(browser).review
  const caseOf = async (browser: Browser, id: string) =>
    bodyOf(await review(browser).applications[':id'].$get({ param: { id } }))
  const take = async (
    browser: Browser,
    id: string,
    transition: 'forwardToPreReview' | 'passPreReview' | 'receivePaper' | 'return',
    more = {},
  ) => {
    const { application } = await caseOf(browser, id)
    return review(browser).applications[':id'].transition.$post({
      param: { id },
      json: { transition, version: application.version, ...more },
    })
  }
  const openAll = async (browser: Browser, id: string) => {
    const { answers } = await caseOf(browser, id)
    const files = Object.entries(answers.files).flatMap(([path, own]) => (path === 'photo' ? [] : own))
    for (const { id: attachmentId } of files) {
      await review(browser).applications[':id'].opened.$post({ param: { id }, json: { attachmentId } })
    }
  }

  test('the queue in other orders, what has waited too long, and how many files are unopened', async () => {
    const batch = await world.batch()
    const first = await submitted(world, { batch, person: await world.person({ fullName: '乙' }) }, { fullName: '乙' })
    world.clock.advanceBy(5 * 86_400_000)
    const second = await submitted(world, { batch, person: await world.person({ fullName: '甲' }) }, { fullName: '甲' })
    // Days have gone by, and sessions with them.
    office = await world.signIn(await world.staff('office'))
    const queue = async (query: object) =>
      bodyOf(await review(office).queue.$get({ query: { batch: batch.id, ...query } as never }))
    const ids = async (query: object) => (await queue(query)).rows.map(({ id }) => id)
    expect(await ids({})).toEqual([first.id, second.id])
    expect(await ids({ sort: 'newest' })).toEqual([second.id, first.id])
    expect(await ids({ sort: 'longest' })).toEqual([first.id, second.id])
    const waitingSince = new Date((await world.now()).getTime() - 4 * 86_400_000).toISOString()
    expect(await ids({ waitingSince })).toEqual([first.id])
    const before = (await queue({})).rows[0]!.filesUnopened
    expect(before).toBeGreaterThan(0)
    await openAll(office, first.id)
    expect((await queue({})).rows[0]!.filesUnopened).toBe(0)
    expect((await queue({})).rows[1]!.filesUnopened).toBe(before)
  })

  test('[A20] places are ticked off for the round; after a return they show as ticks of the round before', async () => {
    const { id, browser, version } = await submitted(world)
    office = await world.signIn(await world.staff('office'))
    const mark = (json: { paths: string[]; checked: boolean }) =>
      review(office).applications[':id'].marks.$post({ param: { id }, json })
    expect((await mark({ paths: ['employerName', 'specialty'], checked: true })).status).toBe(204)
    expect((await mark({ paths: ['employerName'], checked: true })).status).toBe(204)
    expect((await mark({ paths: ['specialty'], checked: false })).status).toBe(204)
    expect((await caseOf(office, id)).marks).toMatchObject([{ path: 'employerName', round: 1 }])
    expect((await problemOf(await mark({ paths: ['nothing'], checked: true }))).code).toBe('answer.unknown-path')
    const mine = await apiOf(browser).review.applications[':id'].marks.$post({
      param: { id },
      json: { paths: ['photo'], checked: true },
    })
    expect((await problemOf(mine)).code).toBe('account.not-allowed')
    expect(version).toBeGreaterThan(0)
  })

  test('[T12] a paper on the counter is found by its code, by the address in its QR, and by 申报编号', async () => {
    const { id, browser, receipt } = await submitted(world)
    office = await world.signIn(await world.staff('office'))
    const clerk = await world.signIn(await world.staff('pointClerk', { acceptancePoint: pointIn(HAILING) }))
    const elsewhere = await world.signIn(await world.staff('pointClerk', { acceptancePoint: pointIn(JIANGYAN) }))
    const find = (browser: Browser, said: string) => review(browser).counter.$get({ query: { said } })
    await openAll(office, id)
    await take(office, id, 'forwardToPreReview')
    expect((await take(office, id, 'passPreReview')).status).toBe(200)
    const [paper] = (await caseOf(office, id)).papers
    const { code } = paper!
    expect(await bodyOf(await find(clerk, code))).toMatchObject({ applicationId: id, code, voided: false })
    expect(await bodyOf(await find(clerk, `https://zhicheng.test/verify/${code}`))).toMatchObject({
      applicationId: id,
      code,
    })
    expect(await bodyOf(await find(clerk, ` ${receipt.number!.toLowerCase()} `))).toMatchObject({
      applicationId: id,
      code: null,
    })
    // as it is printed, in small letters
    const printed = code.toLowerCase().replace(/(.{4})(?=.)/g, '$1 ')
    expect(await bodyOf(await find(clerk, printed))).toMatchObject({ applicationId: id, code })
    expect((await problemOf(await find(elsewhere, code))).code).toBe('request.not-found')
    // The receipt on the phone says that something was sent, not that what is stamped is what was sent.
    const shown = await bodyOf(await apiOf(browser).applications[':id'].receipt.$get({ param: { id } }))
    expect(await bodyOf(await find(clerk, shown.code))).toMatchObject({ applicationId: id, code: null, voided: false })
    const withReceipt = await take(clerk, id, 'receivePaper', { paperCode: shown.code })
    expect((await problemOf(withReceipt)).code).toBe('application.version-changed')
    expect((await take(clerk, id, 'receivePaper', { paperCode: printed })).status).toBe(200)
    expect((await problemOf(await find(clerk, 'ZZZZ-ZZZZ'))).code).toBe('request.not-found')
    await take(office, id, 'return', { reason: '需要重新打印' })
    expect(await bodyOf(await find(clerk, code))).toMatchObject({ applicationId: id, voided: true })
  })
})
