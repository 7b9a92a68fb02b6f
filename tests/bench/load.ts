/**
 * The last hour before the deadline, over real HTTP, on PostgreSQL and files (`npm run -s bench:load`).
 *
 * (a) one application with 20 fields of text and 5 files of 300 KB, from the typed draft to the receipt: 4 requests;
 * (b) 【完成提交】 with files already there; (c) a review queue of 50 rows out of 20,000;
 * (d) the closing hour: everybody has a draft, arrivals rise to the end, autosave, upload and submission mixed, the clock
 *     scaled so that the hour takes `--seconds`; then the same on two nodes, one of them killed at the peak.
 *
 * DATABASE_URL names the PostgreSQL; a database of its own is made there and dropped. Without it (a) to (c) run on the
 * embedded database with 1 and 8 callers. Two measurements of each run before they count. Options: `--only=a,b,c,d`,
 * `--rounds=3`, `--lasts=3000` (ms of one measurement),
 * `--people=10000`, `--seconds=auto` (how long the hour takes; by itself so long that its peak is what this machine can carry),
 * `--nodes=1,2` (which closing hours), `--callers=1,8,32`, `--queue=20000`, `--profile=DIR` (writes a CPU profile of the server there). The last
 * line is one JSON object; on the way, lines go to stderr. Client, server and database share the machine.
 */
import { createHash } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { sql } from 'kysely'
import { acceptancePoints } from '#server/demo/acceptance-points.ts'
import { addUpTally } from '#server/applications/queries.ts'
import { partsOf, searchTextOf } from '#server/applications/search-text.ts'
import { groupsThatFit, MANIFEST_BYTES, manifestBytes, TOGETHER_BYTES } from '#domain/files-together.ts'
import type { FileAnswer } from '#server/attachments/receive-together.ts'
import type { SyncAnswer } from '#domain/sync/protocol.ts'
import { type Filled, filledDraft, mutationOf } from '../world/application-walk.ts'
import { insertRows } from '../world/bulk-rows.ts'
import { type Draft, manyDrafts } from '../world/many-drafts.ts'
import { Nodes } from '../world/nodes.ts'
import { pdfOfSize } from '../world/pdf-files.ts'
import { random } from '../world/random.ts'
import { type Batch, openWorld, type World } from '../world/world.ts'
import { calibrate, median, quantile, rounded } from './calibration.ts'
import { closingHour, secondsFor } from './closing-hour.ts'
import { ask, read } from './plain-client.ts'
import { databaseTime, memory, processorTime } from './process-use.ts'

const { values: options } = parseArgs({
  options: {
    only: { type: 'string', default: 'a,b,c,d' },
    rounds: { type: 'string', default: '3' },
    people: { type: 'string', default: '10000' },
    seconds: { type: 'string', default: 'auto' },
    nodes: { type: 'string', default: '1,2' },
    callers: { type: 'string', default: '1,8,32' },
    lasts: { type: 'string', default: '3000' },
    queue: { type: 'string', default: '20000' },
    profile: { type: 'string' },
  },
})
const url = process.env['DATABASE_URL']
if (url) process.env['TEST_DATABASE_URL'] = url

const ROUNDS = Number(options.rounds)
type Callers = 1 | 8 | 32
const CALLERS = ([1, 8, 32] as const).filter(
  (callers) => options.callers.split(',').includes(String(callers)) && (url !== undefined || callers < 32),
)
type Scenario = 'a' | 'b' | 'c'
const wanted = new Set(options.only.split(','))
if (!url) wanted.delete('d')
const scenarios = (['a', 'b', 'c'] as const).filter((one) => wanted.has(one))
/** One measurement ends with the time or with what was prepared for it. */
const LASTS = Number(options.lasts)
const PREPARED: Record<Scenario, Record<Callers, number>> = {
  a: { 1: 40, 8: 120, 32: 160 },
  b: { 1: 300, 8: 800, 32: 1200 },
  c: { 1: Infinity, 8: Infinity, 32: Infinity },
}
/** Measurements of each before they count: the first after them was still a fifth slower with one. */
const WARMING = 2
const QUEUE = Number(options.queue)
const FILES = 5
const FIELDS = 20
const device = '00000000-0000-4000-8000-00000000d001'
const chance = random(26)

