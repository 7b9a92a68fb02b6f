import { readFile, writeFile } from 'node:fs/promises'
import { expect, test, type Page } from './application.ts'
import { applicants, attach, certificates, choose, fill, next, register, saveRow, segment, synced } from './walk.ts'
import { pdfOfCertificates } from '../world/certificates.ts'

/** The main job, end to end: 评审 from registration to the official 申报表. */

const stepHeading = (page: Page, title: string) =>
  expect(page.getByRole('heading', { level: 1, name: title })).toBeVisible()

test('[R1, R4, R19, R27, R46, R58, R89, R93, R98] an applicant registers, fills 评审 through airplane mode, submits, corrects and prints; the office returns and passes it', async ({
  server,
  phone,
  browser,
}, testInfo) => {
  test.setTimeout(420_000)
  const page = await phone.newPage()
  const errors: string[] = []
  page.on('pageerror', (error) => errors.push(String(error)))

  let url = ''
  await test.step('registers and lands on the main page', async () => {
    await register(page, applicants.zhou)
    await expect(page).toHaveURL(/\/home/)
  })

  await test.step('[R21, R29] reads the pledge for 20 seconds and starts', async () => {
    await page.goto('/apply')
    await page.getByRole('link', { name: /评审/ }).first().click()
    await page.getByRole('link', { name: /工程系列中级职称评审/ }).click()
    await stepHeading(page, '申报承诺书')
    await expect(page.getByText(applicants.zhou.fullName)).toBeVisible()
    const accept = page.getByRole('button', { name: /同意/ }).last()
    await expect(accept).toHaveAttribute('aria-disabled', 'true')
    await page.evaluate(() => scrollTo(0, document.body.scrollHeight))
    await expect(accept).not.toHaveAttribute('aria-disabled', 'true', { timeout: 40_000 })
    await accept.click()
    await expect(page).toHaveURL(/\/applications\/[0-9a-f-]{36}$/)
    url = new URL(page.url()).pathname
  })

  await test.step('[R58] P1 拟申报信息, 【下一步】 at the lower right', async () => {
    await page.getByRole('link', { name: /拟申报信息/ }).click()
    await stepHeading(page, '拟申报信息')
    const [onwards, backwards] = await Promise.all(
      ['下一步', '上一步'].map((name) => page.getByRole('button', { name, exact: true }).boundingBox()),
    )
    expect(onwards!.x).toBeGreaterThan(backwards!.x + backwards!.width)
    expect(onwards!.x + onwards!.width).toBeGreaterThan(390 - 40)
    expect(onwards!.y + onwards!.height).toBeGreaterThan(844 - 60)
    await next(page)
    await expect(page.getByRole('alert').filter({ hasText: '处要改' })).toBeVisible() // R23
    await choose(page, '申报评审专业', '建筑工程')
    await choose(page, '拟评审专业技术资格', /^工程师/)
    await fill(page, '单位名称', '泰州市海陵建筑设计院有限公司')
    await choose(page, '单位所在地', '海陵区')
    await choose(page, '所在单位性质', '企业')
    await choose(page, '受理点所在地区', '海陵区')
    await choose(page, '受理点', /./)
    await attach(page, '申报承诺书', certificates.certificate)
    await next(page)
    await stepHeading(page, '基本信息')
  })

  await test.step('P2 基本信息', async () => {
    await expect(page.getByLabel('姓名', { exact: true })).toHaveValue(applicants.zhou.fullName)
    await expect(page.getByLabel('手机号码', { exact: true })).toHaveValue(applicants.zhou.mobile)
    await attach(page, '身份证正反面', certificates.idCard)
    const chooser = page.waitForEvent('filechooser')
    await page.getByRole('button', { name: /^照片/ }).click()
    await (await chooser).setFiles(certificates.portrait)
    await page.getByRole('button', { name: '用这张照片' }).click()
    await expect(page.getByText('已上传').last()).toBeVisible({ timeout: 30_000 })
    await choose(page, '政治面貌', '群众')
    await fill(page, '参加工作时间', '2010.7')
    await next(page)
    await stepHeading(page, '从业资格')
  })

  await test.step('P3 从业资格', async () => {
    await choose(page, '现任专业技术资格', '助理工程师')
    await fill(page, '资格取得时间', '2015.9')
    await choose(page, '取得方式', '初定')
    await fill(page, '审批机关', '泰州市人力资源和社会保障局')
    await attach(page, '附件材料', certificates.diploma)
    await fill(page, '现从事何种专业技术工作', '建筑结构设计')
    await fill(page, '从事本专业年限', '14')
    await next(page)
    await stepHeading(page, '学历与奖惩')
  })

  await test.step('P4 学历: the row first, then its file; the highest is marked', async () => {
    await page.getByRole('button', { name: /^增加一条学历/ }).click()
    const sheet = page.getByRole('dialog', { name: '增加学历' })
    await expect(sheet.getByText('先保存这条学历，再上传附件材料')).toBeVisible() // R26
    await choose(sheet, '学历', '本科')
    await fill(sheet, '学校', '南京工业大学')
    await fill(sheet, '专业', '土木工程')
    await choose(sheet, '学习形式', /普通全日制/)
    await fill(sheet, '入学时间', '2006.9')
    await fill(sheet, '毕业时间', '2010.6')
    await saveRow(page, '这条学历')
    await attach(sheet, '附件材料', certificates.diploma)
    await sheet.getByRole('button', { name: '完成' }).click()
    await page.getByRole('button', { name: '设为本专业最高学历' }).click()
    await expect(page.getByText('本专业最高学历', { exact: true })).toBeVisible()
    await next(page)
    await stepHeading(page, '继续教育、考试与经历')
  })

  await test.step('P5 goes on in airplane mode, the app is killed, nothing is lost', async () => {
    await synced(page)
    await phone.setOffline(true)
    await page.getByRole('button', { name: /^增加一条记录：继续教育/ }).click()
    const sheet = page.getByRole('dialog', { name: '增加记录' })
    await fill(sheet, '开始日期', '2025-03-10')
    await fill(sheet, '结束日期', '2025-03-14')
    await fill(sheet, '学习内容', '建筑结构抗震设计新规范')
    await fill(sheet, '主办单位', '泰州市人社局')
    await segment(sheet, '类别', '专业科目')
    await fill(sheet, '学时', '60')
    await saveRow(page, '这条记录')
    await sheet.getByRole('button', { name: '完成' }).click()
    await expect(page.getByText(/没有网络|离线/).first()).toBeVisible()

    // the app is closed while offline, and opened again without a network
    await page.close()
    const again = await phone.newPage()
    await again.goto(`${server.origin}${url}/records`)
    await expect(again.getByText('建筑结构抗震设计新规范')).toBeVisible({ timeout: 30_000 })
    await phone.setOffline(false)
    await synced(again)
    await again.close()
  })

  const back = await phone.newPage()
  back.on('pageerror', (error) => errors.push(String(error)))
  await test.step('P5 is completed when the network is back', async () => {
    await back.goto(`${url}/records`)
    await expect(back.getByText('建筑结构抗震设计新规范')).toBeVisible()
    await attach(back, '附件材料', certificates.certificate)
    await back.getByRole('button', { name: /^增加一条记录：工作经历/ }).click()
    const sheet = back.getByRole('dialog', { name: '增加记录' })
    await fill(sheet, '开始时间', '2010.7')
    await fill(sheet, '单位', '泰州市海陵建筑设计院有限公司')
    await fill(sheet, '从事何种专业技术工作', '建筑结构设计')
    await saveRow(back, '这条记录')
    await expect(sheet).toBeHidden()
    await expect(back.getByText('2010.07 — 至今')).toBeVisible() // R76
    await next(back)
    await stepHeading(back, '业绩、论文与考核')
  })

  await test.step('P6 业绩 with a file of 9 MB, 考核', async () => {
    await back.getByRole('button', { name: /^增加一条记录：任现职后/ }).click()
    let sheet = back.getByRole('dialog', { name: '增加记录' })
    await fill(sheet, '开始时间', '2016.3')
    await fill(sheet, '截止时间', '2018.5')
    await fill(sheet, '专业技术工作项目、课题名称', '青年路小学扩建工程')
    await fill(sheet, '本人起何作用', '结构专业负责人')
    await fill(sheet, '排名', '2')
    await fill(sheet, '总人数', '5')
    await saveRow(back, '这条记录')
    const nine = testInfo.outputPath('青年路小学竣工验收.pdf')
    await writeFile(nine, await pdfOfCertificates(9_000_000))
    await attach(sheet, '项目佐证材料', nine)
    await sheet.getByRole('button', { name: '完成' }).click()
    await back.getByRole('button', { name: /^增加一条记录：考核情况/ }).click()
    sheet = back.getByRole('dialog', { name: '增加记录' })
    await fill(sheet, '年度', '2025')
    await choose(sheet, '考核等次', /称职/)
    await fill(sheet, '考核单位', '泰州市海陵建筑设计院有限公司')
    await saveRow(back, '这条记录')
    await attach(sheet, '附件材料', certificates.certificate)
    await sheet.getByRole('button', { name: '完成' }).click()
    await next(back)
    await stepHeading(back, '工作总结')
  })

  await test.step('P7–P9 summaries', async () => {
    await fill(back, '本人任现职以来工作总结', '任现职以来，本人遵守职业道德，完成多项结构设计任务。'.repeat(20))
    await next(back)
    await stepHeading(back, '简介表个人情况')
    await expect(back.getByText('泰州市海陵建筑设计院有限公司').first()).toBeVisible() // R85
    await next(back)
    for (const label of [
      '主要技术工作经历',
      '参加的技术项目或其它具体技术工作',
      '在技术项目中发挥的作用、解决的技术难题',
      '取得的成果与效益',
      '发表或撰写论文（专题技术报告）的情况',
    ]) {
      await fill(back, label, `${label}：青年路小学扩建工程。`)
    }
    await attach(back, '专业技术工作总结附件', certificates.diploma)
    await next(back)
    await stepHeading(back, '材料目录')
  })

  await test.step('P10 previews and submits', async () => {
    await expect(back.getByText('青年路小学竣工验收.pdf')).toBeVisible() // R87
    await back.getByRole('link', { name: '预览申报表' }).click() // R88
    await expect(back.getByText('这是预览版')).toBeVisible()
    await expect(back.getByRole('img', { name: /申报表，第 1 页/ })).toBeVisible({ timeout: 60_000 })
    await back.goBack()
    await back.getByRole('button', { name: '完成提交' }).click()
    await back.getByRole('dialog', { name: '完成提交' }).getByRole('button', { name: '确认完成提交' }).click()
    await expect(back).toHaveURL(/\/receipt/, { timeout: 60_000 })
    await expect(back.getByText(/^\d{4}321202P\d{7}-\d$/)).toBeVisible()
  })

  const office = await browser.newContext({
    baseURL: server.origin,
    viewport: { width: 1280, height: 800 },
    locale: 'zh-CN',
    timezoneId: 'Asia/Shanghai',
  })
  const desk = await office.newPage()
  desk.on('pageerror', (error) => errors.push(String(error)))
  const { officePass, officeReturn, officeSignIn } = await import('./office-walk.ts')
  await test.step('the office returns it with a reason and a comment at a field', async () => {
    await officeSignIn(desk, server)
    await officeReturn(desk, applicants.zhou.fullName, {
      field: '单位名称',
      comment: '单位名称要与公章一致',
      reason: '单位名称不规范，请修改后再提交。',
    })
  })

  await test.step('[R98] the applicant reads the reason, corrects and submits again', async () => {
    await back.goto('/applications')
    await back.getByRole('link', { name: /^退回原因/ }).click()
    await expect(back.getByText('单位名称不规范')).toBeVisible()
    await back.getByRole('link', { name: /^去改：单位名称/ }).click()
    await expect(back.getByText('单位名称要与公章一致')).toBeVisible()
    await fill(back, '单位名称', '泰州市海陵建筑设计院')
    await synced(back)
    await back.goto(`${url}/materials`)
    await back.getByRole('button', { name: '完成提交' }).click()
    await back.getByRole('dialog', { name: '完成提交' }).getByRole('button', { name: '确认完成提交' }).click()
    await expect(back).toHaveURL(/\/receipt/, { timeout: 60_000 })
  })

  await test.step('the office passes 预审 after every file was opened', async () => {
    await officePass(desk, applicants.zhou.fullName)
  })

  await test.step('[R93, R100] the applicant downloads the official 申报表', async () => {
    await back.goto(`${url}/papers/applicationForm`)
    await expect(back.getByText('这是正式版')).toBeVisible({ timeout: 30_000 })
    const download = back.waitForEvent('download')
    await back.getByRole('link', { name: '导出', exact: true }).click()
    const path = await (await download).path()
    const bytes = await readFile(path)
    expect(bytes.subarray(0, 5).toString('latin1')).toBe('%PDF-')
    expect(bytes.length).toBeGreaterThan(20_000)
  })

  expect(errors).toEqual([])
  await office.close()
})
