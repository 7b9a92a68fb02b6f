import { readdirSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import type { Browser, BrowserContext, Page } from '@playwright/test'
import { DEMO_PASSWORD, demoPeople } from '../../server/demo/people.ts'
import { expect, type RunningServer, test } from './application.ts'
import { batchNamed, filledDraft } from './filled-draft.ts'
import { smallest, visit, visited } from './screen-faults.ts'
import { FORM_USABLE, LOGIN_USABLE, scriptBytes } from './script-bytes.ts'
import { signIn } from './walk.ts'

/**
 * Every screen at the smallest size, in light, dark and 大字版: nothing scrolls sideways (R2), no text is cut, no target is too
 * small, and axe finds nothing.
 */

test.use({ world: 'screens' })
// each goes on from what the one before has left
test.describe.configure({ mode: 'serial' })

const person = (role: string) => {
  const found = demoPeople.find(({ grant }) => grant.role === role)
  if (!found) throw new Error(`the demonstration world has no ${role}`)
  return { idNumber: found.idNumber, password: DEMO_PASSWORD }
}

async function signedIn(
  browser: Browser,
  server: RunningServer,
  role: string,
): Promise<{ context: BrowserContext; page: Page }> {
  const context = await browser.newContext({
    baseURL: server.origin,
    viewport: smallest,
    bypassCSP: true,
    locale: 'zh-CN',
  })
  const page = await context.newPage()
  await signIn(page, person(role))
  await expect(page).toHaveURL(role === 'applicant' ? /\/home/ : /\/office/)
  return { context, page }
}

const bodyOf = async (response: { ok(): boolean; status(): number; text(): Promise<string> }) => {
  const text = await response.text()
  if (!response.ok()) throw new Error(`${response.status()}: ${text}`)
  return JSON.parse(text)
}

let application = ''

test('[R2, R3] public screens fit 360 pixels and have no fault of access in any mode', async ({ browser, server }) => {
  const context = await browser.newContext({
    baseURL: server.origin,
    viewport: smallest,
    bypassCSP: true,
    locale: 'zh-CN',
  })
  const page = await context.newPage()
  const [article] = (await bodyOf(await page.request.get('/api/bulletin'))).items
  expect(
    await visit(page, [
      '/apply/login',
      '/register',
      '/recover',
      '/bulletin',
      `/bulletin/${article.id}`,
      '/directory',
      '/privacy',
      '/verify/0000',
      '/publicity',
      // one that was never published
      `/publicity/${crypto.randomUUID()}`,
    ]),
  ).toEqual({})
  await context.close()
})

test('before the login screen is usable, at most 60 kB of JavaScript has come', async ({ browser, server }) => {
  const context = await browser.newContext({ baseURL: server.origin, serviceWorkers: 'block' })
  const { usable } = await scriptBytes(await context.newPage(), '/apply/login', LOGIN_USABLE)
  expect(usable).toBeGreaterThan(10_000)
  expect(usable).toBeLessThanOrEqual(60_000)
  await context.close()
})

test('[R2] the applicant’s screens fit 360 pixels and have no fault of access in any mode', async ({
  browser,
  server,
}) => {
  test.setTimeout(240_000)
  const { context, page } = await signedIn(browser, server, 'applicant')
  const batch = await batchNamed(page.request, /工程系列中级/)
  expect(await visit(page, [`/apply/review/${batch.id}`])).toEqual({})
  const id = await filledDraft(page, server, batch, { workStartDate: '2016-07' })
  application = `/applications/${id}`
  await test.step('a form needs at most 110 kB of JavaScript', async () => {
    const storageState = await context.storageState()
    const other = await browser.newContext({ baseURL: server.origin, serviceWorkers: 'block', storageState })
    const form = async () => (await scriptBytes(await other.newPage(), `${application}/basics`, FORM_USABLE)).usable
    // A phone that has nothing yet stores what the server tells before it shows it.
    expect(await form()).toBeLessThanOrEqual(135_000)
    const usable = await form()
    expect(usable).toBeGreaterThan(10_000)
    expect(usable).toBeLessThanOrEqual(110_000)
    await other.close()
  })
  await page.goto(application)
  const links = page.getByRole('list', { name: '步骤' }).getByRole('link')
  await expect(links).toHaveCount(10)
  const steps = await links.evaluateAll((all) => all.map((link) => link.getAttribute('href') ?? ''))
  const [article] = (await bodyOf(await page.request.get('/api/bulletin'))).items
  expect(
    await visit(page, [
      '/home',
      '/apply',
      '/apply/review',
      '/applications',
      '/applications/history',
      '/print',
      '/messages',
      `/messages/${article.id}`,
      '/me',
      '/password',
      '/account',
      application,
      ...steps,
      `${application}/view`,
      `${application}/papers/applicationForm`,
      '/share',
      // without a camera: the ways that remain
      `/scan?application=${id}&path=pledge`,
    ]),
  ).toEqual({})

  const { version } = (await bodyOf(await page.request.get(`/api/applications/${id}`))).application
  await bodyOf(
    await page.request.post(`/api/applications/${id}/submit`, {
      data: { version },
      headers: { 'idempotency-key': crypto.randomUUID() },
    }),
  )
  await page.goto(application)
  await expect(page.getByText('已提交').first()).toBeVisible()
  const [education] = (await bodyOf(await page.request.get('/api/education'))).records
  expect(
    await visit(page, [
      '/education',
      `/education/${education.rowId}`,
      '/home',
      '/applications',
      application,
      `${application}/receipt`,
      `${application}/progress`,
      `${application}/view`,
    ]),
  ).toEqual({})
  await context.close()
})

test('[R2] the office’s screens fit 360 pixels and have no fault of access in any mode', async ({
  browser,
  server,
}) => {
  test.setTimeout(240_000)
  const { context, page } = await signedIn(browser, server, 'office')
  const office = application.replace('/applications', '/office/applications')
  const post = async (path: string, data: object) => bodyOf(await page.request.post(path, { data }))
  const members = [{ fullName: '张建国', employer: '省建筑设计院', title: '正高级工程师', position: 'chair' }]
  const committee = { name: '工程系列中级评委会', level: 'intermediate', scope: 'series', active: true, members }
  const { id: committeeId } = await post('/api/committees', committee)
  const batch = await batchNamed(page.request, /工程系列中级/)
  const sitting = { id: crypto.randomUUID(), committeeId, batchId: batch.id, name: '第一次会议', heldOn: '2026-12-10' }
  const session = await post('/api/committees/sessions', sitting)
  const [article] = (await bodyOf(await page.request.get('/api/bulletin'))).items
  expect(
    await visit(page, [
      '/office',
      '/office/queue',
      '/office/education-changes',
      '/office/paper',
      '/office/mobile-changes',
      '/office/batches',
      '/office/texts',
      '/office/statistics',
      '/office/committee',
      `/office/committee/${session.id}`,
      '/office/publicity',
      `/office/publicity/${crypto.randomUUID()}`,
      '/office/certificates',
      '/office/calendar',
      '/office/phrases',
      '/office/dictionaries',
      '/office/directory',
      '/office/reading-texts',
      '/office/reading-texts/new',
      '/office/reading-texts/pledge',
      '/office/bulletin',
      '/office/bulletin/new',
      `/office/bulletin/${article.id}`,
      '/office/integrity',
      '/office/exports',
      '/office/overview?state=SUBMITTED',
      office,
    ]),
  ).toEqual({})

  const path = application.replace('/applications', '/api/review/applications')
  const { version } = (await bodyOf(await page.request.get(path))).application
  await bodyOf(
    await page.request.post(`${path}/transition`, {
      data: { transition: 'return', version, reason: '单位名称不规范，请修改后再提交。' },
    }),
  )
  await context.close()
  const applicant = await signedIn(browser, server, 'applicant')
  expect(
    await visit(applicant.page, ['/applications', application, `${application}/returned`, `${application}/progress`]),
  ).toEqual({})
  await applicant.context.close()
})

test('[R2] the administrator’s screens fit 360 pixels and have no fault of access in any mode', async ({
  browser,
  server,
}) => {
  const { context, page } = await signedIn(browser, server, 'admin')
  expect(await visit(page, ['/office/people', '/office/sessions', '/office/operations'])).toEqual({})
  await context.close()
})

test('[R2] no screen was left out', () => {
  const routes = fileURLToPath(new URL('../../src/routes', import.meta.url))
  const screens = readdirSync(routes, { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('+page.svelte'))
    .map((file) => `/${file.replace(/\/?\+page\.svelte$/, '')}`.replaceAll(/\/\([a-z]+\)/g, ''))
    // the first page only leads on to another
    .filter((path) => path !== '' && path !== '/')
  const unseen = screens.filter((path) => {
    const pattern = new RegExp(`^${path.replaceAll(/\[[a-z]+\]/g, '[^/]+')}$`)
    return !visited.some((one) => pattern.test(one))
  })
  expect(unseen).toEqual([])
})
