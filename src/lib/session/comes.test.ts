import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { comes, isNotFetched } from './comes.ts'

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

test.each([
  new TypeError('Failed to fetch dynamically imported module: https://a.example/_app/1.js'),
  new TypeError('Importing a module script failed.'),
  new TypeError('error loading dynamically imported module: https://a.example/_app/1.js'),
  new Error('Unable to preload CSS for /_app/1.css'),
])('%s: asked for again until it comes', async (fault) => {
  const part = vi.fn(async () => 'here')
  part.mockRejectedValueOnce(fault).mockRejectedValueOnce(fault)
  const coming = comes(part)
  await vi.advanceTimersByTimeAsync(3_999)
  expect(part).toHaveBeenCalledTimes(2)
  await vi.advanceTimersByTimeAsync(1)
  expect(await coming).toBe('here')
})

test('a fault of the part itself is told at once', async () => {
  const fault = new TypeError("Cannot read properties of undefined (reading 'open')")
  expect(isNotFetched(fault)).toBe(false)
  await expect(comes(() => Promise.reject(fault))).rejects.toBe(fault)
})
