/**
 * How the back office answers with 100,000 applications and 2 million audit rows (`npm run -s bench:office`). It fills a
 * database of its own on the PostgreSQL of DATABASE_URL, measures through the API as a browser would, and drops it. The
 * last line is one JSON object; what each kind of question took goes to stderr.
 */
import { createHash, randomBytes } from 'node:crypto'
import { sql } from 'kysely'
import { specialties } from '#domain/code-lists/specialties.ts'
import type { SpecialtyOffer } from '#domain/forms/answers.ts'
import { checkCharacter, maskIdNumber } from '#domain/identity/id-number.ts'
import type { State } from '#domain/lifecycle/states.ts'
import { idNumberIndex, sealIdNumber } from '#server/accounts/identity-seal.ts'
import { partsOf, searchTextOf } from '#server/applications/search-text.ts'
import { acceptancePoints } from '#server/demo/acceptance-points.ts'
import { offers } from '#server/demo/batches.ts'
import { insertRows } from '../world/bulk-rows.ts'
import { reviewAnswers } from '../world/paper-cases.ts'
import { type Batch, type Browser, openWorld, type World } from '../world/world.ts'

const url = process.env['DATABASE_URL']
if (!url) {
  console.error('DATABASE_URL names the PostgreSQL that is filled; a database of its own is made there and dropped.')
  process.exit(1)
}
process.env['TEST_DATABASE_URL'] = url

/** `BENCH_SCALE=0.05` for a look at whether it runs. */
const SCALE = Number(process.env['BENCH_SCALE'] ?? 1)
const EXPORTED = Math.round(20_000 * SCALE)
const AUDIT = Math.round(2_000_000 * SCALE)
const FILES = 8
const DAY = 86_400_000

/** A stream of numbers that is the same every time. */
function dice(seed: number) {
  let state = seed
  return (below: number) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0
    return Math.floor((state / 2 ** 32) * below)
  }
}
const roll = dice(26)
const pick = <Item>(items: readonly Item[]): Item => items[roll(items.length)]!
/** An id that looks as ours do, in the order in which it was made. */
let made = 0
const newId = () => {
  const time = (1_700_000_000_000 + ++made).toString(16).padStart(12, '0')
  const rest = randomBytes(10).toString('hex')
  return `${time.slice(0, 8)}-${time.slice(8)}-7${rest.slice(0, 3)}-8${rest.slice(3, 6)}-${rest.slice(6, 18)}`
}

const surnames = '赵钱孙李周吴郑王冯陈褚卫蒋沈韩杨朱秦尤许何吕施张孔曹严华金魏陶姜'
const given = '伟芳娜敏静丽强磊军洋勇艳杰涛明超秀英霞平刚桂兰文辉玲建华海燕志国'
const places = ['海陵', '高港', '姜堰', '兴化', '靖江', '泰兴', '医药高新区', '城东', '江洲', '凤城', '溱湖', '梅兰']
const trades = [
  '建筑设计院',
  '市政工程',
  '水利工程',
  '机械制造',
  '电气安装',
  '医药科技',
  '路桥工程',
  '园林绿化',
  '船舶重工',
]
const forms = ['有限公司', '集团有限公司', '股份有限公司', '研究所', '工程总公司', '质量监督站']
const personName = () => pick([...surnames]) + pick([...given]) + (roll(3) > 0 ? pick([...given]) : '')
const employerNames = Array.from(
  { length: 4000 },
  () =>
    `${pick(['泰州市', '江苏', '泰州', ''])}${pick(places)}${pick([...given])}${pick([...given])}${pick(trades)}${pick(forms)}`,
)

/** Where applications of a batch stand: those of earlier years are done, those of this year on the way. */
const done: readonly [State, number][] = [
  ['CERTIFIED', 78],
  ['FAILED', 12],
  ['REJECTED', 5],
  ['EXPIRED', 3],
  ['CANCELLED', 2],
]
const onTheWay: readonly [State, number][] = [
  ['SUBMITTED', 30],
  ['PRE_REVIEW', 25],
  ['RETURNED', 10],
  ['PRE_PASSED', 15],
  ['PAPER_RECEIVED', 10],
  ['COMMITTEE', 6],
  ['REJECTED', 4],
]
function stateOf(table: readonly [State, number][]): State {
  let left = roll(100)
  for (const [state, share] of table) {
    left -= share
    if (left < 0) return state
  }
  return table[0]![0]
}

