import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { everySmsText } from '#server/notices/sms-text.ts'
import { WrongConfig } from '#server/platform/config.ts'
import { createLog } from '#server/platform/log.ts'
import { AliyunBusy, createAliyunSms, signedRequest } from '#server/platform/sms/aliyun.ts'
import { chooseSms } from '#server/platform/sms/choose.ts'
import { createConsoleSms } from '#server/platform/sms/console.ts'
import { piecesOf, SmsRefused } from '#server/platform/sms/sms-provider.ts'
import { matchTemplate, readTemplates } from '#server/platform/sms/sms-templates.ts'
import { type AliyunServer, dayOfSending, startAliyun } from './aliyun-server.ts'
import { smsProviderContract } from './sms-provider.ts'

/** Every text as the office would register it. */
const templates = Object.fromEntries(everySmsText.map((text, index) => [`SMS_${index}`, text.replaceAll('{', '${')]))

smsProviderContract('console', async (log) => {
  const provider = createConsoleSms(log)
  // It sends nothing anywhere: the row in the outbox is the message, however often it is asked.
  return { provider, sentTimes: () => 1, close: async () => {} }
})

smsProviderContract('Aliyun', async () => {
  const server = await startAliyun(templates)
  return {
    provider: createAliyunSms(server.config),
    sentTimes: (id) => server.taken.filter((sms) => sms.id === id).length,
    close: server.close,
  }
})

