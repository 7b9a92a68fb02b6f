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
  manager(): Promise<Manager | undefined>
}

/**
 * unsupported: WeChat, iOS outside the home screen, old browsers; off: may be asked for; denied: the person said no, and
 * only the settings of the browser can change it.
 */
export type PushState = 'unsupported' | 'off' | 'denied' | 'on'

const ASKED = 'push.asked'

type Manager = Pick<PushManager, 'getSubscription' | 'subscribe'>

/** Whether nothing that is signed with this key would arrive there: it was made by another. A browser that does not say is believed. */
function isByAnotherKey({ options }: PushSubscription, publicKey: string): boolean {
  const made = options.applicationServerKey
  if (!made) return false
  const text = btoa(String.fromCharCode(...new Uint8Array(made)))
  return text.replaceAll('+', '-').replaceAll('/', '_').replace(/=+$/, '') !== publicKey
}

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
    else if (deps.browser.permission() === 'denied') this.#state = 'denied'
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
    const manager = await this.#browser.manager()
    if (!manager) return
    if (!(await manager.getSubscription())) {
      this.#state = 'off'
      return
    }
    const subscribed = await this.#subscribe(manager)
    if (subscribed.ok) this.#state = 'on'
    else if (subscribed.code === 'push.no-service') this.#state = 'off'
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
    const manager = await this.#browser.manager().catch(() => undefined)
    const subscribed = manager ? await this.#subscribe(manager) : refuse('push.no-service')
    if (!subscribed.ok) return subscribed
    this.#state = 'on'
    return ok()
  }

  /** Has a subscription by the server's key, the one that is there or a new one, and tells the server of it. */
  async #subscribe(manager: Manager): Promise<Outcome<unknown>> {
    const key = await this.#source.key()
    if (!key.ok) return key
    const { publicKey } = key.value
    let subscription: PushSubscription | null
    try {
      subscription = await manager.getSubscription()
      if (subscription && isByAnotherKey(subscription, publicKey)) {
        await this.#source.unsubscribe(subscription.endpoint)
        await subscription.unsubscribe()
        subscription = null
      }
      subscription ??= await manager.subscribe({ userVisibleOnly: true, applicationServerKey: publicKey })
    } catch {
      // The push service of this browser cannot be reached, as in much of mainland China (DESIGN §8).
      return refuse('push.no-service')
    }
    return this.#keep(subscription)
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
