import { createHash, createHmac, timingSafeEqual } from 'node:crypto'
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import { dateInShanghai } from '#domain/working-days.ts'
import type { AliyunSmsConfig } from '#server/platform/config.ts'

export interface TakenSms {
  readonly id: string
  readonly bizId: string
  readonly mobile: string
  readonly template: string
  readonly values: Readonly<Record<string, string>>
  /** yyyyMMdd in Shanghai, under which it is found again */
  day: string
  status: 1 | 2 | 3
  error: string
}

export interface AliyunServer {
  readonly config: AliyunSmsConfig
  readonly taken: TakenSms[]
  /** Codes of the requests that were refused for their signature. */
  readonly refused: string[]
  /** What happens to the next sending instead of being taken: a code, or the line cut after it was taken. */
  next: string | undefined
  close(): Promise<void>
}

const KEY = { id: 'test-key', secret: 'test-secret' }

/** The day under which the gateway files what it takes at this instant. */
export const dayOfSending = (at: Date) => dateInShanghai(at).replaceAll('-', '')

const sha256 = (text: string) => createHash('sha256').update(text).digest('hex')

/** What is wrong with the signature of a request, worked out from the request as it came over the wire; undefined if nothing. */
function faultOf(request: IncomingMessage, nonces: Set<string>): string | undefined {
  const header = (name: string) => String(request.headers[name] ?? '')
  const match = /^ACS3-HMAC-SHA256 Credential=([^,]+),SignedHeaders=([^,]+),Signature=([0-9a-f]{64})$/.exec(
    header('authorization'),
  )
  if (!match) return 'MissingSignature'
  const [, keyId, signedHeaders = '', signature = ''] = match
  if (keyId !== KEY.id) return 'InvalidAccessKeyId.NotFound'
  const names = signedHeaders.split(';')
  for (const must of [
    'host',
    'x-acs-action',
    'x-acs-content-sha256',
    'x-acs-date',
    'x-acs-signature-nonce',
    'x-acs-version',
  ])
    if (!names.includes(must)) return 'IncompleteSignature'
  if (Math.abs(Date.parse(header('x-acs-date')) - Date.now()) > 15 * 60_000) return 'InvalidTimeStamp.Expired'
  if (nonces.has(header('x-acs-signature-nonce'))) return 'SignatureNonceUsed'
  nonces.add(header('x-acs-signature-nonce'))
  const [path = '', search = ''] = (request.url ?? '').split('?')
  const canonical =
    `${request.method}\n${path}\n${search.split('&').sort().join('&')}\n` +
    names.map((name) => `${name}:${header(name).trim()}\n`).join('') +
    `\n${names.join(';')}\n${header('x-acs-content-sha256')}`
  const wanted = createHmac('sha256', KEY.secret)
    .update(`ACS3-HMAC-SHA256\n${sha256(canonical)}`)
    .digest()
  return timingSafeEqual(wanted, Buffer.from(signature, 'hex')) ? undefined : 'SignatureDoesNotMatch'
}

/** A gateway that speaks the protocol of Dysms 2017-05-25 and takes nothing that is not rightly signed. */
export async function startAliyun(templates: Readonly<Record<string, string>>): Promise<AliyunServer> {
  const nonces = new Set<string>()
  const server = createServer((request, response) => {
    const answer = (body: object) =>
      response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify({ RequestId: 'r', ...body }))
    const fault = faultOf(request, nonces)
    if (fault) {
      gateway.refused.push(fault)
      response.writeHead(400).end(JSON.stringify({ Code: fault, Message: fault }))
      return
    }
    const query = new URL(request.url!, 'http://gateway').searchParams
    const asked = (name: string) => query.get(name) ?? ''
    if (request.headers['x-acs-action'] === 'QuerySendDetails') {
      const found = gateway.taken.filter(
        ({ mobile, bizId, day }) =>
          mobile === asked('PhoneNumber') &&
          day === asked('SendDate') &&
          (!query.has('BizId') || bizId === asked('BizId')),
      )
      const details = found.map((one) => ({ OutId: one.id, SendStatus: one.status, ErrCode: one.error }))
      return void answer({ Code: 'OK', Message: 'OK', SmsSendDetailDTOs: { SmsSendDetailDTO: details } })
    }
    const { next } = gateway
    gateway.next = undefined
    if (next !== undefined && next !== 'cut')
      return void answer({ Code: next, Message: `${asked('PhoneNumbers')} refused` })
    if (!(asked('TemplateCode') in templates)) return void answer({ Code: 'isv.SMS_TEMPLATE_ILLEGAL' })
    if (asked('SignName') !== gateway.config.signName) return void answer({ Code: 'isv.SMS_SIGNATURE_ILLEGAL' })
    const bizId = `${Date.now()}^${gateway.taken.length}`
    gateway.taken.push({
      id: asked('OutId'),
      bizId,
      mobile: asked('PhoneNumbers'),
      template: asked('TemplateCode'),
      values: JSON.parse(asked('TemplateParam')) as Record<string, string>,
      day: dayOfSending(new Date()),
      status: 1,
      error: '',
    })
    if (next === 'cut') request.socket.destroy()
    else answer({ Code: 'OK', Message: 'OK', BizId: bizId })
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const gateway: AliyunServer = {
    config: {
      provider: 'aliyun',
      endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
      accessKeyId: KEY.id,
      accessKeySecret: KEY.secret,
      signName: '泰州职称',
      templates,
      unitPrice: 0.05,
      dailyBudget: 500,
    },
    taken: [],
    refused: [],
    next: undefined,
    close: async () => {
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
    },
  }
  return gateway
}
