import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { ok } from '#domain/problems.ts'
import { notify } from '#server/notices/actions.ts'
import { actAs } from '#server/platform/transaction.ts'
import { systemWho } from '#server/platform/who.ts'
import { databaseKinds } from '../world/test-database.ts'
import type { World } from '../world/world.ts'
import { bodyOf, openWorld, problemOf } from '../world/world.ts'

describe.each(await databaseKinds())('who may see notices, on %s', (kind) => {
  let world: World
  beforeAll(async () => void (world = await openWorld(kind)))
  afterAll(() => world.close())

  test('nobody without a session', async () => {
    const { api } = world.browser()
    const answers = [
      await api.api.notices.$get({ query: {} }),
      await api.api.notices['read-all'].$post(),
      await api.api.notices[':id'].read.$post({ param: { id: crypto.randomUUID() } }),
    ]
    for (const answer of answers)
      expect(await problemOf(answer)).toMatchObject({ status: 401, code: 'account.not-signed-in' })
  })

  test('[R108] another person’s notice cannot be read or marked, not even by the office', async () => {
    const owner = await world.person()
    await actAs(world.platform, systemWho('test'), async (ctx) => {
      await notify(ctx, { accountId: owner.id, notice: 'confirmed', params: {}, sms: false })
      return ok()
    })
    const mine = await world.signIn(owner)
    const { id } = (await bodyOf(await mine.api.api.notices.$get({ query: {} }))).notices[0]!
    for (const person of [await world.person(), await world.staff('office'), await world.staff('admin')]) {
      const { api } = await world.signIn(person)
      expect((await bodyOf(await api.api.notices.$get({ query: {} }))).notices).toEqual([])
      expect(await problemOf(await api.api.notices[':id'].read.$post({ param: { id } }))).toMatchObject({ status: 404 })
      await api.api.notices['read-all'].$post()
    }
    expect((await bodyOf(await mine.api.api.notices.$get({ query: {} }))).unread).toBe(1)
  })
})
