import { createHash } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { idNumberIndex, openIdNumber } from '#server/accounts/identity-seal.ts'
import { opensWith, rotateKeys } from '#server/accounts/rotate-keys.ts'
import { createApp } from '#server/app.ts'
import { verifyAudit } from '#server/platform/audit.ts'
import { createLimiter } from '#server/platform/limits.ts'
import { createSecrets } from '#server/platform/secrets.ts'
import { databaseKinds } from '../world/test-database.ts'
import { bodyOf, openWorld, PASSWORD, type World } from '../world/world.ts'

describe.each(await databaseKinds())('a new secret key on %s', (kind) => {
  let world: World
  beforeAll(async () => void (world = await openWorld(kind)))
  afterAll(() => world.close())

  test('[A40] every number opens with the next key and with no other, people sign in as before, and it stands in the audit', async () => {
    const { db, platform } = world
    const people = await Promise.all([1, 2, 3].map(() => world.person()))
    const clerk = await world.signIn(await world.staff('office'))
    const second = await world.signIn(await world.staff('office'))
    const asked = { idNumber: people[1]!.idNumber, mobile: '15911112222', reason: '手机丢失，已核对' }
    const change = await bodyOf(await clerk.api.api.accounts['mobile-changes'].$post({ json: asked }))
    // One that was decided holds no number any more.
    const askedBefore = { ...asked, idNumber: people[2]!.idNumber }
    const decided = await bodyOf(await clerk.api.api.accounts['mobile-changes'].$post({ json: askedBefore }))
    const decision = { param: { id: decided.id }, json: { agrees: false } }
    expect((await second.api.api.accounts['mobile-changes'][':id'].decide.$post(decision)).status).toBe(204)
    const from = platform.secrets
    const to = createSecrets(new Uint8Array(createHash('sha256').update('the next key').digest()))
    expect([await opensWith(db, from), await opensWith(db, to)]).toEqual([true, false])

    expect(await rotateKeys(db, { from, to, now: await world.now() })).toBe(5)
    expect([await opensWith(db, from), await opensWith(db, to)]).toEqual([false, true])
    for (const { id, idNumber } of people) {
      const row = await db.selectFrom('account').selectAll().where('id', '=', id).executeTakeFirstOrThrow()
      expect(openIdNumber(to, row)).toBe(idNumber)
      expect(() => openIdNumber(from, row)).toThrow()
      expect(row.idNumberIndex).toBe(idNumberIndex(to, idNumber))
    }

    // The node that starts with it.
    const limiter = createLimiter(db, to, platform.clock)
    const app = createApp({ ...platform, secrets: to, limiter })
    const send = (path: string, json: unknown, cookie = '') =>
      app.request(`/api/accounts/${path}`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', cookie },
        body: JSON.stringify(json),
      })
    const captcha = (await (await app.request('/api/accounts/captcha')).json()) as { id: string }
    const json = { idNumber: people[0]!.idNumber, password: PASSWORD, captchaId: captcha.id, captcha: '8888' }
    expect((await send('sign-in', json)).status).toBe(200)
    expect((await send(`mobile-changes/${change.id}/decide`, { agrees: true }, second.cookie)).status).toBe(204)
    const { mobile } = await db
      .selectFrom('account')
      .select('mobile')
      .where('id', '=', people[1]!.id)
      .executeTakeFirstOrThrow()
    expect(mobile).toBe('15911112222')
    const noted = await db.selectFrom('auditEvent').select('details').where('action', '=', 'keys.rotated').execute()
    expect(noted).toEqual([{ details: { accounts: 5 } }])
    expect((await verifyAudit(db)).faults).toEqual([])
  })
})
