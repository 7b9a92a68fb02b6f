import { readFile } from 'node:fs/promises'
import { STANDARD_LIMIT } from '#domain/attachment.ts'
import { DEMO_PASSWORD, demoPeople } from '../../server/demo/people.ts'
import { pdfOfSize, photoOf } from '../world/pdf-files.ts'
import { expect, test } from './application.ts'
import { batchNamed, filledDraft } from './filled-draft.ts'
import { applicants, fill, fixture, register, signIn, synced } from './walk.ts'

/** What goes wrong at the keyboard and with files: a clear word, the way out, and nothing lost. */

test.use({ world: 'deadline' })

const [first, second] = demoPeople.filter(({ grant }) => grant.role === 'applicant')

test('[R8, R12, R13] a wrong check digit and a second registration are told at the field, and what was typed stays', async ({
  phone,
  server,
}) => {
  const page = await phone.newPage()
  await register(page, { ...applicants.zhou, idNumber: `${applicants.zhou.idNumber.slice(0, 17)}2` })
  await expect(page.getByText('有 1 处要改')).toBeVisible()
  await expect(page.getByText('身份证号不对，请核对 18 位号码').first()).toBeVisible()
  await expect(page.getByLabel('姓名', { exact: true })).toHaveValue(applicants.zhou.fullName)

  await fill(page, '身份证号', applicants.zhou.idNumber)
  await page.getByRole('button', { name: '确认提交' }).click()
  await expect(page).toHaveURL(/\/home/)

  const other = await phone.browser()!.newContext({ baseURL: server.origin, viewport: { width: 390, height: 844 } })
  const again = await other.newPage()
  await register(again, applicants.zhou)
  await expect(again.getByText('这个身份证号已注册').first()).toBeVisible()
  await expect(again).toHaveURL(/\/register/)
  for (const [label, value] of [
    ['姓名', applicants.zhou.fullName],
    ['身份证号', applicants.zhou.idNumber],
    ['手机号码', applicants.zhou.mobile],
  ] as const)
    await expect(again.getByLabel(label, { exact: true })).toHaveValue(value)
  await other.close()
})

test('[R41, R43, R48] wrong files say what is wrong with them before a byte is sent, and the good one goes', async ({
  phone,
  server,
}) => {
  const page = await phone.newPage()
  await signIn(page, { idNumber: first!.idNumber, password: DEMO_PASSWORD })
  await expect(page).toHaveURL(/\/home/)
  const id = await filledDraft(page, server, await batchNamed(page.request, /工程系列中级/))
  await page.goto(`/applications/${id}/proposal`)
  // It was filled beside this phone: typed over before the phone has heard of that, it would be a conflict.
  await expect(page.getByLabel('单位名称', { exact: true })).toHaveValue(/./)
  await fill(page, '单位名称', '泰州市海陵建筑设计院')

  await page.getByRole('button', { name: '附件材料：申报承诺书' }).click()
  const sheet = page.getByRole('dialog', { name: '附件材料' })
  const chooser = page.waitForEvent('filechooser')
  const requests: string[] = []
  page.on('request', (request) => request.url().includes('/api/uploads') && requests.push(request.method()))
  const pdf = (name: string, buffer: Uint8Array) => ({ name, mimeType: 'application/pdf', buffer: Buffer.from(buffer) })
  await sheet.getByRole('button', { name: '选 PDF 文件' }).click()
  await (
    await chooser
  ).setFiles([
    pdf('图片.pdf', photoOf(400, 300, 'image/png')),
    pdf('空的.pdf', new Uint8Array()),
    pdf('有密码.pdf', await readFile(fixture('password-needed.pdf'))),
    pdf('大一字节.pdf', pdfOfSize(STANDARD_LIMIT + 1)),
    pdf('刚好.pdf', pdfOfSize(STANDARD_LIMIT)),
  ])
  for (const words of ['不是 PDF', '这个文件是空的（0 字节）', '这个 PDF 有密码或加密', '降低扫描分辨率'])
    await expect(sheet.getByText(words)).toBeVisible()
  expect(requests).toEqual([])
  await sheet.getByRole('button', { name: '开始上传' }).click()
  await expect(sheet.getByText('500.0 KB·已上传').or(sheet.getByText(/500 KB·已上传/))).toBeVisible({ timeout: 60_000 })
  await page.screenshot({ path: 'test-results/screens/wrong-files.png' })

  await page.goto(`/applications/${id}/proposal`)
  await expect(page.getByLabel('单位名称', { exact: true })).toHaveValue('泰州市海陵建筑设计院')
})

test('[R23, R88, R90] a missing field is jumped to, a submit after the end is refused and keeps everything, one in time is taken', async ({
  phone,
  server,
}) => {
  const page = await phone.newPage()
  const batch = await batchNamed(page.request, /工程系列中级/)
  const end = new Date(batch.closesAt!)
  await server.setClock(new Date(end.getTime() - 600_000))
  await signIn(page, { idNumber: second!.idNumber, password: DEMO_PASSWORD })
  await expect(page).toHaveURL(/\/home/)
  const id = await filledDraft(page, server, batch, { employerName: null })
  const url = `/applications/${id}`

  await page.goto(`${url}/materials`)
  const finish = page.getByRole('button', { name: '完成提交' })
  await expect(finish).toHaveAttribute('aria-disabled', 'true')
  await finish.click({ force: true })
  await expect(page).toHaveURL(/\/proposal\?check=1#/)
  const employer = page.getByLabel('单位名称', { exact: true })
  await expect(employer).toBeInViewport()
  await expect(employer).toHaveAttribute('aria-invalid', 'true')
  await fill(page, '单位名称', '泰州市海陵建筑设计院有限公司')
  await synced(page)

  await page.goto(`${url}/materials`)
  await finish.click()
  const confirmation = page.getByRole('dialog', { name: '完成提交' })
  await expect(confirmation).toBeVisible()
  await server.setClock(new Date(end.getTime() + 1000))
  await confirmation.getByRole('button', { name: '确认完成提交' }).click()
  await expect(page.getByText(/本批次已于 .+ 截止/).first()).toBeVisible()
  // The office moves nothing here: the clock goes back as if the batch had been extended, before the minute's job closes the draft.
  await server.setClock(new Date(end.getTime() - 60_000))
  await page.screenshot({ path: 'test-results/screens/after-the-end.png' })
  await page.goto(`${url}/proposal`)
  await expect(page.getByText('泰州市海陵建筑设计院有限公司').or(employer).first()).toBeVisible()

  await page.goto(`${url}/materials`)
  await expect(finish).not.toHaveAttribute('aria-disabled', 'true')
  await finish.click({ force: true })
  await confirmation.getByRole('button', { name: '确认完成提交' }).click()
  await expect(page).toHaveURL(/\/receipt/, { timeout: 60_000 })
})
