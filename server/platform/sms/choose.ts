import type { Config } from '../config.ts'
import { says, WrongConfig } from '../config.ts'
import type { Logger } from '../log.ts'
import { createAliyunSms } from './aliyun.ts'
import { createConsoleSms } from './console.ts'
import type { SmsProvider } from './sms-provider.ts'
import { textsWithoutTemplate } from './sms-templates.ts'

/**
 * The provider that the environment names. Throws WrongConfig where a text that the product sends has no template: better at the start
 * than when somebody waits for his password.
 * @param texts every text that will be sent, with `{name}` for what is filled in
 */
export function chooseSms({ sms }: Pick<Config, 'sms'>, texts: readonly string[], log: Logger): SmsProvider {
  if (sms.provider === 'console') return createConsoleSms(log)
  const missing = textsWithoutTemplate(sms.templates, texts)
  if (missing.length > 0) {
    const list = missing.map((text) => `\n  ${text.replaceAll('{', '${')}`).join('')
    throw new WrongConfig(
      says('ALIYUN_SMS_TEMPLATES', `缺少这些短信的模板：${list}\n`, `has no template for these texts:${list}\n`),
    )
  }
  return createAliyunSms(sms)
}
