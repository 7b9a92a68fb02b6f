import type { Browser, Page } from '@playwright/test'
import type { RunningServer } from './application.ts'
import { expect, test } from './application.ts'
import { DEMO_PASSWORD, demoPeople } from '../../server/demo/people.ts'
import { batchNamed } from './filled-draft.ts'
import { certificates, demoPerson, fill, signIn } from './walk.ts'

// moves the clock to the time of publishing
test.use({ world: 'bulletin' })

async function desk(browser: Browser, server: RunningServer, role: string): Promise<Page> {
  const context = await browser.newContext({
    baseURL: server.origin,
    viewport: { width: 1280, height: 800 },
    locale: 'zh-CN',
    timezoneId: 'Asia/Shanghai',
  })
  const page = await context.newPage()
  await signIn(page, demoPerson(role))
  await expect(page).toHaveURL(/\/office/)
  return page
}

const wallClock = (at: Date): string => new Date(at.getTime() + 8 * 3_600_000).toISOString().slice(0, 16)

test('[R107, R109, R112] the office writes an announcement and sets its time; at that time the applicant’s phone shows it and its attachment, and is counted', async ({
  browser,
  server,
  phone,
}) => {
  test.setTimeout(180_000)
  const page = await phone.newPage()
  await signIn(page, demoPerson('applicant'))
  await expect(page).toHaveURL(/\/home/)
  const office = await desk(browser, server, 'office')
  const title = '关于申报时间的补充通知'
  // no session of the office stands idle for longer
  const at = new Date((await server.now()) + 12 * 60_000)

  await test.step('office: written with marks by the buttons, pasted from elsewhere, kept as a draft', async () => {
    await office.goto('/office/bulletin')
    await office.getByRole('link', { name: '写公告或政策' }).click()
    await fill(office, '标题', title)
    const text = office.getByLabel('正文', { exact: true })
    await text.fill('请在')
    await text.press('End')
    await office.getByRole('button', { name: '粗体' }).click()
    await office.keyboard.type('月底前')
    const preview = office.getByRole('article')
    await expect(preview.locator('strong')).toHaveText('月底前')
    await text.press('Control+End')
    await text.press('Enter')
    // what a word processor puts on the clipboard
    await text.evaluate((area) => {
      const clipboard = new DataTransfer()
      clipboard.setData(
        'text/html',
        '<h1>要求</h1><script>document.title="ran"</script><p onclick="x()">填 <b>真实</b> 内容</p><ol><li>先填</li><li>再交</li></ol>' +
          '<table><tr><td>项目</td><td>时间</td></tr><tr><td>申报</td><td><p>3 月</p></td></tr></table><a href="javascript:x()">看</a>',
      )
      area.dispatchEvent(new ClipboardEvent('paste', { clipboardData: clipboard, bubbles: true, cancelable: true }))
    })
    await expect(preview.getByRole('heading', { name: '要求' })).toBeVisible()
    await expect(preview.getByRole('cell', { name: '3 月' })).toBeVisible()
    await expect(preview.getByRole('listitem')).toHaveText(['先填', '再交'])
    await expect(preview.getByRole('link')).toHaveCount(0)
    await office.getByText('所有人（不登录也能看）').click()
    await office.getByRole('group', { name: '发给谁' }).getByText('申报人').click()
    await office.getByRole('button', { name: '存草稿' }).click()
    await expect(office).toHaveURL(/\/office\/bulletin\/[0-9a-f-]{36}$/)
    await expect(office.getByText('草稿', { exact: true })).toBeVisible()
  })

  await test.step('office: what was typed and not saved is there again after the page was closed', async () => {
    await fill(office, '文号', '泰职办〔2026〕8 号')
    await office.reload()
    await expect(office.getByText('上次没有保存的内容已恢复。')).toBeVisible()
    await expect(office.getByLabel('文号', { exact: true })).toHaveValue('泰职办〔2026〕8 号')
  })

  await test.step('office: somebody else has corrected it since: his text stands there, what was typed beside it', async () => {
    const path = `/api/bulletin/desk/${new URL(office.url()).pathname.split('/').at(-1)}`
    const kept = (await (await office.request.get(path)).json()) as { batches: { id: string }[]; revision: number }
    const other = await office.request.put(path, {
      data: { ...kept, batches: kept.batches.map(({ id }) => id), issuer: '另一人填的单位' },
    })
    expect(other.status()).toBe(200)
    await office.reload()
    await expect(office.getByText('别人改过这篇，下面是现在的内容')).toBeVisible()
    await expect(office.getByLabel('发文单位', { exact: true })).toHaveValue('另一人填的单位')
    await expect(office.getByLabel('文号', { exact: true })).toHaveValue('')
    await office.getByRole('button', { name: '换成我写的' }).click()
    await expect(office.getByText('别人改过这篇，下面是现在的内容')).toBeHidden()
    await expect(office.getByLabel('发文单位', { exact: true })).toHaveValue('')
    await expect(office.getByLabel('文号', { exact: true })).toHaveValue('泰职办〔2026〕8 号')
  })

  await test.step('office: a PDF hangs at it, and what is none is refused', async () => {
    const choose = async (file: string | { name: string; mimeType: string; buffer: Buffer }) => {
      const chooser = office.waitForEvent('filechooser')
      await office.getByRole('button', { name: '添加附件' }).click()
      await (await chooser).setFiles(file)
    }
    await choose({ name: '不是.pdf', mimeType: 'application/pdf', buffer: Buffer.from('<html>') })
    await expect(office.getByRole('group', { name: '附件' }).getByText(/PDF.*(请|再)/)).toBeVisible()
    await choose(certificates.diploma)
    await expect(office.getByRole('link', { name: /diploma\.pdf/ })).toBeVisible({ timeout: 30_000 })
  })

  await test.step('office: its time is set', async () => {
    await office.getByRole('button', { name: '发布…' }).click()
    const sheet = office.getByRole('dialog', { name: '发布' })
    await sheet.getByText('定时发布').first().click()
    await sheet.getByLabel('发布时间').fill(wallClock(at))
    await sheet.getByRole('button', { name: '定时发布' }).click()
    await expect(sheet).toBeHidden()
    await expect(office.getByText(/^定在 .* 发布$/)).toBeVisible()
  })

  await test.step('applicant: not there yet, and there when its time has come', async () => {
    await page.goto('/messages')
    await expect(page.getByRole('heading', { level: 1, name: '消息' })).toBeVisible()
    await expect(page.getByRole('link', { name: /请申报人核对手机号码/ })).toBeVisible()
    await expect(page.getByText(title)).toHaveCount(0)
    await server.setClock(at)
    await page.goto('/messages')
    await page.getByRole('link', { name: new RegExp(title) }).click()
    const article = page.getByRole('article')
    await expect(article.getByText('泰职办〔2026〕8 号')).toBeVisible()
    await expect(article.locator('strong').first()).toHaveText('月底前')
    await expect(article.getByRole('cell', { name: '3 月' })).toBeVisible()
    await expect(article.getByRole('listitem')).toHaveText(['先填', '再交'])
    await page.getByRole('button', { name: /diploma\.pdf/ }).click()
    const viewer = page.getByRole('dialog', { name: 'diploma.pdf' })
    await expect(viewer.locator('canvas')).toBeVisible({ timeout: 30_000 })
    const download = page.waitForEvent('download')
    await viewer.getByRole('link', { name: '下载' }).click()
    expect((await download).suggestedFilename()).toBe('diploma.pdf')
    await viewer.getByRole('button', { name: '关闭' }).click()
    await page.getByRole('button', { name: '返回列表' }).last().click()
    await phone.setOffline(true)
    await page.getByRole('link', { name: new RegExp(title) }).click()
    await expect(page.getByRole('article').getByRole('cell', { name: '3 月' })).toBeVisible()
    await page.getByRole('button', { name: '返回列表' }).last().click()
    await phone.setOffline(false)
  })

  await test.step('office: sees that one has opened it, however often he did', async () => {
    await office.reload()
    await expect(office.getByText(/个账号能看到，1 个打开过/)).toBeVisible()
    await office.goto('/office/bulletin')
    await expect(office.getByRole('link', { name: new RegExp(`${title}.*1 人打开`) })).toBeVisible()
    // The list may be drawn anew under the pointer.
    await expect(async () => {
      await office.getByRole('link', { name: new RegExp(title) }).click({ timeout: 2_000 })
      await expect(office).toHaveURL(/\/office\/bulletin\/[0-9a-f-]{36}$/, { timeout: 5_000 })
    }).toPass()
  })

  await test.step('office: what is half typed does not come before the readers with something else', async () => {
    await expect(office.getByText('已发布', { exact: true })).toBeVisible()
    await fill(office, '标题', '写到一半的')
    for (const name of [/^改撤下时间：/, /^添加附件：/]) {
      const button = office.getByRole('button', { name })
      await expect(button).toHaveText(/先保存或放弃改动/)
      await expect(button).toHaveAttribute('aria-disabled', 'true')
    }
    // said by the button alone, and at the files once one is to be taken off
    const said = office.getByRole('group', { name: '附件' }).getByText('先保存或放弃改动')
    await expect(said).toHaveCount(1)
    await office.getByRole('button', { name: /diploma\.pdf/ }).click()
    await expect(said).toHaveCount(2)
    await expect(office.getByRole('link', { name: /diploma\.pdf/ })).toBeVisible()
    await office.getByRole('button', { name: '放弃改动', exact: true }).click()
    await office.getByRole('dialog', { name: '放弃改动' }).getByRole('button', { name: '放弃改动' }).click()
    await expect(office.getByLabel('标题', { exact: true })).toHaveValue(title)
    await expect(office.getByRole('button', { name: '改撤下时间', exact: true })).toBeVisible()
    await expect(office.getByText('先保存或放弃改动')).toHaveCount(0)
  })

  await test.step('office: a changed text keeps the earlier one; taken down, the phone no longer has it', async () => {
    await expect(office.getByText('已发布', { exact: true })).toBeVisible()
    await fill(office, '标题', `${title}（更正）`)
    await office.getByRole('button', { name: '保存改动' }).click()
    await expect(office.getByRole('heading', { name: '以前的版本' })).toBeVisible()
    await page.goto('/messages')
    await expect(page.getByRole('link', { name: new RegExp(`${title}（更正）`) })).toBeVisible()
    await office.getByRole('button', { name: '撤下' }).first().click()
    await office.getByRole('dialog', { name: '撤下这篇' }).getByRole('button', { name: '撤下' }).click()
    await expect(office.getByText('已撤下', { exact: true })).toBeVisible()
    await page.reload()
    await expect(page.getByRole('link', { name: /请申报人核对手机号码/ })).toBeVisible()
    await expect(page.getByText(title)).toHaveCount(0)
  })
})

