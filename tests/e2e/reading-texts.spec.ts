import { expect, test } from './application.ts'
import { batchNamed } from './filled-draft.ts'
import { officeDesk } from './office-desk.ts'
import { faults } from './screen-faults.ts'
import { choose, demoPerson, signIn } from './walk.ts'

test.use({ world: 'reading-texts' })

const TITLE = '工程系列职称申报承诺书'
const BODY = ['# 我承诺', '材料**真实**，业绩是本人的。', '1. 不抄袭\n2. 不请托', '如有不实，愿意承担责任。'].join(
  '\n\n',
)

/** The office writes the text that an applicant reads and accepts before he begins. */
test('[R29] the office writes a text and puts it on a batch: an applicant reads exactly it, and a newer one once it is chosen', async ({
  browser,
  phone,
  server,
}) => {
  test.setTimeout(240_000)
  // axe looks into it
  const page = await officeDesk(browser, server, 'office', { bypassCSP: true })
  const batch = await batchNamed(page.request, /工程系列中级/)
  const editBatch = async () => {
    await page.goto('/office/batches')
    await page.getByRole('button', { name: `修改、延期：${batch.name}` }).click()
    return page.getByRole('dialog', { name: '修改批次' })
  }
  const saved = (words: RegExp | string) => expect(page.getByText(words)).toBeVisible()

  await test.step('it is written, beside how it will look; what is not saved outlives the page', async () => {
    await page.goto('/office/reading-texts')
    await expect(page.getByRole('link', { name: /^个人申报专业技术资格诚信承诺书/ })).toContainText(batch.name)
    expect(await faults(page)).toEqual([])
    await page.getByRole('link', { name: '写一份' }).click()
    await page.getByLabel('标题', { exact: true }).fill(TITLE)
    await page.getByLabel('正文', { exact: true }).fill(BODY)
    const shown = page.getByRole('article')
    await expect(shown.getByRole('heading', { name: '我承诺' })).toBeVisible()
    await expect(shown.getByText('承诺人：王小明')).toBeVisible()
    await page.reload()
    await expect(page.getByText('上次没有保存的内容已恢复。')).toBeVisible()
    await expect(page.getByLabel('正文', { exact: true })).toHaveValue(BODY)
    expect(await faults(page)).toEqual([])
    await page.getByRole('button', { name: '保存', exact: true }).click()
    await expect(page).toHaveURL(/\/office\/reading-texts\/[0-9a-f-]{36}$/)
    await expect(page.getByText('没有批次在用')).toBeHidden()
    await page
      .getByText(/^第 1 版·/)
      .last()
      .click()
    await expect(page.getByText('没有批次在用')).toBeVisible()
  })
  const address = page.url()

  await test.step('it is chosen for a batch, with the look of it', async () => {
    const sheet = await editBatch()
    await choose(sheet, '申报承诺书', new RegExp(`^${TITLE}（第 1 版）`))
    await sheet.getByText('看申报人读到的样子').click()
    await expect(sheet.getByRole('article').getByRole('heading', { name: TITLE })).toBeVisible()
    expect(await faults(page)).toEqual([])
    await sheet.getByRole('button', { name: '保存修改' }).click()
    await expect(sheet).toBeHidden()
    await page.goto('/office/reading-texts')
    await expect(page.getByRole('link', { name: new RegExp(`^${TITLE}`) })).toContainText(`用于：${batch.name}`)
  })

  const applicant = await phone.newPage()
  await signIn(applicant, demoPerson('applicant'))
  await expect(applicant).toHaveURL(/\/home/)
  const text = applicant.getByRole('article')
  await test.step('an applicant reads it, word for word', async () => {
    await applicant.goto(`/apply/review/${batch.id}`)
    await expect(text.getByRole('heading', { level: 2 })).toHaveText(TITLE)
    await expect(text.getByRole('heading', { level: 3 })).toHaveText('我承诺')
    await expect(text.getByRole('paragraph')).toHaveText([
      '材料真实，业绩是本人的。',
      '如有不实，愿意承担责任。',
      /^承诺人：.+日期：\d{4}-\d{2}-\d{2}$/,
    ])
    await expect(text.getByRole('listitem')).toHaveText(['不抄袭', '不请托'])
    await expect(text.locator('strong')).toHaveText('真实')
  })

  await test.step('two of the office write it: the second is told, reads what the first wrote, and keeps what was typed', async () => {
    await page.goto(address)
    await page.getByLabel('正文', { exact: true }).fill(`${BODY}\n\n今年起须附诚信证明。`)
    const { version } = (await (await page.request.get(`/api${new URL(address).pathname.slice('/office'.length)}`)).json()) as { version: number } // prettier-ignore
    const other = await page.request.put(`/api${new URL(address).pathname.slice('/office'.length)}`, {
      data: { title: TITLE, body: `${BODY}\n\n另一人写的。`, version },
    })
    expect(other.status()).toBe(200)
    await page.getByRole('button', { name: '保存为第 2 版' }).click()
    await saved(/刚由别人改过/)
    await page.getByRole('button', { name: '刷新' }).click()
    await expect(page.getByLabel('正文', { exact: true })).toHaveValue(/另一人写的/)
    await expect(page.getByText('别人改过这篇，下面是现在的内容')).toBeVisible()
    await page.getByText('看我没有保存的内容').click()
    await expect(page.getByText('今年起须附诚信证明。').first()).toBeVisible()
    expect(await faults(page)).toEqual([])
    await page.getByRole('button', { name: '换成我写的' }).click()
    await expect(page.getByLabel('正文', { exact: true })).toHaveValue(/须附诚信证明/)
    await page.getByRole('button', { name: '保存为第 3 版' }).click()
    await saved('已保存为第 3 版')
    const sheet = await editBatch()
    await choose(sheet, '申报承诺书', new RegExp(`^${TITLE}（第 3 版）`))
    await sheet.getByRole('button', { name: '保存修改' }).click()
    await expect(sheet).toBeHidden()
  })

  await test.step('who was reading the old one reads the new one, from its first second', async () => {
    const agree = applicant.getByRole('button', { name: /同意并开始/ })
    await applicant.evaluate(() => scrollTo(0, document.body.scrollHeight))
    await expect(agree).not.toHaveAttribute('aria-disabled', 'true', { timeout: 40_000 })
    await agree.click()
    await expect(applicant.getByText('要读的内容刚刚换成了新的，请读完新的再继续。')).toBeVisible()
    await expect(text.getByText('今年起须附诚信证明。')).toBeVisible()
    await expect(agree).toHaveAttribute('aria-disabled', 'true')
    await applicant.evaluate(() => scrollTo(0, document.body.scrollHeight))
    await expect(agree).not.toHaveAttribute('aria-disabled', 'true', { timeout: 40_000 })
    await agree.click()
    await expect(applicant).toHaveURL(/\/applications\/[0-9a-f-]{36}$/)
    await page.goto(address)
    await page
      .getByText(/^第 3 版·/)
      .last()
      .click()
    await expect(page.getByText('1 人读后开始了申报。')).toBeVisible()
  })

  await test.step('on a phone nothing is cut', async () => {
    await page.setViewportSize({ width: 360, height: 640 })
    for (const at of ['/office/reading-texts', address]) {
      await page.goto(at)
      await expect(page.getByText(/^第 3 版|第 3 版·/).first()).toBeVisible()
      expect(await faults(page)).toEqual([])
    }
  })
  await page.context().close()
})

