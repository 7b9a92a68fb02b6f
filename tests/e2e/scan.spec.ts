import { readFileSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Browser, chromium, type Locator } from '@playwright/test'
import { DEMO_PASSWORD, demoPeople } from '../../server/demo/people.ts'
import { chromiumArguments, chromiumExecutable } from '../chromium.ts'
import { filmPage, hugePhoto, photographPage, turnedByExif } from '../world/camera-film.ts'
import { pdfOfCertificates } from '../world/certificates.ts'
import { expect, type Page, test as base } from './application.ts'
import { officeOpen, officeSignIn } from './office-walk.ts'
import { faults, smallest } from './screen-faults.ts'
import { attach, certificates, choose, fill, next, register, signIn } from './walk.ts'

/** Camera to PDF, with Chromium's fake camera before a page on a table. */

/** One browser for the file, with a camera that films a page. */
const test = base.extend<object, { scanner: Browser }>({
  scanner: [
    // eslint-disable-next-line no-empty-pattern
    async ({}, use) => {
      const folder = await mkdtemp(join(tmpdir(), 'zhicheng-film-'))
      const film = join(folder, 'page.mjpeg')
      await filmPage(film)
      const browser = await chromium.launch({
        executablePath: await chromiumExecutable(),
        args: [...chromiumArguments, '--use-fake-device-for-media-stream', `--use-file-for-fake-video-capture=${film}`],
      })
      await use(browser)
      await browser.close()
      await rm(folder, { recursive: true, force: true })
    },
    { scope: 'worker' },
  ],
})

// a trace keeps its pictures in the very memory that is measured
test.use({ trace: 'off' })

const person = (role: string) => {
  const found = demoPeople.find(({ grant }) => grant.role === role)
  if (!found) throw new Error(`the demonstration world has no ${role}`)
  return { ...found, password: DEMO_PASSWORD }
}

/** Starts 补证 through its reading gate. @returns the application's address */
async function startReissue(page: Page): Promise<string> {
  await expect(page).toHaveURL(/\/home/)
  await page.goto('/apply/reissue')
  await page.getByRole('link', { name: /补证/ }).last().click()
  await expect(page.getByRole('heading', { level: 1, name: '补证指南' })).toBeVisible()
  await expect(page.locator('.skeleton')).toHaveCount(0)
  await page.evaluate(() => scrollTo(0, document.body.scrollHeight))
  const accept = page.getByRole('button', { name: /下一步/ }).last()
  await expect(accept).not.toHaveAttribute('aria-disabled', 'true', { timeout: 60_000 })
  await accept.click()
  await expect(page).toHaveURL(/\/applications\/[0-9a-f-]{36}$/)
  return new URL(page.url()).pathname
}

/** Looks at the screen as the smallest phone shows it. */
async function faultsWhenSmall(page: Page): Promise<string[]> {
  const before = page.viewportSize()
  await page.setViewportSize(smallest)
  const found = await faults(page)
  if (before) await page.setViewportSize(before)
  return found
}

const leaves = (page: Page): Locator => page.getByRole('list', { name: '已拍的页面' }).locator('canvas')

async function openScanner(page: Page, slot: string): Promise<void> {
  await page.getByRole('button', { name: `附件材料：${slot}` }).click()
  await page.getByRole('button', { name: '拍照扫描' }).click()
  await expect(page.getByRole('heading', { level: 1, name: slot })).toBeVisible()
}

const album = (page: Page, ...files: { name: string; mimeType: string; buffer: Buffer }[]): Promise<void> =>
  page.locator('input[data-way=album]').setInputFiles(files)

/** Runs in the page: what colour the seals of a drawn page are. */
function seals(drawn: HTMLCanvasElement | HTMLImageElement): 'red' | 'blue' | 'none' {
  const width = drawn instanceof HTMLImageElement ? drawn.naturalWidth : drawn.width
  const height = drawn instanceof HTMLImageElement ? drawn.naturalHeight : drawn.height
  if (width === 0) return 'none'
  const pen = new OffscreenCanvas(width, height).getContext('2d')
  pen?.drawImage(drawn, 0, 0)
  const data = pen?.getImageData(0, 0, width, height).data ?? []
  let red = 0
  let blue = 0
  for (let at = 0; at < data.length; at += 4) {
    const difference = (data[at] ?? 0) - (data[at + 2] ?? 0)
    if (difference > 60) red += 1
    if (difference < -60) blue += 1
  }
  return Math.max(red, blue) < 50 ? 'none' : red > blue ? 'red' : 'blue'
}

