import { expect, test } from './application.ts'
import { batchNamed } from './filled-draft.ts'
import { officeDesk } from './office-desk.ts'
import { faults } from './screen-faults.ts'
import { certificates, choose, segment } from './walk.ts'

test.use({ world: 'batch-preview' })

/** The office sets a batch with the applicant's form beside it. */
test('[R23] the form beside the batch follows what is set; saved, phones are asked so', async ({ browser, server }) => {
  test.setTimeout(120_000)
  // axe looks into it
  const page = await officeDesk(browser, server, 'office', { bypassCSP: true })
  const batch = await batchNamed(page.request, /工程系列中级/)
  await page.goto('/office/batches')
  await page.getByRole('button', { name: `修改、延期：${batch.name}` }).click()
  const sheet = page.getByRole('dialog', { name: '修改批次' })
  const form = sheet.getByRole('region', { name: '申请人看到的表' })

  await test.step('the name and what is offered are those that are typed', async () => {
    await expect(form.getByRole('heading', { name: '拟申报信息' })).toBeVisible()
    await sheet.getByLabel('批次名称', { exact: true }).fill('改过名称的批次')
    await expect(form.getByText('改过名称的批次')).toBeVisible()
    await choose(form, '申报评审专业', '建筑工程')
    await choose(form, '拟评审专业技术资格', '工程师')
    await sheet.getByRole('checkbox', { name: '建筑工程', exact: true }).uncheck({ force: true })
    await form.getByRole('combobox', { name: '申报评审专业', exact: true }).click()
    const offered = page.getByRole('dialog', { name: '申报评审专业' })
    await expect(offered.getByRole('option', { name: '机械工程' })).toBeVisible()
    await expect(offered.getByRole('option', { name: '建筑工程' })).toHaveCount(0)
    await page.keyboard.press('Escape')
    await sheet.getByRole('checkbox', { name: '建筑工程', exact: true }).check({ force: true })
  })

  await test.step('a hint, a required mark and a limit stand in the form at once', async () => {
    await choose(sheet, '调整哪一步', /基本信息/)
    await expect(form.getByRole('heading', { name: '基本信息' })).toBeVisible()
    const item = sheet.locator('details').filter({ hasText: '参加何学术团体' })
    await item.locator('summary').click()
    await segment(item, '是否必填', '必填')
    await item.getByLabel('提示', { exact: true }).fill('没有的写“无”')
    const field = form.getByLabel('参加何学术团体、任何职，有何社会兼职', { exact: true })
    await expect(field).toHaveAttribute('aria-required', 'true')
    await expect(form.getByText('没有的写“无”')).toBeVisible()
    await item.getByLabel('最多几个字').fill('5')
    await field.fill('泰州市土木建筑学会')
    await expect(form.getByText(/超出 4 字/)).toBeVisible()
    await item.getByLabel('最多几个字').fill('300')
    await sheet.getByRole('button', { name: '保存修改' }).click()
    await expect(item.getByText(/要在 1 到 200 之间/)).toBeVisible()
    await item.getByLabel('最多几个字').fill('50')
  })

  await test.step('[R61] 填写说明 of a slot stands below it, for who taps', async () => {
    const item = sheet.locator('details').filter({ hasText: '身份证正反面' })
    await item.locator('summary').first().click()
    await item.getByLabel('填写说明', { exact: true }).fill('人像面在上，国徽面在下')
    const slot = form.getByRole('group', { name: '身份证正反面' })
    await expect(slot.getByText('人像面在上，国徽面在下')).toBeHidden()
    await slot.getByText('这一项怎么填').click()
    await expect(slot.getByText('人像面在上，国徽面在下')).toBeVisible()
  })

  await test.step('rows and files are tried and go nowhere', async () => {
    await form.getByRole('button', { name: '附件材料：身份证正反面' }).click()
    const slot = page.getByRole('dialog', { name: '附件材料' })
    const chooser = page.waitForEvent('filechooser')
    await slot.getByRole('button', { name: '选 PDF 文件' }).click()
    await (await chooser).setFiles(certificates.idCard)
    await expect(slot.getByText('id-card.pdf')).toBeVisible()
    await slot.getByRole('button', { name: '关闭' }).click()
    await form.getByRole('button', { name: '下一步' }).click()
    await form.getByRole('button', { name: '下一步' }).click()
    await form.getByRole('button', { name: /^增加.*：学历$/ }).click()
    const row = page.getByRole('dialog', { name: '增加学历' })
    await row.getByLabel('学校', { exact: true }).fill('东南大学')
    await row.getByRole('button', { name: '取消' }).click()
    await row.getByRole('button', { name: '放弃修改' }).click()
    expect(await faults(page)).toEqual([])
    expect(await (await page.request.get('/api/applications')).json()).toEqual([])
  })

  await test.step('saved, it is what the phones are given', async () => {
    await sheet.getByRole('button', { name: '保存修改' }).click()
    await expect(sheet).toBeHidden()
    const offer = await (await page.request.get(`/api/batches/${batch.id}`)).json()
    expect(offer).toMatchObject({
      name: '改过名称的批次',
      overrides: {
        required: { societies: true },
        atMost: { societies: 50 },
        hints: { societies: '没有的写“无”' },
        helps: { idCard: '人像面在上，国徽面在下' },
      },
    })
  })

  await test.step('on a phone the form lies behind a tab', async () => {
    await page.setViewportSize({ width: 360, height: 640 })
    await page.getByRole('button', { name: '修改、延期：改过名称的批次' }).click()
    await expect(form).toBeHidden()
    expect(await faults(page)).toEqual([])
    await segment(sheet, '看哪一边', '预览')
    await expect(form.getByText('改过名称的批次')).toBeVisible()
    expect(await faults(page)).toEqual([])
  })
  await page.context().close()
})
