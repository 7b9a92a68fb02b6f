import * as v from 'valibot'

/**
 * The push services of the browsers there are. The address that a browser hands in is one that this server will call, so
 * nothing else is taken (ASVS 5.0 1.3.6, server-side request forgery).
 */
const services = [
  /^fcm\.googleapis\.com$/,
  /^[a-z0-9-]+\.push\.services\.mozilla\.com$/,
  /^[a-z0-9.-]+\.notify\.windows\.com$/,
  /^[a-z0-9-]+\.push\.apple\.com$/,
]

const LONGEST = 1000

/** @param loopback also takes http on this machine: the stand-in that tests push to (E2E=1) */
export function isPushEndpoint(given: string, loopback: boolean): boolean {
  if (given.length > LONGEST || !URL.canParse(given)) return false
  const { protocol, hostname, username, port } = new URL(given)
  if (username !== '') return false
  if (loopback && protocol === 'http:' && (hostname === '127.0.0.1' || hostname === 'localhost')) return true
  return protocol === 'https:' && port === '' && services.some((service) => service.test(hostname))
}

const base64url = (atMost: number) => v.pipe(v.string(), v.maxLength(atMost), v.regex(/^[A-Za-z0-9_-]+=*$/))

/** A browser's subscription as `PushSubscription.toJSON()` writes it. */
export const pushSubscriptionBody = v.object({
  endpoint: v.pipe(v.string(), v.maxLength(LONGEST)),
  keys: v.object({ p256dh: base64url(120), auth: base64url(60) }),
})

export type PushSubscriptionBody = v.InferOutput<typeof pushSubscriptionBody>
