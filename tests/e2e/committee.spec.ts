import { readFile } from 'node:fs/promises'
import { pagesOf } from '../world/paper-pages.ts'
import { expect, test } from './application.ts'
import { batchNamed, filledDraft, submitDraft } from './filled-draft.ts'
import { officeDesk } from './office-desk.ts'
import { officeSteps } from './office-steps.ts'
import { choose, demoPerson, fill, signIn } from './walk.ts'

// moves the clock past the publicity
test.use({ world: 'committee' })

/** From the committee to the certificate through the screens: the secretary counts, the office publishes, confirms and hands out. */
test('[R103, R111] the committee passes an application, it is published, confirmed, and its certificate picked up', async ({
  browser,
  server,
  phone,
}) => {
  test.setTimeout(240_000)
  const page = await phone.newPage()
  const applicant = demoPerson('applicant')
  await signIn(page, applicant)
  await expect(page).toHaveURL(/\/home/)
  const batch = await batchNamed(page.request, /工程系列中级/)
  const id = await filledDraft(page, server, batch, { workStartDate: '2016-07' })
  await submitDraft(page, id)
  const steps = await officeSteps(browser, server)
  await steps.openAll(id)
  await steps.step(id, 'forwardToPreReview')
  await steps.step(id, 'passPreReview')
  const stamped = async () => (await steps.view(id)).papers.find(({ kind }: { kind: string }) => kind !== 'receipt')
  await expect.poll(stamped, { timeout: 30_000 }).toBeDefined()
  const paper = await stamped()
  await steps.step(id, 'receivePaper', { paperCode: paper.code })
  await steps.close()

  await test.step('[R85, R93, R100] 简介表 says that it goes on A3, and is downloaded on A4 too; 申报表 is bound', async () => {
    await page.goto(`/applications/${id}/papers/summarySheet`)
    await expect(page.getByText(/^这是正式版。请用 A3 纸单面打印/)).toBeVisible()
    const download = page.waitForEvent('download')
    await page.getByRole('link', { name: /导出 A4 版$/ }).click()
    const [sheet] = await pagesOf(await readFile(await (await download).path()), 72)
    expect([sheet!.width, sheet!.height]).toEqual([841, 595])
    await page.goto(`/applications/${id}/papers/applicationForm`)
    await expect(page.getByText(/A4 纸双面打印，左侧装订/)).toBeVisible()
    await expect(page.getByRole('link', { name: /导出 A4 版$/ })).toBeHidden()
    await page.goto(`/applications/${id}/progress`)
    await page.getByRole('button', { name: '不用，我看短信' }).click()
    await expect(page.getByRole('button', { name: /申请退回$/ })).toBeVisible()
    await expect(page.getByRole('link', { name: /^公示名单/ })).toBeHidden()
  })

  await test.step('secretary: committee, session, attendance, ballot, confirmation', async () => {
    const secretary = await officeDesk(browser, server, 'secretary')
    await secretary.goto('/office/committee')
    await secretary.getByRole('button', { name: '新建评委会' }).click()
    const committee = secretary.getByRole('dialog', { name: '新建评委会' })
    await fill(committee, /^名称/, '泰州市工程系列中级评审委员会')
    const members = [
      '张建国，省建筑设计院，正高级工程师，主任委员',
      '王立新，省电力公司，高级工程师',
      '刘芳，省机械研究所，高级工程师',
    ]
    await committee.getByLabel(/^组成人员/).fill(members.join('\n'))
    await committee.getByRole('button', { name: '保存' }).click()
    await expect(committee).toBeHidden()
    const arrange = async (name: string) => {
      await secretary.getByRole('button', { name: '安排会议' }).click()
      const session = secretary.getByRole('dialog', { name: '安排会议' })
      await choose(session, '评委会', '泰州市工程系列中级评审委员会')
      await choose(session, '批次', batch.name)
      await fill(session, /^会议名称/, name)
      await session.getByLabel(/^日期/).fill('2026-12-10')
      await session.getByRole('button', { name: '安排', exact: true }).click()
      await expect(secretary.getByRole('heading', { level: 1, name })).toBeVisible()
    }
    await arrange('排错的会')
    await secretary.getByRole('button', { name: '取消会议' }).click()
    const dropping = secretary.getByRole('dialog', { name: '取消会议' })
    await dropping.getByRole('button', { name: '取消会议' }).click()
    await expect(secretary.getByText('还没有安排会议')).toBeVisible()
    await arrange('第一次评审会')

    const add = async () => {
      await secretary.getByRole('button', { name: '加入申报' }).click()
      const adding = secretary.getByRole('dialog', { name: '加入申报' })
      await adding.getByText('全选 1 份').click()
      await adding.getByRole('button', { name: '加入 1 份' }).click()
      await expect(secretary.getByText(`1. ${applicant.fullName}`)).toBeVisible()
      await expect(secretary.getByRole('button', { name: '取消会议' })).toBeHidden()
    }
    await add()
    await secretary.getByRole('button', { name: `移出议程：${applicant.fullName}` }).click()
    const leaving = secretary.getByRole('dialog', { name: '移出议程' })
    await leaving.getByLabel(/^原因/).fill('业绩证明还要再核对')
    await leaving.getByRole('button', { name: '移出', exact: true }).click()
    await expect(secretary.getByText('还没有加入申报')).toBeVisible()
    await add()

    // two tabs: who comes second is told, and both texts are there
    const minutes = secretary.getByRole('textbox', { name: '会议纪要' })
    const other = await secretary.context().newPage()
    await other.goto(secretary.url())
    await other.getByRole('textbox', { name: '会议纪要' }).fill('另一页写的纪要')
    await other.getByRole('button', { name: '保存纪要' }).click()
    await expect(other.getByText('纪要已保存')).toBeVisible()
    await other.close()
    await minutes.fill('这一页写的纪要')
    await secretary.getByRole('button', { name: '保存纪要' }).click()
    await expect(secretary.getByText('纪要刚由别人改过')).toBeVisible()
    await expect(minutes).toHaveValue('这一页写的纪要')
    await secretary.getByRole('button', { name: '刷新', exact: true }).click()
    await expect(minutes).toHaveValue('另一页写的纪要')
    await secretary.getByRole('button', { name: '换成我写的' }).click()
    await expect(minutes).toHaveValue('这一页写的纪要')
    await secretary.getByRole('button', { name: '保存纪要' }).click()
    await expect(secretary.getByText('纪要已保存')).toBeVisible()

    for (const [at, name] of ['张建国', '王立新', '刘芳'].entries()) {
      await secretary.getByText(`${name}·`).click()
      await expect(secretary.getByRole('heading', { name: `出席（${at + 1} / 3）` })).toBeVisible()
    }
    await secretary.getByRole('button', { name: `记票：${applicant.fullName}` }).click()
    const ballot = secretary.getByRole('dialog', { name: '记票' })
    await fill(ballot, /^同意/, '4')
    await expect(ballot.getByRole('button', { name: '记下' })).toHaveAttribute('aria-disabled', 'true')
    await fill(ballot, /^同意/, '2')
    await fill(ballot, /^反对/, '1')
    await ballot.getByRole('button', { name: '记下' }).click()
    await expect(secretary.getByText('同意 2，反对 1，弃权 0（参加表决 3）')).toBeVisible()
    await secretary.getByRole('button', { name: '主任委员确认' }).click()
    const confirming = secretary.getByRole('dialog', { name: '主任委员确认' })
    await choose(confirming, '主持并确认的主任委员', '张建国')
    await confirming.getByRole('button', { name: '确认并封存' }).click()
    await expect(secretary.getByText('票数封存').first()).toBeVisible()
    await expect(secretary.getByRole('button', { name: /^记票|^移出/ })).toBeHidden()
    await expect(secretary.getByText('这一页写的纪要')).toBeVisible()
    await secretary.context().close()
  })

  const stranger = await (await browser.newContext({ baseURL: server.origin, locale: 'zh-CN' })).newPage()
  await test.step('office: the list is drafted and published, and the public reads it without login', async () => {
    const office = await officeDesk(browser, server, 'office')
    await office.goto('/office/publicity')
    await office.getByRole('button', { name: '拟定名单' }).click()
    const drafting = office.getByRole('dialog', { name: '拟定公示名单' })
    await choose(drafting, '批次', batch.name)
    await fill(drafting, /^电话/, '0523-86880000')
    await drafting.getByRole('button', { name: '拟定', exact: true }).click()
    await expect(office.getByRole('heading', { name: '名单（1 人）' })).toBeVisible()
    await stranger.goto('/publicity')
    await expect(stranger.getByText(`关于${batch.name}通过人员名单的公示`)).toBeHidden()
    await office.getByRole('button', { name: '发布公示' }).click()
    await office.getByRole('dialog', { name: '发布公示' }).getByRole('button', { name: '发布', exact: true }).click()
    await expect(office.getByRole('button', { name: '核准发文' })).toHaveAttribute('aria-disabled', 'true')
    await expect(office.getByText(/到 \d{4} 年 \d+ 月 \d+ 日 24:00 为止/)).toBeVisible()
    await stranger.goto('/publicity')
    await stranger.getByText(`关于${batch.name}通过人员名单的公示`).click()
    await expect(stranger.getByText(applicant.fullName)).toBeVisible()
    await expect(stranger.getByText(applicant.idNumber.slice(-4))).toBeHidden()

    await office.getByRole('button', { name: '登记异议' }).click()
    const objecting = office.getByRole('dialog', { name: '登记异议' })
    await expect(objecting.getByText(applicant.fullName)).toBeVisible()
    await fill(objecting, /^异议人姓名/, '陈为民')
    await objecting.getByRole('button', { name: '关闭' }).click()
    await objecting.getByRole('button', { name: '放弃修改' }).click()
    await office.getByRole('button', { name: '登记异议' }).click()
    await expect(objecting.getByLabel(/^异议人姓名/)).toHaveValue('')
    await fill(objecting, /^异议人姓名/, '陈为民')
    await fill(objecting, /^联系方式/, '0523-86881234')
    await objecting.getByLabel(/^异议内容/).fill('业绩材料里的工程不是他负责的')
    await objecting.getByRole('button', { name: '登记', exact: true }).click()
    await expect(objecting).toBeHidden()

    await office.getByRole('button', { name: '写核查结论' }).click()
    const deciding = office.getByRole('dialog', { name: '核查结论' })
    await expect(deciding.getByText(applicant.fullName)).toBeVisible()
    await deciding.getByText('成立，取消资格', { exact: true }).click()
    await deciding.getByLabel(/^核查意见/).fill('查实工程由别人负责')
    // against him, for good: it is asked once more, and what was typed goes with the sheet
    await deciding.getByRole('button', { name: '记下结论' }).click()
    const grave = office.getByRole('dialog', { name: `取消${applicant.fullName}的资格` })
    await grave.getByRole('button', { name: '取消', exact: true }).click()
    await deciding.getByRole('button', { name: '关闭' }).click()
    await deciding.getByRole('button', { name: '放弃修改' }).click()
    await office.getByRole('button', { name: '写核查结论' }).click()
    await expect(deciding.getByLabel(/^核查意见/)).toHaveValue('')
    await deciding.getByLabel(/^核查意见/).fill('经核查，工程由他负责')
    await deciding.getByRole('button', { name: '记下结论' }).click()
    await expect(deciding).toBeHidden()
    await expect(office.getByText('不成立', { exact: true })).toBeVisible()
    await office.context().close()
  })
  await stranger.context().close()

  await test.step('[R91, R111] his own progress page leads to the list, and offers no return that would be refused', async () => {
    await page.goto(`/applications/${id}/progress`)
    await expect(page.getByText('公示中').first()).toBeVisible()
    await expect(page.getByRole('button', { name: /申请退回$/ })).toBeHidden()
    await page.getByRole('link', { name: /^公示名单/ }).click()
    await page.getByText(`关于${batch.name}通过人员名单的公示`).click()
    await expect(page.getByText(applicant.fullName)).toBeVisible()
    await page.getByRole('link', { name: '返回列表' }).click()
    await page.getByRole('link', { name: '返回', exact: true }).click()
    await expect(page).toHaveURL(/\/progress$/)
  })

  await test.step('office: after the last day the results are confirmed, numbered and picked up', async () => {
    await server.advanceClock(16 * 86_400_000)
    const office = await officeDesk(browser, server, 'office')
    await office.goto('/office/publicity')
    await office.getByRole('link', { name: /通过人员名单的公示/ }).click()
    await office.getByRole('button', { name: '核准发文' }).click()
    const confirming = office.getByRole('dialog', { name: '核准发文' })
    await fill(confirming, /^文号/, '泰职称〔2026〕12 号')
    await confirming.getByRole('button', { name: '核准', exact: true }).click()
    await expect(confirming).toBeHidden()
    await office.getByRole('link', { name: '证书', exact: true }).click()
    await office.getByRole('button', { name: '编号' }).click()
    const numbering = office.getByRole('dialog', { name: '证书编号' })
    await fill(numbering, /^证书编号/, '苏泰202600001')
    await numbering.getByRole('button', { name: '保存' }).click()
    await expect(office.getByText('苏泰202600001')).toBeVisible()
    await office.getByRole('button', { name: '登记领取' }).click()
    await office.getByRole('dialog', { name: '登记领取' }).getByRole('button', { name: '保存' }).click()
    await expect(office.getByText(`${applicant.fullName} 领取`)).toBeVisible()
    await office.context().close()
  })

  await test.step('[R103] the applicant finds the result in 历史申报信息', async () => {
    // a fortnight is longer than a session
    const later = await (await browser.newContext({ baseURL: server.origin, locale: 'zh-CN' })).newPage()
    await signIn(later, applicant)
    await expect(later).toHaveURL(/\/home/)
    await later.goto('/applications/history')
    await expect(later.getByText('已发证').first()).toBeVisible()
    await later.context().close()
  })
})
