import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { apiOf, filledDraft, mutationOf, submit, submitted, sync } from '../world/application-walk.ts'
import { databaseKinds } from '../world/test-database.ts'
import { bodyOf, type Browser, openWorld, problemOf, type World } from '../world/world.ts'

describe.each(await databaseKinds())('who may what with applications, on %s', (kind) => {
  let world: World
  beforeAll(async () => void (world = await openWorld(kind)))
  afterAll(() => world.close())

  /** Every request about one application. */
  const requests = (browser: Browser, id: string, batchId: string) => {
    const one = apiOf(browser).applications[':id']
    const param = { id }
    return {
      view: one.$get({ param }),
      delete: one.$delete({ param }),
      submit: submit(browser, id, 1),
      reading: one.reading.$post({ param, json: { batchId } }),
      accept: one.reading.accept.$post({ param, json: { batchId } }),
      requestReturn: one['request-return'].$post({ param, json: { reason: '我想要改一下' } }),
    }
  }

  test('[R1] somebody else’s application does not exist, whoever asks: another applicant, a clerk, the office', async () => {
    const { id, batch, version } = await filledDraft(world)
    const strangers = [
      await world.signIn(await world.person()),
      await world.signIn(await world.staff('office')),
      await world.signIn(await world.staff('admin')),
    ]
    for (const stranger of strangers) {
      for (const [name, answer] of Object.entries(requests(stranger, id, batch.id))) {
        expect((await problemOf(await answer)).code, name).toBe('request.not-found')
      }
    }
    const { state, version: now } = await world.db
      .selectFrom('application')
      .select(['state', 'version'])
      .where('id', '=', id)
      .executeTakeFirstOrThrow()
    expect({ state, version: now }).toEqual({ state: 'DRAFT', version })
  })

  test('[S10] the sync neither reads nor writes somebody else’s application, nor answers with his mutations', async () => {
    const { id, browser, version } = await filledDraft(world)
    const his = mutationOf(id, { kind: 'setField', path: 'societies', value: '他写的', base: 0 })
    await sync(browser, [his])
    const stranger = await world.signIn(await world.person())
    const mine = mutationOf(id, { kind: 'setField', path: 'societies', value: '我写的', base: version + 1 })
    const answer = await sync(stranger, [his, mine], { known: { [id]: 1 } })
    expect(answer.results).toMatchObject([
      { outcome: 'refused', code: 'request.not-found' },
      { outcome: 'refused', code: 'request.not-found' },
    ])
    expect(answer.applications).toEqual([])
    const own = await filledDraft(world)
    const again = await sync(own.browser, [{ ...his, applicationId: own.id }])
    expect(again.results).toMatchObject([{ outcome: 'refused', code: 'request.invalid' }])
    expect((await sync(browser)).applications[0]!.cells.societies?.value).toBe('他写的')
  })

  test('an id that another person took cannot be started again', async () => {
    const { id } = await filledDraft(world)
    const stranger = await world.signIn(await world.person())
    const { reading, accept } = requests(stranger, id, (await world.batch()).id)
    expect((await problemOf(await reading)).code).toBe('request.not-found')
    expect((await problemOf(await accept)).code).toBe('request.not-found')
  })

  test('an Idempotency-Key is the person’s and the application’s: another one with it gets no answer of others', async () => {
    const one = await filledDraft(world)
    const two = await filledDraft(world)
    const key = crypto.randomUUID()
    const first = await bodyOf(await submit(one.browser, one.id, one.version, key))
    const second = await bodyOf(await submit(two.browser, two.id, two.version, key))
    expect((second as unknown as { number: string }).number).not.toBe((first as unknown as { number: string }).number)
    const third = await filledDraft(world, { person: one.person, type: 'reissue' })
    expect((await problemOf(await submit(third.browser, third.id, third.version, key))).code).toBe('request.invalid')
  })

  test('[R5] without a session nothing of it answers', async () => {
    const { id, batch } = await submitted(world)
    const nobody = world.browser()
    for (const [name, answer] of Object.entries(requests(nobody, id, batch.id))) {
      expect((await problemOf(await answer)).code, name).toBe('account.not-signed-in')
    }
    const json = { protocol: 1, device: crypto.randomUUID(), known: {}, mutations: [] }
    expect((await problemOf(await apiOf(nobody).sync.$post({ json }))).code).toBe('account.not-signed-in')
    expect((await problemOf(await apiOf(nobody).applications.$get())).code).toBe('account.not-signed-in')
  })

  test('a person of the office sees in his own list only his own', async () => {
    await submitted(world)
    const officer = await world.signIn(await world.staff('office'))
    expect(await bodyOf(await apiOf(officer).applications.$get())).toEqual([])
    expect((await sync(officer)).applications).toEqual([])
  })
})
