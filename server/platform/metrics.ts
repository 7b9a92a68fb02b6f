import { Counter, Gauge, Histogram, Registry, collectDefaultMetrics } from 'prom-client'
import type { JobName } from './job-table.ts'

export interface Metrics {
  readonly registry: Registry
  /** of the program, as `package.json` says it */
  readonly version: string
  /** One answer given. `route` is the pattern (`/api/applications/:id`), never the path with its ids. */
  answered(method: string, route: string, status: number, seconds: number): void
  /** One act in the database. */
  acted(outcome: 'done' | 'refused' | 'failed', seconds: number): void
  jobDone(name: JobName, outcome: 'done' | 'failed', seconds: number): void
  /** What became of one message to a person. */
  delivered(channel: 'push' | 'sms', outcome: 'sent' | 'failed' | 'gone' | 'later'): void
  /** Asks at every scrape. */
  gauge(name: string, help: string, read: () => number | Promise<number>): void
  /** The same by labels of a closed set; a combination that is not read any more is gone. */
  gauges<Label extends string>(
    name: string,
    help: string,
    labels: readonly Label[],
    read: () => Promise<readonly (Readonly<Record<Label, string>> & { readonly value: number })[]>,
  ): void
  /** The figures of this very moment, all series of one name. */
  read(): Promise<Figures>
}

/** One series of a metric. */
export interface Series {
  readonly labels: Readonly<Record<string, string | number | undefined>>
  readonly value: number
}

/** What the registry says, by name without the prefix; of a histogram `_count`, `_sum` and `_bucket` each by itself. */
export type Figures = (name: string) => readonly Series[]

const PREFIX = 'zhicheng_'

/** Prometheus metrics of this node. Labels are closed sets, so that no visitor can grow them. */
export function createMetrics(version = '0'): Metrics {
  const registry = new Registry()
  collectDefaultMetrics({ register: registry, prefix: PREFIX })
  const seconds = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10]
  const answers = new Histogram({
    name: 'zhicheng_http_request_duration_seconds',
    help: 'Time from the request to its answer.',
    labelNames: ['method', 'route', 'status'],
    buckets: seconds,
    registers: [registry],
  })
  const acts = new Histogram({
    name: 'zhicheng_act_duration_seconds',
    help: 'Time of one act (one transaction with its repetitions).',
    labelNames: ['outcome'],
    buckets: seconds,
    registers: [registry],
  })
  const jobs = new Histogram({
    name: 'zhicheng_job_duration_seconds',
    help: 'Time of one job.',
    labelNames: ['name', 'outcome'],
    buckets: [...seconds, 30, 60],
    registers: [registry],
  })
  const problems = new Counter({
    name: 'zhicheng_http_server_errors_total',
    help: 'Answers that were our fault (5xx).',
    registers: [registry],
  })
  const messages = new Counter({
    name: 'zhicheng_messages_total',
    help: 'Messages to people by channel and by what became of them.',
    labelNames: ['channel', 'outcome'],
    registers: [registry],
  })
  new Gauge({
    name: 'zhicheng_build_info',
    help: 'The version of the program, as a label.',
    labelNames: ['version'],
    registers: [registry],
  }).set({ version }, 1)
  return {
    registry,
    version,
    delivered: (channel, outcome) => messages.inc({ channel, outcome }),
    answered: (method, route, status, took) => {
      answers.observe({ method, route, status: String(status) }, took)
      if (status >= 500) problems.inc()
    },
    acted: (outcome, took) => acts.observe({ outcome }, took),
    jobDone: (name, outcome, took) => jobs.observe({ name, outcome }, took),
    gauge: (name, help, read) => {
      new Gauge({
        name: `${PREFIX}${name}`,
        help,
        registers: [registry],
        async collect() {
          this.set(await read())
        },
      })
    },
    gauges: (name, help, labels, read) => {
      new Gauge({
        name: `${PREFIX}${name}`,
        help,
        labelNames: [...labels],
        registers: [registry],
        async collect() {
          const series = await read()
          this.reset()
          for (const one of series)
            this.set(Object.fromEntries(labels.map((label) => [label, one[label]])) as never, one.value)
        },
      })
    },
    read: async () => {
      const byName = new Map<string, Series[]>()
      for (const { name, values } of await registry.getMetricsAsJSON()) {
        for (const { value, labels, metricName } of values as (Series & { metricName?: string })[]) {
          const key = (metricName ?? name).replace(PREFIX, '')
          const known = byName.get(key)
          if (known) known.push({ labels, value })
          else byName.set(key, [{ labels, value }])
        }
      }
      return (name) => byName.get(name) ?? []
    },
  }
}
