import { expect, test } from './application.ts'
import { faults, smallest } from './screen-faults.ts'
import { demoPerson, fill, signIn } from './walk.ts'

test.use({ world: 'account-closing' })

test('an account is closed by its owner: the phone forgets him at once, and who signs in within fifteen days keeps it (PIPL 47)', async ({
  browser,
  server,
}, testInfo) => {
  const context = await browser.newContext({
    baseURL: server.origin,
    viewport: { width: 390, height: 844 },
    locale: 'zh-CN',
    timezoneId: 'Asia/Shanghai',
    bypassCSP: true,
  })
  const page = await context.newPage()
  const person = demoPerson('applicant')
  const shot = (name: string) => page.screenshot({ path: testInfo.outputPath(`${name}.png`), fullPage: true })
  const looked = async (name: string) => {
    await shot(name)
    const viewport = page.viewportSize()!
    await page.setViewportSize(smallest)
    expect(await faults(page)).toEqual([])
    await page.setViewportSize(viewport)
  }
  const close = async (password: string) => {
    await page.goto('/account')
    await page.getByRole('button', { name: '注销账号' }).click()
    const sheet = page.getByRole('dialog', { name: '注销账号' })
    await fill(sheet, '登录密码', password)
    await sheet.getByRole('button', { name: '注销账号' }).click()
    return sheet
  }
  await signIn(page, person)
  await expect(page).toHaveURL(/\/home/)
  await page.goto('/account')
  await expect(page.getByText('还没有添加通行密钥。')).toBeVisible()
  await looked('1-account')
  const sheet = await close('not-the-password-1')
  await expect(sheet.getByText('登录密码不对，请核对后再试。')).toBeVisible()
  await looked('2-wrong-password')

  await close(person.password)
  const told = page.getByText(/账号将在 .+ 注销/)
  await expect(told).toBeVisible()
  await looked('3-closing')
  const kept = await page.evaluate(async () => {
    const open = indexedDB.open('zhicheng')
    const db = await new Promise<IDBDatabase>((done, fail) => {
      open.onsuccess = () => done(open.result)
      open.onerror = () => fail(open.error)
    })
    const names = [...db.objectStoreNames].filter((name) =>
      ['applications', 'outbox', 'uploads', 'notices'].includes(name),
    )
    const counts = names.map(
      (name) =>
        new Promise<number>((done) => {
          const asked = db.transaction(name).objectStore(name).count()
          asked.onsuccess = () => done(asked.result)
        }),
    )
    return (await Promise.all(counts)).reduce((sum, count) => sum + count, 0)
  })
  expect(kept).toBe(0)

  await server.advanceClock(14 * 86_400_000)
  await signIn(page, person)
  await expect(page).toHaveURL(/\/home/)
  await page.goto('/messages')
  await expect(page.getByText('账号没有注销').first()).toBeVisible()

  await context.close()
})
