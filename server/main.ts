import { Hono } from 'hono'
import { once } from 'node:events'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { passwordWork } from './accounts/password-hash.ts'
import { opensWith } from './accounts/rotate-keys.ts'
import { createApp } from './app.ts'
import { fillWithDemo } from './demo/demo-world.ts'
import { demoAccountLines } from './demo/people.ts'
import { registerGauges } from './gauges.ts'
import { createJobHandlers } from './job-handlers.ts'
import { migrations } from './migrations/index.ts'
import { everySmsText } from './notices/sms-text.ts'
import { createMovableClock, systemClock } from './platform/clock.ts'
import { WrongConfig, readConfig, says } from './platform/config.ts'
import type { Config } from './platform/config.ts'
import { DirectoryInUse } from './platform/data-lock.ts'
import { openDatabase } from './platform/database.ts'
import type { Dependencies } from './platform/environment.ts'
import { createDiskFiles } from './platform/files/disk.ts'
import { createS3Files } from './platform/files/s3.ts'
import { createJobQueue } from './platform/jobs.ts'
import { listen } from './platform/listen.ts'
import { createLimiter } from './platform/limits.ts'
import { createLog } from './platform/log.ts'
import type { Logger } from './platform/log.ts'
import { createMetrics } from './platform/metrics.ts'
import { MigrationFailed, migrate } from './platform/migrate.ts'
import { nodeName, thisNode } from './platform/node-name.ts'
import { createSecrets } from './platform/secrets.ts'
import { SlowStatements } from './platform/slow-statements.ts'
import { chooseSms } from './platform/sms/choose.ts'
import { staticFiles } from './platform/static-files.ts'
import type { Database } from './schema.ts'

/** One folder above the program, whether it is built or not. */
const { version } = JSON.parse(readFileSync(join(import.meta.dirname, '../package.json'), 'utf8')) as {
  version: string
}

/** Everything the rooms stand on, opened and up to date. */
async function openPlatform(config: Config, log: Logger): Promise<Dependencies> {
  const metrics = createMetrics(version)
  const clock = config.e2e ? createMovableClock() : systemClock
  const secrets = createSecrets(config.secretKey)
  const slow = new SlowStatements(config.slowQueryMs, (one) => {
    log.warn(one, 'slow statement')
  })
  const database = await openDatabase<Database>(config.database, { slow, name: nodeName(thisNode(version)) })
  await migrate(database.db, migrations)
  if (!(await opensWith(database.db, secrets))) {
    await database.close()
    throw new WrongConfig(
      says(
        'SECRET_KEY',
        '不是加密这个数据库的密钥，请用原来的密钥，或先运行 npm run keys:rotate',
        'is not the key this database is sealed with: use the one before, or run npm run keys:rotate first',
      ),
    )
  }
  const jobs = createJobQueue(database, { log, metrics, clock })
  await jobs.prepare()
  metrics.gauge('passwords_waiting', 'Passwords that wait to be hashed or compared.', () => passwordWork.waiting)
  const files = config.s3 ? createS3Files(config.s3) : createDiskFiles(join(config.dataDir, 'files'))
  return {
    config,
    database,
    clock,
    files,
    jobs,
    limiter: createLimiter(database.db, secrets, clock),
    secrets,
    log,
    metrics,
  }
}

/** The API, the figures and the pages, under one origin. */
function createSite(platform: Dependencies): Hono {
  const api = createApp(platform)
  const pages = join(import.meta.dirname, 'client')
  const site = new Hono()
    .all('/api/*', (c) => api.fetch(c.req.raw, c.env))
    .get('/metrics', async (c) =>
      c.text(await platform.metrics.registry.metrics(), 200, { 'content-type': platform.metrics.registry.contentType }),
    )
  // From source (npm run dev) Vite serves the pages.
  return existsSync(pages) ? site.use(staticFiles(pages, platform.config.publicOrigin)) : site
}

async function start(): Promise<void> {
  const config = readConfig(process.env)
  const log = createLog(process.env['LOG_LEVEL'] || 'warn')
  const sms = chooseSms(config, everySmsText, log)
  const platform = await openPlatform(config, log)
  registerGauges(platform)
  const demo = config.demo && (await fillWithDemo(platform))
  const server = await listen(createSite(platform).fetch, config)
  await platform.jobs.startJobs(createJobHandlers(platform, sms))

  if (config.e2e)
    console.warn(
      '⚠ E2E=1：验证码固定为 8888，时钟可以拨动，只供测试。The captcha is 8888 and the clock moves: for tests only.',
    )
  console.log(`职称申报 ${config.publicOrigin}`)
  if (demo) for (const line of demoAccountLines()) console.log(line)

  let stopping = false
  const stop = async () => {
    if (stopping) return
    stopping = true
    // Whoever is being answered gets the answer; nobody new is let in.
    const closed = once(server, 'close')
    server.close()
    server.closeIdleConnections()
    const atMost = setTimeout(() => server.closeAllConnections(), 5000)
    await closed
    clearTimeout(atMost)
    await platform.jobs.stop()
    await platform.database.close()
    process.exit(0)
  }
  process.on('SIGTERM', () => void stop())
  process.on('SIGINT', () => void stop())
}

start().catch((error: unknown) => {
  const { code, message } = error as NodeJS.ErrnoException
  if (error instanceof WrongConfig || error instanceof DirectoryInUse) console.error(message)
  else if (code === 'EADDRINUSE') console.error('端口已被占用，请换一个 PORT。The port is in use: choose another PORT.')
  else if (error instanceof MigrationFailed) console.error(message, error.cause)
  else console.error('没有启动。Not started.', error)
  process.exit(1)
})