test('who has not agreed to the notice on personal data does so before he begins (PIPL 17)', async ({
  phone,
  server,
}) => {
  const page = await phone.newPage()
  await signIn(page, demoPerson('applicant'))
  await expect(page).toHaveURL(/\/home/)
  const batch = await batchNamed(page.request, /初定/)
  // Everybody of the demonstration has agreed: the server is asked what it says to those who have not.
  await page.route('**/api/applications/*/reading', async (route) => {
    const answer = await route.fetch()
    await route.fulfill({ response: answer, json: { ...(await answer.json()), asksConsent: true } })
  })
  await page.goto(`/apply/initial/${batch.id}`)
  await expect(page.getByRole('article')).toBeVisible()
  await server.advanceClock(20_000)
  await page.mouse.wheel(0, 20_000)
  const begin = page.getByRole('button', { name: /^下一步/ })
  await expect(begin).toContainText('请先勾选个人信息处理说明', { timeout: 30_000 })
  // it takes the tap although it does nothing yet
  await begin.click({ force: true })
  const box = page.getByRole('checkbox', { name: /个人信息处理说明/ })
  await expect(box).toBeFocused()
  // the label is what a finger meets
  await page.getByText('我已阅读并同意').click({ position: { x: 12, y: 12 } })
  await expect(box).toBeChecked()
  await expect(begin).not.toHaveAttribute('aria-disabled', 'true')
  const sent = page.waitForRequest(/reading\/accept$/)
  await begin.click()
  expect((await sent).postDataJSON()).toMatchObject({ consentTo: expect.any(String) })
  await expect(page).toHaveURL(/\/applications\/[0-9a-f-]{36}$/)
})
