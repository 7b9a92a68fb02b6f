import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createLog } from '#server/platform/log.ts'
import type { Logger } from '#server/platform/log.ts'
import type { SmsProvider } from '#server/platform/sms/sms-provider.ts'

interface Opened {
  readonly provider: SmsProvider
  /** how often the message with this id went out */
  sentTimes(id: string): number
  close(): Promise<void>
}

const PASSWORD_TEXT = '您的临时密码是 kp7xw4mhta，10 分钟内有效，只能用一次，登录后请立即修改。非本人操作请不必理会。'

/** What every sender of SMS has to do alike. */
export function smsProviderContract(name: string, open: (log: Logger) => Promise<Opened>): void {
  describe(`SMS provider: ${name}`, () => {
    const lines: string[] = []
    let opened: Opened
    beforeAll(async () => void (opened = await open(createLog('trace', { write: (line) => void lines.push(line) }))))
    afterAll(() => opened.close())

    test('takes a message over and gives its own number of it', async () => {
      const id = crypto.randomUUID()
      const { providerId } = await opened.provider.send({ id, mobile: '13812345678', text: PASSWORD_TEXT })
      expect(providerId).not.toBe('')
      expect(opened.sentTimes(id)).toBe(1)
    })

    test('a message whose first answer was lost is not sent twice', async () => {
      const sms = { id: crypto.randomUUID(), mobile: '13812345678', text: PASSWORD_TEXT }
      await opened.provider.send(sms)
      const again = await opened.provider.send({ ...sms, triedSince: new Date() })
      expect(again.providerId).not.toBe('')
      expect(opened.sentTimes(sms.id)).toBe(1)
    })

    test('[A12] neither the text nor the whole mobile is in the log', async () => {
      await opened.provider.send({ id: crypto.randomUUID(), mobile: '13998765432', text: PASSWORD_TEXT })
      expect(lines.join('')).not.toMatch(/kp7xw4mhta|13998765432|临时密码/)
    })

    test('where it tells what became of a message, it tells it of one it took over', async () => {
      const sms = { id: crypto.randomUUID(), mobile: '13812345678', text: PASSWORD_TEXT }
      const { providerId } = await opened.provider.send(sms)
      const receipt = await opened.provider.receiptOf?.({ ...sms, providerId, sentAt: new Date() })
      expect(['waiting', 'delivered', 'failed', undefined]).toContain(receipt?.state)
    })
  })
}
