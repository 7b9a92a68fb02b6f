import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { lockToForget, toForget } from '#server/applications/queries.ts'
import { filledDraft, submitted } from '../world/application-walk.ts'
import { databaseKinds } from '../world/test-database.ts'
import { openWorld, type World } from '../world/world.ts'

const DAY = 24 * 60 * 60 * 1000

describe.each(await databaseKinds())('what is forgotten on %s', (kind) => {
  let world: World
  beforeAll(async () => void (world = await openWorld(kind)))
  afterAll(() => world.close())

  const cells = async (id: string) => {
    const rows = await world.db.selectFrom('applicationCell').select('path').where('applicationId', '=', id).execute()
    return rows.length
  }
  const at = (id: string, changes: { deletedAt?: Date; updatedAt?: Date }) =>
    world.db.updateTable('application').set(changes).where('id', '=', id).execute()

  test('a draft thrown away a month ago and one never sent for two years lose what they hold; what was submitted stays', async () => {
    const thrown = await filledDraft(world)
    const fresh = await filledDraft(world)
    const old = await filledDraft(world)
    const open = await filledDraft(world)
    const sent = await submitted(world)
    const now = (await world.now()).getTime()
    await at(thrown.id, { deletedAt: new Date(now - 31 * DAY) })
    await at(fresh.id, { deletedAt: new Date(now - 29 * DAY) })
    await at(old.id, { updatedAt: new Date(now - 731 * DAY) })
    await at(open.id, { updatedAt: new Date(now - 729 * DAY) })
    await at(sent.id, { updatedAt: new Date(now - 4000 * DAY) })
    await world.runJob('accounts.sweep')
    expect(await cells(thrown.id)).toBe(0)
    expect(await cells(old.id)).toBe(0)
    for (const { id } of [fresh, open, sent]) expect(await cells(id)).toBeGreaterThan(0)
    const files = await world.db
      .selectFrom('attachment')
      .select('id')
      .where('applicationId', 'in', [thrown.id, old.id])
      .execute()
    expect(files).toEqual([])
    const noted = await world.db
      .selectFrom('auditEvent')
      .select('applicationId')
      .where('action', '=', 'application.forgotten')
      .execute()
    expect(noted.map(({ applicationId }) => applicationId).sort()).toEqual([thrown.id, old.id].sort())
  })

  test('a draft that its owner took up again between the look and the lock keeps what it holds', async () => {
    const draft = await filledDraft(world)
    const now = (await world.now()).getTime()
    const before = { thrownAway: new Date(now - 30 * DAY), neverSent: new Date(now - 730 * DAY) }
    await at(draft.id, { updatedAt: new Date(now - 731 * DAY) })
    expect((await toForget(world.db, before).execute()).map(({ id }) => id)).toContain(draft.id)
    const lock = () => world.db.transaction().execute((transaction) => lockToForget(transaction, before, draft.id))
    expect(await lock()).toBe(true)
    await at(draft.id, { updatedAt: new Date(now) })
    expect(await lock()).toBe(false)
  })

  test('an SMS is kept for half a year after it was settled, one that waits until it is', async () => {
    const now = (await world.now()).getTime()
    const row = (days: number, state: 'sent' | 'waiting') => ({
      id: crypto.randomUUID(),
      mobile: '13912345678',
      text: '您的职称申报有变化，请登录系统查看。',
      purpose: 'notice',
      state,
      provider: null,
      providerId: null,
      attempts: 0,
      error: null,
      createdAt: new Date(now - days * DAY),
      sentAt: null,
      receiptAt: null,
    })
    const [gone, kept, waiting] = [row(184, 'sent'), row(182, 'sent'), row(400, 'waiting')]
    await world.db.insertInto('smsMessage').values([gone, kept, waiting]).execute()
    await world.runJob('accounts.sweep')
    const left = await world.db
      .selectFrom('smsMessage')
      .select('id')
      .where('id', 'in', [gone.id, kept.id, waiting.id])
      .execute()
    expect(left.map(({ id }) => id).sort()).toEqual([kept.id, waiting.id].sort())
  })
})