describe('Aliyun', () => {
  let server: AliyunServer
  beforeAll(async () => void (server = await startAliyun(templates)))
  afterAll(() => server.close())
  const sms = (text: string, mobile = '13812345678') => ({ id: crypto.randomUUID(), mobile, text })
  const returned = '您的职称申报被退回，请在12月1日前登录系统修改后再提交。'

  test('sends the registered template with the values that stand in our text', async () => {
    const sent = sms(returned)
    await createAliyunSms(server.config).send(sent)
    const { template, values, mobile, id } = server.taken.at(-1)!
    expect({ template: templates[template], values, mobile, id }).toEqual({
      template: '您的职称申报被退回，请在${until}前登录系统修改后再提交。',
      values: { until: '12月1日' },
      mobile: '13812345678',
      id: sent.id,
    })
  })

  test('the signature of a request is that of the published example', () => {
    const { query, headers } = signedRequest(
      { id: 'YourAccessKeyId', secret: 'YourAccessKeySecret' },
      {
        host: 'ecs.cn-shanghai.aliyuncs.com',
        action: 'RunInstances',
        version: '2014-05-26',
        query: { RegionId: 'cn-shanghai', ImageId: 'win2019_1809_x64_dtc_zh-cn_40G_alibase_20230811.vhd' },
        at: new Date('2023-10-26T10:22:32Z'),
        nonce: '3156853299f313e23d1673dc12e1703d',
      },
    )
    expect(query).toBe('ImageId=win2019_1809_x64_dtc_zh-cn_40G_alibase_20230811.vhd&RegionId=cn-shanghai')
    expect(headers['authorization']).toMatch(
      /Signature=06563a9e1b43f5dfe96b81484da74bceab24a1d853912eee15083a6f0f3283c0$/,
    )
  })

  test('a wrong key is no message', async () => {
    const before = server.taken.length
    await expect(createAliyunSms({ ...server.config, accessKeySecret: 'other' }).send(sms(returned))).rejects.toThrow(
      'SignatureDoesNotMatch',
    )
    expect(server.refused.at(-1)).toBe('SignatureDoesNotMatch')
    expect(server.taken).toHaveLength(before)
  })

  test('a busy gateway may be asked again, a refused number never, and neither error quotes the number', async () => {
    const provider = createAliyunSms(server.config)
    server.next = 'isv.BUSINESS_LIMIT_CONTROL'
    const busy = await provider.send(sms(returned)).catch((error: unknown) => error)
    expect(busy).toBeInstanceOf(AliyunBusy)
    server.next = 'isv.MOBILE_NUMBER_ILLEGAL'
    const refused = await provider.send(sms(returned)).catch((error: unknown) => error)
    expect(refused).toBeInstanceOf(SmsRefused)
    expect(`${busy} ${refused}`).not.toContain('13812345678')
    expect(await provider.send(sms('没有登记过的话')).catch((error: unknown) => error)).toMatchObject({
      code: 'no-template',
    })
  })

  test('when the line is cut after the gateway took it, the second try finds it there', async () => {
    const provider = createAliyunSms(server.config)
    const sent = sms(returned, '13700000001')
    server.next = 'cut'
    await expect(provider.send(sent)).rejects.toThrow(AliyunBusy)
    await provider.send({ ...sent, triedSince: new Date() })
    expect(server.taken.filter(({ id }) => id === sent.id)).toHaveLength(1)
  })

  test('a second try after midnight finds what the gateway took on the day before', async () => {
    const provider = createAliyunSms(server.config)
    const sent = sms(returned, '13700000003')
    server.next = 'cut'
    await expect(provider.send(sent)).rejects.toThrow(AliyunBusy)
    const dayBefore = new Date(Date.now() - 24 * 3_600_000)
    server.taken.at(-1)!.day = dayOfSending(dayBefore)
    await provider.send({ ...sent, triedSince: dayBefore })
    expect(server.taken.filter(({ id }) => id === sent.id)).toHaveLength(1)
    // and so does who asks what became of it
    server.taken.at(-1)!.status = 3
    const receipt = await provider.receiptOf!({ ...sent, providerId: sent.id, sentAt: new Date() })
    expect(receipt).toEqual({ state: 'delivered' })
  })

  test('a receipt says whether it arrived', async () => {
    const provider = createAliyunSms(server.config)
    const sent = sms(returned, '13700000002')
    const { providerId } = await provider.send(sent)
    const ask = () => provider.receiptOf!({ ...sent, providerId, sentAt: new Date() })
    expect(await ask()).toEqual({ state: 'waiting' })
    server.taken.at(-1)!.status = 3
    expect(await ask()).toEqual({ state: 'delivered' })
    Object.assign(server.taken.at(-1)!, { status: 2, error: 'UNDELIV' })
    expect(await ask()).toEqual({ state: 'failed', code: 'UNDELIV' })
  })

  test('the server does not start while a text of ours has no template, and says which', () => {
    const { SMS_0: _, ...lacking } = templates
    const config = { sms: { ...server.config, templates: lacking } }
    expect(() => chooseSms(config, everySmsText, createLog('silent'))).toThrow(WrongConfig)
    expect(() => chooseSms(config, everySmsText, createLog('silent'))).toThrow('您的临时密码是 ${password}')
    expect(chooseSms({ sms: server.config }, everySmsText, createLog('silent')).name).toBe('aliyun')
  })
})

test('a variable takes as little as the words after it allow, over line ends and signs', () => {
  const read = readTemplates({ A: '编号${number}。审核有进展会通知您。', B: '${title}：${text}' })
  expect(matchTemplate(read, '编号2026(1)。审核有进展会通知您。')).toEqual({ code: 'A', values: { number: '2026(1)' } })
  expect(matchTemplate(read, '通知：请\n尽快：办理')).toEqual({
    code: 'B',
    values: { title: '通知', text: '请\n尽快：办理' },
  })
  expect(matchTemplate(read, '编号。审核有进展会通知您。')).toBeUndefined()
})

test('an SMS of more than 70 characters is paid for by pieces of 67, signature counted', () => {
  expect(piecesOf('字'.repeat(70))).toBe(1)
  expect(piecesOf('字'.repeat(71))).toBe(2)
  expect(piecesOf('字'.repeat(134))).toBe(2)
  expect(piecesOf('字'.repeat(135))).toBe(3)
  expect(piecesOf('字'.repeat(65), '泰州职称')).toBe(2)
})
