import { expect, test } from './application.ts'
import { JudgedPhone } from './lighthouse.ts'
import { demoPerson, signIn } from './walk.ts'

/** What people notice; on a busy machine what comes late moves more than `bench:web` says. */
const NOTICED = 0.1
const jumpOf = (shift: number): string => (shift > NOTICED ? `by ${shift}` : 'none')

/** What Lighthouse says that does not hang on how busy the machine is; speed is measured by `npm run -s bench:web`. */
const FAULTLESS = ['accessibility', 'best-practices', 'seo'] as const

test('Lighthouse finds no fault in pages for everybody and in 首页, and nothing that jumps', async ({ server }) => {
  test.setTimeout(300_000)
  const phone = await JudgedPhone.create(server.origin)
  const said = async (path: string, categories: readonly string[]) => {
    const { categories: all, audits, finalDisplayedUrl } = await phone.judge(path, [...categories, 'performance'])
    const wrong = Object.values(audits)
      .filter(({ score, scoreDisplayMode }) => scoreDisplayMode === 'binary' && score !== null && score < 1)
      .map(({ id }) => id)
    return {
      path: new URL(finalDisplayedUrl).pathname,
      scores: Object.fromEntries(categories.map((id) => [id, Math.round((all[id]?.score ?? 0) * 100)])),
      // a page that hears of changes by a stream is not kept by the browser when it is left
      wrong: wrong.filter((id) => id !== 'bf-cache'),
      jumps: jumpOf(audits['cumulative-layout-shift']?.numericValue ?? 1),
    }
  }
  const perfect = { accessibility: 100, 'best-practices': 100, seo: 100 }
  try {
    for (const path of ['/apply/login', '/register', '/bulletin'])
      expect(await said(path, FAULTLESS)).toEqual({ path, scores: perfect, wrong: [], jumps: 'none' })
    const browser = await phone.start()
    const page = await browser.newPage()
    await signIn(page, demoPerson('applicant'))
    await page.waitForURL(/\/home/)
    await browser.close()
    const { seo: _, ...inside } = perfect
    const home = await said('/home', Object.keys(inside))
    expect(home).toEqual({ path: '/home', scores: inside, wrong: [], jumps: 'none' })
  } finally {
    phone.forget()
  }
})

test('the browser can install the app: its manifest has no error, and its pictures are there', async ({
  page,
  server,
}) => {
  await page.goto(`${server.origin}/apply/login`)
  await page.evaluate('navigator.serviceWorker.ready.then(() => undefined)')
  const session = await page.context().newCDPSession(page)
  const { errors, data } = await session.send('Page.getAppManifest')
  expect(errors).toEqual([])
  const { installabilityErrors } = await session.send('Page.getInstallabilityErrors')
  // Playwright's contexts are private windows, in which nothing is installed
  expect(installabilityErrors.map(({ errorId }) => errorId).filter((id) => id !== 'in-incognito')).toEqual([])
  const manifest = JSON.parse(data ?? '{}')
  expect(manifest).toMatchObject({ id: '/', display: 'standalone', lang: 'zh-CN', share_target: { method: 'POST' } })
  expect(manifest.icons.map(({ purpose }: { purpose: string }) => purpose)).toContain('maskable')
  const pictures: { src: string; sizes: string }[] = [
    ...manifest.icons,
    ...manifest.screenshots,
    ...manifest.shortcuts.flatMap(({ icons }: { icons: [] }) => icons),
  ]
  expect(pictures.length).toBeGreaterThan(8)
  for (const { src, sizes } of pictures) {
    const size = await page.evaluate(async (address) => {
      const image = new Image()
      image.src = address
      await image.decode()
      return `${image.naturalWidth}x${image.naturalHeight}`
    }, src)
    if (sizes !== 'any') expect([src, size]).toEqual([src, sizes])
  }
  for (const { url } of manifest.shortcuts)
    expect([url, (await page.request.get(`${server.origin}${url}`)).status()]).toEqual([url, 200])
})
