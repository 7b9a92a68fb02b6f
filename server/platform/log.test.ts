import { expect, test } from 'vitest'
import { createLog } from './log.ts'

function logged(write: (log: ReturnType<typeof createLog>) => void): string {
  const lines: string[] = []
  write(createLog('info', { write: (line) => void lines.push(line) }))
  return lines.join('')
}

test('nothing about a person reaches the log, neither as a field nor within an error', () => {
  const text = logged((log) => {
    log.info(
      { account: { idNumber: '321283199001011234', fullName: '王小明', mobile: '13812345678' }, password: 'Geheim-1' },
      'signed in',
    )
    log.error({ error: new Error('Key (id_number)=(321283199001011234) already exists, 13812345678') }, 'failed')
    log.error({ err: new Error('outer', { cause: new Error('mobile 13912345678') }) }, 'failed')
  })
  expect(text).not.toMatch(/\d{17}[\dXx]|1[3-9]\d{9}|王小明|Geheim/)
  expect(text).toContain('signed in')
})

test('an error keeps its kind and its SQLSTATE', () => {
  const text = logged((log) => log.error({ error: Object.assign(new TypeError('no'), { code: '23505' }) }, 'failed'))
  expect(JSON.parse(text)).toMatchObject({
    level: 'error',
    error: { type: 'TypeError', message: 'no', errorCode: '23505' },
  })
})
