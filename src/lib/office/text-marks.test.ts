import { describe, expect, test } from 'vitest'
import { blocksOf } from '#domain/bulletin/rich-text.ts'
import { bold, bullets, type Change, type Chosen, heading, link, numbers, table } from './text-marks.ts'

/** `[` and `]` stand where the choice begins and ends. */
function chosenIn(text: string): Chosen {
  const from = text.indexOf('‹')
  return { text: text.replace(/[‹›]/g, ''), from, to: text.indexOf('›') - 1 }
}
function after(change: (chosen: Chosen) => Change, text: string): string {
  const chosen = chosenIn(text)
  const { from, to, insert, select } = change(chosen)
  const made = chosen.text.slice(0, from) + insert + chosen.text.slice(to)
  return `${made.slice(0, select[0])}‹${made.slice(select[0], select[1])}›${made.slice(select[1])}`
}

describe('buttons above the text', () => {
  test('bold goes on and off, and where nothing is chosen it brings its own words', () => {
    expect(after(bold, '请在‹月底前›申报')).toBe('请在**‹月底前›**申报')
    expect(after(bold, '请在**‹月底前›**申报')).toBe('请在‹月底前›申报')
    expect(after(bold, '请‹›')).toBe('请**‹粗体›**')
  })

  test('a link waits for its address', () => {
    expect(after(link, '看‹通知›。')).toBe('看[通知](‹https://›)。')
  })

  test('lines become items, numbers, headings, one after the other, and plain again', () => {
    const lines = '甲\n‹乙\n\n丙›\n丁'
    expect(after(bullets, lines)).toBe('甲\n‹- 乙\n\n- 丙›\n丁')
    expect(after(numbers, '甲\n‹- 乙\n- 丙›\n丁')).toBe('甲\n‹1. 乙\n2. 丙›\n丁')
    expect(after(numbers, '‹1. 乙\n2. 丙›')).toBe('‹乙\n丙›')
    expect(after(heading, '甲‹›乙')).toBe('# 甲乙‹›')
    expect(after(heading, '# 甲‹›')).toBe('甲‹›')
  })

  test('a table stands on lines of its own and is read as one', () => {
    const made = after(table, '前‹›后')
    expect(made).toBe('前\n| ‹项目› | 说明 |\n| 内容 | 内容 |\n| 内容 | 内容 |\n后')
    expect(blocksOf(made.replace(/[‹›]/g, '')).map(({ kind }) => kind)).toEqual(['paragraph', 'table', 'paragraph'])
  })
})
