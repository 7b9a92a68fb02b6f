import { jobNames, type JobName } from '#server/platform/job-table.ts'
import type { Figures } from '#server/platform/metrics.ts'
import { nodeName, readNodeName, thisNode } from '#server/platform/node-name.ts'
import type { Dependencies } from '#server/platform/environment.ts'
import type { Signed } from '#server/platform/who.ts'
import { findLastBackup, listConnected } from './queries.ts'

/** A queue whose oldest job has waited longer is not being worked off. */
const QUEUE_LATE = 300
/** A part that has not answered by then does not answer, ms. */
const PATIENCE = 5000

/** How long a part took to answer, in ms; null where it did not. */
async function answersIn(ask: () => Promise<unknown>): Promise<number | null> {
  const began = performance.now()
  let timer: NodeJS.Timeout | undefined
  const tooLong = new Promise<false>((resolve) => (timer = setTimeout(() => resolve(false), PATIENCE)))
  const answered = await Promise.race([
    ask().then(
      () => true,
      () => false,
    ),
    tooLong,
  ])
  clearTimeout(timer)
  return answered ? Math.round(performance.now() - began) : null
}

/** A figure that could not be had is null: JSON has no word for it. */
const known = (value: number | undefined): number | null =>
  value === undefined || !Number.isFinite(value) ? null : value

/** The sum of the series of one name whose labels fit. */
const sum = (figures: Figures, name: string, fits: (labels: Readonly<Record<string, unknown>>) => boolean) =>
  figures(name).reduce((total, { labels, value }) => (fits(labels) ? total + value : total), 0)

const one = (figures: Figures, name: string): number | null => known(figures(name)[0]?.value)

const SUBMIT = '/api/applications/:id/submit'

function submissionsOf(figures: Figures) {
  const answered = (fits: (status: number) => boolean) =>
    sum(
      figures,
      'http_request_duration_seconds_count',
      ({ method, route, status }) => method === 'POST' && route === SUBMIT && fits(Number(status)),
    )
  return {
    lastHour: one(figures, 'submissions_last_hour'),
    accepted: answered((status) => status < 300),
    refused: answered((status) => status >= 300 && status < 500),
    failed: answered((status) => status >= 500),
  }
}

/** Every kind of job that has something to say. */
function jobsOf(figures: Figures): { name: JobName; waiting: number; active: number; failed: number }[] {
  return jobNames.flatMap((name) => {
    const inState = (...states: string[]) =>
      sum(figures, 'jobs', (labels) => labels['name'] === name && states.includes(String(labels['state'])))
    const job = { name, waiting: inState('created', 'retry'), active: inState('active'), failed: inState('failed') }
    return job.waiting + job.active + job.failed > 0 ? [job] : []
  })
}

const channels = ['sms', 'push'] as const

function messagesOf(figures: Figures) {
  return channels.map((channel) => {
    const became = (outcome: string) =>
      sum(figures, 'messages_total', (labels) => labels['channel'] === channel && labels['outcome'] === outcome)
    return { channel, sent: became('sent'), failed: became('failed'), gone: became('gone'), later: became('later') }
  })
}

/** How this node and what it stands on are doing: what `/metrics` says, readiness, slow statements and the last back-up. */
export async function operationsView(platform: Dependencies, admin: Signed) {
  const { database, files, clock, metrics, config } = platform
  const { db } = database
  const [figures, databaseMs, filesMs, connected, backup, now] = await Promise.all([
    metrics.read(),
    answersIn(() => clock.now(db)),
    answersIn(() => files.check()),
    listConnected(db, admin),
    findLastBackup(db, admin),
    clock.now(db),
  ])
  const own = thisNode(metrics.version)
  const started = one(figures, 'process_start_time_seconds')
  const oldestJob = one(figures, 'jobs_oldest_seconds')
  const memory = one(figures, 'process_resident_memory_bytes')
  const lag = one(figures, 'nodejs_eventloop_lag_p99_seconds')
  const node = { ...own, connections: database.connections().open, since: started ? new Date(started * 1000) : null }
  return {
    at: now,
    node: {
      ...own,
      startedAt: node.since,
      memoryBytes: memory,
      eventLoopP99Ms: lag === null ? null : Math.round(lag * 1000),
      connections: database.connections(),
      serverErrors: one(figures, 'http_server_errors_total') ?? 0,
    },
    // The embedded database has one process and names nobody.
    nodes:
      database.kind === 'pglite'
        ? [{ ...node, self: true }]
        : connected.flatMap(({ name, connections, since }) => {
            const read = readNodeName(name)
            return read ? [{ ...read, connections, since, self: name === nodeName(own) }] : []
          }),
    ready: {
      database: { kind: database.kind, ms: databaseMs },
      files: { kind: config.s3 ? ('s3' as const) : ('disk' as const), ms: filesMs },
      queue: { oldestSeconds: oldestJob, late: oldestJob === null || oldestJob > QUEUE_LATE },
    },
    submissions: submissionsOf(figures),
    uploadsUnfinished: one(figures, 'uploads_unfinished'),
    jobs: jobsOf(figures),
    messages: messagesOf(figures),
    slow: { over: database.slow.over, statements: database.slow.list() },
    space: {
      diskFree: one(figures, 'disk_free_bytes'),
      disk: one(figures, 'disk_bytes'),
      database: one(figures, 'database_bytes'),
    },
    backup,
  }
}
