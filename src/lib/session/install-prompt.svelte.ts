/** Chromium's own event; no other engine sends it. */
interface BeforeInstallPromptEvent extends Event {
  prompt(): Promise<void>
  readonly userChoice: Promise<{ readonly outcome: 'accepted' | 'dismissed' }>
}

const KEY = 'install.later'
const DAY = 86_400_000
/** 以后再说 holds so long; after two refusals nobody is asked again. */
const HOLDS = 14 * DAY
const AT_MOST = 2

interface Later {
  readonly times: number
  readonly at: number
}

function remembered(): Later {
  try {
    const kept: unknown = JSON.parse(localStorage.getItem(KEY) ?? 'null')
    if (kept !== null && typeof kept === 'object' && 'times' in kept && 'at' in kept) return kept as Later
  } catch {
    // forbidden storage, or not ours: as if never asked
  }
  return { times: 0, at: 0 }
}

/** How this browser can put the app on the home screen; `none` where it cannot, or where it is there already. */
export type InstallWay = 'ask' | 'ios' | 'none'

/** 放到手机桌面: whether and how to offer it. Belongs to the device, so it is never synced. */
class InstallPrompt {
  #event = $state.raw<BeforeInstallPromptEvent | null>(null)
  #installed = $state(false)
  #later = $state.raw<Later>({ times: 0, at: 0 })
  #ios = false

  get way(): InstallWay {
    if (this.#installed) return 'none'
    return this.#event ? 'ask' : this.#ios ? 'ios' : 'none'
  }

  get installed(): boolean {
    return this.#installed
  }

  /** Whether a card on 首页 may ask now: not within 14 days after 以后再说, and never after the second. */
  get mayAsk(): boolean {
    const { times, at } = this.#later
    return this.way !== 'none' && times < AT_MOST && Date.now() - at > HOLDS
  }

  /** Call once in the root layout, early: the browser says it only once. */
  start(): () => void {
    this.#later = remembered()
    // The WeChat browser can put nothing on the home screen, and neither can a page inside another app.
    const { userAgent, maxTouchPoints } = navigator
    const inApp = /MicroMessenger|QQ\/|DingTalk|Weibo|AlipayClient/i.test(userAgent)
    const apple = /iPhone|iPad|iPod/.test(userAgent) || (userAgent.includes('Macintosh') && maxTouchPoints > 1)
    this.#ios = apple && !inApp
    this.#installed =
      matchMedia('(display-mode: standalone)').matches || (navigator as { standalone?: boolean }).standalone === true
    const onPrompt = (event: Event): void => {
      event.preventDefault()
      this.#event = event as BeforeInstallPromptEvent
    }
    const onInstalled = (): void => {
      this.#installed = true
      this.#event = null
    }
    addEventListener('beforeinstallprompt', onPrompt)
    addEventListener('appinstalled', onInstalled)
    return () => {
      removeEventListener('beforeinstallprompt', onPrompt)
      removeEventListener('appinstalled', onInstalled)
    }
  }

  /** The browser's own question; it may be asked once. */
  async ask(): Promise<void> {
    const event = this.#event
    if (!event) return
    this.#event = null
    await event.prompt()
    if ((await event.userChoice).outcome === 'dismissed') this.later()
  }

  /** 以后再说 */
  later(): void {
    this.#later = { times: this.#later.times + 1, at: Date.now() }
    try {
      localStorage.setItem(KEY, JSON.stringify(this.#later))
    } catch {
      return
    }
  }
}

export const installPrompt = new InstallPrompt()
