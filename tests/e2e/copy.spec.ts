import { expect, test } from './application.ts'
import { batchNamed, filledDraft, submitDraft } from './filled-draft.ts'
import { attach, certificates, register } from './walk.ts'

test.use({ world: 'walks' })

test('[A28] a new application starts from an earlier one, files and all, and only the pledge is still to be signed', async ({
  server,
  phone,
}) => {
  test.setTimeout(120_000)
  const page = await phone.newPage()
  await register(page, {
    fullName: '李建国',
    idNumber: '321282199107180059',
    mobile: '13912345678',
    password: 'Qingshan-2026-yue',
  })
  await expect(page).toHaveURL(/\/home/)
  const year = { societies: '泰州市土木建筑学会', workStartDate: '2016-07' }
  const first = await filledDraft(page, server, await batchNamed(page.request, /工程系列中级/), year)
  await submitDraft(page, first)
  const other = await batchNamed(page.request, /高级职称评审/)
  const id = crypto.randomUUID()
  const data = { batchId: other.id }
  expect((await page.request.post(`/api/applications/${id}/reading`, { data })).status()).toBe(200)
  await server.advanceClock(21_000)
  expect((await page.request.post(`/api/applications/${id}/reading/accept`, { data })).status()).toBe(200)

  await page.goto(`/applications/${id}`)
  await page.getByRole('button', { name: '选一份以往的申报' }).click()
  const sheet = page.getByRole('dialog', { name: '从上次申报复制' })
  await sheet
    .getByRole('button', { name: /工程师|评审/ })
    .first()
    .click()
  await page.getByRole('dialog', { name: '复制这份申报' }).getByRole('button', { name: '复制', exact: true }).click()
  await expect(page.getByText(/^复制了 \d+ 项、\d+ 条记录、\d+ 个附件/)).toBeVisible({ timeout: 30_000 })
  await expect(page.getByRole('button', { name: '选一份以往的申报' })).toBeHidden()

  await page.getByRole('link', { name: /基本信息/ }).click()
  await expect(page.getByLabel('参加何学术团体、任何职，有何社会兼职')).toHaveValue('泰州市土木建筑学会')
  await expect(page.getByText('证书.pdf').first()).toBeVisible()
  await page.goto(`/applications/${id}/proposal`)
  await attach(page, '申报承诺书', certificates.certificate)
  await expect(page.getByText('已上传').first()).toBeVisible()
})
