import { describe, expect, test } from 'vitest'
import { type DeskReadingText, readingChoices, readingOf, usesInWords } from './reading-texts.ts'

const version = (id: string, number: number, batches: string[] = []) => ({
  id,
  version: number,
  title: '承诺书',
  by: '李卫东',
  createdAt: '2026-11-28T01:00:00.000Z',
  batches: batches.map((name) => ({ id: name, name })),
})
const text = (textId: string, kind: DeskReadingText['kind'], inUse: ReturnType<typeof version>[]): DeskReadingText => ({
  textId,
  kind,
  newest: inUse[0]!,
  inUse,
})
const texts = [
  text('pledge', 'pledge', [version('all-2', 2), version('all-1', 1, ['甲批次', '乙批次'])]),
  text('own', 'pledge', [version('own-1', 1)]),
  text('initialGuide', 'initialGuide', [version('guide-1', 1, ['丙批次'])]),
]

describe('the text that a batch has', () => {
  test('a batch goes on with its version until another is chosen', () => {
    expect(readingOf(texts, 'pledge', 'all-1', 'all-1')).toBe('all-1')
    expect(readingOf(texts, 'pledge', 'own-1', 'all-1')).toBe('own-1')
  })

  test('a copy has the newest version of the same text; a new one, or one of another type, the one for all', () => {
    expect(readingOf(texts, 'pledge', 'all-1', undefined)).toBe('all-2')
    expect(readingOf(texts, 'pledge', 'own-1', undefined)).toBe('own-1')
    expect(readingOf(texts, 'pledge', '', undefined)).toBe('all-2')
    expect(readingOf(texts, 'initialGuide', 'all-1', undefined)).toBe('guide-1')
    expect(readingOf([], 'pledge', '', undefined)).toBe('')
  })

  test('offered are the newest of each and the one it has, which says that there is a newer', () => {
    expect(readingChoices(texts, 'pledge', 'all-1').map(({ value, note }) => [value, note])).toEqual([
      ['all-2', '第 2 版·2026-11-28 09:00·李卫东'],
      ['all-1', '本批次现在用的，已有第 2 版'],
      ['own-1', '第 1 版·2026-11-28 09:00·李卫东'],
    ])
  })

  test('the list says who still has an older version', () => {
    expect(texts.map(usesInWords)).toEqual(['还在用第 1 版：甲批次、乙批次', '没有批次在用', '用于：丙批次'])
  })
})
