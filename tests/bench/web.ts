/**
 * How fast the app stands on a slow phone: `npm run -s bench:web`.
 *
 * Lighthouse (mobile, throttled, the production build) on the login page and on 首页 of a person who is signed in, median
 * of five; the JavaScript that each needs; and the time from a tap on the icon to a form that can be typed in, with the
 * network off and the processor four times slower. Prints one JSON object.
 */
import { type BrowserContext, chromium } from '@playwright/test'
import { chromiumArguments, chromiumExecutable } from '../chromium.ts'
import { RunningServer } from '../e2e/application.ts'
import { batchNamed, filledDraft } from '../e2e/filled-draft.ts'
import { JudgedPhone } from '../e2e/lighthouse.ts'
import { FORM_USABLE, LOGIN_USABLE, type ScriptBytes, scriptBytes } from '../e2e/script-bytes.ts'
import { demoPerson, signIn } from '../e2e/walk.ts'

const ROUNDS = Number(process.argv[2] ?? 5)

const median = (values: readonly number[]): number =>
  values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0

const categories = ['performance', 'accessibility', 'best-practices', 'seo'] as const

const server = await RunningServer.create('web')
const phone = await JudgedPhone.create(server.origin)

/** The medians of Lighthouse's scores (0 to 100) and times (ms) for one address. */
async function judged(path: string): Promise<Record<string, number>> {
  const rounds: Record<string, number>[] = []
  for (let round = 0; round < ROUNDS; round += 1) {
    const { categories: said, audits } = await phone.judge(path, categories)
    const failed = Object.values(audits)
      .filter(({ score, scoreDisplayMode }) => score !== null && score < 1 && scoreDisplayMode === 'binary')
      .map(({ id }) => id)
    if (failed.length > 0 && round === 0) console.error(`${path}: ${failed.join(', ')}`)
    rounds.push({
      ...Object.fromEntries(categories.map((id) => [id, Math.round((said[id]?.score ?? 0) * 100)])),
      firstPaintMs: Math.round(audits['first-contentful-paint']?.numericValue ?? 0),
      largestPaintMs: Math.round(audits['largest-contentful-paint']?.numericValue ?? 0),
      blockedMs: Math.round(audits['total-blocking-time']?.numericValue ?? 0),
      shift: audits['cumulative-layout-shift']?.numericValue ?? 0,
    })
  }
  return Object.fromEntries(
    Object.keys(rounds[0] ?? {}).map((key) => [key, median(rounds.map((one) => one[key] ?? 0))]),
  )
}

const inKB = ({ paint, usable }: ScriptBytes) => ({
  paint: Math.round(paint / 100) / 10,
  usable: Math.round(usable / 100) / 10,
})

let context: BrowserContext | undefined
try {
  const login = await judged('/apply/login')

  const fresh = await chromium.launch({ executablePath: await chromiumExecutable(), args: [...chromiumArguments] })
  const visitor = await fresh.newContext({ baseURL: server.origin, serviceWorkers: 'block' })
  const first = await visitor.newPage()
  const loginScripts = inKB(await scriptBytes(first, '/apply/login', LOGIN_USABLE))
  await signIn(first, demoPerson('applicant'))
  await first.waitForURL(/\/home/)
  const batch = await batchNamed(first.request, /工程系列中级/)
  const id = await filledDraft(first, server, batch)
  await first.close()
  const formScripts = async () =>
    inKB(await scriptBytes(await visitor.newPage(), `/applications/${id}/basics`, FORM_USABLE))
  // It was made at another device: the store has to be fetched to take it, before the form can stand.
  const fromServer = await formScripts()
  const onPhone = await formScripts()
  await fresh.close()

  context = await phone.start()
  const signing = await context.newPage()
  await signIn(signing, demoPerson('applicant'))
  await signing.waitForURL(/\/home/)
  await signing.evaluate('navigator.serviceWorker.ready.then(() => undefined)')
  await context.close()
  const home = await judged('/home')

  context = await phone.start()
  const page = await context.newPage()
  // The icon is tapped on a train: the shell from the cache, the draft from the phone.
  await page.goto(`/applications/${id}/basics`)
  await page.getByLabel('姓名', { exact: true }).first().waitFor()
  await page.evaluate('navigator.serviceWorker.ready.then(() => undefined)')
  const offline: number[] = []
  for (let round = 0; round < ROUNDS; round += 1) {
    const tapped = await context.newPage()
    const session = await context.newCDPSession(tapped)
    await session.send('Emulation.setCPUThrottlingRate', { rate: 4 })
    await context.setOffline(true)
    const started = Date.now()
    await tapped.goto(`/applications/${id}/basics`, { waitUntil: 'commit' })
    await tapped.getByLabel('姓名', { exact: true }).first().waitFor()
    offline.push(Date.now() - started)
    await context.setOffline(false)
    await tapped.close()
  }
  console.log(
    JSON.stringify({
      login: { ...login, scriptKB: loginScripts },
      home,
      form: { scriptKB: onPhone, scriptKBFromServer: fromServer, offlineMs: median(offline) },
      rounds: ROUNDS,
    }),
  )
} finally {
  await context?.close()
  phone.forget()
  await server.close()
}
