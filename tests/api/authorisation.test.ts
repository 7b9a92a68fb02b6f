import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Role, roles } from '#domain/lifecycle/roles.ts'
import { contentKey } from '#server/platform/files/file-store.ts'
import type { OpenApiDocument } from '#server/platform/openapi.ts'
import { HAILING, JIANGYAN, pointIn, submitted } from '../world/application-walk.ts'
import { authorisationRows, type AuthorisationRow, type Things } from '../world/authorisation-rows.ts'
import { databaseKinds } from '../world/test-database.ts'
import { type Browser, openWorld, type Person, type World } from '../world/world.ts'

type Asker = Role | 'public'
const askers: readonly Asker[] = ['public', ...(Object.keys(roles) as Role[])]
const everywhere: readonly Asker[] = ['office', 'secretary', 'auditor']

/** The document is needed to name the tests, so it is asked of a server of its own before they are collected. */
const documented = await (async () => {
  const world = await openWorld('pglite', { e2e: false })
  const document = (await (await world.browser().fetch('/api/openapi.json')).json()) as OpenApiDocument
  await world.close()
  return document
})()
const operations = Object.entries(documented.paths).flatMap(([path, methods]) =>
  Object.entries(methods).map(([method, operation]) => ({ key: `${method} ${path}`, method, path, operation })),
)

test('every route of the API has a row in the table of who may do what, and no row stands without a route', () => {
  expect(Object.keys(authorisationRows).sort()).toEqual(operations.map(({ key }) => key).sort())
})

test('the document says of every route whom its gate lets in', () => {
  for (const { key, operation } of operations) {
    const gate = authorisationRows[key]?.gate
    const said = operation.security.length === 0 ? 'everybody' : (operation['x-roles'] ?? 'signed')
    expect({ key, gate: typeof said === 'string' ? said : [...said].sort() }).toEqual({
      key,
      gate: typeof gate === 'string' ? gate : [...(gate ?? [])].sort(),
    })
  }
})

test('the document names every operation once and every parameter of its path', () => {
  const ids = operations.map(({ operation }) => operation.operationId)
  expect(new Set(ids).size).toBe(ids.length)
  for (const { key, path, operation } of operations) {
    const inPath = [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name)
    const declared = (operation.parameters ?? []).filter((one) => one.in === 'path').map(({ name }) => name)
    expect({ key, declared }).toEqual({ key, declared: inPath })
  }
  const signIn = documented.paths['/api/accounts/sign-in']!['post']!
  expect(signIn.requestBody!.content['application/json'].schema).toMatchObject({
    type: 'object',
    required: ['idNumber', 'password', 'captchaId', 'captcha'],
    properties: { captchaId: { type: 'string', format: 'uuid' }, password: { maxLength: 1000 } },
  })
  expect(Object.keys(documented.paths).filter((path) => path.startsWith('/api/e2e'))).toEqual([])
})

