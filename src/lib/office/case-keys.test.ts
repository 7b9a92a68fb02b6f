import { describe, expect, it } from 'vitest'
import { isMeantForCase, SEEN_AFTER } from './case-keys.ts'

const appearedAt = 10_000
const press = (key: string, after: number, repeat = false) =>
  isMeantForCase({ key, repeat, timeStamp: appearedAt + after }, appearedAt)

describe('a key pressed at a case', () => {
  it('acts once, however long it is held', () => {
    for (const key of ['p', 'r', 'x', 'c']) {
      expect(press(key, 5_000), key).toBe(true)
      expect(press(key, 5_000, true), key).toBe(false)
    }
  })

  it('does not decide about a case that has only just appeared', () => {
    for (const key of ['p', 'r', 'x']) {
      expect(press(key, -20), key).toBe(false)
      expect(press(key, SEEN_AFTER - 1), key).toBe(false)
      expect(press(key, SEEN_AFTER), key).toBe(true)
    }
  })

  it('moves on at once and while it is held', () => {
    for (const key of ['j', 'k', 'f', 'd', '[', ']', 'ArrowDown', 'ArrowUp']) {
      expect(press(key, 0), key).toBe(true)
      expect(press(key, 0, true), key).toBe(true)
    }
  })
})
