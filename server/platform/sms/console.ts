import type { Logger } from 'pino'
import { maskMobile } from '#domain/identity/mobile.ts'
import type { SmsProvider } from './sms-provider.ts'

/**
 * For a machine without a gateway: the message stays in the table `sms_message`, which is the outbox, and the console says that there is one.
 * The text is never printed: it may hold a temporary password.
 */
export function createConsoleSms(log: Logger): SmsProvider {
  return {
    name: 'console',
    async send({ id, mobile }) {
      log.info({ smsId: id, mobile: maskMobile(mobile) }, 'SMS in the outbox: no gateway is set (SMS_PROVIDER)')
      return { providerId: id }
    },
  }
}