interface Measured {
  readonly perSecond: number
  readonly latencies: readonly number[]
  readonly calibration: number
  /** ms of processor time that one took: of the app, of PostgreSQL, of those who ask */
  readonly app: number
  readonly database: number
  readonly client: number
}

/** So many callers, each asking again as soon as it has its answer. */
async function closedLoop(callers: number, atMost: number, once: () => Promise<void>) {
  const latencies: number[] = []
  let begun = 0
  const began = performance.now()
  const caller = async () => {
    while (begun < atMost && performance.now() - began < LASTS) {
      begun += 1
      const asked = performance.now()
      await once()
      latencies.push(performance.now() - asked)
    }
  }
  await Promise.all(Array.from({ length: callers }, caller))
  return { latencies, seconds: (performance.now() - began) / 1000 }
}

/**
 * A PDF of 300 KB that nobody has sent before: the same noise, another beginning of it.
 * @param into where it is laid
 */
function newPdf(model: Uint8Array, into: Uint8Array = new Uint8Array(model.length)): Uint8Array {
  into.set(model)
  const at = into.length >> 1
  for (let place = 0; place < 16; place += 1) into[at + place] = 128 + chance.below(120)
  return into
}

const metadata = (of: Record<string, string>) =>
  Object.entries(of)
    .map(([key, value]) => `${key} ${Buffer.from(value).toString('base64')}`)
    .join(',')

/** What a phone does with one new file: sends it in one request. */
async function sendFile(origin: string, draft: Draft, path: string, bytes: Uint8Array) {
  const sha256 = createHash('sha256').update(bytes).digest('hex')
  const { applicationId, cookie } = draft
  const name = '证明.pdf'
  const said = await ask(origin, {
    path: '/api/uploads',
    cookie,
    bytes,
    headers: {
      'tus-resumable': '1.0.0',
      'upload-length': String(bytes.length),
      'upload-metadata': metadata({ applicationId, path, name, sha256 }),
      'content-type': 'application/offset+octet-stream',
    },
  })
  return { said, uploadId: said.location?.split('/').at(-1) ?? '', sha256, name }
}

/** Where the callers lay what they send: new memory for each request costs more than to send it, and phones bring their own. */
const bodies: Uint8Array<ArrayBuffer>[] = []

/** What it does with several small ones: sends as many as go together in one request. */
async function sendTogether(
  origin: string,
  { applicationId, cookie }: Draft,
  paths: readonly string[],
  pdf: Uint8Array,
) {
  const body = bodies.pop() ?? new Uint8Array(TOGETHER_BYTES)
  let end = MANIFEST_BYTES
  const described = paths.map((path) => {
    const bytes = newPdf(pdf, body.subarray(end, (end += pdf.length)))
    return { path, name: '证明.pdf', sha256: createHash('sha256').update(bytes).digest('hex'), size: bytes.length }
  })
  const head = manifestBytes({ applicationId, files: described })
  body.set(head, MANIFEST_BYTES - head.length)
  const said = await ask(origin, {
    path: '/api/uploads/together',
    cookie,
    bytes: body.subarray(MANIFEST_BYTES - head.length, end),
    headers: { 'content-type': 'application/octet-stream' },
  })
  bodies.push(body)
  const answered = read<{ files: FileAnswer[] }>(said).files
  return answered.map((answer, at) => {
    if (!('uploadId' in answer)) throw new Error(JSON.stringify(answer))
    const { path, name, sha256 } = described[at]!
    return { path, name, sha256, uploadId: answer.uploadId }
  })
}

const syncRequest = (mutations: readonly unknown[], known: Record<string, number> = {}) => ({
  protocol: 1,
  device,
  known,
  mutations,
})

