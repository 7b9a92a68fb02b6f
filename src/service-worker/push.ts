/// <reference lib="webworker" />
import type { PushPayload } from '../lib/domain/lifecycle/push-payload.ts'

declare const self: ServiceWorkerGlobalScope

const isPayload = (given: unknown): given is PushPayload => {
  const { id, title, body, link } = (given ?? {}) as Record<string, unknown>
  return [id, title, body, link].every((text) => typeof text === 'string') && (link as string).startsWith('/')
}

/**
 * Shows what is pushed, tells the server that it was shown (so that no SMS follows), and keeps the number on the icon.
 * Every push shows something: a browser withdraws the permission of an app that pushes in silence.
 */
export function takePushes(): void {
  self.addEventListener('push', (event) => event.waitUntil(show(event)))
  self.addEventListener('notificationclick', (event) => {
    event.notification.close()
    const { link } = (event.notification.data ?? {}) as { link?: string }
    event.waitUntil(open(link ?? '/messages'))
  })
  // The browser has changed its address: the next page that opens tells the server (Chromium, Firefox).
  self.addEventListener('pushsubscriptionchange', (event) => (event as ExtendableEvent).waitUntil(tell('push-changed')))
}

async function show(event: PushEvent): Promise<void> {
  let payload: unknown
  try {
    payload = event.data?.json()
  } catch {
    payload = undefined
  }
  if (!isPayload(payload)) {
    await self.registration.showNotification('泰州职称申报', {
      body: '有新的通知，点开查看。',
      data: { link: '/messages' },
    })
    return
  }
  await self.registration.showNotification(payload.title, {
    body: payload.body,
    lang: 'zh-CN',
    icon: '/icons/icon-192.png',
    badge: '/icons/badge-96.png',
    // sent twice, shown once
    tag: payload.id,
    data: { link: payload.link },
  })
  await Promise.all([
    badge(payload.unread),
    tell('notices'),
    // Not confirmed where the session is over: then the SMS goes out, which is right.
    fetch(`/api/notices/${payload.id}/shown`, { method: 'POST', credentials: 'same-origin' }).catch(() => undefined),
  ])
}

async function badge(unread: number): Promise<void> {
  const icon = navigator as { setAppBadge?(count: number): Promise<void> }
  await icon.setAppBadge?.(unread).catch(() => undefined)
}

async function tell(kind: 'notices' | 'push-changed'): Promise<void> {
  for (const client of await self.clients.matchAll({ type: 'window' })) client.postMessage({ kind })
}

/** Goes on in the window that is open, so that nothing typed in it is left behind; opens one where there is none. */
async function open(link: string): Promise<void> {
  const [window] = await self.clients.matchAll({ type: 'window', includeUncontrolled: true })
  if (!window) {
    await self.clients.openWindow(link)
    return
  }
  await window.focus().catch(() => undefined)
  window.postMessage({ kind: 'open', link })
}