test('[R107, R112] what the office writes for a batch is seen, with the batch, by who applies in it, and by nobody else', async ({
  browser,
  server,
  phone,
}) => {
  const title = '初定材料补充说明'
  const [applying, other] = demoPeople.filter(({ grant }) => grant.role === 'applicant')
  const page = await phone.newPage()
  await signIn(page, { idNumber: applying!.idNumber, password: DEMO_PASSWORD })
  await expect(page).toHaveURL(/\/home/)
  const batch = await batchNamed(page.request, /初定/)
  const draft = `/api/applications/${crypto.randomUUID()}`
  const data = { batchId: batch.id }
  expect((await page.request.post(`${draft}/reading`, { data })).status()).toBe(200)
  await server.advanceClock(21_000)
  expect((await page.request.post(`${draft}/reading/accept`, { data })).status()).toBe(200)
  const context = await browser.newContext({ baseURL: server.origin, viewport: { width: 390, height: 844 } })
  const stranger = await context.newPage()
  await signIn(stranger, { idNumber: other!.idNumber, password: DEMO_PASSWORD })
  await expect(stranger).toHaveURL(/\/home/)
  const office = await desk(browser, server, 'office')
  let id = ''

  await test.step('office: a new one without a title is kept, and one reads why it is not published', async () => {
    await office.goto('/office/bulletin/new')
    await fill(office, '正文', '还没有标题。')
    await office.getByRole('button', { name: '发布…' }).click()
    await office.getByRole('dialog', { name: '发布' }).getByRole('button', { name: '立即发布' }).click()
    await expect(office.getByText(/^草稿已保存，还没有发布。.*标题/)).toBeVisible()
    await expect(office).toHaveURL(/\/office\/bulletin\/[0-9a-f-]{36}$/)
    await expect(office.getByText('草稿', { exact: true })).toBeVisible()
  })

  await test.step('office: the batch is chosen beside the applicants, and named before it is published', async () => {
    await office.goto('/office/bulletin/new')
    await fill(office, '标题', title)
    await fill(office, '正文', '请补交近两年的年度考核表。')
    await expect(office.getByRole('group', { name: '限定批次' })).toBeHidden()
    await office.getByText('所有人（不登录也能看）').click()
    await office.getByRole('group', { name: '发给谁' }).getByText('申报人').click()
    await office.getByRole('group', { name: '限定批次' }).getByText(batch.name).click()
    await expect(office.getByText(`发给：申报人·${batch.name}`)).toBeVisible()
    await office.getByRole('button', { name: '发布…' }).click()
    const sheet = office.getByRole('dialog', { name: '发布' })
    await expect(sheet.getByText(`发给：申报人·${batch.name}`)).toBeVisible()
    await sheet.getByRole('button', { name: '立即发布' }).click()
    await expect(office.getByText('1 个账号能看到，0 个打开过')).toBeVisible()
    await expect(office.getByRole('checkbox', { name: batch.name })).toBeChecked()
    id = new URL(office.url()).pathname.split('/').at(-1)!
  })

  await test.step('who applies in it: in the list and on the page with its batch, also without a network', async () => {
    await page.goto('/messages')
    const line = page.getByRole('link', { name: new RegExp(title) })
    await expect(line.getByText(batch.name)).toBeVisible()
    await line.click()
    await expect(page.getByRole('article').getByText(batch.name)).toBeVisible()
    await page.getByRole('button', { name: '返回列表' }).last().click()
    await phone.setOffline(true)
    await line.click()
    await expect(page.getByRole('article').getByText('请补交近两年的年度考核表。')).toBeVisible()
    await expect(page.getByRole('article').getByText(batch.name)).toBeVisible()
    await phone.setOffline(false)
  })

  await test.step('somebody else: not in the list, and not by its address', async () => {
    await stranger.goto('/messages')
    await expect(stranger.getByRole('link', { name: /请申报人核对手机号码/ })).toBeVisible()
    await expect(stranger.getByText(title)).toHaveCount(0)
    await stranger.goto(`/messages/${id}`)
    await expect(stranger.getByText('这篇内容已撤下，或者不是发给您的。')).toBeVisible()
  })

  await test.step('the 受理点 reads it along, with its batch, and is not counted', async () => {
    const clerk = await desk(browser, server, 'pointClerk')
    await clerk.goto('/office/bulletin')
    const line = clerk.getByRole('link', { name: new RegExp(title) })
    await expect(line.getByText(batch.name)).toBeVisible()
    await line.click()
    await expect(clerk.getByRole('article').getByText(batch.name)).toBeVisible()
    await office.reload()
    await expect(office.getByText('1 个账号能看到，1 个打开过')).toBeVisible()
    await clerk.context().close()
  })

  await test.step('who has deleted his draft no longer has it on the phone', async () => {
    expect((await page.request.delete(draft)).status()).toBe(204)
    await page.goto('/messages')
    await expect(page.getByText(title)).toHaveCount(0)
    await expect(page.getByRole('link', { name: /请申报人核对手机号码/ })).toBeVisible()
  })
  await context.close()
  await office.context().close()
})

