import { describe, expect, test } from 'vitest'
import { checkReadingText, gatesByKind, readingKinds, tidiedReading } from './reading-text.ts'

const entry = { title: '初定指南', body: '请读完。' }
const faults = (changes: Partial<typeof entry>) => {
  const outcome = checkReadingText(tidiedReading({ ...entry, ...changes }))
  return outcome.ok ? [] : (outcome.issues ?? []).map(({ code, path }) => `${path}: ${code}`)
}

describe('the texts that are read before an application starts', () => {
  test('[R28] [R29] [R30] each way in has its kind', () => {
    expect(readingKinds.map((kind) => [kind, gatesByKind[kind].label, gatesByKind[kind].seconds])).toEqual([
      ['initialGuide', '初定指南', 20],
      ['pledge', '申报承诺书', 20],
      ['reissueGuide', '补证指南', 20],
    ])
  })

  test('a text has a title and words, neither too long', () => {
    expect(faults({})).toEqual([])
    expect(faults({ title: ' \u200b', body: '\n' })).toEqual(['title: answer.required', 'body: answer.required'])
    expect(faults({ title: '字'.repeat(50), body: '字'.repeat(10_000) })).toEqual([])
    expect(faults({ title: '字'.repeat(51), body: '字'.repeat(10_001) })).toEqual([
      'title: answer.too-long',
      'body: answer.too-long',
    ])
  })

  test('a link leads where a link may', () => {
    expect(faults({ body: '看[文件](https://example.gov.cn/a)' })).toEqual([])
    expect(faults({ body: '看[文件](javascript:a)' })).toEqual(['body: bulletin.unsafe-link'])
  })
})