async function fill(world: World) {
  const { platform, db } = world
  const now = (await world.now()).getTime()
  const idsOf = (seriesId: string) => specialties.filter((one) => one.seriesId === seriesId).map(({ id }) => id)
  const engineering = offers(idsOf('engineering'), ['intermediate'])
  const wide = offers(
    specialties.map(({ id }) => id),
    ['assistant', 'intermediate', 'associate-senior'],
  )
  const plan: { batch: Batch; size: number; offered: readonly SpecialtyOffer[]; states: typeof done; at: number }[] = []
  for (let index = 0; index < 10; index++) {
    const year = 2022 + Math.floor(index / 2)
    const offered = index % 2 === 0 ? engineering : wide
    const at = now - (9 - index) * 180 * DAY
    const batch = await world.batch({
      name: `${year} 年度${index % 2 === 0 ? '工程系列中级' : '各系列'}评审`,
      year,
      serial: 40 + index,
      opensAt: new Date(at - 40 * DAY),
      closesAt: new Date(at),
      specialties: JSON.stringify(offered),
    })
    const size = Math.round((index === 8 ? 20_000 : index === 9 ? 16_000 : 8_000) * SCALE)
    plan.push({ batch, size, offered, states: index < 8 ? done : onTheWay, at })
  }

  const accounts: Record<string, unknown>[] = []
  const applications: Record<string, unknown>[] = []
  for (const { batch, size, offered, states, at } of plan) {
    for (let index = 0; index < size; index++) {
      const accountId = newId()
      const day = new Date(Date.UTC(1966, 0, 1) + roll(33 * 365) * DAY).toISOString().slice(0, 10)
      const first17 = `32120${pick([...'234'])}${day.replaceAll('-', '')}${String(roll(1000)).padStart(3, '0')}`
      const idNumber = first17 + checkCharacter(first17)
      const fullName = personName()
      accounts.push({
        id: accountId,
        // The same number may fall twice among so many; the index of an account is its own.
        id_number_index: `${idNumberIndex(platform.secrets, idNumber)}.${accounts.length}`,
        id_number_cipher: sealIdNumber(platform.secrets, idNumber, accountId),
        id_number_masked: maskIdNumber(idNumber),
        full_name: fullName,
        gender: Number(idNumber[16]) % 2 === 1 ? '1' : '2',
        birth_date: day,
        email: `p${accounts.length}@example.com`,
        mobile: `13${String(roll(1e9)).padStart(9, '0')}`,
        password_hash: '-',
      })
      const point = pick(acceptancePoints)
      const offer = pick(offered)
      const state = stateOf(states)
      const submittedAt = at - roll(30 * DAY)
      const round = roll(8) === 0 ? 2 : 1
      const employerName = pick(employerNames)
      const number = `${batch.year}${point.region}P${batch.serial}${String(index).padStart(5, '0')}-${roll(10)}`
      applications.push({
        id: newId(),
        type: 'review',
        batch_id: batch.id,
        edition_id: batch.editionId,
        account_id: accountId,
        state,
        version: 12 + roll(30),
        round,
        number,
        full_name: fullName,
        employer_name: employerName,
        specialty: offer.id,
        target_title: pick(offer.titles).id,
        region: point.region,
        acceptance_point: point.id,
        exception_type: roll(12) === 0 ? 'SENIORITY' : 'NORMAL',
        is_recognition: roll(20) === 0,
        file_count: FILES,
        employer_nature: String(1 + roll(3)),
        gender: Number(idNumber[16]) % 2 === 1 ? '1' : '2',
        birth_year: Number(day.slice(0, 4)),
        point_decided_at: state === 'SUBMITTED' ? null : new Date(submittedAt + 2 * DAY),
        education_level: pick(['11', '14', '21', '31', '21', '21']),
        search_text: searchTextOf({ fullName, employerName, number }, idNumber),
        gate_accepted_at: new Date(submittedAt - DAY),
        submitted_at: new Date(submittedAt),
        first_submitted_at: new Date(submittedAt - (round - 1) * 3 * DAY),
        state_since: new Date(submittedAt + roll(20 * DAY)),
        certificate_number: state === 'CERTIFIED' ? `苏${number}` : null,
        created_at: new Date(submittedAt - 5 * DAY),
        updated_at: new Date(submittedAt),
      })
    }
  }
  await insertRows(world, 'account', accounts, { id: 'uuid' })
  const at = 'timestamptz'
  const types = {
    id: 'uuid',
    batch_id: 'uuid',
    account_id: 'uuid',
    version: 'int',
    round: 'int',
    file_count: 'int',
    birth_year: 'int',
    point_decided_at: at,
    is_recognition: 'boolean',
    gate_accepted_at: at,
    submitted_at: at,
    first_submitted_at: at,
    state_since: at,
    created_at: at,
    updated_at: at,
  }
  await insertRows(world, 'application', applications, types)
  const searched = applications.map((one) => ({
    application_id: one['id'],
    parts: partsOf(String(one['search_text'])),
  }))
  await insertRows(world, 'application_search', searched, { application_id: 'uuid', parts: 'text[]' })
  await fillPapers(world)
  await sql`vacuum analyze`.execute(db)
  return { plan, applications: applications.length }
}

