/**
 * How long the server takes for one exchange of the sync, on PostgreSQL: a pull with nothing new (limit 5 ms, median) and a push
 * of fifty changes (limit 30 ms, median), with as many rows as a list takes. `npm run -s bench:sync` on a quiet machine; needs
 * TEST_DATABASE_URL.
 */
import { begin, mutationOf, sync, type Wish } from '../world/application-walk.ts'
import { openWorld } from '../world/world.ts'

const LIMITS = { 'pull, nothing new': 5, 'push of 50 changes': 30 }

const median = (times: readonly number[]): number => times.toSorted((a, b) => a - b)[Math.floor(times.length / 2)]!
const p95 = (times: readonly number[]): number => times.toSorted((a, b) => a - b)[Math.floor(times.length * 0.95)]!

async function measured(rounds: number, work: () => Promise<unknown>): Promise<number[]> {
  const times: number[] = []
  for (let round = 0; round < rounds + 5; round += 1) {
    const began = performance.now()
    await work()
    // The first ones warm connections and statements up.
    if (round >= 5) times.push(performance.now() - began)
  }
  return times
}

const world = await openWorld('postgres')
try {
  const person = await world.person()
  const batch = await world.batch({ type: 'review' })
  const browser = await world.signIn(person)
  const id = await begin(world, browser, batch)
  const rows = Array.from({ length: 50 }, () => `achievements/${crypto.randomUUID()}`)
  for (let at = 0; at < rows.length; at += 50) {
    const wishes = rows.slice(at, at + 50).flatMap((path, index): Wish[] => [
      { kind: 'addRow', path, position: at + index },
      { kind: 'setField', path: `${path}/projectName`, value: '泰州市海陵建筑设计院', base: 0 },
    ])
    const { results } = await sync(
      browser,
      wishes.map((wish) => mutationOf(id, wish)),
    )
    const refused = results.find(({ outcome }) => outcome !== 'applied')
    if (refused) throw new Error(JSON.stringify(refused))
  }
  let known = (await sync(browser)).applications.find((one) => one.id === id)!.version
  const pulls = await measured(200, () => sync(browser, [], { known: { [id]: known } }))
  let count = 0
  const bases = new Map<string, number>()
  const pushes = await measured(100, async () => {
    const paths = Array.from({ length: 50 }, (_, index) => `${rows[(count * 50 + index) % rows.length]}/role`)
    count += 1
    const answer = await sync(
      browser,
      paths.map((path, index) =>
        mutationOf(id, { kind: 'setField', path, value: `结构设计${count}-${index}`, base: bases.get(path) ?? 0 }),
      ),
      { known: { [id]: known } },
    )
    for (const [at, result] of answer.results.entries()) {
      if (result.outcome !== 'applied') throw new Error(JSON.stringify(result))
      bases.set(paths[at]!, result.version)
    }
    known = answer.applications[0]!.version
  })
  for (const [name, times] of [
    ['pull, nothing new', pulls],
    ['push of 50 changes', pushes],
  ] as const) {
    const line = `median ${median(times).toFixed(1)} ms, p95 ${p95(times).toFixed(1)} ms (limit ${LIMITS[name]} ms)`
    console.log(`${name}: ${line}${median(times) > LIMITS[name] ? '  TOO SLOW' : ''}`)
    if (median(times) > LIMITS[name]) process.exitCode = 1
  }
} finally {
  await world.close()
}
