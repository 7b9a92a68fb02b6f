import { defineConfig } from '@playwright/test'
import { chromiumArguments, chromiumExecutable } from './chromium.ts'

export default defineConfig({
  testDir: './e2e',
  outputDir: '../test-results',
  fullyParallel: false,
  // a test waits more than it works; each worker has servers and a browser of its own
  workers: 2,
  // decision 006
  retries: 1,
  timeout: 240_000,
  expect: { timeout: 30_000 },
  reporter: [['list'], ['json', { outputFile: '../test-results/e2e.json' }]],
  use: {
    locale: 'zh-CN',
    timezoneId: 'Asia/Shanghai',
    viewport: { width: 390, height: 844 },
    trace: 'retain-on-failure',
    actionTimeout: 30_000,
    launchOptions: { executablePath: await chromiumExecutable(), args: chromiumArguments },
  },
})
