import { accessSync, constants } from 'node:fs'

/**
 * A Chromium to test in: the one named by CHROMIUM_PATH, else an installed one, else the binary that
 * npm's @sparticuz/chromium ships, unpacked on first use.
 */
export async function chromiumExecutable(): Promise<string> {
  const candidates = [
    process.env['CHROMIUM_PATH'],
    '/usr/bin/chromium',
    '/usr/bin/chromium-browser',
    '/usr/bin/google-chrome',
    '/usr/bin/google-chrome-stable',
    '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
    'C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe',
  ]
  for (const path of candidates) {
    if (path === undefined || path === '') continue
    try {
      accessSync(path, constants.X_OK)
      return path
    } catch {
      if (path === process.env['CHROMIUM_PATH']) throw new Error(`CHROMIUM_PATH names ${path}, which cannot be run.`)
    }
  }
  const { default: chromium } = await import('@sparticuz/chromium')
  return chromium.executablePath()
}

/** Flags for a headless Chromium that talks to loopback only and runs as root in a container. */
export const chromiumArguments = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-dev-shm-usage',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--font-render-hinting=none',
]
