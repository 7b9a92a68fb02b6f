import type { Browser, BrowserContextOptions, Page } from '@playwright/test'
import type { RunningServer } from './application.ts'
import { demoPerson, signIn } from './walk.ts'

/** The screen of somebody of the back office, signed in, in a browser of his own; its `context()` is to be closed. */
export async function officeDesk(
  browser: Browser,
  server: RunningServer,
  role = 'office',
  more: BrowserContextOptions = {},
): Promise<Page> {
  const context = await browser.newContext({
    baseURL: server.origin,
    viewport: { width: 1280, height: 800 },
    locale: 'zh-CN',
    timezoneId: 'Asia/Shanghai',
    ...more,
  })
  const page = await context.newPage()
  await signIn(page, demoPerson(role))
  await page.waitForURL(/\/office/)
  return page
}
