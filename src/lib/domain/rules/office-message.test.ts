import { expect, test } from 'vitest'
import { checkOfficeMessage } from './office-message.ts'

const codeOf = (text: string) => checkOfficeMessage(text)?.code ?? null

test('[R106] a message of the office says something in 5 to 150 字', () => {
  expect(codeOf('请来一趟')).toBe('message.too-short')
  expect(codeOf('    请来    ')).toBe('message.too-short')
  expect(codeOf('请来窗口。')).toBeNull()
  expect(codeOf('字'.repeat(150))).toBeNull()
  expect(codeOf('𠮷'.repeat(150))).toBeNull()
  expect(checkOfficeMessage('字'.repeat(153))).toEqual({
    code: 'answer.too-long',
    path: 'text',
    params: { label: '消息', over: 3, atMost: 150 },
  })
})

test('[R106] a message that holds an ID number is not sent', () => {
  expect(codeOf('请核对身份证号321203198512150021')).toBe('message.id-number')
  expect(codeOf('请核对 321203 19851215 002x')).toBe('message.id-number')
  expect(codeOf('请核对３２１２０３１９８５１２１５００２１')).toBe('message.id-number')
  expect(codeOf('材料不齐 13800001234321203198512150021')).toBe('message.id-number')
  expect(codeOf('请在 2026 年 12 月 1 日前联系 0523-86880000')).toBeNull()
  // 18 digits and more in a row, and no birth date in them
  expect(codeOf('请联系 13800001234 13900005678')).toBeNull()
  expect(codeOf('请联系 0523-86880000 13900005678')).toBeNull()
})
