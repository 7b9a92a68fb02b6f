import { readFile } from 'node:fs/promises'
import type { SyncAnswer } from '#domain/sync/protocol.ts'
import { expect, test } from './application.ts'
import { batchNamed, filledDraft } from './filled-draft.ts'
import { officeSteps } from './office-steps.ts'
import { choose, demoPerson, fill, next, register, saveRow, signIn } from './walk.ts'

test.use({ world: 'walks' })

/** 初定, from the guide to the official 呈报表: what the manual says of it and 评审 does not share. */
test('[R28, R31, R33, R37, R38, R40, R89, R93] an applicant reads the guide, fills 初定, submits and prints 初定呈报表', async ({
  server,
  phone,
  browser,
}) => {
  test.setTimeout(150_000)
  const page = await phone.newPage()
  const errors: string[] = []
  page.on('pageerror', (error) => errors.push(String(error)))
  await register(page, {
    fullName: '孙𬭎',
    idNumber: '321204199202290038',
    mobile: '13812340038',
    password: 'Haichuan-2026-feng',
  })
  await expect(page).toHaveURL(/\/home/)
  const batch = await batchNamed(page.request, /初定/)

  await test.step('[R28] 【下一步】 of the guide can be pressed after 20 seconds', async () => {
    const opened = Date.now()
    await page.goto(`/apply/initial/${batch.id}`)
    await expect(page.getByRole('heading', { level: 1, name: '初定指南' })).toBeVisible()
    const onwards = page.getByRole('button', { name: /下一步/ }).last()
    await expect(onwards).toHaveAttribute('aria-disabled', 'true')
    await page.evaluate(() => scrollTo(0, document.body.scrollHeight))
    await expect(onwards).not.toHaveAttribute('aria-disabled', 'true', { timeout: 40_000 })
    expect(Date.now() - opened).toBeGreaterThanOrEqual(20_000)
    await onwards.click()
    await expect(page).toHaveURL(/\/applications\/[0-9a-f-]{36}$/)
  })
  const id = page.url().split('/').at(-1)!

  await test.step('[R31, R33] specialty and title, region before institution, employer', async () => {
    await page.goto(`/applications/${id}/proposal`)
    await next(page)
    await expect(page.getByRole('alert').filter({ hasText: '处要改' })).toBeVisible()
    await choose(page, '拟定专业', '建筑工程')
    await page.getByRole('combobox', { name: '拟定资格', exact: true }).click()
    const titles = await page.getByRole('dialog').last().getByRole('option').allInnerTexts()
    expect(titles.length).toBeGreaterThan(0)
    expect(titles.filter((title) => /高级|正高|副高/.test(title))).toEqual([])
    await page.getByRole('option', { name: /^助理工程师/ }).click()
    await choose(page, '受理点所在地区', '海陵区')
    await choose(page, '受理点', /./)
    await fill(page, '单位', '泰州市海陵建筑设计院有限公司')
    await next(page)
    await expect(page.getByRole('heading', { level: 1, name: '基本信息' })).toBeVisible()
  })

  await test.step('[R37] two records of the trial period, one of them ticked and deleted', async () => {
    await page.goto(`/applications/${id}/probation`)
    for (const unit of ['海陵建筑设计院结构所', '写错的单位']) {
      await page.getByRole('button', { name: /^增加一条记录/ }).click()
      const sheet = page.getByRole('dialog', { name: '增加记录' })
      await fill(sheet, '开始时间', '2025.7')
      await fill(sheet, '工作单位及部门', unit)
      await fill(sheet, '从事何种专业技术工作', '建筑结构设计')
      await saveRow(page, '这条记录')
      await expect(sheet).toBeHidden()
    }
    await page.getByRole('checkbox', { name: /写错的单位/ }).check({ force: true })
    await page.getByRole('button', { name: /^删除一条记录/ }).click()
    await expect(page.getByText('写错的单位')).toBeHidden()
    await expect(page.getByText('海陵建筑设计院结构所')).toBeVisible()
  })

  await test.step('[R38] 401 字 are not saved, 400 are', async () => {
    await page.goto(`/applications/${id}/achievements`)
    await fill(page, '主要工作成绩', '成'.repeat(401))
    await expect(page.getByText('401/400')).toBeVisible()
    await next(page)
    await expect(page.getByRole('heading', { level: 1, name: '主要工作成绩' })).toBeVisible()
    const kept = async () => {
      const data = { protocol: 1, device: crypto.randomUUID(), known: {}, mutations: [] }
      const { applications } = (await (await page.request.post('/api/sync', { data })).json()) as SyncAnswer
      return String(applications.find((one) => one.id === id)?.cells['mainAchievements']?.value ?? '').length
    }
    await page.getByRole('button', { name: '保存', exact: true }).click()
    expect(await kept()).toBe(0)
    await fill(page, '主要工作成绩', '成'.repeat(400))
    await next(page)
    await expect(page.getByRole('heading', { level: 1, name: '技术工作小结' })).toBeVisible()
    await page.getByRole('button', { name: '保存', exact: true }).click()
    await expect(page.getByText(/已同步/).first()).toBeVisible({ timeout: 30_000 })
    expect(await kept()).toBe(400)
  })

  await test.step('[R40, R89] the rest is filled; 材料目录 is the last step and submits', async () => {
    const typed = { specialty: null, targetTitle: null, employerName: null, mainAchievements: null }
    await filledDraft(
      page,
      server,
      batch,
      { ...typed, acceptRegion: null, acceptancePoint: null, workStartDate: '2016-07' },
      id,
    )
    await page.goto(`/applications/${id}/materials`)
    await expect(page.getByRole('link', { name: '预览初定呈报表' })).toBeVisible()
    await page.getByRole('button', { name: '完成提交' }).click()
    await page.getByRole('dialog', { name: '完成提交' }).getByRole('button', { name: '确认完成提交' }).click()
    await expect(page).toHaveURL(/\/receipt/, { timeout: 60_000 })
    await expect(page.getByText(/^\d{4}321202C\d{7}-\d$/)).toBeVisible()
  })

  await test.step('[R93] after 预审 the official 初定呈报表 is printed', async () => {
    const office = await officeSteps(browser, server)
    await office.openAll(id)
    await office.step(id, 'forwardToPreReview')
    await office.step(id, 'passPreReview')
    await office.close()
    await page.goto('/print')
    await page.getByRole('link', { name: /初定呈报表/ }).click()
    await expect(page.getByText('这是正式版')).toBeVisible({ timeout: 30_000 })
    const download = page.waitForEvent('download')
    await page.getByRole('link', { name: '导出', exact: true }).click()
    const bytes = await readFile(await (await download).path())
    expect(bytes.subarray(0, 5).toString('latin1')).toBe('%PDF-')
  })
  expect(errors).toEqual([])
})

