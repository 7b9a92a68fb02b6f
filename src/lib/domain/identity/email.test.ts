import { expect, test } from 'vitest'
import { EMAIL_AT_MOST, parseEmail } from './email.ts'

const read = (text: string) => {
  const outcome = parseEmail(text)
  return outcome.ok ? outcome.value : outcome.code
}

test.each(['name@example.com', 'a@b.cn', 'first.last+tag@mail.tz-rsj.gov.cn', '12345678@qq.com'])(
  '[R10] %s is an address',
  (text) => {
    expect(read(text)).toBe(text)
  },
)

test.each([
  '',
  'name',
  'name@',
  '@example.com',
  'a@b@example.com',
  'name@example',
  'name@exa mple.com',
  'name@-example.com',
  'name@example..com',
  '.name@example.com',
  'na..me@example.com',
  'name.@example.com',
  'name@example.com\r\nBcc: all@example.com',
  '<name@example.com>',
  '张三@example.com',
  `${'a'.repeat(65)}@example.com`,
])('[R10] %j is refused', (text) => {
  expect(read(text)).toBe('identity.email-wrong')
})

test('[R10] at most 100 characters', () => {
  const domain = '@example.example.example.example.example.example.com'
  const fits = 'a'.repeat(EMAIL_AT_MOST - domain.length) + domain
  expect(read(fits)).toBe(fits)
  expect(read(`a${fits}`)).toBe('identity.email-wrong')
})

test('a Chinese keyboard and capital letters are set right', () => {
  expect(read(' Zhou＠Example。COM ')).toBe('Zhou@example.com')
})

test('a long wrong address is refused at once', () => {
  const started = performance.now()
  expect(read('a.'.repeat(50_000))).toBe('identity.email-wrong')
  expect(read(`a@${'a-'.repeat(48)}`)).toBe('identity.email-wrong')
  expect(performance.now() - started).toBeLessThan(1000)
})
