import { Hono } from 'hono'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { hasAdministrator } from './accounts/staff.ts'
import { createApp } from './app.ts'
import { fillWithDemo } from './demo/demo-world.ts'
import { demoAccountLines } from './demo/people.ts'
import { registerGauges } from './gauges.ts'
import { createJobHandlers } from './job-handlers.ts'
import { everySmsText } from './notices/sms-text.ts'
import { openPlatform } from './open-platform.ts'
import { WrongConfig, readConfig } from './platform/config.ts'
import { DirectoryInUse } from './platform/data-lock.ts'
import type { Dependencies } from './platform/environment.ts'
import { listen } from './platform/listen.ts'
import { createLog } from './platform/log.ts'
import { MigrationFailed } from './platform/migrate.ts'
import { chooseSms } from './platform/sms/choose.ts'
import { staticFiles } from './platform/static-files.ts'

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
  if (!(await hasAdministrator(platform.database.db)))
    console.warn('⚠ 还没有管理员，请运行 npm run staff:first。Nobody administers this system yet: npm run staff:first.')

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
