import type { FromWorker, ToWorker } from '../../service-worker/messages.ts'

/** The part of `navigator.serviceWorker` that is used. */
export type Workers = Pick<ServiceWorkerContainer, 'register' | 'controller' | 'addEventListener'>

const EVERY = 60 * 60_000
/** After an installation that failed, the next attempt, ms; each later one waits twice as long, up to the longest. */
const AGAIN = 10_000
const AGAIN_AT_MOST = 5 * 60_000

/**
 * A new version waits until the person lets it in: it never takes over in the middle of a form (issue of every PWA that
 * updates by itself). Where there is no service worker (WeChat on iOS), nothing here happens.
 */
export class AppUpdate {
  readonly #workers: Workers | undefined
  readonly #save: () => Promise<boolean>
  readonly #reload: () => void
  readonly #retry: () => void
  readonly #hear: (message: FromWorker) => void
  #waiting = $state(false)
  #registration: ServiceWorkerRegistration | null = null
  #reloading = false
  #failed = 0
  /** the next installation is due */
  #isWaiting = false
  readonly #watched = new WeakSet<ServiceWorker>()

  /**
   * @param save writes everything that is being typed; false: the store did not take all of it
   * @param retry goes on with what waits
   * @param hear everything else that the worker says
   */
  constructor(deps: {
    workers?: Workers | undefined
    save: () => Promise<boolean>
    retry?: () => void
    hear?: (message: FromWorker) => void
    reload?: () => void
  }) {
    this.#workers =
      'workers' in deps ? deps.workers : typeof navigator === 'undefined' ? undefined : navigator.serviceWorker
    this.#save = deps.save
    this.#retry = deps.retry ?? (() => {})
    this.#hear = deps.hear ?? (() => {})
    this.#reload = deps.reload ?? (() => location.reload())
  }

  /** Show 「有新版本，点此更新」. */
  get waiting(): boolean {
    return this.#waiting
  }

  async start(): Promise<void> {
    const workers = this.#workers
    if (!workers) return
    // The first worker of all takes the page over without anything having changed.
    let hadController = workers.controller !== null
    workers.addEventListener('controllerchange', () => {
      if (!hadController) {
        hadController = true
        return
      }
      // Another tab let the new version in: this page runs on, and is asked to follow.
      if (this.#reloading) this.#reload()
      else this.#waiting = true
    })
    workers.addEventListener('message', (event) => {
      const message = (event as MessageEvent<FromWorker>).data
      if (message.kind === 'retry') this.#retry()
      else this.#hear(message)
    })
    await this.#install()
    if (typeof document === 'undefined') return
    const check = () => void this.#registration?.update().catch(() => {})
    document.addEventListener('visibilitychange', () => document.visibilityState === 'visible' && check())
    setInterval(check, EVERY)
  }

  /**
   * Puts the app on the phone. On the first day the connection may break in the middle of it, and the browser then forgets the
   * whole attempt: without another one, a page that was not opened yet would not open in a tunnel.
   */
  async #install(): Promise<void> {
    try {
      const registration = await this.#workers!.register('/service-worker.js', {
        updateViaCache: 'none',
        type: 'module',
      })
      this.#registration = registration
      this.#look()
      registration.addEventListener('updatefound', () => this.#watch(registration.installing))
      this.#watch(registration.installing)
    } catch (error) {
      // Its file did not come. Anything else is private mode, or a browser that has the API but refuses it: all works without.
      if (error instanceof TypeError) this.#installLater()
    }
  }

  #watch(worker: ServiceWorker | null): void {
    // The browser tells of one that was there already, too.
    if (!worker || this.#watched.has(worker)) return
    this.#watched.add(worker)
    worker.addEventListener('statechange', () => {
      this.#look()
      if (worker.state === 'installed') this.#failed = 0
      // A version that failed beside one that works is tried again with the next check.
      if (worker.state === 'redundant' && !this.#registration?.active) this.#installLater()
    })
  }

  #installLater(): void {
    if (this.#isWaiting) return
    this.#isWaiting = true
    const again = () => {
      this.#isWaiting = false
      void this.#install()
    }
    setTimeout(again, Math.min(AGAIN * 2 ** this.#failed, AGAIN_AT_MOST))
    this.#failed += 1
  }

  #look(): void {
    if (this.#registration?.waiting && this.#workers?.controller) this.#waiting = true
  }

  /**
   * Asks the browser to wake this page's queue when the network is back (Background Sync; Chromium only). Only where the browser knows
   * that there is none: while it has one it wakes the page at once, and a server that is away would be asked without end.
   */
  askForRetry(): void {
    if (navigator.onLine) return
    const registration = this.#registration as
      (ServiceWorkerRegistration & { sync?: { register(tag: string): Promise<void> } }) | null
    registration?.sync?.register('retry').catch(() => {})
  }

  /** The server speaks newer than this page (S11): look for the new version now. */
  async outdated(): Promise<void> {
    await this.#registration?.update().catch(() => {})
    this.#waiting = true
  }

  /** Saves what is typed, lets the new version in, and reloads once. What could not be saved stays on the screen, and the offer with it. */
  async apply(): Promise<void> {
    if (!(await this.#save())) return
    this.#reloading = true
    const waiting = this.#registration?.waiting
    if (waiting) waiting.postMessage({ kind: 'skip-waiting' } satisfies ToWorker)
    else this.#reload()
  }
}