test('[R37] a record just saved opens again from its card; a double tap adds one record, and deletes what is taken back as a whole', async ({
  server,
  phone,
}) => {
  const page = await phone.newPage()
  await signIn(page, demoPerson('applicant'))
  await expect(page).toHaveURL(/\/home/)
  const { id: batchId } = await batchNamed(page.request, /初定/)
  const id = crypto.randomUUID()
  const data = { batchId }
  expect((await page.request.post(`/api/applications/${id}/reading`, { data })).status()).toBe(200)
  await server.advanceClock(21_000)
  expect((await page.request.post(`/api/applications/${id}/reading/accept`, { data })).status()).toBe(200)
  await page.goto(`/applications/${id}/probation`)

  const cards = page.locator('article.row-card')
  const adding = page.getByRole('dialog', { name: '增加记录' })
  const editing = page.getByRole('dialog', { name: '编辑记录' })
  const unit = editing.getByLabel('工作单位及部门', { exact: true })
  const add = page.getByRole('button', { name: /^增加一条记录/ })
  const addRow = async (name: string): Promise<void> => {
    await fill(adding, '开始时间', '2025.7')
    await fill(adding, '工作单位及部门', name)
    await fill(adding, '从事何种专业技术工作', '建筑结构设计')
    await saveRow(page, '这条记录')
    await expect(adding).toBeHidden()
  }
  const tapTwice = (button: HTMLElement): void => {
    button.click()
    button.click()
  }

  await test.step('added, saved, opened again, saved, and opened once more', async () => {
    await add.click()
    await addRow('海陵建筑设计院结构所')
    await page.getByRole('button', { name: /^编辑/ }).click()
    await expect(unit).toHaveValue('海陵建筑设计院结构所')
    await fill(editing, '工作单位及部门', '海陵建筑设计院一所')
    await saveRow(page, '这条记录')
    await expect(editing).toBeHidden()
    await page.getByRole('button', { name: /^编辑/ }).click()
    await expect(unit).toHaveValue('海陵建筑设计院一所')
    await editing.getByRole('button', { name: '取消' }).click()
    await expect(editing).toBeHidden()
    await expect(page.getByRole('button', { name: /^编辑/ })).toBeFocused()
  })

  await test.step('a double tap on 增加 adds one', async () => {
    await add.evaluate(tapTwice)
    await addRow('海陵建筑设计院二所')
    await expect(cards).toHaveCount(2)
  })

  await test.step('a double tap on 删除 deletes what 撤销 brings back', async () => {
    for (const box of await page.getByRole('checkbox', { name: /^选中/ }).all()) await box.check({ force: true })
    await page.getByRole('button', { name: /^删除一条记录/ }).evaluate(tapTwice)
    await expect(cards).toHaveCount(0)
    await expect(page.getByText('已删除 2 条')).toBeVisible()
    await page.getByRole('button', { name: '撤销' }).click()
    await expect(cards).toHaveCount(2)
  })
})
