import type { Outcome } from '#domain/problems.ts'
import { ok, refuse } from '#domain/problems.ts'

/** What the server must be told of a browser. */
export interface PushSource {
  key(): Promise<Outcome<{ publicKey: string }>>
  subscribe(subscription: { endpoint: string; keys: { p256dh: string; auth: string } }): Promise<Outcome<unknown>>
  unsubscribe(endpoint: string): Promise<Outcome<unknown>>
}

/** The parts of the browser that are used. */
export interface PushBrowser {
  permission(): NotificationPermission
  ask(): Promise<NotificationPermission>
  /** undefined where no service worker is registered, e.g. behind a certificate that the browser does not trust */
  manager(): Promise<Pick<PushManager, 'getSubscription' | 'subscribe'> | undefined>
}

/**
 * unsupported: WeChat, iOS outside the home screen, old browsers; off: may be asked for; denied: the person said no, and
 * only the settings of the browser can change it.
 */
export type PushState = 'unsupported' | 'off' | 'denied' | 'on'

const ASKED = 'push.asked'

/** The browser's own push, or null where there is none. */
export function pushOfThisBrowser(): PushBrowser | null {
  if (typeof window === 'undefined' || !('Notification' in window) || !('PushManager' in window)) return null
  const workers = navigator.serviceWorker
  if (!workers) return null
  return {
    permission: () => Notification.permission,
    ask: () => Notification.requestPermission(),
    // not `ready`: it never comes where there is no worker, and a sign-out would wait for it
    manager: async () => (await workers.getRegistration())?.pushManager,
  }
}

/** 结果提醒 on this device: asked for once after the first submission, switched on and off under 我的. */
export class PushReminders {
  readonly #browser: PushBrowser | null
  readonly #source: PushSource
  #state: PushState = $state('off')
  #asked = $state(false)

  constructor(deps: { browser: PushBrowser | null; source: PushSource }) {
    this.#browser = deps.browser
    this.#source = deps.source
    if (!deps.browser) this.#state = 'unsupported'
    try {
      this.#asked = localStorage.getItem(ASKED) !== null
    } catch {
      // forbidden storage: asked at each visit, which is rare
    }
  }

  get state(): PushState {
    return this.#state
  }
  /** Whether the question may come by itself: never before, and never after a no. */
  get mayAsk(): boolean {
    return this.#state === 'off' && !this.#asked
  }

  /** 不用，我看短信 */
  leaveIt(): void {
    this.#asked = true
    try {
      localStorage.setItem(ASKED, '1')
    } catch {
      return
    }
  }

  /** Tells the server of a subscription that is there: it may have changed, and belongs to who is here now. */
  async refresh(): Promise<void> {
    if (!this.#browser) return
    if (this.#browser.permission() === 'denied') {
      this.#state = 'denied'
      return
    }
    if (this.#browser.permission() !== 'granted') return
    const subscription = await (await this.#browser.manager())?.getSubscription()
    if (subscription && (await this.#keep(subscription)).ok) this.#state = 'on'
  }

  /** Asks the person, the browser and the server, in this order. Call on a tap. */
  async turnOn(): Promise<Outcome<undefined>> {
    if (!this.#browser) return refuse('push.unsupported')
    this.leaveIt()
    const answer = await this.#browser.ask()
    if (answer !== 'granted') {
      if (answer === 'denied') this.#state = 'denied'
      return refuse('push.denied')
    }
    const key = await this.#source.key()
    if (!key.ok) return key
    let subscription: PushSubscription
    try {
      const manager = await this.#browser.manager()
      if (!manager) return refuse('push.no-service')
      subscription =
        (await manager.getSubscription()) ??
        (await manager.subscribe({ userVisibleOnly: true, applicationServerKey: key.value.publicKey }))
    } catch {
      // The push service of this browser cannot be reached, as in much of mainland China (DESIGN §8).
      return refuse('push.no-service')
    }
    const kept = await this.#keep(subscription)
    if (!kept.ok) return kept
    this.#state = 'on'
    return ok()
  }

  async turnOff(): Promise<void> {
    if (this.#browser?.permission() !== 'granted') return
    const subscription = await (await this.#browser.manager())?.getSubscription()
    if (!subscription) return
    await this.#source.unsubscribe(subscription.endpoint)
    await subscription.unsubscribe()
    this.#state = 'off'
  }

  async #keep(subscription: PushSubscription): Promise<Outcome<unknown>> {
    const { endpoint, keys } = subscription.toJSON()
    if (!endpoint || !keys?.['p256dh'] || !keys['auth']) return refuse('push.no-service')
    return this.#source.subscribe({ endpoint, keys: { p256dh: keys['p256dh'], auth: keys['auth'] } })
  }
}
