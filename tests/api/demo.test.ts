import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { applicationTypes } from '#domain/forms/index.ts'
import { parsePassword } from '#domain/identity/password.ts'
import { parsePersonName } from '#domain/identity/person-name.ts'
import { roles } from '#domain/lifecycle/roles.ts'
import { region } from '#domain/code-lists/region.ts'
import { createApp } from '#server/app.ts'
import { fillWithDemo } from '#server/demo/demo-world.ts'
import { DEMO_PASSWORD, demoAccountLines, demoPeople } from '#server/demo/people.ts'
import { databaseKinds } from '../world/test-database.ts'
import { openTestPlatform } from '../world/test-platform.ts'
import type { TestPlatform } from '../world/test-platform.ts'

describe.each(await databaseKinds())('the demonstration world on %s', (kind) => {
  let opened: TestPlatform
  beforeAll(async () => {
    opened = await openTestPlatform(kind)
    expect(await fillWithDemo(opened.platform)).toBe(true)
  })
  afterAll(() => opened.close())

  const get = async (path: string) => (await createApp(opened.platform).request(`/api${path}`)).json()

  test('[R21] batches of all three types are open, and a form of each can be fetched', async () => {
    const now = Date.now()
    const batches = await get('/batches')
    const open = batches.filter(
      ({ opensAt, closesAt }: Record<string, string>) =>
        Date.parse(opensAt!) <= now && (closesAt === null || Date.parse(closesAt!) >= now),
    )
    expect(new Set(open.map(({ type }: { type: string }) => type))).toEqual(new Set(Object.keys(applicationTypes)))
    for (const { type, editionId, specialties } of open) {
      expect(await get(`/editions/${editionId}`)).toMatchObject({ id: type })
      if (type !== 'reissue') expect(specialties.every(({ titles }: { titles: [] }) => titles.length > 0)).toBe(true)
    }
  })

  test('[R32] [R113] every region that is offered has a 受理点 with address and telephone', async () => {
    const points: { region: string; address: string; phone: string }[] = await get('/directory')
    const offered = region.items.filter((item) => !('offered' in item))
    expect(new Set(points.map((point) => point.region))).toEqual(new Set(offered.map(({ code }) => code)))
    for (const { address, phone } of points) expect([address, phone].every((text) => text.length > 5)).toBe(true)
  })

  test('there is an account for every role, whose name and password our own rules would take', () => {
    expect(new Set(demoPeople.map(({ grant }) => grant.role))).toEqual(new Set(Object.keys(roles)))
    for (const person of demoPeople) {
      expect(parsePersonName(person.fullName).ok).toBe(true)
      expect(parsePassword(DEMO_PASSWORD, person).ok).toBe(true)
      expect(demoAccountLines().join('\n')).toContain(person.idNumber)
    }
  })

  test('filling it again changes nothing, and a database with somebody else in it is left alone', async () => {
    const count = async () =>
      Promise.all(
        (['account', 'batch', 'bulletin', 'acceptancePoint'] as const).map(async (table) => {
          const rows = await opened.platform.database.db.selectFrom(table).select('id').execute()
          return rows.length
        }),
      )
    const before = await count()
    expect(await fillWithDemo(opened.platform)).toBe(true)
    expect(await count()).toEqual(before)

    const inUse = await openTestPlatform(kind)
    try {
      await inUse.platform.database.db
        .insertInto('acceptancePoint')
        .values({ id: 'own', region: '321200', label: '自己的', accepts: '', address: '', phone: '', hours: '' })
        .execute()
      const { db } = inUse.platform.database
      expect(await fillWithDemo(inUse.platform)).toBe(false)
      expect(await db.selectFrom('batch').select('id').execute()).toEqual([])
    } finally {
      await inUse.close()
    }
  })
})
