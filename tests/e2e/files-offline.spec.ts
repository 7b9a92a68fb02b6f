import { readFile } from 'node:fs/promises'
import { pdfOfCertificates } from '../world/certificates.ts'
import { expect, test } from './application.ts'
import { batchNamed, filledDraft } from './filled-draft.ts'
import { certificates, demoPerson, signIn } from './walk.ts'

/** Files looked at on a train, on a phone that has never opened one: what is here opens or says what is missing. */

test.use({ world: 'files-offline' })

test('[R47] without a network a file of this phone is saved from it, and what needs the server says so', async ({
  phone,
  server,
}) => {
  const page = await phone.newPage()
  await signIn(page, demoPerson('applicant'))
  await expect(page).toHaveURL(/\/home/)
  const id = await filledDraft(page, server, await batchNamed(page.request, /工程系列中级/))
  await page.evaluate(() => navigator.serviceWorker.ready)
  await page.goto(`/applications/${id}/proposal`)
  await expect(page.getByLabel('单位名称', { exact: true })).toHaveValue(/./)
  const slot = page.getByRole('dialog', { name: '附件材料' })
  const bytes = await readFile(certificates.diploma)

  await test.step('files are chosen, and the network goes before the viewer was ever opened', async () => {
    await page.getByRole('button', { name: '附件材料：申报承诺书' }).click()
    const chooser = page.waitForEvent('filechooser')
    await slot.getByRole('button', { name: '选 PDF 文件' }).click()
    const pdf = (name: string, buffer: Buffer) => ({ name, mimeType: 'application/pdf', buffer })
    await (await chooser).setFiles([pdf('承诺书.pdf', bytes), pdf('大.pdf', await pdfOfCertificates(900_000))])
    await expect(slot.getByText(/待上传/)).toBeVisible()
    await phone.setOffline(true)
  })

  await test.step('a sound file is not called broken where the viewer itself is not here, and can be saved', async () => {
    await slot.getByRole('button', { name: '承诺书.pdf', exact: true }).click()
    const viewer = page.getByRole('dialog', { name: '承诺书.pdf' })
    await expect(viewer.getByRole('alert')).toContainText('没有网络')
    await expect(viewer.getByText('打不开这个文件')).toBeHidden()
    const download = page.waitForEvent('download')
    await viewer.getByRole('link', { name: '下载' }).click()
    const saved = await download
    expect(saved.suggestedFilename()).toBe('承诺书.pdf')
    expect(Buffer.compare(await readFile(await saved.path()), bytes)).toBe(0)
    await viewer.getByRole('button', { name: '关闭' }).click()
    await expect(viewer).toBeHidden()
  })

  await test.step('[R48] a sound file that is too large is not called broken either', async () => {
    await slot.getByRole('button', { name: '自动压到 500 KB 内' }).click()
    const shrink = page.getByRole('dialog', { name: '压到 500 KB 内' })
    await expect(shrink.getByRole('alert')).toContainText('没有网络')
    await expect(shrink.getByText('已损坏')).toBeHidden()
    await shrink.getByRole('button', { name: '关闭' }).last().click()
    await expect(shrink).toBeHidden()
  })

  await test.step('a photo that is not on the phone says so, and its 下载 waits for the network', async () => {
    await page.goto(`/applications/${id}/basics`)
    await page.getByRole('group', { name: '照片' }).getByRole('button', { name: '照片.jpg', exact: true }).click()
    const viewer = page.getByRole('dialog', { name: /照片/ })
    await expect(viewer.getByRole('alert')).toContainText('这个文件不在本机')
    await expect(viewer.getByRole('button', { name: /下载：\s*联网后再下载/ })).toBeVisible()
    await phone.setOffline(false)
    await expect(viewer.getByRole('link', { name: '下载' })).toBeVisible()
    await phone.setOffline(true)
  })

  await test.step('papers wait for the network too', async () => {
    await page.goto(`/applications/${id}/papers/applicationForm`)
    await expect(page.getByRole('button', { name: /导出预览版：\s*联网后再导出/ })).toBeVisible()
    await page.goto(`/applications/${id}/receipt`)
    await expect(page.getByRole('button', { name: /保存回执：\s*联网后再保存/ })).toBeVisible()
    await phone.setOffline(false)
    await expect(page.getByRole('link', { name: '保存回执' })).toBeVisible()
  })
})

test('a part of the app that does not come says so, and comes when the page is opened again', async ({
  browser,
  server,
}) => {
  const other = await browser.newContext({
    baseURL: server.origin,
    viewport: { width: 390, height: 844 },
    locale: 'zh-CN',
    serviceWorkers: 'block',
  })
  const there = await other.newPage()
  await signIn(there, demoPerson('applicant'))
  await expect(there).toHaveURL(/\/home/)
  const id = await filledDraft(there, server, await batchNamed(there.request, /初定/))
  const opened = there.getByLabel('姓名', { exact: true })
  await there.goto(`/applications/${id}/basics`)
  await expect(opened).toHaveValue(/./)
  await other.route('**/_app/immutable/**', (route) => route.abort())
  const badge = there.getByRole('button', { name: /已同步|已保存/ })
  await badge.click()
  const missing = there.getByRole('dialog', { name: '没有打开' })
  await expect(missing.getByRole('alert')).toContainText('联网后再打开一次')
  await other.unroute('**/_app/immutable/**')
  await missing.getByRole('button', { name: '再打开一次' }).click()
  await expect(opened).toHaveValue(/./)
  await badge.click()
  await expect(there.getByRole('dialog', { name: '保存与同步' })).toBeVisible()
  await other.close()
})
