import { expect, test } from './application.ts'
import { demoPerson, fill, signIn } from './walk.ts'

test.use({ world: 'temporary-password' })

const MINUTE = 60_000

test('[R18] [A12] who came with a temporary password and left comes in again hours later; who took too long begins anew', async ({
  phone,
  server,
}) => {
  const page = await phone.newPage()
  const { idNumber } = demoPerson('applicant')
  const begin = async () => {
    await fill(page, '身份证号', idNumber)
    await fill(page, '验证码', '8888')
    await page.getByRole('button', { name: '下一步' }).click()
    await expect(page.getByText('第 2 步，选找回方式')).toBeVisible()
  }
  await page.goto('/recover')
  await expect(page.getByRole('button', { name: /^验证码图片/ }).locator('img')).toBeVisible()
  await begin()
  await server.advanceClock(11 * MINUTE)
  await page.getByRole('button', { name: '完成' }).click()
  await expect(page.getByText('这次找回密码已过 10 分钟，请从第 1 步重新开始。')).toBeVisible()
  await expect(page.getByText('第 1 步，填身份证号')).toBeVisible()
  await begin()
  await page.getByRole('button', { name: '完成' }).click()
  await expect(page.getByText('短信已发送')).toBeVisible()
  let text = ''
  await expect
    .poll(async () => (text = (await server.outbox()).find((one) => one.text.includes('临时密码'))?.text ?? ''))
    .not.toBe('')
  const password = /(?<![a-z\d])[a-z\d]{10}(?![a-z\d])/.exec(text)![0]

  await signIn(page, { idNumber, password })
  await expect(page).toHaveURL(/\/password/)
  await server.advanceClock(24 * 60 * MINUTE)
  await page.goto('/home')
  await expect(page).toHaveURL('/apply/login?next=%2Fhome')
  await expect(page.getByText('登录已过期，请重新登录。本机的草稿都在。')).toBeVisible()
  await fill(page, '身份证号', idNumber)
  await fill(page, '密码', password)
  await fill(page, '验证码', '8888')
  await page.getByRole('button', { name: '登录', exact: true }).click()
  await expect(page).toHaveURL('/password?next=%2Fhome')

  await page.getByRole('button', { name: '退出登录' }).click()
  const sheet = page.getByRole('dialog', { name: '退出登录' })
  await sheet.getByRole('button', { name: '退出登录' }).click()
  await expect(page).toHaveURL(/\/apply\/login/)
})
