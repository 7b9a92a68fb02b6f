import fc from 'fast-check'
import { expect } from 'vitest'
import type { CellValue } from '#domain/forms/answers.ts'
import type { Draft } from '../../src/lib/local/drafts.svelte.ts'
import { TestPhone, type TestServer, type Weather } from './two-phones.ts'

/**
 * Two phones of one person and a server, in any order, with requests and answers lost or late: whatever was typed is at the
 * end current, or in a conflict, or among 需要处理, unless its owner saw it and replaced it; and all three stand the same.
 */
const FIELDS = ['employerName', 'workSummary'] as const
const LIST = 'educations'

/** What was typed and nobody has knowingly replaced. */
class Typed {
  readonly #open = new Map<string, { phone: TestPhone; path: string; value: CellValue }>()
  readonly #key = (path: string, value: CellValue) => `${path}=${String(value)}`
  #count = 0

  /** A value that was never typed before. */
  next(): string {
    return `值${(this.#count += 1)}`
  }
  add(phone: TestPhone, path: string, value: CellValue): void {
    this.#open.set(this.#key(path, value), { phone, path, value })
  }
  seen(path: string, value: CellValue | undefined): void {
    this.#open.delete(this.#key(path, value ?? null))
  }
  get left(): { phone: TestPhone; path: string; value: CellValue }[] {
    return [...this.#open.values()]
  }
}

interface Real {
  readonly server: TestServer
  readonly phones: readonly [TestPhone, TestPhone]
  /** the application that both fill */
  readonly id: string
}

type Step = fc.AsyncCommand<Typed, Real, true>

/** A thing that somebody does or that happens, named for the report of a failure. */
function step(name: string, run: (typed: Typed, real: Real) => Promise<void>): Step {
  return {
    check: async () => true,
    run: async (typed, real) => {
      real.server.clock.time += 1_000
      await run(typed, real)
    },
    toString: () => name,
  }
}

const rowsOf = (draft: Draft) => draft.answers.rows[LIST] ?? []

async function type(typed: Typed, { id }: Real, phone: TestPhone, path: string): Promise<void> {
  const draft = await phone.draft(id)
  const [head, rowId, inner] = path.split('/') as [string, string?, string?]
  const shown = inner
    ? draft.answers.rows[head]?.find((each) => each.id === rowId)?.values[inner]
    : draft.answers.fields[head]
  const refusal = draft.refusalAt(path)
  const value = typed.next()
  if (!draft.setField(path, value).ok) return
  await draft.flush()
  typed.seen(path, shown)
  // A new value is the answer to the refusal that stood at the field.
  if (refusal)
    for (const { path: at, value: old } of typed.left)
      if (at === path && (await phone.findValue(id, at, old)) === 'lost') typed.seen(path, old)
  typed.add(phone, path, value)
}

const phone = fc.constantFrom(0 as const, 1 as const)
const row = fc.nat({ max: 3 })
const field = fc.constantFrom(...FIELDS)

const typing = fc
  .tuple(phone, field)
  .map(([at, path]) => step(`${at} types ${path}`, (typed, real) => type(typed, real, real.phones[at], path)))
const addingRow = phone.map((at) =>
  step(`${at} adds a row`, async (_, { phones, id }) => {
    await (await phones[at].draft(id)).addRow(LIST)
  }),
)
const typingInRow = fc.tuple(phone, row).map(([at, index]) =>
  step(`${at} types in row ${index}`, async (typed, real) => {
    const target = rowsOf(await real.phones[at].draft(real.id))[index]
    if (target) await type(typed, real, real.phones[at], `${LIST}/${target.id}/school`)
  }),
)
const removingRow = fc.tuple(phone, row, fc.boolean()).map(([at, index, undo]) =>
  step(`${at} removes row ${index}${undo ? ' and takes it back' : ''}`, async (typed, { phones, id }) => {
    const draft = await phones[at].draft(id)
    const target = rowsOf(draft)[index]
    if (!target) return
    const path = `${LIST}/${target.id}/school`
    const conflict = draft.conflictAt(path)
    const shown = [target.values['school'], ...(conflict ? [conflict.mine, conflict.theirs, ...conflict.others] : [])]
    const removed = await draft.removeRow(`${LIST}/${target.id}`)
    if (!removed.ok) return
    if (undo) await draft.undoRemove(removed.value)
    // What stood in the row on this screen was given up with it; what stood elsewhere was not (S14).
    else for (const value of shown) typed.seen(path, value)
  }),
)
const weather = fc
  .tuple(
    phone,
    fc.constantFrom<Weather>('fine', 'fine', 'request-lost', 'answer-lost', 'answer-lost', 'request-late', 'offline'),
  )
  .map(([at, now]) =>
    step(`${at} has ${now}`, async (_, { phones }) => {
      phones[at].weather = now
    }),
  )
const arriving = phone.map((at) => step(`late requests of ${at} arrive`, (_, { phones }) => phones[at].deliverLate()))
const syncing = phone.map((at) =>
  step(`${at} syncs`, async (_, { phones }) => {
    await phones[at].sync.now()
  }),
)
const typingMeanwhile = fc.tuple(phone, field, fc.boolean()).map(([at, path, killed]) =>
  step(`${at} types ${path} while a request is on its way${killed ? ' and is killed' : ''}`, async (typed, real) => {
    const one = real.phones[at]
    one.during = () => type(typed, real, one, path)
    const weather = one.weather
    if (killed) one.weather = 'answer-lost'
    await one.sync.now()
    one.during = undefined
    one.weather = weather
    if (killed) await one.restart()
  }),
)
const restarting = phone.map((at) => step(`${at} restarts`, (_, { phones }) => phones[at].restart()))
const settling = fc.tuple(phone, fc.constantFrom('mine' as const, 'theirs' as const)).map(([at, keep]) =>
  step(`${at} keeps ${keep}`, async (typed, { phones, id }) => {
    const draft = await phones[at].draft(id)
    const conflict = draft.conflicts[0] && draft.conflictAt(draft.conflicts[0].path)
    if (!conflict) return
    const { mine, theirs, others, path } = conflict
    const chosen = keep === 'mine' ? mine : theirs
    if (!(await draft.settle(path, keep)).ok) return
    for (const value of [mine, theirs, ...others]) if (value !== chosen) typed.seen(path, value)
  }),
)
const retrying = phone.map((at) =>
  step(`${at} tries again`, async (_, { phones }) => {
    const [first] = phones[at].sync.attention
    if (first) await phones[at].sync.tryAgain(first.id)
  }),
)
const moving = fc
  .boolean()
  .map((open) => step(open ? 'the window opens' : 'the window closes', (_, { server }) => server.setOpen(open)))

const often = [typing, typing, typing, typing, syncing, syncing, syncing, syncing]
const sometimes = [
  addingRow,
  typingInRow,
  typingInRow,
  removingRow,
  weather,
  weather,
  arriving,
  typingMeanwhile,
  typingMeanwhile,
]
const rarely = [restarting, settling, retrying, moving]
export const orders = fc.commands<Typed, Real, true>([...often, ...sometimes, ...rarely], {
  maxCommands: 40,
  size: 'max',
})

/** One random order against one server. */
export async function run(steps: Iterable<Step>, server: TestServer): Promise<void> {
  await using first = new TestPhone('a', server)
  await using second = new TestPhone('b', server)
  const phones = [first, second] as const
  const started = await first.drafts.start(server.batch.id)
  if (!started.ok) throw new Error(started.code)
  const { id } = started.value
  await server.create(id)
  for (const one of phones) {
    await one.sync.now()
    await one.draft(id)
  }
  const typed = new Typed()
  await fc.asyncModelRun(() => ({ model: typed, real: { server, phones, id } }), steps)
  await convergence(typed, { server, phones, id })
}

/** At the end the network is good and the window open: three syncs each, and everything must be where it belongs. */
async function convergence(typed: Typed, { server, phones, id }: Real): Promise<void> {
  await server.setOpen(true)
  server.clock.time += 60_000
  for (const one of phones) await one.deliverLate()
  for (const one of phones) one.weather = 'fine'
  for (let round = 0; round < 3; round += 1)
    for (const one of phones) expect(await one.sync.now()).toEqual({ ok: true, value: undefined })

  const truth = await server.truth(id)
  const shownOrders: string[][] = []
  const ids = truth.applied.map((mutation) => mutation.id)
  expect(new Set(ids).size).toBe(ids.length)
  for (const one of phones) {
    const kept = await one.db.applications.get(id)
    expect(kept?.cells).toEqual(truth.cells)
    expect(kept?.conflicts).toEqual(truth.conflicts)
    expect((await one.db.outbox.toArray()).filter(({ state }) => state === 'waiting')).toEqual([])
    // A cell never claims a version that its application has not reached (S3).
    expect(Math.max(...Object.values(truth.cells).map(({ version }) => version))).toBeLessThanOrEqual(
      kept?.version ?? 0,
    )
    const draft = await one.draft(id)
    await draft.reread()
    shownOrders.push(rowsOf(draft).map((row) => row.id))
    // No question is asked about a row that is no longer there.
    for (const { path } of draft.conflicts) {
      const [list, rowId] = path.split('/')
      if (rowId !== undefined) expect(typeof truth.cells[`${list}/${rowId}`]?.value).toBe('number')
    }
  }
  // Rows stand in one order on every device (S6).
  expect(shownOrders[0]).toEqual(shownOrders[1])
  for (const { phone: one, path, value } of typed.left)
    expect({ path, value, where: await one.findValue(id, path, value) }).not.toMatchObject({ where: 'lost' })
}