async function prepared(world: World) {
  const batch = await world.batch({ type: 'review' })
  const template = await filledDraft(world, { batch })
  const cells = await world.db
    .selectFrom('applicationCell')
    .select(['path', 'value'])
    .where('applicationId', '=', template.id)
    .execute()
  const attached = await world.db
    .selectFrom('attachment')
    .select('path')
    .where('applicationId', '=', template.id)
    .where('path', '<>', 'photo')
    .execute()
  const fields = cells
    .filter(({ path, value }) => !path.includes('/') && typeof value === 'string' && value !== '')
    .slice(0, FIELDS)
  // Slots of the form itself: those in rows have another place in every application.
  const slots = attached.map(({ path }) => path).filter((path) => !path.includes('/'))
  return { batch, template, fields, slots }
}

/** (a): what was typed, five files, their links, and 【完成提交】. */
async function wholeApplication(
  origin: string,
  draft: Draft,
  { fields, slots }: Awaited<ReturnType<typeof prepared>>,
  pdf: Uint8Array,
): Promise<void> {
  const { applicationId, cookie, version } = draft
  const typed = fields.map(({ path, value }) =>
    mutationOf(applicationId, { kind: 'setField', path, value: value as string, base: 0 }),
  )
  const sync = (mutations: readonly unknown[], known: number) =>
    ask(origin, { path: '/api/sync', cookie, body: syncRequest(mutations, { [applicationId]: known }) }).then((said) =>
      read<SyncAnswer>(said),
    )
  const first = await sync(typed, version)
  const links: unknown[] = []
  const paths = Array.from({ length: FILES }, (_, file) => slots[file % slots.length]!)
  for (const group of groupsThatFit(paths, () => pdf.length)) {
    for (const sent of await sendTogether(origin, draft, group, pdf)) {
      const attachmentId = crypto.randomUUID()
      links.push(mutationOf(applicationId, { kind: 'attach', attachmentId, position: links.length, ...sent }))
    }
  }
  const known = first.applications.find(({ id }) => id === applicationId)!.version
  const second = await sync(links, known)
  const refused = [...first.results, ...second.results].filter(({ outcome }) => outcome !== 'applied')
  if (refused.length > 0) throw new Error(JSON.stringify(refused))
  await submitDraft(origin, { ...draft, version: second.applications.find(({ id }) => id === applicationId)!.version })
}

/** (b): 【完成提交】. */
async function submitDraft(origin: string, { applicationId, cookie, version }: Draft): Promise<void> {
  const said = await ask(origin, {
    path: `/api/applications/${applicationId}/submit`,
    cookie,
    body: { version },
    headers: { 'idempotency-key': crypto.randomUUID() },
  })
  read(said)
}

/**
 * 20,000 submitted applications of last year's batch, from all 受理点, with what each of them left in the tables: a database
 * that has seen a year plans otherwise than one that has seen nothing.
 */
