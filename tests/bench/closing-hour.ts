import { sql } from 'kysely'
import type { SyncAnswer } from '#domain/sync/protocol.ts'
import { type Filled, mutationOf } from '../world/application-walk.ts'
import { type Draft, manyDrafts } from '../world/many-drafts.ts'
import { Nodes } from '../world/nodes.ts'
import { random } from '../world/random.ts'
import type { RunningServer } from '../world/running-server.ts'
import type { World } from '../world/world.ts'
import { calibrate, quantile, rounded } from './calibration.ts'
import { ask, read, type Said } from './plain-client.ts'
import { memory } from './process-use.ts'

interface Hour {
  readonly world: World
  readonly template: Filled
  /** where those who still send a file send it */
  readonly slot: string
  readonly pdf: Uint8Array
  readonly newPdf: (model: Uint8Array) => Uint8Array
  readonly sendFile: (
    origin: string,
    draft: Draft,
    path: string,
    bytes: Uint8Array,
  ) => Promise<{ said: Said; uploadId: string; sha256: string; name: string }>
  readonly people: number
  /** how long the hour takes here */
  readonly seconds: number
  /** when it closes, where that is not the end of the hour */
  readonly closesAfter?: number
  readonly nodes: number
  /** one of the nodes, at the peak */
  readonly kill: boolean
  readonly environment: Readonly<Record<string, string>>
}

/** What the peak asks of the machine, as a share of what it can do: the rate rises evenly, so that the mean is half of it. */
const PEAK_LOAD = 0.6
/** People by whom it is measured what the machine can do. */
const TRIAL = 600

/**
 * How many seconds the hour must take here so that its peak is within what this machine can do now: a few walk through it all at
 * once, as fast as they are served. An hour of 3600 s is never needed.
 */
export async function secondsFor(
  people: number,
  hour: Omit<Hour, 'people' | 'seconds' | 'closesAfter' | 'nodes' | 'kill'>,
) {
  const began = performance.now()
  const { tookMs } = await closingHour({ ...hour, people: TRIAL, seconds: 2, closesAfter: 3600, nodes: 1, kill: false })
  const perSecond = (TRIAL * 1000) / tookMs
  console.error(`trial: ${rounded(perSecond)} people a second, ${rounded((performance.now() - began) / 1000)} s`)
  return Math.min(3600, Math.max(30, Math.ceil((2 * people) / (perSecond * PEAK_LOAD))))
}

/** One of so many that come too late. */
const TOO_LATE = 0.03
/** Share of those who still send a file. */
const SENDING = 0.2
/** Where the peak is: this share of the time has passed. */
const PEAK = 0.85
/** What is on the wire at the very end may be read a little later: between the two nobody is blamed, ms. */
const ON_THE_WIRE = 50

/** What one person asked for and heard. Times are those of this machine, whose database's clock is the same. */
interface Heard {
  readonly applicationId: string
  readonly sentAt: number
  /** when the request that was answered was sent */
  readonly receivedFrom: number
  readonly answeredAt: number
  readonly status: number
  readonly code: string | undefined
  readonly number: string | undefined
}

const wait = (until: number) => new Promise((done) => setTimeout(done, Math.max(0, until - Date.now())))

/**
 * The hour before the end: each person saves twice, one in five sends a file, all submit, most of them late (the number of
 * those who submit rises evenly to the end), and some too late. Whoever gets no answer asks again with the same key.
 */
