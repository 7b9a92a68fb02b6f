import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { assemble, type AttachedFile } from '#domain/sync/cell.ts'
import { apiOf, begin, filledDraft, mutationOf, submitted, sync, uploaded } from '../world/application-walk.ts'
import { databaseKinds } from '../world/test-database.ts'
import { bodyOf, type Browser, openWorld, problemOf, type World } from '../world/world.ts'

describe.each(await databaseKinds())('[A28] copy from last time on %s', (kind) => {
  let world: World
  beforeAll(async () => void (world = await openWorld(kind)))
  afterAll(() => world.close())

  const copy = (browser: Browser, id: string, from: string) =>
    apiOf(browser).applications[':id'].copy.$post({ param: { id }, json: { from } })
  async function pulled(browser: Browser, id: string) {
    const one = (await sync(browser)).applications.find((application) => application.id === id)!
    const files = one.files as readonly AttachedFile[]
    return { ...one, files, answers: assemble(one.cells, files) }
  }
  const uploads = async () =>
    (
      await world.db
        .selectFrom('upload')
        .select(({ fn }) => fn.countAll<string>().as('n'))
        .executeTakeFirstOrThrow()
    ).n

  test('[A28] fields, rows and files of last year stand in the new draft, by reference and open to change', async () => {
    const earlier = await submitted(world, { type: 'review' })
    const batch = await world.batch({ type: 'review' })
    const browser = await world.signIn(earlier.person)
    const id = await begin(world, browser, batch)
    await sync(browser, [mutationOf(id, { kind: 'setField', path: 'employerName', value: '新单位', base: 0 })])
    const sent = await uploads()
    const before = await pulled(browser, id)
    const copied = await bodyOf(await copy(browser, id, earlier.id))
    expect(copied).toMatchObject({ version: before.version + 1 })
    expect(copied.rows).toBeGreaterThan(0)

    const old = await pulled(browser, earlier.id)
    const here = await pulled(browser, id)
    expect(here.answers.fields).toMatchObject({
      employerName: '新单位',
      specialty: old.answers.fields['specialty'],
      workSummary: old.answers.fields['workSummary'],
    })
    const rowsOf = (list: string, of: typeof here) => of.answers.rows[list]!.map(({ values }) => values)
    expect(rowsOf('workHistory', here)).toEqual(rowsOf('workHistory', old))
    // education comes by itself, once (R65)
    expect(rowsOf('educations', here)).toEqual(rowsOf('educations', before))
    const digests = (of: readonly AttachedFile[], out: readonly string[]) =>
      of.filter(({ path }) => !out.includes(path.split('/')[0]!)).map(({ sha256 }) => sha256)
    expect(digests(here.files, ['educations']).sort()).toEqual(digests(old.files, ['educations', 'pledge']).sort())
    expect(await uploads()).toBe(sent)

    // an editable start: each value may be replaced, and the old application stays as it was
    const base = here.cells['workSummary']!.version
    const change = mutationOf(id, { kind: 'setField', path: 'workSummary', value: '今年的总结', base })
    expect((await sync(browser, [change])).results).toMatchObject([{ outcome: 'applied' }])
    expect((await pulled(browser, earlier.id)).answers).toEqual(old.answers)

    // copied twice is copied once
    const again = await bodyOf(await copy(browser, id, earlier.id))
    expect(again).toMatchObject({ fields: 0, rows: 0, files: 0 })

    // with the pledge signed anew and nothing else it can be submitted
    const upload = await uploaded(world, { person: earlier.person, applicationId: id, path: 'pledge' })
    const attach = {
      kind: 'attach' as const,
      path: 'pledge',
      attachmentId: crypto.randomUUID(),
      position: 1,
      ...upload,
    }
    await sync(browser, [mutationOf(id, attach)])
    const { version } = await pulled(browser, id)
    const receipt = await apiOf(browser).applications[':id'].submit.$post(
      { param: { id }, json: { version } },
      { headers: { 'idempotency-key': crypto.randomUUID() } },
    )
    expect(await bodyOf(receipt)).toMatchObject({ state: 'SUBMITTED' })
    // what the office opened last year counts for nothing here: these are attachments of their own
    const ids = here.files.map((file) => file.id)
    expect(old.files.some((file) => ids.includes(file.id))).toBe(false)
  })

  test('[A28] neither somebody else’s, nor itself, nor into what is submitted or over', async () => {
    const earlier = await submitted(world, { type: 'review' })
    const other = await filledDraft(world, { type: 'review' })
    const code = async (browser: Browser, id: string, from: string) =>
      (await problemOf(await copy(browser, id, from))).code
    expect(await code(other.browser, other.id, earlier.id)).toBe('request.not-found')
    expect(await code(other.browser, earlier.id, other.id)).toBe('request.not-found')
    expect(await code(other.browser, other.id, other.id)).toBe('request.not-found')
    const second = await filledDraft(world, { type: 'initial', person: earlier.person })
    expect(await code(second.browser, earlier.id, second.id)).toBe('application.not-editable')
    world.clock.moveTo(new Date(Date.parse(second.batch.closesAt as unknown as string) + 1000))
    const late = await world.signIn(earlier.person)
    expect(await code(late, second.id, earlier.id)).toBe('batch.closed')
  })
})
