import { readFile } from 'node:fs/promises'
import type { SyncAnswer } from '#domain/sync/protocol.ts'
import { photoOf } from '../world/pdf-files.ts'
import { expect, test } from './application.ts'
import { batchNamed } from './filled-draft.ts'
import { officeSteps } from './office-steps.ts'
import { attach, certificates, choose, demoPerson, fill, next, register, signIn, synced } from './walk.ts'

test.use({ world: 'walks' })

/** 补证, from the guide to the new certificate: one page of a form, its papers, and no committee. */
test('[R94, R103] an applicant asks for a certificate once more, and has it approved without a committee', async ({
  server,
  phone,
  browser,
}) => {
  test.setTimeout(150_000)
  const page = await phone.newPage()
  const errors: string[] = []
  page.on('pageerror', (error) => errors.push(String(error)))
  await register(page, {
    fullName: '陈晓丽',
    idNumber: '321203198709220046',
    mobile: '13812340046',
    password: 'Qingshan-2026-yue',
  })
  await expect(page).toHaveURL(/\/home/)
  const batch = await batchNamed(page.request, /补证/)

  await test.step('the guide accepted too early is refused', async () => {
    const id = crypto.randomUUID()
    const data = { batchId: batch.id }
    await page.request.post(`/api/applications/${id}/reading`, { data })
    await server.advanceClock(17_000)
    const early = await page.request.post(`/api/applications/${id}/reading/accept`, { data })
    expect(early.status()).toBe(425)
    expect((await early.json()).code).toBe('reading.too-early')
    await server.advanceClock(20_000)
    expect((await page.request.post(`/api/applications/${id}/reading/accept`, { data })).ok()).toBe(true)
    await page.goto(`/applications/${id}`)
    await page.getByRole('link', { name: /补证申请表/ }).click()
    await expect(page).toHaveURL(/\/applications\/[0-9a-f-]{36}\/\w+$/)
  })
  const id = page.url().split('/').at(-2)!

  await test.step('what is missing is asked for', async () => {
    await next(page)
    await expect(page.getByRole('alert').filter({ hasText: '处要改' })).toBeVisible()
    await fill(page, '工作单位', '泰州市第二中学')
    await choose(page, '补证原因', '遗失')
    await fill(page, '原证书系列（专业）', '中小学教师')
    await fill(page, '原证书资格名称', '一级教师')
    await fill(page, '取得时间', '2012.12')
    await choose(page, '取得方式', '评审')
    await fill(page, '发证机关', '泰州市人力资源和社会保障局')
    await fill(page, '申请说明', '搬家时不慎遗失，已登报声明作废，现申请补发。')
    await choose(page, '受理点所在地区', '海陵区')
    await choose(page, '受理点', /./)
    await attach(page, '身份证正反面', certificates.idCard)
    const chooser = page.waitForEvent('filechooser')
    await page.getByRole('button', { name: /^照片/ }).click()
    await (await chooser).setFiles(certificates.portrait)
    await page.getByRole('button', { name: '用这张照片' }).click()
    const photo = page.getByRole('group', { name: '照片' })
    await expect(photo.getByText('已上传')).toBeVisible({ timeout: 30_000 })
    await next(page)
    await expect(page.getByRole('heading', { level: 1, name: '材料目录' })).toBeVisible()
  })

  await test.step('[R94] the papers are added, and what is submitted can no longer be changed', async () => {
    await attach(page, '原评审表、呈报表或批文复印件', certificates.diploma)
    await attach(page, '遗失声明（登报）', certificates.certificate)
    await synced(page)
    await page.getByRole('button', { name: '完成提交' }).click()
    await page.getByRole('dialog', { name: '完成提交' }).getByRole('button', { name: '确认完成提交' }).click()
    await expect(page).toHaveURL(/\/receipt/, { timeout: 60_000 })
    await expect(page.getByText(/^\d{4}321202B\d{7}-\d$/)).toBeVisible()
    await page.goto(`/applications/${id}`)
    await expect(page).toHaveURL(/\/progress/)
    const late = {
      kind: 'setField',
      id: crypto.randomUUID(),
      applicationId: id,
      path: 'employerName',
      value: '别处',
      base: 0,
    }
    const data = { protocol: 1, device: crypto.randomUUID(), known: {}, mutations: [late] }
    const { results } = (await (await page.request.post('/api/sync', { data, maxRetries: 2 })).json()) as SyncAnswer
    expect(results).toMatchObject([{ outcome: 'refused' }])
  })

  await test.step('[R103] office: 预审, paper, approval, certificate; no committee and no publication', async () => {
    const office = await officeSteps(browser, server)
    await office.openAll(id)
    await office.step(id, 'forwardToPreReview')
    await office.step(id, 'passPreReview')
    await page.goto(`/applications/${id}/papers/reissueForm`)
    await expect(page.getByText('这是正式版')).toBeVisible({ timeout: 30_000 })
    const download = page.waitForEvent('download')
    await page.getByRole('link', { name: '导出', exact: true }).click()
    expect((await readFile(await (await download).path())).subarray(0, 5).toString('latin1')).toBe('%PDF-')
    // a receipt is a paper too, but not one that is stamped
    const paper = (await office.view(id)).papers.find(({ kind }: { kind: string }) => kind !== 'receipt')
    await office.step(id, 'receivePaper', { paperCode: paper.code })
    await office.step(id, 'startApproval')
    await office.step(id, 'approveReissue')
    await office.step(id, 'certify', { certificateNumber: `补${id.slice(0, 8)}` })
    await office.close()
    await page.goto('/applications/history')
    await expect(page.getByText('已发证').first()).toBeVisible()
  })
  expect(errors).toEqual([])
})

test('another picture can be chosen when the first is too small, and the photo be exchanged afterwards', async ({
  server,
  phone,
}) => {
  const page = await phone.newPage()
  await signIn(page, demoPerson('applicant'))
  await expect(page).toHaveURL(/\/home/)
  const { id: batchId } = await batchNamed(page.request, /补证/)
  const id = crypto.randomUUID()
  const data = { batchId }
  expect((await page.request.post(`/api/applications/${id}/reading`, { data })).status()).toBe(200)
  await server.advanceClock(21_000)
  expect((await page.request.post(`/api/applications/${id}/reading/accept`, { data })).status()).toBe(200)
  await page.goto(`/applications/${id}/request`)

  const photo = page.getByRole('group', { name: '照片' })
  const sheet = page.getByRole('dialog', { name: '裁剪照片' })
  const pick = async (width: number, height: number): Promise<void> => {
    const chooser = page.waitForEvent('filechooser')
    await page.getByRole('button', { name: /^照片：/ }).click()
    const buffer = Buffer.from(photoOf(width, height))
    await (await chooser).setFiles({ name: '照片.jpg', mimeType: 'image/jpeg', buffer })
  }

  await pick(100, 140)
  await sheet.getByRole('button', { name: '换一张' }).click()
  await expect(sheet).toBeHidden()
  for (let turn = 0; turn < 2; turn += 1) {
    await pick(780 + turn, 1134)
    await sheet.getByRole('button', { name: '用这张照片' }).click()
    await expect(sheet).toBeHidden()
    await expect(photo.getByText('已上传')).toBeVisible()
  }
})
