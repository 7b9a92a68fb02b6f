import { expect, test } from './application.ts'
import { demoPerson, fill } from './walk.ts'

test.use({ world: 'passkey' })

test('[R19] who cannot read the picture lets the browser work; then a passkey is added and signs in without a password', async ({
  browser,
  server,
}) => {
  // A passkey belongs to a name, and 127.0.0.1 is none (WebAuthn §5.1.2).
  const baseURL = server.origin.replace('127.0.0.1', 'localhost')
  const context = await browser.newContext({ baseURL, viewport: { width: 390, height: 844 }, locale: 'zh-CN' })
  const page = await context.newPage()
  const devtools = await context.newCDPSession(page)
  await devtools.send('WebAuthn.enable')
  await devtools.send('WebAuthn.addVirtualAuthenticator', {
    options: {
      protocol: 'ctap2',
      transport: 'internal',
      hasResidentKey: true,
      hasUserVerification: true,
      isUserVerified: true,
      automaticPresenceSimulation: true,
    },
  })
  const { idNumber, password, fullName } = demoPerson('applicant')

  await page.goto('/apply/login')
  await fill(page, '身份证号', idNumber)
  await fill(page, '密码', password)
  await page.getByRole('button', { name: '不看图，自动验证' }).click()
  await expect(page.getByText('已通过验证')).toBeVisible()
  await page.getByRole('button', { name: '登录', exact: true }).click()
  await expect(page).toHaveURL(/\/home/)

  await page.goto('/me')
  await page.getByRole('link', { name: /指纹或面容登录/ }).click()
  await expect(page.getByText('还没有添加通行密钥。')).toBeVisible()
  await page.getByRole('button', { name: '添加本机的通行密钥' }).click()
  const sheet = page.getByRole('dialog', { name: '添加通行密钥' })
  await sheet.getByLabel('登录密码').first().fill('not-the-password-1')
  await sheet.getByRole('button', { name: '添加', exact: true }).click()
  await expect(sheet.getByText('登录密码不对，请核对后再试。')).toBeVisible()
  await sheet.getByLabel('登录密码').first().fill(password)
  await sheet.getByRole('button', { name: '添加', exact: true }).click()
  await expect(sheet).toBeHidden()
  await expect(page.getByText(/添加于/)).toBeVisible()

  await page.getByRole('button', { name: '退出所有设备' }).click()
  await page.getByRole('button', { name: '全部退出' }).click()
  await expect(page).toHaveURL(/\/apply\/login/)
  await page.getByRole('button', { name: '用指纹或面容登录' }).click()
  await expect(page).toHaveURL(/\/home/)
  await page.goto('/account')
  await expect(page.getByText(/上次使用/)).toBeVisible()
  await page.getByRole('button', { name: /^删除.*的通行密钥$/ }).click()
  await page.getByRole('dialog', { name: '删除通行密钥' }).getByRole('button', { name: '删除', exact: true }).click()
  await expect(page.getByText('还没有添加通行密钥。')).toBeVisible()
  await page.goto('/me')
  await expect(page.getByText(fullName).first()).toBeVisible()
  await context.close()
})