test('[R112] others of the back office read what is meant for them, and write nothing', async ({ browser, server }) => {
  const clerk = await desk(browser, server, 'pointClerk')
  await clerk.goto('/office/bulletin')
  await expect(clerk.getByRole('link', { name: /请申报人核对手机号码/ })).toHaveCount(0)
  await expect(clerk.getByRole('link', { name: '写公告或政策' })).toHaveCount(0)
  await clerk.getByRole('link', { name: /受理点审核办理时限提醒/ }).click()
  await expect(clerk.getByRole('article').getByText(/5 个工作日内完成审核/)).toBeVisible()
})

test('[R107, R109, R110] the public lists: what failed is asked again as it was asked, a slow answer covers no newer one, and one comes back to the list as it was', async ({
  browser,
  server,
}) => {
  const context = await browser.newContext({
    baseURL: server.origin,
    viewport: { width: 390, height: 844 },
    serviceWorkers: 'block',
  })
  const page = await context.newPage()
  const titles = async (kind: string): Promise<string[]> =>
    (await (await page.request.get(`/api/bulletin?kind=${kind}`)).json()).items.map(
      ({ title }: { title: string }) => title,
    )
  const [policies, announcements] = [await titles('policy'), await titles('announcement')]
  const shown = (list: string) => page.getByRole('list', { name: list }).getByRole('link')
  const expectShown = async (list: string, expected: string[]) => {
    await expect(shown(list)).toHaveCount(expected.length)
    for (const title of expected) await expect(shown(list).filter({ hasText: title })).toHaveCount(1)
  }

  await test.step('a failure', async () => {
    await page.route('**/api/bulletin?**kind=policy**', (route) => route.abort(), { times: 1 })
    await page.goto('/bulletin')
    await expectShown('公告', announcements)
    await page.getByText('政策规范', { exact: true }).click()
    await expect(page.getByText('没有网络，打不开公告。联网后再试。')).toBeVisible()
    await page.getByRole('button', { name: '再试一次' }).click()
    await expectShown('政策规范', policies)
  })

  await test.step('a slow answer', async () => {
    let release = (): void => undefined
    const held = new Promise<void>((resolve) => (release = resolve))
    await page.route('**/api/bulletin?**kind=announcement**', (route) => held.then(() => route.continue()), {
      times: 1,
    })
    await page.goto('/bulletin')
    await page.getByText('政策规范', { exact: true }).click()
    await expectShown('政策规范', policies)
    const late = page.waitForResponse(/kind=announcement/)
    release()
    await (await late).finished()
    await page.evaluate(() => new Promise((resolve) => setTimeout(resolve, 200)))
    await expectShown('政策规范', policies)
  })

  await test.step('back to the list', async () => {
    await page.goto('/bulletin?kind=policy&q=职称')
    const list = page.url()
    await shown('政策规范').first().click()
    await expect(page.getByRole('article')).toBeVisible()
    const article = page.url()
    await page.getByRole('button', { name: '返回列表' }).last().click()
    await expect(page).toHaveURL(list)
    await page.goto(article)
    await expect(page.getByRole('article')).toBeVisible()
    await page.getByRole('button', { name: '返回列表' }).last().click()
    await expect(page).toHaveURL(/\/bulletin\?kind=policy$/)
  })

  await test.step('names of one 公示 do not stand at the address of another', async () => {
    const [first, second] = [crypto.randomUUID(), crypto.randomUUID()]
    const list = { id: first, title: '第一份名单', officeName: '职称办', phone: '0523', names: [] }
    await page.route(`**/api/publicity/${first}`, (route) => route.fulfill({ json: list }))
    await page.route(`**/api/publicity/${second}`, (route) => route.abort())
    await page.goto(`/publicity/${first}`)
    const name = page.getByRole('heading', { name: '第一份名单' })
    await expect(name).toBeVisible()
    await page.evaluate((id) => {
      const link = document.body.appendChild(document.createElement('a'))
      link.href = `/publicity/${id}`
      link.click()
    }, second)
    await expect(page.getByRole('button', { name: '再试一次' })).toBeVisible()
    await expect(page).toHaveURL(new RegExp(second))
    await expect(name).toBeHidden()
  })
  await context.close()
})
