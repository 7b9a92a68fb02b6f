import fc from 'fast-check'
import { afterAll, beforeAll, it } from 'vitest'
import type { ApplicationType } from '#domain/forms/application-type.ts'
import { review } from '#domain/forms/review.ts'
import { ok, type Outcome, refuse } from '#domain/problems.ts'
import type { SyncAnswer, SyncRequest } from '#domain/sync/protocol.ts'
import { isProblemCode } from '#server/platform/problem-response.ts'
import type { BatchOffer } from '../../src/lib/local/database.ts'
import { type Batch, type Browser, openWorld, type Person, type World } from '../world/world.ts'
import { orders, run } from './orders.ts'
import { account, batch as offered, TestClock, type TestServer, type Truth } from './two-phones.ts'

const RUNS = Number(process.env['INTERLEAVINGS_REAL'] ?? 8)

/** The real room of sync in front of a real database, with one person and one batch. */
class RealServer implements TestServer {
  readonly clock = new TestClock()
  readonly type: ApplicationType = review
  readonly account: typeof account
  readonly accountId: string
  readonly batch: BatchOffer
  readonly #world: World
  readonly #browser: Browser
  readonly #applied: SyncRequest['mutations'] = []

  constructor(world: World, person: Person, browser: Browser, stored: Batch, now: Date) {
    this.#world = world
    this.#browser = browser
    this.accountId = person.id
    this.account = { ...account, fullName: person.fullName, mobile: person.mobile, email: person.email }
    this.clock.time = now.getTime()
    const iso = (instant: unknown) => (instant as Date).toISOString()
    const { id, name, editionId } = stored
    this.batch = { ...offered, id, name, editionId, opensAt: iso(stored.opensAt), closesAt: iso(stored.closesAt) }
  }

  async exchange(request: SyncRequest): Promise<Outcome<SyncAnswer>> {
    const response = await this.#browser.api.api.sync.$post({ json: request })
    if (!response.ok) {
      const { code } = (await response.json()) as unknown as { code: unknown }
      return refuse(isProblemCode(code) ? code : 'request.failed')
    }
    const answer = (await response.json()) as unknown as SyncAnswer
    for (const [at, mutation] of request.mutations.entries()) {
      const known = this.#applied.some(({ id }) => id === mutation.id)
      if (answer.results[at]?.outcome === 'applied' && !known) this.#applied.push(mutation)
    }
    return ok(answer)
  }

  async create(id: string): Promise<void> {
    const { reading } = this.#browser.api.api.applications[':id']
    const asked = { param: { id }, json: { batchId: this.batch.id } }
    const read = await reading.$post(asked)
    if (!read.ok) throw new Error(await read.text())
    this.#world.clock.advanceBy(20_000)
    const accepted = await reading.accept.$post(asked)
    if (!accepted.ok) throw new Error(await accepted.text())
  }

  async setOpen(open: boolean): Promise<void> {
    const now = (await this.#world.now()).getTime()
    const closesAt = new Date(now + (open ? 86_400_000 : -1_000))
    await this.#world.db.updateTable('batch').set({ closesAt }).where('id', '=', this.batch.id).execute()
  }

  async truth(id: string): Promise<Truth> {
    const answered = await this.exchange({ protocol: 1, device: crypto.randomUUID(), mutations: [], known: {} })
    if (!answered.ok) throw new Error(answered.code)
    const change = answered.value.applications.find((one) => one.id === id)
    if (!change) throw new Error('The application is not there')
    return { cells: change.cells, conflicts: change.conflicts, applied: this.#applied }
  }
}

let world: World
beforeAll(async () => {
  world = await openWorld('pglite')
}, 120_000)
afterAll(() => world.close())

it(`[S1] [S3] [S6] [S10] two phones in ${RUNS} random orders against the real room end as it stands and lose nothing`, async () => {
  await fc.assert(
    fc.asyncProperty(orders, async (steps) => {
      const person = await world.person()
      const batch = await world.batch({ type: 'review' })
      await run(steps, new RealServer(world, person, await world.signIn(person), batch, await world.now()))
    }),
    // Each smaller order costs seconds here; the model's run shrinks better.
    {
      ...(process.env['SEED'] !== undefined && { seed: Number(process.env['SEED']) }),
      numRuns: RUNS,
      endOnFailure: process.env['SHRINK'] === undefined,
    },
  )
}, 600_000)
