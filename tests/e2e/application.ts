import { test as base, type BrowserContext, expect, type Page } from '@playwright/test'
import { RunningServer } from '../world/running-server.ts'

export { RunningServer }

interface Fixtures {
  server: RunningServer
  phone: BrowserContext
}

/**
 * One phone for each test. Spec files share a server unless they name a `world` of their own, as one must that moves the
 * clock: `test.use({ world: 'deadline' })`.
 */
export const test = base.extend<{ phone: BrowserContext }, { world: string; server: RunningServer }>({
  world: ['shared', { option: true, scope: 'worker' }],
  server: [
    async ({ world }, use) => {
      const server = await RunningServer.create(world)
      await use(server)
      await server.close()
    },
    { scope: 'worker' },
  ],
  phone: async ({ browser, server }, use) => {
    const context = await browser.newContext({
      baseURL: server.origin,
      viewport: { width: 390, height: 844 },
      deviceScaleFactor: 2,
      hasTouch: true,
      isMobile: true,
      locale: 'zh-CN',
      timezoneId: 'Asia/Shanghai',
    })
    await use(context)
    await context.close()
  },
})

export { expect, type Page, type Fixtures }
