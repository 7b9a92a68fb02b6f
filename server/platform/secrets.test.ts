import { expect, test } from 'vitest'
import { createSecrets } from './secrets.ts'

const secrets = createSecrets(new Uint8Array(32).fill(7))

test('what is sealed opens for the same purpose and place, and is different each time', () => {
  const sealed = secrets.seal('id-number', '32128219900101𠮷', 'row 1')
  expect(secrets.open('id-number', sealed, 'row 1')).toBe('32128219900101𠮷')
  expect(secrets.seal('id-number', '32128219900101𠮷', 'row 1')).not.toBe(sealed)
})

test.each([
  ['another purpose', (sealed: string) => secrets.open('mobile', sealed, 'row 1')],
  ['another place', (sealed: string) => secrets.open('id-number', sealed, 'row 2')],
  ['another key', (sealed: string) => createSecrets(new Uint8Array(32)).open('id-number', sealed, 'row 1')],
  ['a changed byte', (sealed: string) => secrets.open('id-number', `${sealed.slice(0, -2)}AA`, 'row 1')],
  ['a cut end', (sealed: string) => secrets.open('id-number', sealed.slice(0, 30), 'row 1')],
  ['no version', (sealed: string) => secrets.open('id-number', sealed.slice(3), 'row 1')],
])('it does not open with %s', (_, open) => {
  const sealed = secrets.seal('id-number', 'text that is long enough', 'row 1')
  expect(() => open(sealed)).toThrow()
})

test('a MAC is the same for the same text and purpose only', () => {
  expect(secrets.mac('index', 'a')).toBe(secrets.mac('index', 'a'))
  expect(new Set([secrets.mac('index', 'a'), secrets.mac('index', 'b'), secrets.mac('code', 'a')]).size).toBe(3)
})
