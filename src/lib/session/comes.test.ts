import { afterEach, beforeEach, expect, test, vi } from 'vitest'

const fault = new TypeError('Failed to fetch dynamically imported module: https://a.example/_app/1.js')

let answers: boolean
const reload = vi.fn()
const typing = new EventTarget()

/** The module as a page of its own has it: what was typed there is remembered for as long as the page stands. */
async function onPage() {
  vi.resetModules()
  return import('./comes.ts')
}

beforeEach(() => {
  vi.useFakeTimers()
  answers = false
  reload.mockReset()
  const kept = new Map<string, string>()
  vi.stubGlobal('sessionStorage', {
    getItem: (key: string) => kept.get(key) ?? null,
    setItem: (key: string, value: string) => void kept.set(key, value),
  })
  vi.stubGlobal('location', { reload })
  vi.stubGlobal('fetch', async () => (answers ? new Response('{}') : Promise.reject(new TypeError('Failed to fetch'))))
  vi.stubGlobal('addEventListener', typing.addEventListener.bind(typing))
})
afterEach(() => {
  vi.useRealTimers()
  vi.unstubAllGlobals()
})

test.each([
  fault,
  new TypeError('Importing a module script failed.'),
  new TypeError('error loading dynamically imported module: https://a.example/_app/1.js'),
  new Error('Unable to preload CSS for /_app/1.css'),
])('%s: asked for again until it comes', async (one) => {
  const { comes } = await onPage()
  const part = vi.fn(async () => 'here')
  part.mockRejectedValueOnce(one).mockRejectedValueOnce(one)
  const coming = comes(part)
  await vi.advanceTimersByTimeAsync(3_999)
  expect(part).toHaveBeenCalledTimes(2)
  await vi.advanceTimersByTimeAsync(1)
  expect(await coming).toBe('here')
  expect(reload).not.toHaveBeenCalled()
})

test('a fault of the part itself is told at once', async () => {
  const { comes, isNotFetched } = await onPage()
  const own = new TypeError("Cannot read properties of undefined (reading 'open')")
  expect(isNotFetched(own)).toBe(false)
  await expect(comes(() => Promise.reject(own))).rejects.toBe(own)
})

test('where the browser remembers the failure, the page is opened anew once the server answers, and not again in the next minute', async () => {
  const { comes } = await onPage()
  void comes(() => Promise.reject(fault))
  await vi.advanceTimersByTimeAsync(10_000)
  expect(reload).not.toHaveBeenCalled()
  answers = true
  await vi.advanceTimersByTimeAsync(2_000)
  expect(reload).toHaveBeenCalledTimes(1)
  await vi.advanceTimersByTimeAsync(50_000)
  expect(reload).toHaveBeenCalledTimes(1)
  await vi.advanceTimersByTimeAsync(10_000)
  expect(reload).toHaveBeenCalledTimes(2)
})

test('a page in which something was typed is not opened anew', async () => {
  const { comes } = await onPage()
  answers = true
  void comes(() => Promise.reject(fault))
  typing.dispatchEvent(new Event('input'))
  await vi.advanceTimersByTimeAsync(30_000)
  expect(reload).not.toHaveBeenCalled()
})

test('a server that answers at the first failure is asked for the part once more before', async () => {
  const { comes } = await onPage()
  answers = true
  const part = vi.fn(async () => 'here')
  part.mockRejectedValueOnce(fault)
  const coming = comes(part)
  await vi.advanceTimersByTimeAsync(2_000)
  expect(await coming).toBe('here')
  expect(reload).not.toHaveBeenCalled()
})
