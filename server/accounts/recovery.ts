import { randomInt } from 'node:crypto'
import * as v from 'valibot'
import { parseIdNumber } from '#domain/identity/id-number.ts'
import { maskMobile } from '#domain/identity/mobile.ts'
import type { Outcome } from '#domain/problems.ts'
import { ok, refuse } from '#domain/problems.ts'
import { dateInShanghai } from '#domain/working-days.ts'
import { sendSms } from '#server/notices/actions.ts'
import { accountText } from '#server/notices/sms-text.ts'
import type { Act, Asked, Dependencies } from '#server/platform/environment.ts'
import type { Limit } from '#server/platform/limits.ts'
import type { Secrets } from '#server/platform/secrets.ts'
import { act, actAs } from '#server/platform/transaction.ts'
import { systemWho } from '#server/platform/who.ts'
import { spendCaptcha } from './captcha.ts'
import { idNumberIndex } from './identity-seal.ts'
import { hashPassword } from './password-hash.ts'
import { findCredentials, lockAccount, updateAccount } from './queries.ts'
import { expectTemporaryPassword, TEMPORARY_PASSWORD_LASTS } from './sign-in.ts'

/** Between the two steps of 找回密码. */
const TOKEN_LASTS = 10 * 60_000
/** A12: one message a minute, five a day for one number, registered or not. */
const PER_MINUTE: Limit = { name: 'recovery.minute', atMost: 1, seconds: 60 }
const PER_DAY: Limit = { name: 'recovery.day', atMost: 5, seconds: 86_400 }
/** Wide: many share an address, and each try costs a captcha. */
const FROM_ADDRESS: Limit = { name: 'recovery.address', atMost: 120, seconds: 3600 }

/** Without what looks alike on a phone: 0 O 1 l I i, and 2 Z 5 S. */
const LETTERS = 'abcdefghjkmnpqrtuvwxy'
const DIGITS = '346789'
const TEMPORARY_PASSWORD_LENGTH = 10

/** Ten characters, letters and digits, about 47 bits: read from an SMS and typed once. */
export function newTemporaryPassword(): string {
  const all = LETTERS + DIGITS
  for (;;) {
    const password = Array.from({ length: TEMPORARY_PASSWORD_LENGTH }, () => all[randomInt(all.length)]).join('')
    if (/[a-z]/.test(password) && /\d/.test(password)) return password
  }
}

const tokenContent = v.object({ index: v.string(), until: v.number() })
const SEAL = 'account.recovery'

/** Nothing is stored for it: the token is the sealed index of the number, the same for a number that nobody registered. */
const sealToken = (secrets: Secrets, index: string, until: number) =>
  secrets.seal(SEAL, JSON.stringify({ index, until }))

function openToken(secrets: Secrets, token: string, now: Date): string | undefined {
  try {
    const { index, until } = v.parse(tokenContent, JSON.parse(secrets.open(SEAL, token)))
    return until > now.getTime() ? index : undefined
  } catch {
    // changed, cut off, or not ours
    return undefined
  }
}

/** The mobile shown for a number that nobody registered: always the same for the same number, like a real one. */
function inventedMobile(secrets: Secrets, index: string): string {
  const digits = Buffer.from(secrets.mac('account.recovery.invented', index), 'base64url')
  const second = [3, 5, 8, 9, 7][digits[0]! % 5]!
  const pick = (place: number) => digits[place]! % 10
  return maskMobile(`1${second}${pick(1)}0000${pick(2)}${pick(3)}${pick(4)}${pick(5)}`)
}

/** A row that is found takes a fifth of a millisecond longer to read than none; every answer waits for this moment, ms. */
const EVEN_ANSWER = 50

export interface RecoveryStart {
  readonly token: string
  readonly mobileMasked: string
  /** Ways offered in the second step; the manual knows one (R17). */
  readonly methods: readonly ['mobile']
}

/** First step of 找回密码 (R16): the same answer whether the number is registered or not (A12). */
export async function startRecovery(
  asked: Asked,
  typed: { readonly idNumber: string; readonly captchaId: string; readonly captcha: string },
): Promise<Outcome<RecoveryStart>> {
  const even = new Promise((done) => setTimeout(done, EVEN_ANSWER))
  const { clock, database, limiter, secrets } = asked.var.platform
  const now = await clock.now(database.db)
  const read = parseIdNumber(typed.idNumber, dateInShanghai(now))
  if (!read.ok) return { ...read, path: 'idNumber' }
  const captcha = await spendCaptcha(asked, typed.captchaId, typed.captcha)
  if (!captcha.ok) return captcha
  const taken = await limiter.take(FROM_ADDRESS, asked.var.who.ip)
  if (!taken.allowed) return refuse('request.too-many', { seconds: taken.retryAfter })
  const index = idNumberIndex(secrets, read.value.number)
  const account = await findCredentials(database.db, index)
  const invented = inventedMobile(secrets, index)
  await even
  return ok({
    token: sealToken(secrets, index, now.getTime() + TOKEN_LASTS),
    mobileMasked: account && !account.disabledAt ? maskMobile(account.mobile) : invented,
    methods: ['mobile'],
  })
}

/**
 * Last step (R18, A12): a temporary password goes to the registered mobile. Whether there is one is looked up afterwards by a job, so that
 * this answer is the same work, and takes the same time, for a number that nobody registered (ASVS 6.3.8).
 */
export async function finishRecovery(asked: Asked, token: string): Promise<Outcome<{ readonly resendAfter: number }>> {
  const even = new Promise((done) => setTimeout(done, EVEN_ANSWER))
  const { clock, database, limiter, secrets } = asked.var.platform
  const index = openToken(secrets, token, await clock.now(database.db))
  if (index === undefined) return refuse('account.recovery-expired')
  for (const limit of [PER_MINUTE, PER_DAY]) {
    const taken = await limiter.take(limit, index)
    if (!taken.allowed) return refuse('request.too-many', { seconds: taken.retryAfter })
  }
  await expectTemporaryPassword(asked, index)
  const queued = await act(asked, async (ctx: Act) => {
    ctx.audit({ action: 'account.recovery-requested' })
    await ctx.enqueue({ name: 'accounts.recover', data: { numberIndex: index } })
    return ok({ resendAfter: PER_MINUTE.seconds })
  })
  await even
  return queued
}

/**
 * Job `accounts.recover`: makes the temporary password and sends it. The old one stays good until the new one is used, else anyone who
 * knows a number could lock its owner out. Nothing happens for a number that nobody registered.
 */
export async function sendTemporaryPassword(platform: Dependencies, numberIndex: string): Promise<void> {
  const account = await findCredentials(platform.database.db, numberIndex)
  if (!account || account.disabledAt) return
  const password = newTemporaryPassword()
  const hashed = await hashPassword(password)
  if (!hashed.ok) throw new Error('Too many passwords are being hashed: again later')
  await actAs(platform, systemWho('accounts.recover'), async (ctx: Act) => {
    await lockAccount(ctx.db, account.id)
    // It may have been closed while the password was hashed.
    if ((await findCredentials(ctx.db, numberIndex))?.id !== account.id) return ok()
    await updateAccount(ctx.db, account.id, {
      temporaryPasswordHash: hashed.value,
      temporaryPasswordExpiresAt: new Date(ctx.now.getTime() + TEMPORARY_PASSWORD_LASTS),
    })
    await sendSms(ctx, platform.secrets, {
      mobile: account.mobile,
      text: accountText('temporary-password', { password }),
      purpose: 'temporary-password',
    })
    ctx.audit({ action: 'account.temporary-password-sent', subject: `account:${account.id}` })
    return ok()
  })
}
