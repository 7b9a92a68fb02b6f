import { createHash, createHmac, randomUUID } from 'node:crypto'
import * as v from 'valibot'
import type { AliyunSmsConfig } from '../config.ts'
import { matchTemplate, readTemplates } from './sms-templates.ts'
import { SmsRefused } from './sms-provider.ts'
import type { SmsProvider } from './sms-provider.ts'

/** The version of the interface, and the digests of a request signed by its third method. */
const VERSION = '2017-05-25'
const ALGORITHM = 'ACS3-HMAC-SHA256'
const EMPTY = createHash('sha256').digest('hex')

/** Milliseconds after which an answer is no longer waited for. */
const PATIENCE = 10_000

const sha256 = (text: string) => createHash('sha256').update(text).digest('hex')

/** RFC 3986: what encodeURIComponent leaves and the signature does not. */
const escape = (text: string) =>
  encodeURIComponent(text).replace(/[!'()*]/g, (one) => `%${one.charCodeAt(0).toString(16).toUpperCase()}`)

export interface AliyunRequest {
  readonly host: string
  readonly action: string
  readonly version: string
  readonly query: Readonly<Record<string, string>>
  readonly at: Date
  readonly nonce: string
}

/** The query string and headers of a POST without a body, signed with the access key (signature version 3). */
export function signedRequest(key: { readonly id: string; readonly secret: string }, request: AliyunRequest) {
  const query = Object.entries(request.query)
    .map(([name, value]) => `${escape(name)}=${escape(value)}`)
    .sort()
    .join('&')
  const signed: Record<string, string> = {
    host: request.host,
    'x-acs-action': request.action,
    'x-acs-content-sha256': EMPTY,
    'x-acs-date': request.at.toISOString().replace(/\.\d{3}/, ''),
    'x-acs-signature-nonce': request.nonce,
    'x-acs-version': request.version,
  }
  const names = Object.keys(signed).sort()
  const canonical = [
    'POST',
    '/',
    query,
    names.map((name) => `${name}:${signed[name]}\n`).join(''),
    names.join(';'),
    EMPTY,
  ].join('\n')
  const signature = createHmac('sha256', key.secret)
    .update(`${ALGORITHM}\n${sha256(canonical)}`)
    .digest('hex')
  // The client of HTTP writes the host itself.
  const { host: _, ...sent } = signed
  return {
    query,
    headers: {
      ...sent,
      authorization: `${ALGORITHM} Credential=${key.id},SignedHeaders=${names.join(';')},Signature=${signature}`,
    },
  }
}

/** The gateway did not take the message this time; the words are its code alone, which quotes nothing of it. */
export class AliyunBusy extends Error {
  override readonly name = 'AliyunBusy'
}

/** Faults of the message or of the set-up: the same request will get the same answer. */
const NEVER = new Set([
  'isv.MOBILE_NUMBER_ILLEGAL',
  'isv.MOBILE_COUNT_OVER_LIMIT',
  'isv.BLACK_KEY_CONTROL_LIMIT',
  'isv.INVALID_PARAMETERS',
  'isv.INVALID_JSON_PARAM',
  'isv.TEMPLATE_MISSING_PARAMETERS',
  'isv.TEMPLATE_PARAMS_ILLEGAL',
  'isv.PARAM_LENGTH_LIMIT',
  'isv.PARAM_NOT_SUPPORT_URL',
  'isv.SMS_TEMPLATE_ILLEGAL',
  'isv.SMS_SIGNATURE_ILLEGAL',
  'isv.SMS_SIGNATURE_SCENE_ILLEGAL',
])

const answerSchema = v.object({
  Code: v.string(),
  BizId: v.optional(v.string()),
  SmsSendDetailDTOs: v.optional(
    v.object({
      SmsSendDetailDTO: v.optional(
        v.array(
          v.object({
            OutId: v.optional(v.string()),
            SendStatus: v.number(),
            ErrCode: v.optional(v.string()),
          }),
        ),
      ),
    }),
  ),
})

/** yyyyMMdd in Shanghai, by which the gateway files its messages. */
const dayOf = (at: Date) => new Date(at.getTime() + 8 * 3_600_000).toISOString().slice(0, 10).replaceAll('-', '')

const DAY = 24 * 3_600_000
/** From when the gateway took a message until we note that it did, at most. */
const A_MOMENT = 60_000

/** Instants of the days from the one to the other, the last first. */
function daysBack(from: Date, to: Date): Date[] {
  const days = [to]
  for (let at = to.getTime() - DAY; dayOf(new Date(at)) >= dayOf(from); at -= DAY) days.push(new Date(at))
  return days
}

/**
 * Aliyun's Dysms. It sends registered templates, not texts: our text is held against the registered ones, and what stands in the
 * place of a `${variable}` becomes its value. So the words live in one place, and what arrives is what we wrote.
 */
export function createAliyunSms(config: AliyunSmsConfig, now: () => Date = () => new Date()): SmsProvider {
  const endpoint = new URL(config.endpoint)
  const templates = readTemplates(config.templates)

  async function ask(action: string, query: Readonly<Record<string, string>>) {
    const key = { id: config.accessKeyId, secret: config.accessKeySecret }
    const { query: search, headers } = signedRequest(key, {
      host: endpoint.host,
      action,
      version: VERSION,
      query,
      at: now(),
      nonce: randomUUID(),
    })
    const response = await fetch(`${endpoint.origin}/?${search}`, {
      method: 'POST',
      headers,
      signal: AbortSignal.timeout(PATIENCE),
    }).catch((error: unknown) => {
      throw new AliyunBusy(error instanceof Error && error.name === 'TimeoutError' ? 'timeout' : 'network')
    })
    const read = v.safeParse(answerSchema, await response.json().catch(() => undefined))
    if (!read.success) throw new AliyunBusy(`HTTP ${response.status}`)
    const { Code: code } = read.output
    if (code === 'OK') return read.output
    // The gateway's words may quote the number; its code does not.
    throw NEVER.has(code) ? new SmsRefused(code) : new AliyunBusy(code.slice(0, 80))
  }

  async function detailOf(sent: { id: string; mobile: string; at: Date; providerId?: string }) {
    const answer = await ask('QuerySendDetails', {
      PhoneNumber: sent.mobile,
      SendDate: dayOf(sent.at),
      PageSize: '50',
      CurrentPage: '1',
      ...(sent.providerId !== undefined && { BizId: sent.providerId }),
    })
    return answer.SmsSendDetailDTOs?.SmsSendDetailDTO?.find(({ OutId }) => OutId === sent.id)
  }

  /** Whether the gateway took the message since then: what it took before midnight is filed under the day before. */
  const isThere = async (sent: { id: string; mobile: string }, since: Date): Promise<boolean> =>
    (await firstDetail(sent, daysBack(since, now()))) !== undefined

  /** The message on the first of these days on which it is filed. */
  async function firstDetail(sent: { id: string; mobile: string; providerId?: string }, days: readonly Date[]) {
    for (const at of days) {
      const detail = await detailOf({ ...sent, at })
      if (detail) return detail
    }
    return undefined
  }

  return {
    name: 'aliyun',
    cost: { perPiece: config.unitPrice, perDay: config.dailyBudget, signature: config.signName },
    send: async ({ id, mobile, text, triedSince }) => {
      const found = matchTemplate(templates, text)
      if (!found) throw new SmsRefused('no-template')
      // Two answers lost on the way must not become two messages: the gateway does not look at OutId by itself.
      if (triedSince && (await isThere({ id, mobile }, triedSince))) return { providerId: id }
      const { BizId } = await ask('SendSms', {
        PhoneNumbers: mobile,
        SignName: config.signName,
        TemplateCode: found.code,
        TemplateParam: JSON.stringify(found.values),
        OutId: id,
      })
      return { providerId: BizId ?? id }
    },
    receiptOf: async ({ id, mobile, providerId, sentAt }) => {
      // What only a later try found was taken when that began, or before: perhaps on the day before.
      const since = new Date(sentAt.getTime() - (providerId === id ? DAY : A_MOMENT))
      const sent = { id, mobile, ...(providerId !== id && { providerId }) }
      const detail = await firstDetail(sent, daysBack(since, sentAt))
      if (detail?.SendStatus === 3) return { state: 'delivered' }
      return detail?.SendStatus === 2
        ? { state: 'failed', code: (detail.ErrCode ?? 'unknown').slice(0, 80) }
        : { state: 'waiting' }
    },
  }
}
