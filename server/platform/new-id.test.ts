import { expect, test } from 'vitest'
import { newId } from './new-id.ts'

test('ids are UUIDs of version 7 that carry their time', () => {
  const at = Date.UTC(2026, 2, 1)
  const id = newId(at)
  expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/)
  expect(Number.parseInt(id.replace('-', '').slice(0, 12), 16)).toBe(at)
})

test('a thousand ids of one millisecond are different and sort in the order they were made', () => {
  const ids = Array.from({ length: 1000 }, () => newId(Date.UTC(2026, 2, 2)))
  expect(new Set(ids).size).toBe(1000)
  expect([...ids].sort()).toEqual(ids)
})
