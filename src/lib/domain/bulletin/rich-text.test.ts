import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { blocksOf, cleanText, paragraphsOf, unsafeLinkIn } from './rich-text.ts'

describe('the text of an announcement', () => {
  test('[R109] headings, paragraphs, lists and tables are read from plain lines', () => {
    const source = [
      '# 一、申报条件',
      '各有关单位：',
      '请按时申报。',
      '',
      '- 身份证',
      '- 学历证书',
      '3. 先登记',
      '4. 再上传',
      '| 项目 | 时间 |',
      '|---|---|',
      '| 申报 | 3 月 |',
      '| 审核 |',
      '## 附则',
    ].join('\n')
    expect(blocksOf(source)).toEqual([
      { kind: 'heading', level: 1, line: [{ text: '一、申报条件' }] },
      { kind: 'paragraph', line: [{ text: '各有关单位：\n请按时申报。' }] },
      { kind: 'list', ordered: false, start: 1, items: [[{ text: '身份证' }], [{ text: '学历证书' }]] },
      { kind: 'list', ordered: true, start: 3, items: [[{ text: '先登记' }], [{ text: '再上传' }]] },
      {
        kind: 'table',
        head: [[{ text: '项目' }], [{ text: '时间' }]],
        rows: [
          [[{ text: '申报' }], [{ text: '3 月' }]],
          [[{ text: '审核' }], []],
        ],
      },
      { kind: 'heading', level: 2, line: [{ text: '附则' }] },
    ])
  })

  test('bold and links stand within a line; a mark without its partner, or behind \\, is a character', () => {
    expect(
      blocksOf('请在**3 月 31 日前**看[通知](https://example.gov.cn/a?b=1)，电话[0523](tel:0523-80000299)'),
    ).toEqual([
      {
        kind: 'paragraph',
        line: [
          { text: '请在' },
          { text: '3 月 31 日前', bold: true },
          { text: '看' },
          { text: '通知', href: 'https://example.gov.cn/a?b=1' },
          { text: '，电话' },
          { text: '0523', href: 'tel:0523-80000299' },
        ],
      },
    ])
    expect(paragraphsOf('2 ** 3 与 \\*\\*不粗\\*\\* 和 [没有地址]')).toEqual(['2 ** 3 与 **不粗** 和 [没有地址]'])
    expect(paragraphsOf('\\# 不是标题')).toEqual(['# 不是标题'])
    expect(blocksOf('| 甲\\|乙 | 丙 |')).toEqual([
      { kind: 'table', head: [[{ text: '甲|乙' }], [{ text: '丙' }]], rows: [] },
    ])
  })

  test('text without marks stays as it was: what stood there before is read as the same paragraphs', () => {
    const paragraphs = ['一、材料放平，四角都拍进画面。', '1、不是列表', '各有关单位：\n请看']
    expect(paragraphsOf(paragraphs.join('\n\n'))).toEqual(paragraphs)
  })

  const bad = [
    'javascript:alert(1)',
    'JaVaScRiPt:x',
    'data:text/html,x',
    '//evil.example',
    '/\\evil.example',
    'vbscript:x',
    'https:',
    'file:///c',
  ]

  test.each(bad)('a link to %s is no link, and is named when it is to be kept', (address) => {
    const source = `看[这里](${address})`
    expect(JSON.stringify(blocksOf(source))).not.toContain('href')
    expect(unsafeLinkIn(source)).toBe(address.replace(/\(.*/, ''))
  })

  test('whatever is typed, only links of the allowed kinds come out, and nothing throws', () => {
    const piece = fc.constantFrom(
      '[',
      ']',
      '(',
      ')',
      '**',
      '\\',
      '|',
      '\n',
      '# ',
      '- ',
      '1. ',
      'javascript:',
      'https://a.cn',
      '/x',
      'data:',
      '<script>',
      '字',
      ' ',
    )
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 60 }), (pieces) => {
        const source = cleanText(pieces.join(''))
        const found = JSON.stringify(blocksOf(source)).matchAll(/"href":"([^"]*)"/g)
        for (const [, href] of found) expect(href).toMatch(/^(https?:\/\/|mailto:|tel:|\/(?![/\\]))/)
        paragraphsOf(source)
        expect(cleanText(source)).toBe(source)
      }),
      { numRuns: 2000 },
    )
  })

  test('what nobody sees is taken out of a text that is kept', () => {
    expect(cleanText('\ufeff甲\u202e乙\u200b\r\n\r\n\r\n\r\n丙\u0007 \n')).toBe('甲乙\n\n丙')
  })
})
