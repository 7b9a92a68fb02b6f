import { createHash } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { ApplicationType } from '#domain/forms/application-type.ts'
import { canonicalJson } from '#domain/forms/edition.ts'
import { review } from '#domain/forms/review.ts'
import { storeEdition } from '#server/batches/actions.ts'
import { stopTypesetting } from '#server/papers/typesetting.ts'
import { apiOf, begin, completing, mutationOf, submit, sync } from '../world/application-walk.ts'
import { textsOf } from '../world/paper-pages.ts'
import { databaseKinds } from '../world/test-database.ts'
import { bodyOf, openWorld, problemOf, type World } from '../world/world.ts'

const DAY = 86_400_000

describe.each(await databaseKinds())('batches on %s', (kind) => {
  let world: World
  beforeAll(async () => void (world = await openWorld(kind)))
  afterAll(async () => {
    await world.close()
    await stopTypesetting()
  })

  test('[R20, R21, R50, R51] everybody sees what is open, to come, or closed not long ago, with year, level, window and specialties', async () => {
    const now = (await world.now()).getTime()
    const open = await world.batch({ level: '中级' })
    const soon = await world.batch({ opensAt: new Date(now + DAY), closesAt: null, type: 'reissue' })
    const old = await world.batch({ opensAt: new Date(now - 400 * DAY), closesAt: new Date(now - 300 * DAY) })
    const list = await bodyOf(await apiOf(world.browser()).batches.$get())
    const ids = list.map(({ id }) => id)
    expect(ids).toContain(open.id)
    expect(ids).toContain(soon.id)
    expect(ids).not.toContain(old.id)
    const one = list.find(({ id }) => id === open.id)!
    expect(one).toMatchObject({ type: 'review', year: 2026, level: '中级', overrides: {} })
    expect(one.specialties.map(({ label }) => label)).toEqual(['机械工程', '建筑工程'])
    expect(one.heldTitles[0]).toEqual({ code: 'none', label: '无' })
    expect(await bodyOf(await apiOf(world.browser()).batches[':id'].$get({ param: { id: old.id } }))).toMatchObject({
      id: old.id,
    })
    const none = await apiOf(world.browser()).batches[':id'].$get({ param: { id: crypto.randomUUID() } })
    expect((await problemOf(none)).code).toBe('request.not-found')
  })

  test('[R32, R113] the directory names every active 受理点 with region, address, telephone and hours', async () => {
    const list = await bodyOf(await apiOf(world.browser()).directory.$get())
    expect(list.length).toBeGreaterThan(5)
    for (const point of list) expect(Object.values(point).every((text) => text !== '')).toBe(true)
  })

  test('an edition is named by its content, stored once, and served for ever', async () => {
    const { editionId } = await world.batch()
    expect(await storeEdition(world.db, review)).toBe(editionId)
    const answer = await world.browser().fetch(`/api/editions/${editionId}`)
    expect(answer.headers.get('cache-control')).toBe('public, max-age=31536000, immutable')
    const catalogue = (await answer.json()) as ApplicationType
    const digest = createHash('sha256').update(canonicalJson(catalogue)).digest('hex')
    expect(editionId).toBe(`review@${review.revision}-${digest.slice(0, 12)}`)
    expect((await problemOf(await world.browser().fetch('/api/editions/review@2026.1-000000000000'))).code).toBe(
      'request.not-found',
    )
  })

  test('an application keeps the edition it began with: two editions stand side by side', async () => {
    const other: ApplicationType = {
      ...review,
      revision: '2027.1',
      steps: review.steps.filter(({ id }) => id !== 'workSummary'),
    }
    const editionId = await storeEdition(world.db, other)
    const [old, young] = [await world.batch(), await world.batch({ editionId })]
    expect(old.editionId).not.toBe(editionId)
    const person = await world.person()
    const browser = await world.signIn(person)
    const [a, b] = [await begin(world, browser, old), await begin(world, browser, young)]
    const write = (id: string) => mutationOf(id, { kind: 'setField', path: 'workSummary', value: '总结', base: 0 })
    const { results } = await sync(browser, [write(a), write(b)])
    expect(results.map((one) => (one.outcome === 'refused' ? one.code : one.outcome))).toEqual([
      'applied',
      'answer.unknown-path',
    ])
    await sync(browser, await completing(world, { person, applicationId: b, type: other }))
    const version = (await sync(browser)).applications.find(({ id }) => id === b)!.version
    await bodyOf(await submit(browser, b, version))
    const { content } = await world.db
      .selectFrom('applicationSnapshot')
      .select('content')
      .where('applicationId', '=', b)
      .executeTakeFirstOrThrow()
    expect(content).toMatchObject({ editionId })
    // each opens and prints with the edition it began with, whatever came after
    const summaries = async (id: string) => {
      const { editionId: of, answers } = await bodyOf(await apiOf(browser).applications[':id'].$get({ param: { id } }))
      const paper = await browser.fetch(`/api/applications/${id}/papers/applicationForm?preview=1`)
      const words = (await textsOf(new Uint8Array(await paper.arrayBuffer()))).join('').replace(/\s/g, '')
      return { of, wrote: answers.fields['workSummary'] ?? null, printed: words.includes('总结如旧版所载') }
    }
    const { version: seen, cells } = (await sync(browser)).applications.find(({ id }) => id === a)!
    const base = cells['workSummary']!.version
    await sync(browser, [mutationOf(a, { kind: 'setField', path: 'workSummary', value: '总结如旧版所载', base })])
    expect(await summaries(a)).toEqual({ of: old.editionId, wrote: '总结如旧版所载', printed: true })
    expect(await summaries(b)).toEqual({ of: editionId, wrote: null, printed: false })
    const refused = await problemOf(await submit(browser, a, seen + 1))
    expect(refused.issues!.map(({ path }) => path)).toContain('pledge')
    expect(refused.issues!.map(({ path }) => path)).not.toContain('workSummary')
  }, 30_000)

  test('[R23] what the office overrides in a batch holds on the server: a required mark and a limit', async () => {
    const overrides = JSON.stringify({ required: { societies: true }, atMost: { workSummary: 10 } })
    const batch = await world.batch({ overrides })
    const person = await world.person()
    const browser = await world.signIn(person)
    const id = await begin(world, browser, batch)
    const long = mutationOf(id, { kind: 'setField', path: 'workSummary', value: '字'.repeat(11), base: 0 })
    expect((await sync(browser, [long])).results[0]).toMatchObject({
      outcome: 'refused',
      code: 'answer.too-long',
      params: { atMost: 10 },
    })
    const refused = await problemOf(await submit(browser, id, 1))
    expect(refused.issues!.map(({ path }) => path)).toContain('societies')
  })
})
