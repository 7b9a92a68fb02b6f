import { readFile } from 'node:fs/promises'
import { photographPage, turnedByExif } from '../world/camera-film.ts'
import { expect, type Page, test } from './application.ts'
import { batchNamed, filledDraft } from './filled-draft.ts'
import { faults, smallest } from './screen-faults.ts'
import { certificates, demoPerson, signIn } from './walk.ts'

/** Files that another app shares into this one (the manifest's share target). */

test.use({ world: 'share' })

interface Given {
  readonly name: string
  readonly type: string
  readonly bytes: Uint8Array
}

/** What the browser does when another app shares files: a form is sent to the address of the share target. */
async function shareInto(page: Page, files: readonly Given[]): Promise<void> {
  await page.evaluate(async () => {
    await navigator.serviceWorker.ready
    if (!navigator.serviceWorker.controller)
      await new Promise((done) => navigator.serviceWorker.addEventListener('controllerchange', done, { once: true }))
  })
  const arrived = page.waitForURL(/\/share\?kept=/)
  await page.evaluate(
    (all) => {
      const form = document.createElement('form')
      form.action = '/share'
      form.method = 'POST'
      form.enctype = 'multipart/form-data'
      const input = document.createElement('input')
      input.type = 'file'
      input.name = 'files'
      input.multiple = true
      const carried = new DataTransfer()
      for (const { name, type, base64 } of all) {
        const bytes = Uint8Array.from(atob(base64), (c) => c.charCodeAt(0))
        carried.items.add(new File([bytes], name, { type }))
      }
      input.files = carried.files
      form.append(input)
      document.body.append(form)
      form.submit()
    },
    files.map(({ bytes, ...file }) => ({ ...file, base64: Buffer.from(bytes).toString('base64') })),
  )
  await arrived
}

test('PDFs and photos shared from other apps ask which slot they are for, and go there', async ({
  phone,
  server,
}, testInfo) => {
  const page = await phone.newPage()
  const shot = (name: string) => page.screenshot({ path: testInfo.outputPath(`${name}.png`) })
  await signIn(page, demoPerson('applicant'))
  await expect(page).toHaveURL(/\/home/)
  const pdf = await readFile(certificates.certificate)
  const files = page.getByRole('list', { name: '收到的文件' }).getByRole('listitem')

  await test.step('without an application they wait; what is neither PDF nor picture is refused in words', async () => {
    await shareInto(page, [
      { name: '职称证书.pdf', type: 'application/pdf', bytes: pdf },
      { name: '名单.docx', type: 'application/msword', bytes: new Uint8Array(20) },
    ])
    await expect(files).toHaveCount(1)
    await expect(page.getByText('有 1 个文件没有收下')).toBeVisible()
    await expect(page.getByText('还没有可以上传材料的申报')).toBeVisible()
  })

  const batch = await batchNamed(page.request, /工程系列中级/)
  const id = await filledDraft(page, server, batch, { workStartDate: '2016-07' })

  await test.step('photos come to those that wait, and one that is damaged says so', async () => {
    await page.goto('/home')
    const jpeg = photographPage()
    await shareInto(page, [
      { name: 'IMG_2.jpg', type: 'image/jpeg', bytes: turnedByExif(jpeg) },
      { name: 'IMG_1.jpg', type: 'image/jpeg', bytes: jpeg },
      { name: 'IMG_3.jpg', type: 'image/jpeg', bytes: jpeg.subarray(0, jpeg.length >> 1) },
    ])
    await expect(files).toHaveCount(4)
    await expect(page.getByRole('heading', { name: '这 4 个文件是哪一项材料？' })).toBeVisible()
    await shot('1-share')
    await page.setViewportSize(smallest)
    expect(await faults(page)).toEqual([])
    await page.setViewportSize({ width: 390, height: 844 })
  })

  await test.step('the PDF goes into its slot and up to the server', async () => {
    for (const name of ['IMG_1.jpg', 'IMG_2.jpg', 'IMG_3.jpg'])
      await page.getByRole('checkbox', { name }).press('Space')
    await page.getByRole('button', { name: /^申报承诺书/ }).click()
    await expect(page).toHaveURL(new RegExp(`/applications/${id}/.+#field-pledge`))
    await expect(page.getByText('职称证书.pdf')).toBeVisible()
    await expect(page.getByText(/已上传/).first()).toBeVisible({ timeout: 30_000 })
  })

  await test.step('the photos become pages of the scan of another slot; the damaged one stays', async () => {
    await page.goto('/share')
    await expect(files).toHaveCount(3)
    await page.getByRole('button', { name: /^身份证/ }).click()
    await expect(files).toHaveCount(1, { timeout: 60_000 })
    await expect(files.getByText('已损坏或没有下载完整')).toBeVisible()
    await shot('2-damaged')
    await page.getByRole('button', { name: '不要：IMG_3.jpg' }).click()
    await expect(files).toHaveCount(0)
    const query = new URLSearchParams({ application: id, path: 'idCard', view: 'pages' })
    await page.goto(`/scan?${query}`)
    await expect(page.getByRole('list', { name: '已拍的页面' }).locator('canvas')).toHaveCount(2)
  })

  await test.step('a photo alone may be the portrait, and leads straight on', async () => {
    await page.goto('/home')
    await shareInto(page, [{ name: '照片.jpg', type: 'image/jpeg', bytes: await readFile(certificates.portrait) }])
    await page.getByRole('button', { name: /^照片/ }).click()
    await expect(page.getByRole('dialog', { name: '裁剪照片' })).toBeVisible()
    await page.getByRole('button', { name: '用这张照片' }).click()
    await expect(page).toHaveURL(/#field-photo/)
  })

  await test.step('a photo of a page leads straight to the pages of its scan', async () => {
    await page.goto('/home')
    await shareInto(page, [{ name: 'IMG_4.jpg', type: 'image/jpeg', bytes: photographPage() }])
    await page.getByRole('button', { name: /^申报承诺书/ }).click()
    await expect(page).toHaveURL(/\/scan\?.*path=pledge/, { timeout: 30_000 })
    await expect(page.getByRole('list', { name: '已拍的页面' }).locator('canvas')).toHaveCount(1)
  })
})
