import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { AppUpdate, type Workers } from './app-update.svelte.ts'

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

/** A worker that is being installed, until the test says what becomes of it. */
class Installing extends EventTarget {
  state: ServiceWorkerState = 'installing'
  becomes(state: ServiceWorkerState): void {
    this.state = state
    this.dispatchEvent(new Event('statechange'))
  }
}

/** A browser that begins an installation at each registration, or says why not. */
class Browser {
  readonly attempts: Installing[] = []
  registration: EventTarget | null = null
  refuses: Error | null = null
  active: object | null = null
  asked = 0
  woken = 0
  readonly workers = {
    controller: null,
    addEventListener: () => {},
    register: async () => {
      this.asked += 1
      if (this.refuses) throw this.refuses
      const installing = new Installing()
      this.attempts.push(installing)
      const sync = { register: async () => void (this.woken += 1) }
      const registration = Object.assign(new EventTarget(), { installing, waiting: null, sync, update: async () => {} })
      this.registration = registration
      return Object.defineProperty(registration, 'active', { get: () => this.active })
    },
  } as unknown as Workers
}

const begun = async (browser: Browser): Promise<AppUpdate> => {
  const update = new AppUpdate({ workers: browser.workers, save: async () => true })
  await update.start()
  return update
}

test('an installation that broke off is begun again, each time later, until one succeeds', async () => {
  const browser = new Browser()
  await begun(browser)
  expect(browser.asked).toBe(1)
  // The browser tells of the same worker once more.
  browser.registration!.dispatchEvent(new Event('updatefound'))
  browser.attempts[0]!.becomes('redundant')
  await vi.advanceTimersByTimeAsync(9_999)
  expect(browser.asked).toBe(1)
  await vi.advanceTimersByTimeAsync(1)
  expect(browser.asked).toBe(2)
  browser.attempts[1]!.becomes('redundant')
  await vi.advanceTimersByTimeAsync(10_000)
  expect(browser.asked).toBe(2)
  await vi.advanceTimersByTimeAsync(10_000)
  expect(browser.asked).toBe(3)
  browser.attempts[2]!.becomes('installed')
  browser.active = {}
  browser.attempts[2]!.becomes('activated')
  await vi.advanceTimersByTimeAsync(600_000)
  expect(browser.asked).toBe(3)
})

test('a new version that failed beside one that works is left to the next check', async () => {
  const browser = new Browser()
  browser.active = {}
  await begun(browser)
  browser.attempts[0]!.becomes('redundant')
  await vi.advanceTimersByTimeAsync(600_000)
  expect(browser.asked).toBe(1)
})

test('a file that did not come is asked for again; a browser that refuses is left in peace', async () => {
  const browser = new Browser()
  browser.refuses = new TypeError('Failed to fetch')
  await begun(browser)
  await vi.advanceTimersByTimeAsync(10_000)
  expect(browser.asked).toBe(2)
  browser.refuses = new DOMException('no', 'SecurityError')
  await vi.advanceTimersByTimeAsync(600_000)
  expect(browser.asked).toBe(3)
})

test('the browser is asked to wake the queue only where it has no network: with one it would do so at once, again and again', async () => {
  const browser = new Browser()
  const update = await begun(browser)
  vi.stubGlobal('navigator', { onLine: true })
  update.askForRetry()
  expect(browser.woken).toBe(0)
  vi.stubGlobal('navigator', { onLine: false })
  update.askForRetry()
  expect(browser.woken).toBe(1)
  vi.unstubAllGlobals()
})
