import { expect, test } from './application.ts'
import { officeSignIn } from './office-walk.ts'
import { batchNamed, filledDraft, submitDraft } from './filled-draft.ts'
import { attach, certificates, demoPerson, fill, signIn } from './walk.ts'

const applicant = demoPerson('applicant')

test('[R65, R66, R67] a locked education row is changed on a request: filled, kept through a reload, sent, approved by the office, and shown in the open draft', async ({
  server,
  phone,
  browser,
}) => {
  const page = await phone.newPage()
  await signIn(page, applicant)
  await expect(page).toHaveURL(/\/home/)
  const initial = await batchNamed(page.request, /初定/)
  await submitDraft(page, await filledDraft(page, server, initial, { workStartDate: '2018-07' }))
  const id = await filledDraft(page, server, await batchNamed(page.request, /工程系列中级职称评审/))

  await page.goto(`/applications/${id}/education`)
  const card = page.getByRole('article').filter({ hasText: '用过，不能直接改或删' })
  await expect(card).toBeVisible()
  await card.getByRole('button', { name: '申请修改学历' }).click()
  await expect(page.getByRole('heading', { level: 1, name: '申请修改学历' })).toBeVisible()

  await page.getByRole('button', { name: '提交申请' }).click()
  await expect(page.getByRole('alert').filter({ hasText: '处要改' })).toContainText('证明材料')
  await fill(page, '学校', '南京理工大学泰州科技学院')
  await expect(page.getByText(/^原来：/)).toBeVisible()
  await fill(page, '修改理由', '毕业证上的学校名称与填写的不一致')
  await attach(page, '证明材料', certificates.diploma)
  await page.screenshot({ path: 'test-results/screens/education-change.png', fullPage: true })

  await page.reload()
  await expect(page.getByLabel('学校', { exact: true })).toHaveValue('南京理工大学泰州科技学院')
  await expect(page.getByText('diploma.pdf')).toBeVisible()
  await page.getByRole('button', { name: '提交申请' }).click()
  await expect(page).toHaveURL(/\/education$/)
  await expect(page.getByText('待审核', { exact: true })).toBeVisible()
  await expect(page.getByText('修改申请待审核')).toBeVisible()
  await page.screenshot({ path: 'test-results/screens/education.png', fullPage: true })

  const office = await browser.newContext({ baseURL: server.origin, viewport: { width: 1280, height: 800 } })
  const desk = await office.newPage()
  await officeSignIn(desk, server)
  await desk.goto('/office/education-changes')
  await expect(desk.getByText('南京理工大学泰州科技学院')).toBeVisible()
  await desk.getByRole('button', { name: '同意修改' }).click()
  await expect(desk.getByText(`同意修改：${applicant.fullName}`)).toBeVisible()
  await office.close()

  await page.reload()
  await expect(page.getByText('已通过', { exact: true })).toBeVisible()
  await expect(page.getByRole('heading', { level: 2 }).first()).toContainText('南京理工大学泰州科技学院')
  await page.goto(`/applications/${id}/education`)
  await expect(page.getByRole('article').first()).toContainText('南京理工大学泰州科技学院')
})
