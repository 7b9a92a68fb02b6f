import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { sql } from 'kysely'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { applicationTypes } from '#domain/forms/index.ts'
import { bytesOf, contentKey } from '#server/platform/files/file-store.ts'
import { startS3 } from '../contracts/s3-server.ts'
import { notNone, ORPHANS } from '../faults/orphans.ts'
import { completing, mutationOf, submit, sync, type Uploaded } from '../world/application-walk.ts'
import { browserAt, Nodes } from '../world/nodes.ts'
import { pdfOfSize } from '../world/pdf-files.ts'
import { type Random, random } from '../world/random.ts'
import type { RunningServer } from '../world/running-server.ts'
import { databaseKinds } from '../world/test-database.ts'
import { tus } from '../world/upload-walk.ts'
import { bodyOf, type Browser, openWorld, type Person, type World } from '../world/world.ts'

/** SEED repeats a run. */
const SEED = Number(process.env['SEED'] ?? Date.now() % 1e9)
const PEOPLE = 3
/** Bytes that a phone sends in one request: several an upload, so that uploads are cut and go on elsewhere. */
const PIECE = 64 * 1024
const KB = 1024
/** Longest that the network may stay bad for one request. */
const PATIENCE = 15_000

const hasPostgres = (await databaseKinds()).includes('postgres')
const portrait = readFileSync(new URL('../fixtures/portrait.jpg', import.meta.url))

/** What a phone does when the network or a server breaks: the same again, until there is an answer that decides. */
async function again<Answer extends { readonly status: number }>(ask: () => Promise<Answer>): Promise<Answer> {
  for (const until = Date.now() + PATIENCE; ;) {
    const answer = await ask().catch((error: unknown) => {
      if (Date.now() > until) throw error
      return undefined
    })
    if (answer && answer.status < 500) return answer
    if (Date.now() > until) throw new Error(`Still ${answer?.status}`)
  }
}

/** Sends a file as tus asks: in pieces, and after any break from where the server says it stands. */
async function send(browser: Browser, applicationId: string, path: string, bytes: Uint8Array): Promise<Uploaded> {
  const name = '证明.pdf'
  const created = await again(() => tus.create({ browser, applicationId, path, bytes, name }))
  const url = created.headers.get('location')!
  if (created.status !== 201) throw new Error(`${created.status}: ${await created.text()}`)
  for (let offset = 0; offset < bytes.length;) {
    const sent = await tus.patch(browser, url, offset, bytes.subarray(offset, offset + PIECE)).catch(() => undefined)
    const stands = sent?.status === 204 ? sent : await again(() => tus.head(browser, url))
    if (!stands.ok) throw new Error(`The upload ended with ${stands.status}`)
    offset = Number(stands.headers.get('upload-offset'))
  }
  const uploadId = url.slice(url.lastIndexOf('/') + 1)
  return { uploadId, sha256: createHash('sha256').update(bytes).digest('hex'), name }
}

interface Applicant {
  readonly person: Person
  /** of the session that was opened before anything broke */
  readonly browser: Browser
  readonly applicationId: string
  readonly key: string
  /** digests of what was sent, by slot */
  readonly sent: Map<string, string>
  /** what was typed last and answered as applied */
  typed: string
  receipt?: Record<string, unknown>
}

/** The whole way of one applicant: typing while files go up, the form complete, the submission. */
async function apply(world: World, applicant: Applicant, chance: Random): Promise<void> {
  const { person, browser, applicationId } = applicant
  const path = 'workSummary'
  const type = async () => {
    const seen = await cellsOf(applicant)
    const value = `泰州市海陵区第${applicant.sent.size}稿`
    const mutation = mutationOf(applicationId, { kind: 'setField', path, value, base: seen[path]?.version ?? 0 })
    const [result] = (await synced(browser, [mutation])).results
    expect(result, 'what one person types meets nobody').toMatchObject({ outcome: 'applied' })
    applicant.typed = value
  }
  const sendWhileTyping = async (slot: string) => {
    const bytes = slot === 'photo' ? portrait : pdfOfSize((20 + chance.below(150)) * KB)
    const [uploaded] = await Promise.all([send(browser, applicationId, slot, bytes), type()])
    applicant.sent.set(slot, uploaded.sha256)
    return uploaded
  }
  const of = { person, applicationId, type: applicationTypes.review, send: sendWhileTyping }
  const mutations = (await completing(world, of)).filter((mutation) => mutation.path !== path)
  for (let at = 0; at < mutations.length;) {
    const some = mutations.slice(at, (at += 1 + chance.below(20)))
    const seen = await cellsOf(applicant)
    const { results } = await synced(
      browser,
      some.map((one) => ('base' in one ? { ...one, base: seen[one.path]?.version ?? 0 } : one)),
    )
    expect(results.filter(({ outcome }) => outcome !== 'applied')).toEqual([])
  }
  const { version } = (await synced(browser, [])).applications.find(({ id }) => id === applicationId)!
  const sent = await again(() => submit(browser, applicationId, version, applicant.key))
  applicant.receipt = (await bodyOf(sent)) as Record<string, unknown>
}

/** What a phone that has just pulled holds of the application. */
async function cellsOf({ browser, applicationId }: Applicant) {
  return (await synced(browser, [])).applications.find(({ id }) => id === applicationId)?.cells ?? {}
}

/** One exchange, repeated as it is until it is answered. */
async function synced(browser: Browser, mutations: Parameters<typeof sync>[1]) {
  for (const until = Date.now() + PATIENCE; ;) {
    try {
      return await sync(browser, mutations)
    } catch (error) {
      if (Date.now() > until) throw error
    }
  }
}

