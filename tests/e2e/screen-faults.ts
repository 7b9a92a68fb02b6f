import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { expect, type Page } from '@playwright/test'

const axeSource = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')

/** The smallest phone that is served (R2). */
export const smallest = { width: 360, height: 640 }

interface Violation {
  readonly id: string
  readonly nodes: readonly { readonly html: string }[]
}

/** What is wrong with the screen in view, in words; empty when nothing is. The context needs `bypassCSP` for axe. */
export async function faults(page: Page): Promise<string[]> {
  await expect(page.getByRole('heading', { level: 1 }).first()).toBeVisible()
  // what is still being opened is a screen of its own, and gone in a moment
  await expect(page.locator('.skeleton')).toHaveCount(0, { timeout: 30_000 })
  const wide = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth)
  await page.evaluate(axeSource)
  const violations = await page.evaluate(async () => {
    const axe = (window as unknown as { axe: { run(): Promise<{ violations: Violation[] }> } }).axe
    return (await axe.run()).violations
  })
  return [
    ...(wide > 0 ? [`scrolls ${wide} px sideways`] : []),
    ...violations.map(({ id, nodes }) => `${id}: ${nodes[0]?.html.slice(0, 160) ?? ''}`),
  ]
}

/** The paths that were looked at in this run. */
export const visited: string[] = []

/** Opens each path, keeps a picture of it, and gathers what is wrong by path. */
export async function visit(page: Page, paths: readonly string[]): Promise<Record<string, string[]>> {
  const found: Record<string, string[]> = {}
  const note = (error: Error) => (found[new URL(page.url()).pathname] = [String(error)])
  page.on('pageerror', note)
  for (const path of paths) {
    visited.push(path.split('?')[0] ?? path)
    await page.goto(path)
    const wrong = await faults(page)
    if (wrong.length > 0) found[path] = wrong
    await page.screenshot({
      path: `test-results/screens/${path.replace(/[0-9a-f-]{36}/, 'id').replaceAll('/', '_')}.png`,
    })
  }
  page.off('pageerror', note)
  return found
}