/** What hangs on the applications: snapshots, files, transitions, comments, ticks, and the audit. */
async function fillPapers(world: World) {
  const { db } = world
  const run = (statement: ReturnType<typeof sql>) => statement.execute(db)
  const slots = [
    'idCard',
    'pledge',
    'practiceQualification',
    'technicalSummaryFile',
    'contract',
    'socialInsurance',
    'unitPublicityProof',
    'otherProof',
  ]
  const id = (what: string) => sql.raw(`md5(application.id::text || '${what}' || slot.place)::uuid`)
  const named = sql`unnest(${sql.join([sql`array[${sql.join(slots.slice(0, FILES))}]::text[]`])}) with ordinality as slot(path, place)`
  await run(sql`insert into stored_file (sha256, size, media_type, pages, checked_at)
    select md5(application.id::text || slot.place) || md5(slot.place || application.id::text), 200000, 'application/pdf', 2, now()
    from application, ${named}`)
  await run(sql`insert into attachment (id, application_id, path, name, sha256, size, pages, position, created_at)
    select ${id('file')}, application.id, slot.path, slot.path || '.pdf',
      md5(application.id::text || slot.place) || md5(slot.place || application.id::text), 200000, 2, slot.place, application.created_at
    from application, ${named}`)
  const template = JSON.stringify({ ...reviewAnswers, files: {} })
  await run(sql`insert into application_snapshot (id, application_id, round, content, sha256, created_at)
    select md5(application.id::text || turn)::uuid, application.id, turn,
      jsonb_build_object('type', 'review', 'editionId', application.edition_id, 'round', turn, 'answers',
        ${template}::jsonb
        || jsonb_build_object('fields', ${template}::jsonb -> 'fields' || jsonb_build_object(
          'fullName', full_name, 'employerName', employer_name, 'specialty', specialty, 'targetTitle', target_title,
          'workSummary', repeat(employer_name || full_name || application.number || '，', 25)))
        || jsonb_build_object('files', (select jsonb_object_agg(attachment.path, jsonb_build_array(jsonb_build_object(
          'id', attachment.id, 'name', attachment.name, 'size', attachment.size, 'sha256', attachment.sha256,
          'pages', 2, 'position', 1))) from attachment where attachment.application_id = application.id))),
      repeat(md5(application.id::text), 2), submitted_at
    from application, generate_series(1, application.round) turn`)
  await run(sql`insert into application_transition
      (id, application_id, transition, from_state, to_state, actor_id, role, reason, at)
    select md5(application.id::text || step.place)::uuid, application.id, step.transition, step.from_state, step.to_state,
      null, step.role, '', first_submitted_at + step.place * interval '2 days'
    from application, (values (0, 'submit', 'DRAFT', 'SUBMITTED', 'applicant'),
      (1, 'forwardToPreReview', 'SUBMITTED', 'PRE_REVIEW', 'pointClerk'),
      (2, 'passPreReview', 'PRE_REVIEW', 'PRE_PASSED', 'office'),
      (3, 'receivePaper', 'PRE_PASSED', 'PAPER_RECEIVED', 'pointClerk')) step(place, transition, from_state, to_state, role)
    where application.state <> 'SUBMITTED' or step.place = 0`)
  await run(sql`insert into file_opening (application_id, round, attachment_id, account_id, at)
    select attachment.application_id, 1, attachment.id, gen_random_uuid(), now()
    from attachment where attachment.position <= 3`)
  // In the form of the chains, so that it weighs what it will weigh; the hashes are of the number alone.
  await run(sql`insert into audit_event (at, actor_kind, account_id, role, action, subject, application_id, details, ip,
      user_agent, request_id, chain, sequence, hash)
    select now() - (${AUDIT} - n) * interval '30 seconds', 'account', subject.account_id, 'office',
      (array['application.viewed', 'application.file-opened', 'attachment.opened', 'application.transition'])[1 + n % 4],
      'attachment:' || subject.id, subject.id, jsonb_build_object('attachmentId', subject.id, 'page', n % 3), '10.1.2.3',
      'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36', gen_random_uuid()::text, n % 16, 1 + n / 16,
      sha256(n::text::bytea)
    from generate_series(0, ${AUDIT - 1}) n
    join (select id, account_id, row_number() over () - 1 as place from application) subject
      on subject.place = n % (select count(*) from application)`)
  await run(sql`update audit_chain set (sequence, hash) = (
    select max(sequence), (array_agg(hash order by sequence desc))[1] from audit_event where audit_event.chain = audit_chain.chain
  ) where exists (select 1 from audit_event where audit_event.chain = audit_chain.chain)`)
}