async function fillLastYear(world: World, like: Batch): Promise<void> {
  const batch = await world.batch({ type: 'review', specialties: like.specialties })
  const now = (await world.now()).getTime()
  const surnames = [...'赵钱孙李周吴郑王冯陈褚卫蒋沈韩杨朱秦尤许']
  const given = [...'伟芳娜敏静丽强磊军洋勇艳杰涛明超秀英霞平']
  const names = () => chance.pick(surnames) + chance.pick(given) + chance.pick(given)
  const accounts = Array.from({ length: QUEUE }, (_, place) => ({
    id: crypto.randomUUID(),
    id_number_index: `queue.${place}`,
    id_number_cipher: '-',
    id_number_masked: '321202********0018',
    full_name: names(),
    gender: '1',
    birth_date: '1985-06-01',
    email: `q${place}@example.com`,
    mobile: `137${String(place).padStart(8, '0')}`,
    password_hash: '-',
  }))
  await insertRows(world, 'account', accounts, { id: 'uuid' })
  const applications = accounts.map(({ id, full_name: fullName }, place) => {
    const point = chance.pick(acceptancePoints)
    const at = new Date(now - chance.below(20 * 86_400_000)).toISOString()
    const number = `2025${point.region}P97${String(place).padStart(5, '0')}-1`
    const employerName = `泰州市${chance.pick(given)}${chance.pick(given)}工程有限公司`
    return {
      id: crypto.randomUUID(),
      type: 'review',
      batch_id: batch.id,
      edition_id: batch.editionId,
      account_id: id,
      state: chance.chance(0.6) ? 'SUBMITTED' : 'PRE_REVIEW',
      version: 20,
      round: 1,
      number,
      full_name: fullName,
      employer_name: employerName,
      specialty: 'engineering.construction',
      target_title: 'engineering.intermediate',
      region: point.region,
      acceptance_point: point.id,
      exception_type: 'NORMAL',
      file_count: 8,
      search_text: searchTextOf({ fullName, employerName, number }, '0018'),
      gate_accepted_at: at,
      submitted_at: at,
      first_submitted_at: at,
      state_since: at,
      created_at: at,
      updated_at: at,
    }
  })
  const at = 'timestamptz'
  await insertRows(world, 'application', applications, {
    id: 'uuid',
    batch_id: 'uuid',
    account_id: 'uuid',
    version: 'int',
    round: 'int',
    file_count: 'int',
    gate_accepted_at: at,
    submitted_at: at,
    first_submitted_at: at,
    state_since: at,
    created_at: at,
    updated_at: at,
  })
  const searched = applications.map((one) => ({ application_id: one.id, parts: partsOf(one.search_text) }))
  await insertRows(world, 'application_search', searched, { application_id: 'uuid', parts: 'text[]' })
  const files = sql`(select application.*, slot.path,
      encode(sha256(convert_to(application.id::text || slot.path, 'UTF8')), 'hex') as digest
    from application, unnest(array['idCard', 'pledge', 'contract', 'photo']) as slot(path)
    where application.batch_id = ${batch.id}) as file`
  const those = sql`from application where batch_id = ${batch.id}`
  const left = [
    sql`insert into stored_file (sha256, size, media_type, pages, checked_at)
      select digest, 300000, 'application/pdf', 1, created_at from ${files}`,
    sql`insert into upload (id, account_id, application_id, path, name, sha256, length, received, state, content_sha256, created_at, updated_at)
      select gen_random_uuid(), account_id, id, path, path || '.pdf', digest, 300000, 300000, 'verified', digest, created_at, created_at
      from ${files}`,
    sql`insert into attachment (id, application_id, path, name, sha256, size, pages, position, created_at)
      select gen_random_uuid(), id, path, path || '.pdf', digest, 300000, 1, 1, created_at from ${files}`,
    sql`insert into application_snapshot (id, application_id, round, content, sha256, created_at)
      select gen_random_uuid(), id, 1, '{}', '-', submitted_at ${those}`,
    sql`insert into application_transition (id, application_id, transition, from_state, to_state, actor_id, role, at)
      select gen_random_uuid(), id, 'submit', 'DRAFT', 'SUBMITTED', account_id, 'applicant', submitted_at ${those}`,
    sql`insert into education_record (row_id, version, account_id, cells, files, position, application_id, batch_id, locked_by, created_at)
      select gen_random_uuid(), 1, account_id, '{}', '[]', 1, id, batch_id, '2025 年评审', submitted_at ${those}`,
    sql`insert into request_key (account_id, key, answer, at) select account_id, id, '{}', submitted_at ${those}`,
    sql`with told as (
        insert into notice (id, account_id, kind, title, body, application_id, created_at)
        select gen_random_uuid(), account_id, 'submitted', '-', '-', id, submitted_at ${those} returning id, created_at)
      insert into notice_delivery (id, notice_id, channel, state, attempts, due_at, done_at)
      select gen_random_uuid(), id, 'sms', 'sent', 1, created_at, created_at from told`,
  ]
  for (const insert of left) await insert.execute(world.db)
}