/**
 * Watches how much memory the pages of a browser hold: their own, without the program's files that are mapped into every
 * process. Linux tells; elsewhere nothing is seen.
 */
async function watchMemory(browser: Browser): Promise<{ peak(): number; stop(): void }> {
  const cdp = await browser.newBrowserCDPSession()
  const { processInfo } = await cdp.send('SystemInfo.getProcessInfo')
  const pages = processInfo.filter(({ type }) => type === 'renderer').map(({ id }) => id)
  let peak = 0
  const look = (): void => {
    for (const id of pages) {
      let status = ''
      try {
        status = readFileSync(`/proc/${id}/status`, 'utf8')
      } catch {
        continue
      }
      const held = ['RssAnon', 'RssShmem'].map((kind) =>
        Number(new RegExp(`${kind}:\\s+(\\d+) kB`).exec(status)?.[1] ?? 0),
      )
      peak = Math.max(peak, held.reduce((sum, kb) => sum + kb, 0) / 1024)
    }
  }
  const timer = setInterval(look, 20)
  return {
    peak: () => Math.round(peak),
    stop: () => clearInterval(timer),
  }
}

const photo = (bytes: Uint8Array, name = '照片.jpg', mimeType = 'image/jpeg') => ({
  name,
  mimeType,
  buffer: Buffer.from(bytes),
})