export async function closingHour(hour: Hour) {
  const { world, template, people, seconds } = hour
  const chance = random(4)
  const batch = await world.batch({ type: 'review' })
  const drafts = await manyDrafts(world, template, { batch, count: people })
  await sql`vacuum analyze`.execute(world.db)
  const nodes = await Nodes.open(world, hour.nodes, hour.environment)
  const alive = [...nodes.servers]
  const node = () => chance.pick(alive).origin
  const calibration = calibrate(300)
  const begins = Date.now() + 500
  const closesAt = new Date(begins + (hour.closesAfter ?? seconds) * 1000)
  await world.db.updateTable('batch').set({ closesAt }).where('id', '=', batch.id).execute()

  const heard: Heard[] = []
  const saves: number[] = []
  const unanswered = { serverErrors: 0, broken: 0 }
  const most = { rss: 0 }

  /** The same again until somebody answers. */
  const persistently = async <T>(once: (origin: string) => Promise<T>, status: (said: T) => number): Promise<T> => {
    for (;;) {
      try {
        const said = await once(node())
        if (status(said) < 500) return said
        unanswered.serverErrors += 1
      } catch {
        unanswered.broken += 1
      }
      await wait(Date.now() + 20)
    }
  }
  const statusOf = ({ status }: Said) => status
  const save = async (draft: Draft, mutations: readonly unknown[], known: number) => {
    const asked = Date.now()
    const body = { protocol: 1, device: crypto.randomUUID(), known: { [draft.applicationId]: known }, mutations }
    const said = await persistently(
      (origin) => ask(origin, { path: '/api/sync', cookie: draft.cookie, body }),
      statusOf,
    )
    saves.push(Date.now() - asked)
    return read<SyncAnswer>(said)
  }
  const versionIn = ({ applications }: SyncAnswer, { applicationId }: Draft, before: number) =>
    applications.find(({ id }) => id === applicationId)?.version ?? before

  const person = async (draft: Draft, submitsAt: number) => {
    const { applicationId, cookie } = draft
    let { version } = draft
    let base = 0
    const typed = async (text: string) => {
      const mutation = mutationOf(applicationId, { kind: 'setField', path: 'workSummary', value: text, base })
      const answer = await save(draft, [mutation], version)
      const [result] = answer.results
      if (result?.outcome === 'applied') base = result.version
      version = versionIn(answer, draft, version)
    }
    await wait(submitsAt - chance.below(8000))
    // Opened on another day: the phone has nothing yet.
    const opened = (await save(draft, [], 0)).applications.find(({ id }) => id === applicationId)
    base = opened?.cells['workSummary']?.version ?? 0
    await typed(`本人任现职以来的工作总结，第一稿。`)
    if (chance.chance(SENDING)) {
      const bytes = hour.newPdf(hour.pdf)
      const { said, ...sent } = await persistently(
        (origin) => hour.sendFile(origin, draft, hour.slot, bytes),
        (one) => one.said.status,
      )
      // After the end it is refused, as the submission will be.
      if (said.status === 201) {
        const attachmentId = crypto.randomUUID()
        const link = mutationOf(applicationId, { kind: 'attach', path: hour.slot, attachmentId, position: 9, ...sent })
        version = versionIn(await save(draft, [link], version), draft, version)
      }
    }
    await typed(`本人任现职以来的工作总结，第二稿。`)
    await wait(submitsAt)
    const key = crypto.randomUUID()
    const sentAt = Date.now()
    let receivedFrom = sentAt
    const said = await persistently((origin) => {
      // A request that a dead node never read was received by nobody: the one that is answered counts.
      receivedFrom = Date.now()
      return ask(origin, {
        path: `/api/applications/${applicationId}/submit`,
        cookie,
        body: { version },
        headers: { 'idempotency-key': key },
      })
    }, statusOf)
    const { code, number } = JSON.parse(said.text) as { code?: string; number?: string }
    heard.push({ applicationId, sentAt, receivedFrom, answeredAt: Date.now(), status: said.status, code, number })
  }

  const walks = drafts.map((draft) => {
    const late = chance.chance(TOO_LATE)
    // Evenly rising: the density at t is in proportion to t.
    const at = late ? seconds + chance.next() * 2 : seconds * Math.sqrt(chance.next())
    return person(draft, begins + at * 1000)
  })
  const watch = setInterval(() => {
    for (const { pid } of nodes.servers) if (pid !== undefined) most.rss = Math.max(most.rss, memory(pid).now)
  }, 250)
  let killed: Promise<void> | undefined
  if (hour.kill) {
    killed = wait(begins + seconds * 1000 * PEAK).then(async () => {
      const victim = alive[0] as RunningServer
      await victim.stop('SIGKILL')
      alive.splice(0, 1)
    })
  }
  await Promise.all(walks)
  const tookMs = Date.now() - begins
  await killed
  clearInterval(watch)

  const { rows } = await sql<{ id: string; number: string; at: Date; transitions: number; snapshots: number }>`
    select application.id, number, submitted_at as at,
      (select count(*)::int from application_transition t where t.application_id = application.id) as transitions,
      (select count(*)::int from application_snapshot s where s.application_id = application.id) as snapshots
    from application where batch_id = ${batch.id} and state <> 'DRAFT'`.execute(world.db)
  await nodes.close()
  const stands = new Map(rows.map((row) => [row.id, row]))
  const accepted = heard.filter(({ status }) => status === 200)
  const refused = heard.filter(({ code }) => code === 'batch.closed')
  const end = closesAt.getTime()
  const latencies = heard.map(({ sentAt, answeredAt }) => answeredAt - sentAt)
  return {
    people,
    seconds,
    nodes: hour.nodes,
    accepted: accepted.length,
    refused: refused.length,
    otherAnswers: heard.length - accepted.length - refused.length,
    /** acknowledged, and not there */
    lost: accepted.filter(({ applicationId, number }) => stands.get(applicationId)?.number !== number).length,
    doubled: rows.filter(({ transitions, snapshots }) => transitions !== 1 || snapshots !== 1).length,
    numbersTwice: rows.length - new Set(rows.map(({ number }) => number)).size,
    /** received within the window and refused, or after it and accepted */
    refusedInside: refused.filter(({ receivedFrom }) => receivedFrom < end - ON_THE_WIRE).length,
    acceptedOutside:
      accepted.filter(({ sentAt }) => sentAt > end).length + rows.filter(({ at }) => at > closesAt).length,
    serverErrors: unanswered.serverErrors,
    brokenOff: unanswered.broken,
    tookMs,
    /** how many times faster than an hour */
    scaled: rounded(3600 / seconds),
    p50ms: rounded(quantile(latencies, 0.5)),
    p99ms: rounded(quantile(latencies, 0.99)),
    saveP99ms: rounded(quantile(saves, 0.99)),
    peakSubmitsPerSecond: peakOf(heard),
    rssMiB: rounded(most.rss, 0),
    calibration: rounded((calibration + calibrate(300)) / 2, 0),
  }
}

/** Most submissions that were sent within one second. */
function peakOf(heard: readonly Heard[]): number {
  const bySecond = new Map<number, number>()
  for (const { sentAt } of heard) {
    const second = Math.floor(sentAt / 1000)
    bySecond.set(second, (bySecond.get(second) ?? 0) + 1)
  }
  return Math.max(...bySecond.values())
}
