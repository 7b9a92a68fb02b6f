import { emptyDraft } from '../faults/people.ts'
import { expect, test } from './application.ts'
import { batchNamed } from './filled-draft.ts'
import { officeDesk } from './office-desk.ts'
import { faults } from './screen-faults.ts'
import { choose, demoPerson, signIn } from './walk.ts'

test.use({ world: 'dictionaries' })

/** The office changes a list of choices; a form that is begun afterwards offers it so. */
test('an entry is added, one is retired and one corrected: a form that is begun then offers them so', async ({
  browser,
  phone,
  server,
}) => {
  test.setTimeout(120_000)
  // axe looks into it
  const page = await officeDesk(browser, server, 'office', { bypassCSP: true })
  await page.goto('/office/dictionaries')
  await page.getByRole('button', { name: /^单位性质/ }).click()
  const sheet = page.getByRole('dialog', { name: '单位性质', exact: true })
  const names = sheet.getByRole('textbox', { name: /^名称：/ })
  const before = await names.evaluateAll((boxes) => boxes.map((box) => (box as HTMLInputElement).value))
  const [first, second] = before as [string, string]

  await test.step('two of the same name are refused at the entry, and what was typed stays', async () => {
    await sheet.getByRole('button', { name: '增加一项' }).click()
    await sheet.getByLabel('名称：新的一项').fill(first)
    await sheet.getByRole('button', { name: '保存字典' }).click()
    await expect(sheet.getByRole('alert')).toContainText(first)
    await expect(names.last()).toHaveValue(first)
    expect(await faults(page)).toEqual([])
  })

  await test.step('put right, it is saved, and says which batches still offer the old list', async () => {
    await names.last().fill('民办非企业单位')
    await names.first().fill(`${first}（含参公）`)
    await sheet.getByRole('listitem').nth(1).getByRole('checkbox', { name: '在用' }).uncheck({ force: true })
    await sheet.getByRole('button', { name: '保存字典' }).click()
    await expect(sheet).toBeHidden()
    await expect(page.getByRole('button', { name: /^单位性质/ })).toContainText('停用 1 项')
    await expect(page.getByText(/个没有截止的批次用的是以前的/)).toBeVisible()
    expect(await faults(page)).toEqual([])
  })

  await test.step('the batches are told, and none is left', async () => {
    await page.getByRole('button', { name: '更新这些批次' }).click()
    const asking = page.getByRole('dialog', { name: /^更新 \d+ 个批次的字典$/ })
    await asking.getByRole('button', { name: '更新这些批次' }).click()
    await expect(page.getByText(/^已更新 \d+ 个批次$/)).toBeVisible()
    await expect(page.getByText(/个没有截止的批次用的是以前的/)).toBeHidden()
  })

  await test.step('a phone that begins now offers the list as it is', async () => {
    const applicant = await phone.newPage()
    await signIn(applicant, demoPerson('applicant'))
    await expect(applicant).toHaveURL(/\/home/)
    const batch = await batchNamed(phone.request, /工程系列中级/)
    const id = await emptyDraft(phone, server, batch.id)
    await applicant.goto(`/applications/${id}/proposal`)
    await applicant.getByRole('combobox', { name: '所在单位性质', exact: true }).click()
    const offered = applicant.getByRole('dialog', { name: '所在单位性质' })
    await expect(offered.getByRole('option', { name: `${first}（含参公）` })).toBeVisible()
    await expect(offered.getByRole('option', { name: second, exact: true })).toHaveCount(0)
    await applicant.keyboard.press('Escape')
    await choose(applicant, '所在单位性质', '民办非企业单位')
  })

  await test.step('on a phone nothing is cut', async () => {
    await page.setViewportSize({ width: 360, height: 640 })
    await page.getByRole('button', { name: /^单位性质/ }).click()
    await expect(sheet).toBeVisible()
    expect(await faults(page)).toEqual([])
  })
  await page.context().close()
})