describe.each(await databaseKinds())('who may do what, every route by every role, on %s', (kind) => {
  let world: World
  let owner: Person
  const things: Partial<Record<'here' | 'elsewhere', Things>> = {}
  const people = new Map<Asker, Person>()

  beforeAll(async () => {
    world = await openWorld(kind)
    const pdf = new Uint8Array(await readFile(new URL('../fixtures/diploma.pdf', import.meta.url)))
    const sha256 = createHash('sha256').update(pdf).digest('hex')
    await world.platform.files.put(contentKey(sha256), pdf)
    await world.db
      .insertInto('storedFile')
      .values({ sha256, size: pdf.length, mediaType: 'application/pdf', pages: 1, checkedAt: await world.now() })
      .execute()
    const batch = await world.batch({ hasDepartment: false })
    for (const place of ['here', 'elsewhere'] as const) {
      const region = place === 'here' ? HAILING : JIANGYAN
      const made = await submitted(world, { batch }, { acceptRegion: region, acceptancePoint: pointIn(region) })
      if (place === 'here') owner = made.person
      things[place] = await thingsOf(made.person, made.id, batch.id, sha256, pdf.length)
    }
    const scopes: Partial<Record<Role, object>> = {
      pointClerk: { acceptancePoint: pointIn(HAILING) },
      deptReviewer: { region: HAILING },
    }
    for (const role of Object.keys(roles) as Role[]) {
      people.set(role, role === 'applicant' ? owner : await world.staff(role, scopes[role]))
    }
  })
  afterAll(() => world.close())

  /** One of everything that belongs to the person. */
  async function thingsOf(person: Person, application: string, batch: string, sha256: string, size: number) {
    const at = await world.now()
    const { db } = world
    const made = {
      application,
      draft: '',
      batch,
      attachment: '',
      session: crypto.randomUUID(),
      notice: crypto.randomUUID(),
      change: crypto.randomUUID(),
      proof: crypto.randomUUID(),
      comment: crypto.randomUUID(),
      upload: crypto.randomUUID(),
    }
    const { id: attachment } = await db
      .selectFrom('attachment')
      .select('id')
      .where('applicationId', '=', application)
      .where('path', '=', 'idCard')
      .executeTakeFirstOrThrow()
    await db.updateTable('attachment').set({ sha256, size }).where('id', '=', attachment).execute()
    await db
      .insertInto('notice')
      .values({
        id: made.notice,
        accountId: person.id,
        kind: 'returned',
        title: '退回',
        body: '请补正',
        applicationId: application,
        link: null,
        createdAt: at,
        readAt: null,
      })
      .execute()
    const { rowId } = await db
      .selectFrom('educationRecord')
      .select('rowId')
      .where('accountId', '=', person.id)
      .executeTakeFirstOrThrow()
    await db
      .insertInto('educationChange')
      .values({
        id: made.change,
        accountId: person.id,
        rowId,
        proposed: JSON.stringify({ school: '新学校' }),
        reason: '写错了',
        proof: JSON.stringify([{ id: made.proof, name: '证明.pdf', sha256, size, pages: 1 }]),
        state: 'pending',
        opinion: null,
        decidedBy: null,
        decidedAt: null,
        createdAt: at,
      })
      .execute()
    return { ...made, attachment }
  }

  /** What a try may use up is made anew for each. */
  async function fresh(place: 'here' | 'elsewhere'): Promise<Things> {
    const { accountId, batchId } = await world.db
      .selectFrom('application')
      .select(['accountId', 'batchId'])
      .where('id', '=', things[place]!.application)
      .executeTakeFirstOrThrow()
    const batch = await world.db.selectFrom('batch').selectAll().where('id', '=', batchId).executeTakeFirstOrThrow()
    await world.db.deleteFrom('application').where('accountId', '=', accountId).where('state', '=', 'DRAFT').execute()
    const other = await world.batch({ type: 'review' })
    const draft = await world.application({ person: { ...owner, id: accountId as Person['id'] }, batch: other })
    const session = crypto.randomUUID()
    const at = await world.now()
    await world.db
      .insertInto('session')
      .values({
        id: session,
        tokenHash: crypto.randomUUID(),
        accountId,
        createdAt: at,
        lastSeenAt: at,
        expiresAt: new Date(at.getTime() + 3_600_000),
        device: 'test',
        ip: '',
      })
      .execute()
    return { ...things[place]!, draft: draft.id, batch: other.id ?? batch.id, session }
  }

  async function answerTo(asker: Asker, method: string, path: string, row: AuthorisationRow, of: Things) {
    const browser: Browser = asker === 'public' ? world.browser() : await world.signIn(people.get(asker)!)
    const { param = {}, query, json, headers = {} } = row.attempt?.(of) ?? {}
    const url = path.replace(/\{(\w+)\}/g, (_, name: string) => param[name] ?? 'none') + (query ? `?${query}` : '')
    const response = await browser.fetch(url, {
      method: method.toUpperCase(),
      headers: { ...(json !== undefined && { 'content-type': 'application/json' }), ...headers },
      ...(json !== undefined && { body: JSON.stringify(json) }),
    })
    const problem = response.headers.get('content-type')?.startsWith('application/problem+json')
    return problem ? ((await response.json()) as { code: string }).code : response.status
  }

  /** What the table promises: a refusal, or undefined for one of the row's own answers. */
  function promised(asker: Asker, row: AuthorisationRow, place: 'here' | 'elsewhere'): string | undefined {
    if (row.gate === 'everybody') return undefined
    if (asker === 'public') return 'account.not-signed-in'
    if (row.gate !== 'signed' && !row.gate.includes(asker)) return 'account.not-allowed'
    const owns = asker === 'applicant' && place === 'here'
    const inScope =
      everywhere.includes(asker) || ((asker === 'pointClerk' || asker === 'deptReviewer') && place === 'here')
    const reached = {
      owner: owns,
      scope: inScope,
      both: owns || inScope,
      'owner and office': owns || asker === 'office',
    }
    if (row.reaches && !reached[row.reaches]) return 'request.not-found'
    return row.acts && !row.acts.includes(asker) ? 'account.not-allowed' : undefined
  }

  test.each(operations.map(({ key, method, path }) => [key, method, path] as const))(
    '%s',
    async (key, method, path) => {
      const row = authorisationRows[key]!
      const got: unknown[] = []
      const wanted: unknown[] = []
      for (const place of row.reaches ? (['here', 'elsewhere'] as const) : (['here'] as const)) {
        for (const asker of askers) {
          const answer = await answerTo(asker, method, path, row, await fresh(place))
          const refusal = promised(asker, row, place)
          const may = row.answers ?? [200, 201, 204]
          const fits = refusal
            ? answer === refusal
            : row.answers?.length === 0
              ? answer !== 'account.not-signed-in'
              : may.includes(answer as never)
          got.push(`${place} ${asker}: ${fits ? 'as promised' : answer}`)
          wanted.push(`${place} ${asker}: as promised`)
        }
      }
      expect(got).toEqual(wanted)
    },
  )
})
