import { expect, type Page } from '@playwright/test'
import { DEMO_PASSWORD, demoPeople } from '../../server/demo/people.ts'
import { signIn } from './walk.ts'

/** What a person of the 职称办 does, in his words: signs in, opens an application from the queue, returns it, passes it. */

/** Signs in as the 职称办 of the demonstration world and lands on the queue. */
export async function officeSignIn(page: Page, _server: { readonly origin: string }): Promise<void> {
  const office = demoPeople.find(({ grant }) => grant.role === 'office')
  if (!office) throw new Error('The demonstration world has no 职称办')
  await signIn(page, { idNumber: office.idNumber, password: DEMO_PASSWORD })
  await expect(page).toHaveURL(/\/office/)
  await page.getByRole('link', { name: /^审核队列/ }).click()
  await expect(page.getByRole('heading', { level: 1, name: '审核队列' })).toBeVisible()
}

/** Finds an application by the name of its applicant, whatever state it is in, and opens it. */
export async function officeOpen(page: Page, fullName: string): Promise<void> {
  await page.goto('/office/queue?tab=all')
  const search = page.getByRole('textbox', { name: '搜索申报' })
  await search.fill(fullName)
  await search.press('Enter')
  await expect(page.getByRole('button', { name: '清除 搜索' })).toBeVisible()
  const row = page.getByRole('row').filter({ hasText: fullName })
  await row.getByRole('link').click()
  await expect(page.getByRole('heading', { level: 1, name: fullName })).toBeVisible()
}

/** Writes a comment at the field with this label, wherever in the form it stands, and returns the application (T6). */
export async function officeReturn(
  page: Page,
  fullName: string,
  { field, comment, reason }: { readonly field: string; readonly comment: string; readonly reason: string },
): Promise<void> {
  await officeOpen(page, fullName)
  const add = page.getByRole('button', { name: `写意见：${field}`, exact: true })
  const steps = page.getByRole('navigation', { name: '步骤' }).getByRole('button')
  await expect(steps.first()).toBeVisible()
  for (const step of await steps.all()) {
    await step.click()
    if (await add.first().isVisible()) break
  }
  await add.first().click()
  await page.getByRole('textbox', { name: `意见：${field}` }).fill(comment)
  await page.getByRole('button', { name: '记下', exact: true }).click()
  await expect(page.getByText('意见 1 条')).toBeVisible()
  await page.getByRole('button', { name: '退回修改（1 条意见）' }).click()
  const sheet = page.getByRole('dialog', { name: '退回修改' })
  await expect(sheet.getByText(comment)).toBeVisible()
  await sheet.getByLabel(/^退回原因/).fill(reason)
  await sheet.getByRole('button', { name: '确认退回' }).click()
  await expect(page.getByText(`退回修改：${fullName}`)).toBeVisible()
}

/** Opens every file, then 受理审核通过, which is not possible before the last of them was seen, and 预审通过 (T5, T10). */
export async function officePass(page: Page, fullName: string): Promise<void> {
  await officeOpen(page, fullName)
  const accept = page.getByRole('button', { name: /受理审核通过/ })
  await expect(accept).toHaveAttribute('aria-disabled', 'true')
  const seen = page.getByRole('img', { name: /^材料已看 \d+ 份，共 \d+ 份$/ })
  const counts = async () =>
    ((await seen.getAttribute('aria-label')) ?? '').match(/\d+/g)!.map(Number) as [number, number]
  const [, total] = await counts()
  expect(total).toBeGreaterThan(0)
  const next = page.getByRole('button', { name: '下一份材料' })
  for (let opened = 1; opened <= total; opened += 1) {
    // The first one is on the screen already; each counts when its page has been drawn.
    await expect.poll(async () => (await counts())[0], { timeout: 30_000 }).toBeGreaterThanOrEqual(opened)
    if (opened < total) await next.click()
  }
  await expect(accept).not.toHaveAttribute('aria-disabled', 'true')
  await accept.click()
  await page.getByRole('button', { name: /预审通过/ }).click()
  await expect(page.getByText(`预审通过：${fullName}`)).toBeVisible()
}
