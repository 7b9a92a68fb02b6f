import { expect, test } from './application.ts'
import { batchNamed, filledDraft } from './filled-draft.ts'
import { demoPerson, fill, register, signIn, synced } from './walk.ts'

/** What the account holds and what the form holds: which of the two is used for what, and where each is changed. */

test.use({ world: 'account details' })

const who = { fullName: '顾晓岚', idNumber: '321203198709220046', mobile: '13812340046', password: 'Qingshan-2026-yue' }

test('[R8, R9, R11, R34, R59, R60, R113, R115] name and mobile are corrected in the form: the receipt shows the name, SMS go on to the account, and 我的 has what belongs to it', async ({
  server,
  phone,
}) => {
  const page = await phone.newPage()
  await page.goto('/register')
  await expect(page.getByLabel('手机号码', { exact: true })).toBeVisible()
  const labels = await page.locator('#registration label').allTextContents()
  expect(labels.indexOf('E-mail')).toBe(labels.indexOf('手机号码') - 1)
  await register(page, who)
  await expect(page).toHaveURL(/\/home/)

  await test.step('[R11] the contact is added, changed and emptied', async () => {
    await page.goto('/me')
    const contact = page.getByRole('button', { name: /^联系人(?!手机)/ })
    const mobile = page.getByRole('button', { name: /^联系人手机/ })
    await expect(contact).toContainText('没有填')
    await contact.click()
    await fill(page.getByRole('dialog'), '联系人', '王芳')
    await page.getByRole('button', { name: '保存联系人', exact: true }).click()
    await expect(contact).toContainText('王芳')
    await mobile.click()
    await fill(page.getByRole('dialog'), '联系人手机', '139')
    await page.getByRole('button', { name: '保存联系人手机' }).click()
    await expect(page.getByRole('dialog')).toContainText('11 位')
    await fill(page.getByRole('dialog'), '联系人手机', '13912345678')
    await page.getByRole('button', { name: '保存联系人手机' }).click()
    await expect(mobile).toContainText('139****5678')
    await contact.click()
    await fill(page.getByRole('dialog'), '联系人', '')
    await page.getByRole('button', { name: '保存联系人', exact: true }).click()
    await expect(contact).toContainText('没有填')
    await expect(mobile).toContainText('139****5678')
  })

  const batch = await batchNamed(page.request, /补证/)
  const id = await filledDraft(page, server, batch)
  await page.goto(`/applications/${id}/request`)

  await test.step('[R115] another mobile in the form: it says where SMS go, and leads to where that is changed', async () => {
    const field = page.locator('.field').filter({ has: page.getByLabel('手机号码', { exact: true }) })
    await expect(field).toContainText('短信发到账号的手机号')
    await expect(field).not.toContainText('138****0046')
    await fill(page, '手机号码', '13698765432')
    await expect(field.getByRole('status')).toContainText('短信仍发到账号的手机号 138****0046')
    await fill(page, '姓名', '顾晓兰')
    await synced(page)
    await field.getByRole('link', { name: '同步更新账号手机号' }).click()
    await expect(page.getByRole('dialog', { name: '换手机号码' })).toBeVisible()
    await page.getByRole('dialog').getByRole('button', { name: '关闭' }).click()
    await page.goBack()
    await expect(page.getByLabel('手机号码', { exact: true })).toHaveValue('13698765432')
  })

  await test.step('[R9, R60, R113] the receipt names who was corrected, and where the 受理点 can be reached', async () => {
    const { version } = (await (await page.request.get(`/api/applications/${id}`)).json()).application
    const sent = await page.request.post(`/api/applications/${id}/submit`, {
      data: { version },
      headers: { 'idempotency-key': crypto.randomUUID() },
    })
    expect(sent.ok(), await sent.text()).toBe(true)
    await page.goto(`/applications/${id}/receipt`)
    await expect(page.getByText(/^顾晓兰（/)).toBeVisible()
    await expect(page.getByText(/^顾晓岚（/)).toBeHidden()
    await page.getByRole('link', { name: /^受理点电话和地址/ }).click()
    await expect(page).toHaveURL(/\/directory$/)
  })
})

test('[R111] who is signed in comes to the 公示名单 from 我的, and back', async ({ phone }) => {
  const page = await phone.newPage()
  await signIn(page, demoPerson('applicant'))
  await expect(page).toHaveURL(/\/home/)
  await page.goto('/me')
  await page.getByRole('link', { name: /^公示名单/ }).click()
  await expect(page.getByRole('heading', { level: 1, name: '公示名单' })).toBeVisible()
  await page.getByRole('link', { name: '返回' }).click()
  await expect(page).toHaveURL(/\/me$/)
})