const quantile = (values: readonly number[], at: number) =>
  [...values].sort((a, b) => a - b)[Math.min(values.length - 1, Math.floor(values.length * at))]!
const round = (value: number, digits = 1) => Math.round(value * 10 ** digits) / 10 ** digits

async function timed(browser: Browser, path: string): Promise<number> {
  const begun = performance.now()
  const answer = await browser.fetch(path)
  await answer.arrayBuffer()
  if (!answer.ok) throw new Error(`${answer.status} ${path}`)
  return performance.now() - begun
}

/** Every filter, order and kind of search, alone and together, by every role that has a queue. */
function questions(plan: Awaited<ReturnType<typeof fill>>['plan']): [kind: string, query: Record<string, string>][] {
  const { batch } = plan[8]!
  const current = plan[9]!.batch
  const states = [
    'SUBMITTED',
    'PRE_REVIEW',
    'RETURNED',
    'PRE_PASSED',
    'CERTIFIED',
    'PRE_PASSED,PAPER_RECEIVED,COMMITTEE',
  ]
  const sorts = ['oldest', 'newest', 'longest', 'name', 'number']
  const all: [string, Record<string, string>][] = []
  for (const state of states) all.push(['state', { state }])
  for (const sort of sorts) all.push(['sort', { sort }], ['sort', { sort, state: 'PRE_REVIEW' }])
  for (const page of ['2', '20', '400', String(Math.round(1900 * SCALE) || 1)]) all.push(['page', { page }])
  all.push(['batch', { batch: batch.id }], ['batch', { batch: current.id, state: 'PRE_REVIEW' }])
  all.push(['region', { region: '321202' }], ['point', { point: acceptancePoints[0]!.id }])
  for (const specialty of ['engineering.construction', 'engineering.water', 'agriculture.agronomy'])
    all.push(['specialty', { specialty }], ['specialty', { specialty, batch: current.id, sort: 'newest' }])
  all.push(['title', { title: 'engineering.intermediate', sort: 'longest' }])
  for (const flag of ['exception', 'recognition', 'returned', 'requested']) {
    all.push(['flag', { [flag]: '1' }], ['flag', { [flag]: '1', batch: batch.id, state: 'PRE_REVIEW' }])
  }
  all.push([
    'since',
    { waitingSince: new Date(Date.now() - 4 * DAY).toISOString(), state: 'PRE_REVIEW', sort: 'longest' },
  ])
  all.push(['between', { from: new Date(Date.now() - 400 * DAY).toISOString(), to: new Date().toISOString() }])
  for (let index = 0; index < 8; index++) {
    all.push(['search name', { q: personName() }])
    all.push(['search name', { q: personName().slice(0, 2), state: 'PRE_REVIEW' }])
    all.push(['search employer', { q: pick(employerNames).slice(0, 6) }])
    all.push([
      'search number',
      { q: `2025${pick(['321202', '321203', '321281'])}P48${String(roll(9999)).padStart(5, '0')}` },
    ])
    all.push(['search ID', { q: `${roll(10)}${roll(10)}${roll(10)}${roll(10)}` }])
  }
  all.push(['search common', { q: '泰州' }], ['search common', { q: '有限公司', sort: 'name' }])
  all.push(['search nothing', { q: '没有这个单位' }])
  return all
}

