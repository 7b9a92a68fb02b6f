import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Answers, CellValue, Facts } from '#domain/forms/answers.ts'
import type { ApplicationType, ApplicationTypeId } from '#domain/forms/application-type.ts'
import { applicationTypes } from '#domain/forms/index.ts'
import { initialCells } from '#domain/forms/start.ts'
import { assemble, type AttachedFile } from '#domain/sync/cell.ts'
import { formOf } from '#server/applications/actions/content.ts'
import { systemWho } from '#server/platform/who.ts'
import { anyAnswers, spoils } from '../world/any-answers.ts'
import { begin, mutationOf, submit, sync, uploaded, type Wish } from '../world/application-walk.ts'
import { databaseKinds } from '../world/test-database.ts'
import { bodyOf, type Browser, openWorld, type Person, problemOf, type World } from '../world/world.ts'

const types = Object.keys(applicationTypes) as ApplicationTypeId[]

/** What the catalogue lets anybody fill in goes to the server and comes back as it was; what it does not, stops at its place. */
describe.each(await databaseKinds())('any application on %s', (kind) => {
  let world: World
  beforeAll(async () => void (world = await openWorld(kind)))
  afterAll(() => world.close())

  /** What stands at the server, as a phone that knows nothing puts it together. */
  async function pulled(browser: Browser, id: string) {
    const found = (await sync(browser)).applications.find((one) => one.id === id)!
    const files = found.files as readonly AttachedFile[]
    return { version: found.version, cells: found.cells, answers: assemble(found.cells, files) }
  }

  async function typeIn(
    of: { browser: Browser; person: Person; id: string; type: ApplicationType; facts: Facts },
    answers: Answers,
  ) {
    const { browser, person, id, type, facts } = of
    const initial = Object.keys(initialCells(type, facts.account)).filter((path) => !(path in answers.fields))
    const wishes: Wish[] = [
      ...initial.map((path): Wish => ({ kind: 'setField', path, value: null, base: 0 })),
      ...Object.entries(answers.fields).map(([path, value]): Wish => ({ kind: 'setField', path, value, base: 0 })),
      ...Object.entries(answers.rows).flatMap(([list, rows]) =>
        rows.flatMap((row): Wish[] => [
          { kind: 'addRow', path: `${list}/${row.id}`, position: row.position },
          ...Object.entries(row.values).map(([field, value]): Wish => ({
            kind: 'setField',
            path: `${list}/${row.id}/${field}`,
            value,
            base: 0,
          })),
        ]),
      ),
    ]
    for (const [path, files] of Object.entries(answers.files)) {
      for (const { name, size, position } of files) {
        const upload = await uploaded(world, { person, applicationId: id, path, size, name })
        wishes.push({ kind: 'attach', path, attachmentId: crypto.randomUUID(), position, ...upload })
      }
    }
    const refused = []
    // a phone sends at most two hundred at once
    for (let from = 0; from < wishes.length; from += 200) {
      const mutations = wishes.slice(from, from + 200).map((wish) => mutationOf(id, wish))
      const { results } = await sync(browser, mutations)
      refused.push(...results.filter(({ outcome }) => outcome !== 'applied'))
    }
    return refused
  }

  const plain = ({ fields, rows, files }: Answers) => ({
    fields,
    rows: Object.fromEntries(
      Object.entries(rows)
        .filter(([, list]) => list.length > 0)
        .map(([list, some]) => [list, some.map(({ id, values }) => ({ id, values }))]),
    ),
    files: Object.fromEntries(
      Object.entries(files).map(([path, some]) => [
        path,
        some.map(({ name, size, position }) => [name, size, position]),
      ]),
    ),
  })

  test.each(types)(
    '[R23] %s: any valid answers come back as they went, one field spoilt is refused at that field, and mended they are submitted',
    async (typeId) => {
      const type = applicationTypes[typeId]
      const seed = Math.floor(Math.random() * 2 ** 31)
      const batch = await world.batch({ type: typeId })
      const person = await world.person()
      const browser = await world.signIn(person)
      const id = await begin(world, browser, batch)
      const row = await world.db.selectFrom('application').selectAll().where('id', '=', id).executeTakeFirstOrThrow()
      const { facts } = await formOf(world.db, systemWho('test'), row, await world.now())
      const [made] = fc.sample(anyAnswers(type, facts), { seed, numRuns: 1 })
      // rows of two people have never one id
      const answers = JSON.parse(
        JSON.stringify(made!).replaceAll('00000000-0000-4000-8000-', `${crypto.randomUUID().slice(0, 24)}`),
      ) as Answers
      expect([seed, await typeIn({ browser, person, id, type, facts }, answers)]).toEqual([seed, []])
      expect([seed, plain((await pulled(browser, id)).answers)]).toEqual([seed, plain(answers)])

      const all = spoils(type, answers, facts)
      for (let index = 0; index < 8; index++) {
        const { path, how, value, atOnce } = all[(seed + index * 31) % all.length]!
        const what = `seed ${seed}: ${path} ${how}`
        const before = (await pulled(browser, id)).cells[path]
        const set = async (to: CellValue, base: number) =>
          (await sync(browser, [mutationOf(id, { kind: 'setField', path, value: to, base })])).results[0]!
        const typed = await set(value, before?.version ?? 0)
        expect([what, typed.outcome]).toEqual([what, atOnce ? 'refused' : 'applied'])
        const after = await pulled(browser, id)
        if (atOnce) {
          expect([what, after.cells[path]?.value]).toEqual([what, before?.value])
          continue
        }
        const refused = await problemOf(await submit(browser, id, after.version))
        expect([what, refused.code]).toEqual([what, 'application.incomplete'])
        expect([what, refused.issues?.map((issue) => issue.path)]).toEqual([what, [path]])
        expect((await set(before?.value ?? null, after.cells[path]!.version)).outcome).toBe('applied')
      }
      const { version, answers: mended } = await pulled(browser, id)
      expect([seed, plain(mended)]).toEqual([seed, plain(answers)])
      expect(await bodyOf(await submit(browser, id, version))).toMatchObject({ state: 'SUBMITTED' })
    },
    60_000,
  )
})