test('[R41, R44, R48] pages before the camera become a PDF within 500 KB, whatever is photographed, and the office opens it', async ({
  server,
  scanner,
  browser,
}, testInfo) => {
  // four minutes are less than it may need where two programs share two slow cores
  test.slow()
  const handset = {
    baseURL: server.origin,
    viewport: { width: 390, height: 844 },
    deviceScaleFactor: 2,
    hasTouch: true,
    isMobile: true,
    locale: 'zh-CN',
    timezoneId: 'Asia/Shanghai',
    bypassCSP: true,
  }
  const phone = await scanner.newContext({ ...handset, permissions: ['camera'] })
  let page = await phone.newPage()
  const shot = (name: string) => page.screenshot({ path: testInfo.outputPath(`${name}.png`) })
  const errors: string[] = []
  page.on('pageerror', (error) => errors.push(String(error)))
  await signIn(page, person('applicant'))
  const application = await startReissue(page)
  const request = `${application}/request`

  await test.step('a page held before the camera is captured by itself, once', async () => {
    await page.goto(request)
    await openScanner(page, '身份证正反面')
    await expect(page.getByRole('button', { name: '已拍 1 页，查看' })).toBeVisible({ timeout: 30_000 })
    await expect(page.getByText('已拍下，请换下一页').first()).toBeVisible()
    await shot('1-camera')
    expect(await faultsWhenSmall(page)).toEqual([])
  })

  await test.step('its corners can be moved by keyboard, it can be turned, kept in its colours and deleted, and taken back', async () => {
    await page.getByRole('button', { name: '完成' }).click()
    await expect(page.getByText(/^1 页·\d+ KB$/)).toBeVisible({ timeout: 30_000 })
    await page.getByRole('button', { name: '第 1 页，修改' }).click()
    const corner = page.getByRole('button', { name: /^左上角/ })
    const before = await corner.boundingBox()
    await corner.focus()
    await corner.press('ArrowRight')
    await corner.press('Shift+ArrowDown')
    const after = await corner.boundingBox()
    expect((after?.x ?? 0) - (before?.x ?? 0)).toBeCloseTo(3, 0)
    expect((after?.y ?? 0) - (before?.y ?? 0)).toBeCloseTo(12, 0)
    await shot('2-crop')
    expect(await faultsWhenSmall(page)).toEqual([])
    await page.getByRole('button', { name: '向右转 90 度' }).click()
    await page.getByText('原色', { exact: true }).click()
    await page.getByRole('button', { name: '用这一页' }).click()
    await expect(page.getByText(/^1 页·\d+ KB$/)).toBeVisible({ timeout: 30_000 })
    // an upright page lies on its side now
    await expect.poll(() => leaves(page).evaluate((one: HTMLCanvasElement) => one.width > one.height)).toBe(true)
    await page.getByRole('button', { name: '调整顺序' }).click()
    await page.getByRole('button', { name: '删除第 1 页' }).click()
    await expect(leaves(page)).toHaveCount(0)
    await page.getByRole('button', { name: '撤销' }).click()
    await expect(leaves(page)).toHaveCount(1)
  })

  await test.step('both sides of an identity card go on one page, after a reload too', async () => {
    await page.getByRole('button', { name: '再拍一页' }).click()
    await expect(page.getByRole('button', { name: '已拍 2 页，查看' })).toBeVisible({ timeout: 30_000 })
    await page.getByRole('button', { name: '完成' }).click()
    await expect(page.getByRole('switch', { name: '正反面放在一页' })).toBeChecked()
    await page.reload()
    await expect(leaves(page)).toHaveCount(2)
    await expect(page.getByText(/^1 页·\d+ KB$/)).toBeVisible({ timeout: 30_000 })
    await shot('3-pages')
    expect(await faultsWhenSmall(page)).toEqual([])
  })

  await test.step('the PDF goes into its slot and up to the server', async () => {
    await page.getByRole('button', { name: '存成 PDF 并上传' }).click()
    await expect(page).toHaveURL(new RegExp(`${request}#field-idCard`))
    await expect(page.getByText(/1 页·\d+ KB·已上传/)).toBeVisible({ timeout: 30_000 })
    await shot('4-slot')
  })

  await test.step('[R2] the viewer of the app shows it in its colours', async () => {
    await page.getByText('身份证正反面.pdf').click()
    const sheet = page.getByRole('dialog', { name: '身份证正反面.pdf' })
    await expect.poll(() => sheet.locator('canvas').first().evaluate(seals), { timeout: 30_000 }).toBe('red')
    await sheet.getByRole('button', { name: '关闭' }).click()
  })

  await test.step('without permission for the camera the ways that remain are offered', async () => {
    const cdp = await phone.newCDPSession(page)
    const asked = await cdp.send('Target.getTargetInfo')
    await cdp.send('Browser.setPermission', {
      permission: { name: 'camera' },
      setting: 'denied',
      origin: server.origin,
      ...(asked.targetInfo.browserContextId !== undefined && { browserContextId: asked.targetInfo.browserContextId }),
    })
    await page.goto(`${application}/materials`)
    await openScanner(page, '单位证明')
    await expect(page.getByText('没有相机权限。请在系统设置里打开，或从相册选。')).toBeVisible()
    await expect(page.getByRole('button', { name: '用系统相机拍' })).toBeVisible()
    await shot('6-denied')
    expect(await faultsWhenSmall(page)).toEqual([])
  })

  // Another phone of the same person, whose memory is watched: it has no camera, whose film would lie in
  // the page's memory.
  const other = await browser.newContext(handset)
  page = await other.newPage()
  page.on('pageerror', (error) => errors.push(String(error)))
  await signIn(page, person('applicant'))
  await expect(page).toHaveURL(/\/home/)
  const memory = await watchMemory(browser)

  await test.step('without a network the scanner opens from the first visit’s cache, and without a camera the album remains', async () => {
    await page.goto(`${application}/materials`)
    await page.evaluate(async () => {
      await navigator.serviceWorker.ready
      if (!navigator.serviceWorker.controller)
        await new Promise((done) => navigator.serviceWorker.addEventListener('controllerchange', done, { once: true }))
    })
    await expect(page.getByRole('button', { name: '附件材料：单位证明' })).toBeVisible()
    await other.setOffline(true)
    await openScanner(page, '单位证明')
    await expect(page.getByText('这个设备或浏览器没有可用的相机')).toBeVisible()
    await expect(page.getByRole('button', { name: '从相册选' })).toBeVisible()
    await shot('7-no-camera')
  })

  await test.step('a damaged photo and an iPhone’s HEIC are refused in words; nothing is lost', async () => {
    const jpeg = photographPage()
    await album(page, photo(jpeg.subarray(0, jpeg.length >> 1)))
    await expect(page.getByRole('alert')).toContainText('已损坏或没有下载完整')
    const heic = Buffer.concat([Buffer.from([0, 0, 0, 24]), Buffer.from('ftypheic'), Buffer.alloc(400)])
    await album(page, photo(heic, 'IMG_0001.HEIC', 'image/heic'))
    await expect(page.getByRole('alert')).toContainText('HEIC')
  })

  await test.step('a photo turned by EXIF stands upright, and one of 48 megapixels is taken', async () => {
    await album(page, photo(turnedByExif(photographPage())), photo(await hugePhoto()))
    await expect(page.getByText(/^2 页·\d+ KB$/)).toBeVisible({ timeout: 60_000 })
    // the sheet stood upright in the picture; turned by its note it lies
    await expect
      .poll(() => leaves(page).evaluateAll((all) => (all as HTMLCanvasElement[]).map((one) => one.width > one.height)))
      .toEqual([true, false])
    await shot('5-wrong-input')
    await other.setOffline(false)
    memory.stop()
    testInfo.annotations.push({ type: 'memory', description: `${memory.peak()} MB at most` })
    // elsewhere nobody tells how much it is
    if (process.platform === 'linux') expect(memory.peak()).toBeGreaterThan(0)
    expect(memory.peak()).toBeLessThan(400)
  })

  await test.step('[R48] a PDF that is too large is made to fit', async () => {
    await page.goto(`${application}/materials`)
    const large = await pdfOfCertificates(900_000)
    await page.getByRole('button', { name: '附件材料：原评审表、呈报表或批文复印件' }).click()
    const sheet = page.getByRole('dialog', { name: '附件材料' })
    const chooser = page.waitForEvent('filechooser')
    await sheet.getByRole('button', { name: '选 PDF 文件' }).click()
    await (await chooser).setFiles([{ name: '批文.pdf', mimeType: 'application/pdf', buffer: large }])
    await expect(sheet.getByText(/超过 500 KB/)).toBeVisible()
    await sheet.getByRole('button', { name: '自动压到 500 KB 内' }).click()
    await expect(sheet.getByText(/^\d+ KB·待上传$/)).toBeVisible({ timeout: 60_000 })
    await sheet.getByRole('button', { name: '开始上传' }).click()
    await expect(sheet.getByText(/\d 页·\d+ KB·已上传/)).toBeVisible({ timeout: 30_000 })
    await sheet.getByRole('button', { name: '关闭' }).click()
    await attach(page, '原证书', certificates.diploma)
  })

  await test.step('the application is submitted', async () => {
    await page.goto(request)
    await fill(page, '工作单位', '泰州市海陵建筑设计院有限公司')
    const chooser = page.waitForEvent('filechooser')
    await page.getByRole('button', { name: /^照片/ }).click()
    await (await chooser).setFiles(certificates.portrait)
    await page.getByRole('button', { name: '用这张照片' }).click()
    await choose(page, '补证原因', /损坏/)
    await fill(page, '原证书系列（专业）', '建筑工程')
    await fill(page, '原证书资格名称', '工程师')
    await fill(page, '取得时间', '2015.9')
    await choose(page, '取得方式', '评审')
    await fill(page, '发证机关', '泰州市人力资源和社会保障局')
    await fill(page, '申请说明', '证书受潮损坏，内页粘连，字迹无法辨认。')
    await choose(page, '受理点所在地区', '海陵区')
    await choose(page, '受理点', /./)
    await expect(page.getByRole('group', { name: '照片' }).getByText('已上传')).toBeVisible({ timeout: 30_000 })
    await next(page)
    await expect(page.getByRole('button', { name: '完成提交' })).toBeEnabled({ timeout: 60_000 })
    await page.getByRole('button', { name: '完成提交' }).click()
    await page.getByRole('dialog', { name: '完成提交' }).getByRole('button', { name: '确认完成提交' }).click()
    await expect(page).toHaveURL(/\/receipt/, { timeout: 60_000 })
  })

  await test.step('[R47] the office opens the scanned PDF', async () => {
    const office = await scanner.newContext({
      baseURL: server.origin,
      viewport: { width: 1280, height: 800 },
      locale: 'zh-CN',
      timezoneId: 'Asia/Shanghai',
    })
    const desk = await office.newPage()
    await officeSignIn(desk, server)
    await officeOpen(desk, person('applicant').fullName)
    const picture = desk.getByRole('img', { name: '身份证正反面.pdf，第 1 页，共 1 页' })
    for (let turn = 0; turn < 6 && !(await picture.isVisible()); turn += 1) {
      await expect(desk.getByRole('region', { name: '材料' }).getByRole('img').first()).toBeVisible()
      if (await picture.isVisible()) break
      await desk.getByRole('button', { name: '下一份材料' }).click()
    }
    await expect(picture).toBeVisible({ timeout: 30_000 })
    // drawn, and not blank
    expect(await picture.evaluate((one: HTMLImageElement) => one.naturalWidth)).toBeGreaterThan(500)
    expect(await picture.evaluate(seals)).toBe('red')
    await desk.screenshot({ path: testInfo.outputPath('8-office.png') })
    await office.close()
  })
  expect(errors).toEqual([])
  await other.close()
  await phone.close()
})