describe.runIf(hasPostgres)(`two nodes, one killed (SEED=${SEED}; needs PostgreSQL)`, () => {
  const chance = random(SEED)
  let s3: Awaited<ReturnType<typeof startS3>>
  let world: World
  let nodes: Nodes
  let applicants: Applicant[]
  let killed: RunningServer

  beforeAll(async () => {
    s3 = await startS3('files')
    world = await openWorld('postgres', { s3: s3.config })
    nodes = await Nodes.open(world, 2)
    const batch = await world.batch({ type: 'review' })
    let requests = 0
    // Three applicants ask 142 times at least, with the largest steps that the dice allow.
    const last = 40 + chance.below(80)
    killed = chance.pick(nodes.servers)
    let dead: Promise<void> | undefined
    let diedAt = new Date()
    const choose = () => {
      requests += 1
      const server = chance.pick(nodes.servers)
      if (requests >= last && !dead && server === killed) {
        // While this very request is under way.
        dead = new Promise((done) => setTimeout(done, chance.below(25))).then(async () => {
          await killed.stop('SIGKILL')
          diedAt = await world.now()
        })
      }
      return server
    }
    applicants = await Promise.all(
      Array.from({ length: PEOPLE }, async (): Promise<Applicant> => {
        const person = await world.person()
        const { id } = await world.application({ person, batch })
        const browser = browserAt(await world.signIn(person), choose)
        return { person, browser, applicationId: id, key: crypto.randomUUID(), sent: new Map(), typed: '' }
      }),
    )
    await Promise.all(applicants.map((one) => apply(world, one, chance)))
    expect(dead, 'a node was killed in the middle').toBeDefined()
    await dead
    // What the dead one had in hand counts as given up after a minute: that minute is over now.
    await sql`update pgboss.job set started_on = started_on - interval '10 minutes'
      where state = 'active' and started_on < ${diedAt}`.execute(world.db)
    await killed.start()
  }, 60_000)

  afterAll(async () => {
    await nodes?.close()
    await world?.close()
    await s3?.close()
  })

  it('every form stands as it was typed and sent, and nothing is there twice', async () => {
    const { rows } = await sql<Record<string, number>>`${sql.raw(ORPHANS)}`.execute(world.db)
    expect(notNone(rows[0])).toEqual({})
    for (const { applicationId, sent, typed } of applicants) {
      const cell = await world.db
        .selectFrom('applicationCell')
        .select('value')
        .where('applicationId', '=', applicationId)
        .where('path', '=', 'workSummary')
        .executeTakeFirstOrThrow()
      expect(cell.value).toBe(typed)
      const files = await world.db
        .selectFrom('attachment')
        .innerJoin('upload', (join) =>
          join
            .onRef('upload.contentSha256', '=', 'attachment.sha256')
            .onRef('upload.applicationId', '=', 'attachment.applicationId')
            .onRef('upload.path', '=', 'attachment.path'),
        )
        .select(['upload.sha256', 'attachment.sha256 as kept', 'attachment.path'])
        .where('attachment.applicationId', '=', applicationId)
        .where('attachment.removedAt', 'is', null)
        .execute()
      expect(files.map((file) => file.sha256).sort()).toEqual([...sent.values()].sort())
      for (const { kept } of files) {
        const bytes = await bytesOf((await world.platform.files.get(contentKey(kept)))!)
        expect(createHash('sha256').update(bytes).digest('hex')).toBe(kept)
      }
    }
  })

  it('every submission is accepted once, and whoever asks again at another node gets the same receipt', async () => {
    const numbers = applicants.map(({ receipt }) => receipt!['number'])
    expect(new Set(numbers).size).toBe(PEOPLE)
    for (const { browser, applicationId, key, receipt } of applicants) {
      for (const server of nodes.servers) {
        const there = browserAt(browser, () => server)
        expect(await bodyOf(await submit(there, applicationId, 1, key))).toEqual(receipt)
      }
    }
    const snapshots = await world.db.selectFrom('applicationSnapshot').select(['applicationId', 'sha256']).execute()
    expect(snapshots.map(({ sha256 }) => sha256).sort()).toEqual(
      applicants.map(({ receipt }) => receipt!['sha256']).sort(),
    )
  })

  it('sessions live on, at every node', async () => {
    for (const { browser, person } of applicants) {
      for (const server of nodes.servers) {
        const session = await bodyOf(await browserAt(browser, () => server).api.api.accounts.session.$get())
        expect(session).toMatchObject({ account: { id: person.id } })
      }
    }
  })

  it('jobs run once: one notice and one SMS a submission, each schedule once a slot', async () => {
    await expect
      .poll(() => world.db.selectFrom('smsMessage').select(['state', 'attempts']).execute(), { timeout: 25_000 })
      .toEqual(applicants.map(() => ({ state: 'sent', attempts: 1 })))
    const notices = await world.db.selectFrom('notice').select('applicationId').execute()
    expect(notices.map(({ applicationId }) => applicationId).sort()).toEqual(
      applicants.map(({ applicationId }) => applicationId).sort(),
    )
    const sent = nodes.servers.flatMap(({ log }) => [...log.matchAll(/"smsId":"([^"]+)"/g)].map(([, id]) => id))
    expect(new Set(sent).size).toBe(PEOPLE)
    expect(sent).toHaveLength(PEOPLE)
    const { rows } = await sql<{ left: number; twice: number }>`
      select
        (select count(*)::int from pgboss.job where name = 'notices.deliver' and state not in ('completed')) as left,
        (select count(*)::int from (select singleton_key from pgboss.job where name not like '\\_\\_%'
          group by name, singleton_key having count(*) > 1) doubled) as twice`.execute(world.db)
    expect(rows[0]).toEqual({ left: 0, twice: 0 })
  })
})
