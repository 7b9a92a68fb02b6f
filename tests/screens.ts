/**
 * Pictures of every screen: `npm run screens [-- light|dark|large] [360|390|768|1280] [name …]`.
 *
 * Starts the built product with the demonstration world, walks one application through its states, and keeps
 * `test-results/screens/<mode>-<width>/<name>.png`. Prints as JSON, by screen, targets that are too small and text that is
 * cut; exits with 1 when there are any. Phones at 360, 390 and 768 px, the office also at 1280.
 */
import { mkdirSync } from 'node:fs'
import { type Browser, type BrowserContext, chromium, expect, type Page } from '@playwright/test'
import { chromiumArguments, chromiumExecutable } from './chromium.ts'
import { RunningServer } from './e2e/application.ts'
import { batchNamed, filledDraft, submitDraft } from './e2e/filled-draft.ts'
import { layoutFaults } from './e2e/screen-faults.ts'
import { demoPerson, signIn } from './e2e/walk.ts'

const modes = ['light', 'dark', 'large'] as const
type Mode = (typeof modes)[number]
const widths = [360, 390, 768, 1280] as const
type Width = (typeof widths)[number]

/** What stands at a path; `office` screens are pictured at 1280 px too. */
interface Screen {
  readonly name: string
  readonly path: string
  readonly office?: boolean
}

const asked = process.argv.slice(2)
const chosen = <T extends string | number>(all: readonly T[]): readonly T[] => {
  const some = all.filter((one) => asked.includes(String(one)))
  return some.length > 0 ? some : all
}
const names = asked.filter((one) => ![...modes, ...widths].map(String).includes(one))

const heightOf = (width: Width): number => ({ 360: 640, 390: 844, 768: 1024, 1280: 800 })[width]

async function contextIn(browser: Browser, origin: string, mode: Mode, width: Width): Promise<BrowserContext> {
  const context = await browser.newContext({
    baseURL: origin,
    viewport: { width, height: heightOf(width) },
    deviceScaleFactor: 2,
    locale: 'zh-CN',
    timezoneId: 'Asia/Shanghai',
    colorScheme: mode === 'dark' ? 'dark' : 'light',
    reducedMotion: 'reduce',
  })
  await context.addInitScript(`localStorage.setItem('appearance.type', '${mode === 'large' ? 'large' : 'standard'}')`)
  return context
}

async function answered(response: { ok(): boolean; status(): number; text(): Promise<string> }) {
  const text = await response.text()
  if (!response.ok()) throw new Error(`${response.status()}: ${text}`)
  return text === '' ? null : JSON.parse(text)
}

const steps = [
  'proposal',
  'basics',
  'qualification',
  'education',
  'records',
  'achievements',
  'workSummary',
  'summaryPersonal',
  'summaryTechnical',
  'materials',
]

const result: Record<string, string[]> = {}

async function picture(page: Page, mode: Mode, width: Width, screens: readonly Screen[]): Promise<void> {
  const folder = `test-results/screens/${mode}-${width}`
  mkdirSync(folder, { recursive: true })
  for (const { name, path } of screens) {
    if (names.length > 0 && !names.some((one) => name.includes(one))) continue
    await page.goto(path)
    await page.locator('h1').first().waitFor()
    await expect(page.locator('.skeleton')).toHaveCount(0, { timeout: 30_000 })
    // what a page asks for after it stands
    await page.waitForLoadState('networkidle')
    const wrong = await layoutFaults(page)
    if (wrong.length > 0) result[`${mode} ${width} ${name}`] = [...new Set(wrong)]
    await page.screenshot({ path: `${folder}/${name}.png` })
    const whole = await page.evaluate('document.documentElement.scrollHeight > innerHeight + 40')
    if (whole) await page.screenshot({ path: `${folder}/${name}.whole.png`, fullPage: true })
  }
}