/**
 * As the database's own housekeeping leaves tables that people use. Those without a row are left alone, as it leaves them: an
 * empty table that was looked at is taken for a page of nothing, and whatever is planned then reads it from end to end for as
 * long as nobody looks again, which on a machine without that housekeeping is the rest of the measurement.
 */
async function vacuumFilled(world: World): Promise<void> {
  const { rows } = await sql<{ name: string }>`
    select quote_ident(schemaname) || '.' || quote_ident(relname) as name from pg_stat_user_tables where n_live_tup > 0`.execute(
    world.db,
  )
  for (const { name } of rows) await sql`vacuum analyze ${sql.raw(name)}`.execute(world.db)
}

/** Until the messages of what was submitted are sent: they belong to the measurement before. */
async function jobsDone(world: World): Promise<void> {
  for (;;) {
    const { rows } = await sql<{ count: number }>`select count(*)::int as count from pgboss.job
      where state in ('created', 'retry', 'active') and start_after <= clock_timestamp()`.execute(world.db)
    if (rows[0]!.count === 0) return
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
}

/** Where everything is prepared: PostgreSQL, or the embedded database in a folder on which the server is started afterwards. */
async function openBench() {
  if (url) {
    const world = await openWorld('postgres')
    const { rows } = await sql<{ name: string }>`select current_database() as name`.execute(world.db)
    return { world, databaseName: rows[0]!.name, folder: undefined }
  }
  const folder = await mkdtemp(join(tmpdir(), 'zhicheng-bench-'))
  const world = await openWorld('pglite', { database: { kind: 'pglite', directory: join(folder, 'database') } })
  return { world, databaseName: undefined, folder }
}

async function measure() {
  const { world, databaseName, folder } = await openBench()
  const runtime = options.profile ? ['--cpu-prof', `--cpu-prof-dir=${options.profile}`] : []
  const environment = { LOG_LEVEL: 'warn' }
  const timeOfDatabase = () => (databaseName === undefined ? 0 : databaseTime(databaseName))
  let open = true
  try {
    const ready = await prepared(world)
    const began = performance.now()
    const perRound = (scenario: Scenario) => CALLERS.reduce((sum, callers) => sum + PREPARED[scenario][callers], 0)
    const most = CALLERS.at(-1)!
    const needed = (scenario: Scenario) => ROUNDS * perRound(scenario) + WARMING * PREPARED[scenario][most]
    const { batch, template } = ready
    const without = [...ready.fields.map(({ path }) => path), ...ready.slots]
    const drafts = {
      a: wanted.has('a') ? await manyDrafts(world, template, { batch, without, count: needed('a') }) : [],
      b: wanted.has('b') ? await manyDrafts(world, template, { batch, count: needed('b') }) : [],
    }
    await fillLastYear(world, batch)
    // As the job does every five minutes, and a page that finds many rows.
    await addUpTally(world.db)
    await vacuumFilled(world)
    const office = (await world.signIn(await world.staff('office'))).cookie!
    console.error(`prepared in ${rounded((performance.now() - began) / 1000)} s`)

    const pdf = pdfOfSize(300 * 1024)
    const report: Record<string, unknown> = {}
    if (scenarios.length > 0) {
      if (folder !== undefined) {
        await world.close()
        open = false
      }
      const nodes =
        folder === undefined
          ? await Nodes.open(world, 1, environment, runtime)
          : await Nodes.embedded(folder, environment, runtime)
      const [server] = nodes.servers
      const { origin, pid } = server!
      const page = () => 1 + chance.below(QUEUE / 50 / 4)
      const once: Record<Scenario, () => Promise<void>> = {
        a: () => wholeApplication(origin, drafts.a.pop()!, ready, pdf),
        b: () => submitDraft(origin, drafts.b.pop()!),
        c: async () => {
          const said = await ask(origin, { method: 'GET', path: `/api/review/queue?page=${page()}`, cookie: office })
          if (said.status !== 200) throw new Error(`${said.status}: ${said.text}`)
        },
      }
      // Connections, statements and the compiler warm up: a server is started months before its busiest hour.
      for (let time = 0; time < WARMING; time += 1)
        for (const scenario of scenarios) await closedLoop(most, PREPARED[scenario][most], once[scenario])
      const results = new Map<string, Measured[]>()
      for (let round = 0; round < ROUNDS; round += 1) {
        for (const callers of CALLERS) {
          for (const scenario of scenarios) {
            if (open) await jobsDone(world)
            const before = {
              calibration: calibrate(),
              app: processorTime(pid!),
              database: timeOfDatabase(),
              client: processorTime(process.pid),
            }
            const { latencies, seconds } = await closedLoop(callers, PREPARED[scenario][callers], once[scenario])
            const done = latencies.length
            const measured: Measured = {
              perSecond: done / seconds,
              latencies,
              app: (processorTime(pid!) - before.app) / done,
              database: (timeOfDatabase() - before.database) / done,
              client: (processorTime(process.pid) - before.client) / done,
              calibration: (before.calibration + calibrate()) / 2,
            }
            const key = `${scenario}${callers}`
            results.set(key, [...(results.get(key) ?? []), measured])
            console.error(
              `round ${round + 1} ${key.padEnd(4)} ${rounded(measured.perSecond)}/s, calibration ${rounded(measured.calibration, 0)}, app ${rounded(measured.app, 2)} ms, database ${rounded(measured.database, 2)} ms, client ${rounded(measured.client, 2)} ms each`,
            )
          }
        }
      }
      const of = (scenario: Scenario, figure: (one: Measured) => number, digits = 1) =>
        Object.fromEntries(
          CALLERS.map((callers) => [
            callers,
            rounded(median(results.get(`${scenario}${callers}`)!.map(figure)), digits),
          ]),
        )
      for (const scenario of scenarios) {
        report[scenario] = {
          ...of(scenario, ({ perSecond }) => perSecond),
          ratio: of(scenario, ({ perSecond, calibration }) => perSecond / calibration, 4),
          appMs: of(scenario, ({ app }) => app, 2),
          databaseMs: of(scenario, ({ database }) => database, 2),
          clientMs: of(scenario, ({ client }) => client, 2),
          // processor time of both, which a busy machine disturbs less than the rate
          cpuMs: of(scenario, ({ app, database }) => app + database, 2),
          p95msBy: of(scenario, ({ latencies }) => quantile(latencies, 0.95)),
          p95ms: of(scenario, ({ latencies }) => quantile(latencies, 0.95))[most],
        }
      }
      const { now, most: atMost } = memory(pid!)
      report['rssMiB'] = rounded(atMost, 0)
      report['rssAfterMiB'] = rounded(now, 0)
      report['calibration'] = rounded(median([...results.values()].flat().map(({ calibration }) => calibration)), 0)
      await nodes.close()
    }
    if (wanted.has('d')) {
      const people = Number(options.people)
      const hour = {
        world,
        template: ready.template as Filled,
        slot: ready.slots[0]!,
        pdf,
        newPdf,
        sendFile,
        environment,
      }
      const seconds = options.seconds === 'auto' ? await secondsFor(people, hour) : Number(options.seconds)
      console.error(`the hour takes ${seconds} s`)
      const wish = options.nodes.split(',')
      if (wish.includes('1'))
        report['closingHour'] = await closingHour({ ...hour, people, seconds, nodes: 1, kill: false })
      if (wish.includes('2'))
        report['closingHourKilled'] = await closingHour({ ...hour, people, seconds, nodes: 2, kill: true })
      report['calibration'] ??= rounded(calibrate(500), 0)
    }
    console.log(JSON.stringify(report))
  } finally {
    if (open) await world.close()
    if (folder !== undefined) await rm(folder, { recursive: true, force: true })
  }
}

await measure()