/** Runs in the page: a file of fewer bytes is refused, as a page is on which too much stands. */
function refuseFilesBelow(least: number): void {
  const send = Worker.prototype.postMessage as (this: Worker, message: unknown, ...more: unknown[]) => void
  Worker.prototype.postMessage = function (this: Worker, message: unknown, ...more: unknown[]): void {
    const { id, type, limit } = message as { id?: number; type?: string; limit?: number }
    if (type !== 'fit' || limit === undefined || limit >= least) return send.call(this, message, ...more)
    const data = { id, type: 'refused', problem: { ok: false, code: 'scan.limit-too-small' } }
    this.dispatchEvent(new MessageEvent('message', { data }))
  }
}

test('what was decided about the pages of a card holds, and a 画质 that cannot be kept to is taken back', async ({
  phone,
}) => {
  const page = await phone.newPage()
  await page.addInitScript(refuseFilesBelow, 200 * 1024)
  await register(page, {
    fullName: '李建国',
    idNumber: '321282199107180059',
    mobile: '13912345678',
    password: 'Qingshan-2026-yue',
  })
  const application = await startReissue(page)
  await page.goto(`${application}/request`)
  await openScanner(page, '身份证正反面')
  await album(page, photo(photographPage()), photo(photographPage(20)))
  const together = page.getByRole('switch', { name: '正反面放在一页' })
  const size = page.getByText(/^\d 页·\d+ KB$/)
  await expect(together).toBeChecked({ timeout: 60_000 })

  await test.step('both sides on one page, once switched off, stay apart', async () => {
    await together.press('Space')
    await expect(together).not.toBeChecked()
    await page.getByRole('button', { name: '第 1 页，修改' }).click()
    await page.getByRole('button', { name: '用这一页' }).click()
    await expect(size).toHaveText(/^2 页/, { timeout: 60_000 })
    await expect(together).not.toBeChecked()
    await page.reload()
    await expect(size).toHaveText(/^2 页/, { timeout: 60_000 })
    await expect(together).not.toBeChecked()
  })

  await test.step('a page deleted where it is looked at is named by its number', async () => {
    await page.getByRole('button', { name: '第 2 页，修改' }).click()
    await page.getByRole('button', { name: '删除这一页' }).click()
    await expect(page.getByText('已删除第 2 页')).toBeVisible()
    await expect(leaves(page)).toHaveCount(1)
  })

  await test.step('省空间 is refused, and 清晰 chosen again', async () => {
    const sheet = page.getByRole('dialog', { name: '画质' })
    await page.getByRole('button', { name: '画质：清晰' }).click()
    await sheet.getByText('省空间').click()
    await expect(page.getByRole('button', { name: '再试一次' })).toBeVisible()
    await page.getByRole('button', { name: '画质：省空间' }).click()
    await sheet.getByText('清晰', { exact: true }).click()
    await expect(size).toHaveText(/^1 页/, { timeout: 60_000 })
  })
})