const world = await openWorld('postgres')
try {
  const begun = performance.now()
  const { plan, applications } = await fill(world)
  console.error(
    `filled ${applications} applications, ${AUDIT} audit rows in ${round((performance.now() - begun) / 1000)} s`,
  )

  const office = await world.signIn(await world.staff('office'))
  const clerk = await world.signIn(await world.staff('pointClerk', { acceptancePoint: acceptancePoints[0]!.id }))
  const department = await world.signIn(await world.staff('deptReviewer', { region: '321202' }))
  const asked = questions(plan)
  const times: number[] = []
  const byKind = new Map<string, number[]>()
  for (const browser of [office, clerk, department]) {
    for (let turn = 0; turn < 3; turn++) {
      for (const [kind, query] of asked) {
        const took = await timed(browser, `/api/review/queue?${new URLSearchParams(query)}`)
        // the first turn plans the statements of every connection
        if (turn === 0) continue
        times.push(took)
        byKind.set(kind, [...(byKind.get(kind) ?? []), took])
      }
    }
  }
  for (const [kind, some] of byKind)
    console.error(
      `queue ${kind.padEnd(16)} median ${round(quantile(some, 0.5))} p95 ${round(quantile(some, 0.95))} worst ${round(Math.max(...some))} ms`,
    )

  const some = await sql<{ id: string }>`select id from application order by md5(id::text) limit 230`.execute(world.db)
  const opened: number[] = []
  for (const { id } of some.rows) opened.push(await timed(office, `/api/review/applications/${id}`))
  const opening = opened.slice(30)
  console.error(`open median ${round(quantile(opening, 0.5))} p95 ${round(quantile(opening, 0.95))} ms`)

  const statistics: number[] = []
  for (let turn = 0; turn < 12; turn++)
    statistics.push(await timed(office, `/api/statistics?batch=${plan[8]!.batch.id}`))
  const everything = await timed(office, '/api/statistics')
  console.error(`statistics of everything ${round(everything)} ms`)

  const exported = await measureExport(office, plan[8]!.batch.id)
  console.log(
    JSON.stringify({
      applications,
      auditRows: AUDIT,
      queueP95ms: round(quantile(times, 0.95)),
      openP95ms: round(quantile(opening, 0.95)),
      export20kSeconds: round(exported.seconds, 2),
      exportExtraMiB: round(exported.extraMiB),
      statisticsMs: round(quantile(statistics.slice(2), 0.95)),
    }),
  )
} finally {
  await world.close()
}

/** The main register of the largest batch with ID numbers in full, read as fast as it comes and thrown away. */
async function measureExport(office: Browser, batch: string) {
  const run = async () => {
    const ordered = await office.fetch('/api/exports', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ kind: 'main', filter: { batch }, fullIdNumbers: true, reason: '测量导出所用的时间' }),
    })
    const { id } = (await ordered.json()) as { id: string }
    const answer = await office.fetch(`/api/exports/${id}/file`)
    const hash = createHash('sha256')
    let bytes = 0
    for await (const chunk of answer.body as unknown as AsyncIterable<Uint8Array>) {
      hash.update(chunk)
      bytes += chunk.byteLength
    }
    return bytes
  }
  globalThis.gc?.()
  await new Promise((resolve) => setTimeout(resolve, 1000))
  const idle = process.memoryUsage().rss
  let most = idle
  const watch = setInterval(() => (most = Math.max(most, process.memoryUsage().rss)), 20)
  const begun = performance.now()
  const bytes = await run()
  const seconds = (performance.now() - begun) / 1000
  clearInterval(watch)
  console.error(`export of ${EXPORTED} rows: ${round(bytes / 1024)} KB, idle ${round(idle / 2 ** 20)} MiB`)
  return { seconds, extraMiB: (most - idle) / 2 ** 20 }
}
