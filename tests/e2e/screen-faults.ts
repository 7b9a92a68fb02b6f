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

/**
 * Runs in the page. A target counts with what its padding or a surrounding label adds; links inside running text are
 * exempt as WCAG 2.5.8 says. Text is cut when it does not fit its box and the box hides what is over, unless it is meant
 * to end in …, where the whole text is one tap away. Smallest side of a target: 48 px, in 大字版 60, for the mouse in the
 * office 36; a border of 1 px belongs to it.
 */
const lookAt = `(() => {
  const found = []
  const smallest = document.documentElement.dataset.type ? 60 : 48
  const nameOf = (one) => (one.getAttribute('aria-label') || one.textContent || one.tagName).trim().replace(/\\s+/g, ' ').slice(0, 40)
  const seen = (one) => one.checkVisibility({ opacityProperty: true, visibilityProperty: true }) && one.getClientRects().length > 0
  const targets = 'a[href], button, input:not([type=hidden]), select, textarea, summary, [role=button], [role=combobox], [role=tab], [role=option]'
  for (const one of document.querySelectorAll(targets)) {
    if (!seen(one) || one.closest('[inert], [aria-hidden=true], .sr-only')) continue
    const style = getComputedStyle(one)
    if (style.display === 'inline' && one.matches('a')) continue
    let { width, height } = one.getBoundingClientRect()
    if (width <= 2 && height <= 2) continue
    const label = one.closest('label') || (one.id && document.querySelector('label[for="' + one.id + '"]'))
    if (label) {
      const box = label.getBoundingClientRect()
      width = Math.max(width, box.width)
      height = Math.max(height, box.height)
    }
    for (const pseudo of ['::before', '::after']) {
      const hit = getComputedStyle(one, pseudo)
      if (hit.content === 'none' || hit.position !== 'absolute') continue
      width = Math.max(width, parseFloat(hit.width) || 0)
      height = Math.max(height, parseFloat(hit.height) || 0)
    }
    const least = (one.closest('[data-surface=office]') ? 36 : smallest) - 2
    if (Math.round(width) < least || Math.round(height) < least)
      found.push('target ' + Math.round(width) + '×' + Math.round(height) + ': ' + nameOf(one))
  }
  for (const one of document.querySelectorAll('body *')) {
    if (!seen(one) || one.closest('.sr-only, svg, canvas')) continue
    if (![...one.childNodes].some((child) => child.nodeType === 3 && child.data.trim() !== '')) continue
    const style = getComputedStyle(one)
    if (style.overflowX !== 'hidden' && style.overflowY !== 'hidden' && style.overflowX !== 'clip') continue
    const box = one.getBoundingClientRect()
    if (box.width <= 2) continue
    if (style.textOverflow !== 'ellipsis' && (one.scrollWidth > one.clientWidth + 1 || one.scrollHeight > one.clientHeight + 3))
      found.push('cut: ' + nameOf(one))
  }
  const sideways = document.documentElement.scrollWidth - document.documentElement.clientWidth
  if (sideways > 0) found.push('scrolls ' + sideways + ' px sideways')
  return [...new Set(found)]
})()`

/** Targets that are too small, text that is cut, and a page that scrolls sideways, each in words. */
export const layoutFaults = (page: Page): Promise<string[]> => page.evaluate(lookAt)

async function axeFaults(page: Page, rules?: readonly string[]): Promise<string[]> {
  const options = JSON.stringify({ resultTypes: ['violations'], ...(rules && { runOnly: rules }) })
  const violations = await page.evaluate<Violation[]>(`axe.run(${options}).then(({ violations }) => violations)`)
  return violations.map(({ id, nodes }) => `${id}: ${nodes[0]?.html.slice(0, 160) ?? ''}`)
}

/** The choice in 我的 › 显示, as another tab would make it: the page that is open follows at once. */
const setTypeSize = (page: Page, size: 'standard' | 'large' | 'largest'): Promise<void> =>
  page.evaluate(`{
    localStorage.setItem('appearance.type', '${size}')
    dispatchEvent(new StorageEvent('storage', { key: 'appearance.type', newValue: '${size}' }))
  }`)

/** What the theme changes and the markup does not. */
const colours = ['color-contrast', 'link-in-text-block']

/**
 * What is wrong with the screen in view, in words and with the mode that it is wrong in: light, dark, 大字版, and the
 * largest text on the narrowest screen. Empty when nothing is. The context needs `bypassCSP` for axe.
 */
export async function faults(page: Page): Promise<string[]> {
  await expect(page.getByRole('heading', { level: 1 }).first()).toBeVisible()
  // what is still being opened is a screen of its own, and gone in a moment
  await expect(page.locator('.skeleton')).toHaveCount(0, { timeout: 30_000 })
  const size = page.viewportSize() ?? smallest
  // a colour that is on its way from one to the other has neither's contrast
  await page.emulateMedia({ colorScheme: 'light', reducedMotion: 'reduce' })
  await page.evaluate(axeSource)
  const found = (mode: string, some: readonly string[]) => some.map((one) => `${mode}: ${one}`)
  const wrong = found('light', [...(await layoutFaults(page)), ...(await axeFaults(page))])
  await page.emulateMedia({ colorScheme: 'dark' })
  wrong.push(...found('dark', await axeFaults(page, colours)))
  await page.emulateMedia({ colorScheme: 'light' })
  await setTypeSize(page, 'large')
  wrong.push(...found('大字版', [...(await layoutFaults(page)), ...(await axeFaults(page))]))
  await page.setViewportSize({ width: 320, height: size.height })
  await setTypeSize(page, 'largest')
  wrong.push(...found('最大 at 320 px', await layoutFaults(page)))
  await page.setViewportSize(size)
  await setTypeSize(page, 'standard')
  return wrong
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
