import { fileURLToPath } from 'node:url'
import { expect, type Locator, type Page } from '@playwright/test'
import { DEMO_PASSWORD, demoPeople } from '../../server/demo/people.ts'

/** What a person does, in a person's words: fill in, choose, attach. */

export const fixture = (name: string): string => fileURLToPath(new URL(`../fixtures/${name}`, import.meta.url))

export const certificates = {
  diploma: fixture('diploma.pdf'),
  certificate: fixture('certificate.pdf'),
  idCard: fixture('id-card.pdf'),
  portrait: fixture('portrait.jpg'),
}

type Place = Page | Locator

const pageOf = (place: Place): Page => ('goto' in place ? place : place.page())

export async function fill(place: Place, label: string | RegExp, text: string): Promise<void> {
  const field = place.getByLabel(label, typeof label === 'string' ? { exact: true } : {}).first()
  await field.fill(text)
  await field.blur()
}

/** Opens a sheet of choices and takes one. */
export async function choose(place: Place, label: string, option: string | RegExp): Promise<void> {
  await place.getByRole('combobox', { name: label, exact: true }).click()
  const sheet = pageOf(place).getByRole('dialog').last()
  await sheet.getByRole('option', { name: option }).first().click()
  await expect(place.getByRole('combobox', { name: label, exact: true })).toContainText(option)
}

export async function segment(place: Place, label: string, option: string): Promise<void> {
  await place.getByRole('radiogroup', { name: label }).getByText(option, { exact: true }).click()
}

/** Chooses files for a slot and sends them: 附件材料, 选 PDF 文件, 开始上传 (R44, R46). */
export async function attach(
  place: Place,
  slot: string,
  files: string | string[] | { name: string; mimeType: string; buffer: Buffer }[],
): Promise<void> {
  const page = pageOf(place)
  await place
    .getByRole('button', { name: `附件材料：${slot}` })
    .first()
    .click()
  const sheet = page.getByRole('dialog', { name: '附件材料' })
  await expect(sheet).toBeVisible()
  const chooser = page.waitForEvent('filechooser')
  await sheet.getByRole('button', { name: '选 PDF 文件' }).click()
  await (await chooser).setFiles(files)
  await sheet.getByRole('button', { name: '开始上传' }).click()
  await expect(sheet.getByText('已上传').first()).toBeVisible({ timeout: 60_000 })
  await expect(sheet.getByRole('button', { name: '开始上传' })).toBeHidden({ timeout: 60_000 })
  await sheet.getByRole('button', { name: '关闭' }).click()
  await expect(sheet).toBeHidden()
}

export interface Applicant {
  readonly fullName: string
  readonly idNumber: string
  readonly mobile: string
  readonly password: string
}

export const applicants = {
  zhou: { fullName: '周文静', idNumber: '321281198808080041', mobile: '13812345678', password: 'Haichuan-2026-feng' },
  li: { fullName: '李建国', idNumber: '32128219951001005X', mobile: '13912345678', password: 'Qingshan-2026-yue' },
} as const satisfies Record<string, Applicant>

/** A person of the demonstration world with this role, as who signs in. */
export function demoPerson(role: string): { fullName: string; idNumber: string; password: string } {
  const found = demoPeople.find(({ grant }) => grant.role === role)
  if (!found) throw new Error(`the demonstration world has no ${role}`)
  return { fullName: found.fullName, idNumber: found.idNumber, password: DEMO_PASSWORD }
}

export async function register(page: Page, who: Applicant): Promise<void> {
  await page.goto('/apply/login')
  await page.getByRole('link', { name: '注册', exact: true }).first().click()
  await fill(page, '姓名', who.fullName)
  await fill(page, '身份证号', who.idNumber)
  await fill(page, '密码', who.password)
  await fill(page, '确认密码', who.password)
  await fill(page, /^E-mail|^邮箱/, 'applicant@example.com')
  await fill(page, '手机号码', who.mobile)
  await fill(page, '验证码', '8888')
  await page.getByRole('checkbox').first().check({ force: true })
  await page.getByRole('button', { name: '确认提交' }).click()
}

export async function signIn(page: Page, who: { idNumber: string; password: string }): Promise<void> {
  await page.goto('/apply/login')
  // the page stands before our code runs; nobody types four digits before there is a picture of them
  await expect(page.getByRole('button', { name: /^验证码图片/ }).locator('img')).toBeVisible()
  await fill(page, '身份证号', who.idNumber)
  await fill(page, '密码', who.password)
  await fill(page, '验证码', '8888')
  await page.getByRole('button', { name: '登录', exact: true }).click()
}

/** Waits until the server has everything: the badge says so. */
export async function synced(page: Page): Promise<void> {
  await page.getByRole('button', { name: '保存', exact: true }).click()
  await expect(page.getByText(/已同步/).first()).toBeVisible({ timeout: 30_000 })
}

export async function saveRow(page: Page, name: string): Promise<void> {
  await page
    .getByRole('dialog')
    .last()
    .getByRole('button', { name: `保存${name}` })
    .click()
}

export const next = async (page: Page): Promise<void> =>
  page.getByRole('button', { name: '下一步', exact: true }).click()
