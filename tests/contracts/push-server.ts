import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
// @ts-expect-error the package brings no types
import model from 'web-push-testing/src/PushApiModel.js'

export interface PushBrowser {
  readonly endpoint: string
  readonly keys: { readonly p256dh: string; readonly auth: string }
  readonly clientHash: string
}

/** A push service that checks the VAPID signature and reads the message as the browser would (RFC 8291, RFC 8292). */
export interface PushServer {
  subscribe(applicationServerKey: string): Promise<PushBrowser>
  /** the browser unsubscribed: 410 */
  expire(browser: PushBrowser): void
  /** answers 503 to it from now on */
  readonly failing: Set<string>
  /** answers 403 to it from now on, as to a message that is signed with another key than that of the subscription */
  readonly forbidding: Set<string>
  /** what arrived at one browser, decrypted */
  messagesOf(browser: PushBrowser): unknown[]
  /** headers of the last message */
  readonly last: Record<string, string | string[] | undefined>
  close(): Promise<void>
}

export async function openPushServer(): Promise<PushServer> {
  const api = new model.PushApiModel()
  const failing = new Set<string>()
  const forbidding = new Set<string>()
  const last: PushServer['last'] = {}
  const server = createServer((request, response) => {
    void (async () => {
      const clientHash = request.url!.split('/').at(-1)!
      const parts: Buffer[] = []
      for await (const part of request) parts.push(part as Buffer)
      Object.assign(last, request.headers)
      if (failing.has(clientHash)) return response.writeHead(503).end()
      if (forbidding.has(clientHash)) return response.writeHead(403).end()
      try {
        const { authorization, ttl, encryption } = request.headers
        const encoding = request.headers['content-encoding']
        await api.handleNotification(clientHash, { encoding, authorization, ttl, encryption }, Buffer.concat(parts))
        return response.writeHead(201).end()
      } catch (error) {
        return response.writeHead(error instanceof model.SubscriptionExpiredError ? 410 : 400).end(String(error))
      }
    })()
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  api.notifyUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}/notify/`
  return {
    subscribe: (applicationServerKey) => api.subscribe({ userVisibleOnly: 'true', applicationServerKey }),
    expire: ({ clientHash }) => api.expireSubscription(clientHash),
    failing,
    forbidding,
    messagesOf: ({ clientHash }) =>
      (api.getNotifications({ clientHash }).messages as string[]).map((text) => JSON.parse(text) as unknown),
    last,
    close: async () => {
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
    },
  }
}
