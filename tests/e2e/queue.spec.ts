import { expect, test } from './application.ts'
import { batchNamed, filledDraft, submitDraft } from './filled-draft.ts'
import { officeDesk } from './office-desk.ts'
import { demoPerson, signIn } from './walk.ts'

test.use({ world: 'queue' })

/** The queue of a busy week, and two colleagues over one case. */
test('20,000 rows scroll; a view is kept under a name; colleagues see each other at a case', async ({
  browser,
  server,
}) => {
  test.setTimeout(240_000)
  const phone = await (await browser.newContext({ baseURL: server.origin, locale: 'zh-CN' })).newPage()
  await signIn(phone, demoPerson('applicant'))
  await expect(phone).toHaveURL(/\/home/)
  const batch = await batchNamed(phone.request, /初定/)
  const id = await filledDraft(phone, server, batch, { workStartDate: '2016-07' })
  await submitDraft(phone, id)
  await phone.context().close()

  const open = (role: string) =>
    officeDesk(browser, server, role, { permissions: ['clipboard-read', 'clipboard-write'] })
  const page = await open('office')

  await test.step('a view with its filters is kept, shared by its link, and opened again', async () => {
    await page.goto('/office/queue?tab=all&q=没有这个人&sort=longest')
    await page.getByRole('button', { name: '视图', exact: true }).click()
    const views = page.getByRole('dialog', { name: '我的视图' })
    await expect(views.getByText('还没有存过视图')).toBeVisible()
    await views.getByLabel('把现在的列表存为').fill('久等的')
    await views.getByRole('button', { name: '存为视图' }).click()
    await views.getByRole('button', { name: '复制这个列表的链接' }).click()
    const link = await page.evaluate(() => navigator.clipboard.readText())
    await views.getByRole('button', { name: '关闭' }).click()
    await page.goto('/office/queue?tab=all')
    await expect(page.getByRole('button', { name: '清除 搜索' })).toBeHidden()
    await page.getByRole('button', { name: '视图', exact: true }).click()
    await views.getByRole('button', { name: '久等的', exact: true }).click()
    await expect(page.getByRole('button', { name: '清除 搜索' })).toBeVisible()
    expect(page.url()).toBe(link)
  })

  await test.step('an ID number typed into the search gets into no address: the last four are looked up', async () => {
    const { idNumber, fullName } = demoPerson('applicant')
    const end = idNumber.slice(-4)
    const asked: string[] = []
    page.on('request', (request) => void asked.push(request.url()))
    await page.goto('/office/queue?tab=all')
    const search = page.getByRole('textbox', { name: '搜索申报' })
    for (const _ of ['once', 'and the same again']) {
      await search.fill(idNumber)
      await search.press('Enter')
      await expect(page).toHaveURL(new RegExp(`[?&]q=${end}$`))
      await expect(search).toHaveValue(end)
      await expect(page.getByText('只按身份证号末四位查找').first()).toBeVisible()
    }
    const found = page.getByRole('row').filter({ hasText: fullName }).getByRole('link')
    await expect(found.first()).toHaveAttribute('href', new RegExp(`q=${end}`))
    expect(asked.filter((url) => url.includes(idNumber))).toEqual([])
    // a link of before: the history keeps its end alone
    await page.goto(`/office/queue?tab=all&q=${idNumber}`)
    await expect(page).toHaveURL(new RegExp(`[?&]q=${end}$`))
    expect(asked.filter((url) => url.includes('/api/') && url.includes(idNumber))).toEqual([])
  })

  await test.step('20,000 rows: few are drawn, the last is reached, and back from its case one stands there again', async () => {
    // one real row of the server, 20,000 times: so many cannot be submitted in a test
    const answer = await (await page.request.get('/api/review/queue?pageSize=50')).json()
    const asked: number[] = []
    await page.route('**/api/review/queue?**', async (route) => {
      const at = Number(new URL(route.request().url()).searchParams.get('page'))
      asked.push(at)
      const rows = Array.from({ length: 50 }, (_, place) => ({
        ...answer.rows[0],
        id: `00000000-0000-4000-8000-${String((at - 1) * 50 + place).padStart(12, '0')}`,
        own: false,
        number: `第 ${(at - 1) * 50 + place + 1} 份`,
      }))
      await route.fulfill({ json: { ...answer, rows, total: 20_000, page: at, pageSize: 50 } })
    })
    await page.goto('/office/queue?tab=all')
    const table = page.getByRole('region', { name: '审核队列' })
    await expect(table.getByRole('link', { name: '第 1 份', exact: true })).toBeVisible()
    await expect(page.getByText('共 20000 份', { exact: true })).toBeVisible()
    await expect(table.getByRole('table')).toHaveAttribute('aria-rowcount', '20001')
    await table.evaluate((box) => box.scrollTo(0, box.scrollHeight))
    const last = table.getByRole('link', { name: '第 20000 份', exact: true })
    await expect(last).toBeVisible()
    expect(await table.getByRole('row').count()).toBeLessThan(80)
    expect(asked.length).toBeLessThan(8)
    expect(await last.getAttribute('href')).toContain('page=400')
    // the keys go on from where the row in hand is
    await table
      .getByRole('row')
      .filter({ has: page.getByRole('link', { name: '第 20000 份', exact: true }) })
      .click({ position: { x: 400, y: 10 } })
    await page.keyboard.press('k')
    await expect(table.locator('tr.cursor').getByRole('link', { name: '第 19999 份', exact: true })).toBeVisible()
    await page.goto('/office/queue?tab=all&page=200')
    await expect(table.getByRole('link', { name: '第 9951 份', exact: true })).toBeInViewport()
  })

  await test.step('more are selected than can be exported one by one: the sheet says so, and how to go on', async () => {
    await page.goto('/office/queue?tab=all')
    const table = page.getByRole('region', { name: '审核队列' })
    for (const last of [50, 100, 150, 200, 250]) {
      await table.evaluate((box, at) => box.scrollTo(0, (at - 10) * 42), last)
      await expect(table.getByRole('link', { name: `第 ${last} 份`, exact: true })).toBeVisible()
    }
    await table.getByRole('checkbox', { name: /^全选/ }).press('Space')
    await expect(page.getByText(/，已选 \d{3} 份/)).toBeVisible()
    await page.getByRole('button', { name: '导出', exact: true }).click()
    const sheet = page.getByRole('dialog', { name: /^导出 \d{3} 份申报/ })
    await expect(sheet.getByText(/一次最多导出 200 份.*请少选一些/)).toBeVisible()
    await expect(sheet.getByRole('button', { name: /下载：\s*一次最多选 200 份/ })).toHaveAttribute(
      'aria-disabled',
      'true',
    )
    await sheet.getByRole('button', { name: '关闭' }).click()
    await page.unroute('**/api/review/queue?**')
  })

  await test.step('statistics: what is cut by a region and what is not, in words', async () => {
    await page.goto('/office/statistics?by=specialty')
    const words = page.getByText(/下面各表和“导出统计”没有这样筛选，是全部批次的全部/)
    await expect(page.getByRole('heading', { name: '各受理点' })).toBeVisible()
    await expect(words).toBeHidden()
    await page.goto('/office/statistics?by=specialty&region=321202')
    await expect(words).toBeVisible()
    await expect(page.getByText(/只算地区“海陵区”/)).toBeVisible()
    await page.getByRole('button', { name: '导出统计' }).click()
    await expect(page.getByText(/^开始下载。文件里是全部批次的全部/)).toBeVisible()
  })

  await test.step('who else has the case open stands above it', async () => {
    const clerk = await open('pointClerk')
    await clerk.goto(`/office/applications/${id}?tab=all`)
    await expect(clerk.getByRole('heading', { level: 1, name: demoPerson('applicant').fullName })).toBeVisible()
    await page.goto(`/office/applications/${id}?tab=all`)
    await expect(page.getByText(`${demoPerson('pointClerk').fullName}也打开了这份申报`)).toBeVisible()
    await clerk.context().close()
  })
})