const server = await RunningServer.create('pictures')
const browser = await chromium.launch({ executablePath: await chromiumExecutable(), args: [...chromiumArguments] })
try {
  const signedIn = async (role: string, mode: Mode, width: Width) => {
    const context = await contextIn(browser, server.origin, mode, width)
    const page = await context.newPage()
    await signIn(page, demoPerson(role))
    await page.waitForURL(role === 'applicant' ? /\/home/ : /\/office/)
    return { context, page }
  }

  /** The same screens in each mode and width, by one who is (or is not) signed in. */
  const everywhere = async (role: string | null, screens: readonly Screen[]) => {
    for (const mode of chosen(modes))
      for (const width of chosen(widths)) {
        const shown = screens.filter(({ office = false }) => office || width !== 1280)
        if (shown.length === 0) continue
        const context = role === null ? await contextIn(browser, server.origin, mode, width) : undefined
        const { page } = context ? { page: await context.newPage() } : await signedIn(role!, mode, width)
        await picture(page, mode, width, shown)
        await page.context().close()
      }
  }

  const [article] = (
    await answered(await (await browser.newContext({ baseURL: server.origin })).request.get('/api/bulletin'))
  ).items
  await everywhere(null, [
    { name: 'login', path: '/apply/login' },
    { name: 'register', path: '/register' },
    { name: 'recover', path: '/recover' },
    { name: 'bulletin', path: '/bulletin' },
    { name: 'bulletin-article', path: `/bulletin/${article.id}` },
    { name: 'directory', path: '/directory' },
    { name: 'privacy', path: '/privacy' },
    { name: 'verify-unknown', path: '/verify/0000' },
  ])

  const { context, page } = await signedIn('applicant', 'light', 390)
  const batch = await batchNamed(page.request, /工程系列中级/)
  const id = await filledDraft(page, server, batch, { workStartDate: '2016-07' })
  const application = `/applications/${id}`
  await everywhere('applicant', [
    { name: 'home', path: '/home' },
    { name: 'apply', path: '/apply' },
    { name: 'apply-review', path: '/apply/review' },
    { name: 'reading', path: `/apply/review/${batch.id}` },
    { name: 'overview', path: application },
    ...steps.map((step) => ({ name: `step-${step}`, path: `${application}/${step}` })),
    { name: 'view', path: `${application}/view` },
    { name: 'paper', path: `${application}/papers/applicationForm` },
    { name: 'applications', path: '/applications' },
    { name: 'history', path: '/applications/history' },
    { name: 'print', path: '/print' },
    { name: 'messages', path: '/messages' },
    { name: 'message', path: `/messages/${article.id}` },
    { name: 'me', path: '/me' },
    { name: 'share', path: '/share' },
    { name: 'scan', path: `/scan?application=${id}&path=idCard` },
    { name: 'account', path: '/account' },
    { name: 'password', path: '/password' },
  ])

  await submitDraft(page, id)
  const [education] = (await answered(await page.request.get('/api/education'))).records
  await everywhere('applicant', [
    { name: 'home-submitted', path: '/home' },
    { name: 'overview-submitted', path: application },
    { name: 'receipt', path: `${application}/receipt` },
    { name: 'progress', path: `${application}/progress` },
    { name: 'education', path: '/education' },
    { name: 'education-change', path: `/education/${education.rowId}` },
  ])
  await everywhere('office', [
    { name: 'office', path: '/office', office: true },
    { name: 'office-queue', path: '/office/queue', office: true },
    { name: 'office-education-changes', path: '/office/education-changes', office: true },
    { name: 'office-paper', path: '/office/paper', office: true },
    { name: 'office-mobile-changes', path: '/office/mobile-changes', office: true },
    { name: 'office-texts', path: '/office/texts', office: true },
    { name: 'office-statistics', path: '/office/statistics', office: true },
    { name: 'office-exports', path: '/office/exports', office: true },
    { name: 'office-overview', path: '/office/overview?state=SUBMITTED', office: true },
    { name: 'office-batches', path: '/office/batches', office: true },
    { name: 'office-committee', path: '/office/committee', office: true },
    { name: 'office-publicity', path: '/office/publicity', office: true },
    { name: 'office-certificates', path: '/office/certificates', office: true },
    { name: 'office-calendar', path: '/office/calendar', office: true },
    { name: 'office-phrases', path: '/office/phrases', office: true },
    { name: 'office-dictionaries', path: '/office/dictionaries', office: true },
    { name: 'office-directory', path: '/office/directory', office: true },
    { name: 'office-reading-texts', path: '/office/reading-texts', office: true },
    { name: 'office-reading-text-edit', path: '/office/reading-texts/pledge', office: true },
    { name: 'office-bulletin', path: '/office/bulletin', office: true },
    { name: 'office-bulletin-edit', path: `/office/bulletin/${article.id}`, office: true },
    { name: 'office-integrity', path: '/office/integrity', office: true },
    { name: 'office-case', path: `/office/applications/${id}`, office: true },
  ])
  await everywhere('admin', [
    { name: 'office-people', path: '/office/people', office: true },
    { name: 'office-sessions', path: '/office/sessions', office: true },
    { name: 'office-operations', path: '/office/operations', office: true },
  ])

  const office = await signedIn('office', 'light', 1280)
  const review = `/api/review/applications/${id}`
  const { version } = (await answered(await office.page.request.get(review))).application
  await answered(
    await office.page.request.post(`${review}/transition`, {
      data: { transition: 'return', version, reason: '单位名称与社保缴纳单位不一致，请核对后修改。' },
    }),
  )
  await office.context.close()
  await everywhere('applicant', [
    { name: 'home-returned', path: '/home' },
    { name: 'returned', path: `${application}/returned` },
    { name: 'progress-returned', path: `${application}/progress` },
  ])
  await context.close()
  console.log(JSON.stringify(result, null, 2))
  process.exitCode = Object.keys(result).length === 0 ? 0 : 1
} finally {
  await browser.close()
  await server.close()
}
