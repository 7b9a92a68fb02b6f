import { notices } from '#domain/lifecycle/notices.ts'
import type { Secrets } from '#server/platform/secrets.ts'

/** What an SMS is sent for. */
export type SmsPurpose = 'notice' | keyof typeof accountTexts

/** What is sent about an account itself; `{name}` is filled in. A gateway wants every text registered with it beforehand. */
export const accountTexts = {
  'temporary-password':
    '您的临时密码是 {password}，10 分钟内有效，只能用一次，登录后请立即修改。非本人操作请不必理会。',
  'mobile-code': '您的验证码是 {code}，10 分钟内有效，用于把职称申报账号的手机号换成本机号码。请勿告诉他人。',
  'account-closing': '您的职称申报账号将于 {date} 注销，在此之前登录一次就不注销。如非本人操作，请马上登录并修改密码。',
  'mobile-changed': '您的职称申报账号已改用另一个手机号接收短信。如非本人操作，请尽快联系职称办。',
} as const

export const accountText = (
  purpose: keyof typeof accountTexts,
  values: Readonly<Record<string, string>> = {},
): string => accountTexts[purpose].replace(/\{(\w+)\}/g, (_, name: string) => values[name] ?? '')

/** Every text that the product sends of itself. */
export const everySmsText: readonly string[] = [
  ...Object.values(accountTexts),
  ...Object.values(notices).flatMap((words) => ('sms' in words ? [words.sms] : [])),
]

/** Texts of these purposes open an account: they are stored sealed and taken away when their time is over. */
export const SECRET_PURPOSES: readonly SmsPurpose[] = ['temporary-password', 'mobile-code']

const SEAL = 'notices.sms-text'

/** Whether an SMS of this purpose opens an account. */
export const isSecret = (purpose: string) => (SECRET_PURPOSES as readonly string[]).includes(purpose)

export const storedText = (
  secrets: Secrets,
  sms: { readonly id: string; readonly purpose: SmsPurpose; readonly text: string },
) => (isSecret(sms.purpose) ? secrets.seal(SEAL, sms.text, sms.id) : sms.text)

/** The text to send; empty where a secret one has already been taken away. */
export const readText = (
  secrets: Secrets,
  sms: { readonly id: string; readonly purpose: string; readonly text: string },
) => (isSecret(sms.purpose) && sms.text !== '' ? secrets.open(SEAL, sms.text, sms.id) : sms.text)

/** The stored text sealed with another key; a text that is not sealed stays as it is. */
export const resealText = (
  from: Secrets,
  to: Secrets,
  sms: { readonly id: string; readonly purpose: string; readonly text: string },
): string => (isSecret(sms.purpose) && sms.text !== '' ? to.seal(SEAL, readText(from, sms), sms.id) : sms.text)
