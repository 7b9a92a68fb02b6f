import { mkdtempSync, rmSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type BrowserContext, chromium } from '@playwright/test'
import lighthouse, { type Result } from 'lighthouse'
import { chromiumArguments, chromiumExecutable } from '../chromium.ts'

/** A browser whose memory outlives it: each start is that of a phone on which the app was used before. */
export class JudgedPhone {
  readonly #profile = mkdtempSync(join(tmpdir(), 'zhicheng-phone-'))
  readonly #origin: string
  readonly #port: number

  private constructor(origin: string, port: number) {
    this.#origin = origin
    this.#port = port
  }

  static async create(origin: string): Promise<JudgedPhone> {
    return new JudgedPhone(origin, await freePort())
  }

  async start(): Promise<BrowserContext> {
    return chromium.launchPersistentContext(this.#profile, {
      executablePath: await chromiumExecutable(),
      args: [...chromiumArguments, `--remote-debugging-port=${this.#port}`],
      baseURL: this.#origin,
      viewport: { width: 390, height: 844 },
      locale: 'zh-CN',
    })
  }

  /**
   * What Lighthouse (mobile, throttled) says of one address. Each time a browser of its own: in the process of the round
   * before, a page begins with 90 ms of that one's remains, which no person ever meets. On a busy machine it may run out of time
   * before it has seen a page: what it could not judge it judges again, three times at most.
   */
  async judge(path: string, categories: readonly string[]): Promise<Result> {
    for (let left = 2; ; left -= 1) {
      const result = await this.#judgeOnce(path, categories)
      const missed =
        result.runtimeError?.message ??
        Object.values(result.audits).find(({ scoreDisplayMode }) => scoreDisplayMode === 'error')?.errorMessage
      if (missed === undefined) return result
      if (left === 0) throw new Error(`Lighthouse could not judge ${path}: ${missed}`)
    }
  }

  async #judgeOnce(path: string, categories: readonly string[]): Promise<Result> {
    const browser = await this.start()
    try {
      const result = await lighthouse(new URL(path, this.#origin).href, {
        port: this.#port,
        output: 'json',
        logLevel: 'error',
        onlyCategories: [...categories],
        // a person who is signed in stays so, and what the app keeps on the phone is what is measured
        disableStorageReset: true,
      })
      if (!result) throw new Error(`Lighthouse had nothing to say of ${path}`)
      return result.lhr
    } finally {
      await browser.close()
    }
  }

  forget(): void {
    rmSync(this.#profile, { recursive: true, force: true })
  }
}

const freePort = (): Promise<number> =>
  new Promise((found) => {
    const probe = createServer()
    probe.listen(0, '127.0.0.1', () => {
      const address = probe.address()
      probe.close(() => found(typeof address === 'object' && address ? address.port : 0))
    })
  })
