/**
 * The text of an announcement as it is written and kept: plain characters with a few marks, never HTML. It is read into blocks
 * of a closed kind, and blocks are all that a page can draw: whatever else somebody types is shown as the characters it is.
 *
 * A line `# 标题` or `## 小标题`; lines `- 项` or `1. 项`; lines `| 格 | 格 |`, the first of them the head of a table; anything
 * else is a paragraph, ended by an empty line. Within a line `**粗体**` and `[文字](地址)`; `\` takes the meaning from the next mark.
 */

export interface Span {
  readonly text: string
  readonly bold?: true
  /** https, http, mail, telephone, or a page of this system */
  readonly href?: string
}
export type Line = readonly Span[]

export type Block =
  | { readonly kind: 'heading'; readonly level: 1 | 2; readonly line: Line }
  /** lines within it are kept apart by `\n` */
  | { readonly kind: 'paragraph'; readonly line: Line }
  | { readonly kind: 'list'; readonly ordered: boolean; readonly start: number; readonly items: readonly Line[] }
  /** every row has as many cells as the head */
  | { readonly kind: 'table'; readonly head: readonly Line[]; readonly rows: readonly (readonly Line[])[] }

/** Where a link may lead. What a browser would run, or fetch as anything but a page, is not among it. */
const SAFE_ADDRESS = /^(?:https?:\/\/[^\s/\\]\S*|mailto:[^\s@]+@\S+|tel:\+?[\d-]+|\/(?![/\\])\S*)$/i

const LINK = /^\[([^[\]\n]+)\]\(([^()\s]+)\)/
const HEADING = /^(#{1,2})\s+(\S.*)$/
const BULLET = /^[-•]\s+(\S.*)$/
const NUMBERED = /^(\d{1,3})\.\s+(\S.*)$/
const ROW = /^\|.*\|$/
/** What other editors put under the head of a table. */
const RULE = /^\|[\s|:-]+\|$/

/** Reads one line, or several of one paragraph. */
function readLine(source: string): Line {
  const spans: Span[] = []
  let text = ''
  let bold = false
  const flush = () => {
    if (text !== '') spans.push({ text, ...(bold && { bold }) })
    text = ''
  }
  for (let at = 0; at < source.length;) {
    const rest = source.slice(at, at + 2)
    if (source[at] === '\\' && at + 1 < source.length && /[\\*[\]()|#\-•.\d]/.test(source[at + 1]!)) {
      text += source[at + 1]
      at += 2
    } else if (rest === '**' && (bold || source.indexOf('**', at + 2) > at + 2)) {
      flush()
      bold = !bold
      at += 2
    } else {
      const link = source[at] === '[' ? LINK.exec(source.slice(at, at + 1200)) : null
      if (link && SAFE_ADDRESS.test(link[2]!)) {
        flush()
        spans.push({ text: link[1]!, ...(bold && { bold }), href: link[2]! })
        at += link[0].length
      } else {
        text += source[at]
        at++
      }
    }
  }
  flush()
  return spans
}

/** The cells of `| 格 | 格 |`; a bar behind `\` belongs to the words. */
const cellsOf = (row: string): Line[] =>
  row
    .slice(1, -1)
    .split(/(?<!\\)\|/)
    .map((cell) => readLine(cell.trim()))

/** Reads what was written. Nothing is an error: what is no mark is text. */
export function blocksOf(source: string): Block[] {
  const blocks: Block[] = []
  const lines = source.split('\n').map((line) => line.trimEnd())
  for (let at = 0; at < lines.length;) {
    const takeWhile = (test: (line: string) => boolean): string[] => {
      const from = at
      while (at < lines.length && test(lines[at]!)) at++
      return lines.slice(from, at)
    }
    const line = lines[at]!
    const heading = HEADING.exec(line)
    const numbered = NUMBERED.exec(line)
    if (line.trim() === '') at++
    else if (heading) {
      blocks.push({ kind: 'heading', level: heading[1]!.length as 1 | 2, line: readLine(heading[2]!) })
      at++
    } else if (BULLET.test(line)) {
      const items = takeWhile((one) => BULLET.test(one)).map((one) => readLine(BULLET.exec(one)![1]!))
      blocks.push({ kind: 'list', ordered: false, start: 1, items })
    } else if (numbered) {
      const items = takeWhile((one) => NUMBERED.test(one)).map((one) => readLine(NUMBERED.exec(one)![2]!))
      blocks.push({ kind: 'list', ordered: true, start: Number(numbered[1]), items })
    } else if (ROW.test(line)) {
      const [head = [], ...rows] = takeWhile((one) => ROW.test(one))
        .filter((one) => !RULE.test(one))
        .map(cellsOf)
      if (head.length > 0) {
        const filled = rows.map((row) => head.map((_, column) => row[column] ?? []))
        blocks.push({ kind: 'table', head, rows: filled })
      }
    } else {
      const isText = (one: string) =>
        one.trim() !== '' && ![HEADING, BULLET, NUMBERED, ROW].some((mark) => mark.test(one))
      blocks.push({ kind: 'paragraph', line: readLine(takeWhile(isText).join('\n')) })
    }
  }
  return blocks
}

const wordsOfLine = (line: Line): string => line.map(({ text }) => text).join('')

/** The same without any mark, a text for each block: for lists, and for pages that know no blocks. */
export const paragraphsOf = (source: string): string[] =>
  blocksOf(source).map((block) => {
    if (block.kind === 'list') {
      return block.items
        .map((item, at) => `${block.ordered ? `${block.start + at}.` : '-'} ${wordsOfLine(item)}`)
        .join('\n')
    }
    if (block.kind === 'table') {
      return [block.head, ...block.rows].map((row) => row.map(wordsOfLine).join(' ')).join('\n')
    }
    return wordsOfLine(block.line)
  })

/** The first link that leads where none may, as it was written: it would be shown as characters, which nobody means. */
export function unsafeLinkIn(source: string): string | undefined {
  for (const [, address] of source.matchAll(/(?<!\\)\[[^[\]\n]+\]\(([^()\s]+)/g)) {
    if (!SAFE_ADDRESS.test(address!)) return address
  }
  return undefined
}

/**
 * Text as it is kept: one way to end a line, no characters that nobody sees or that turn the direction of others, no more than
 * one empty line in a row.
 */
export const cleanText = (typed: string): string =>
  typed
    .normalize('NFC')
    .replace(/\r\n?|[\u2028\u2029]/g, '\n')
    .replace(/[\t\u00a0]/g, ' ')
    .replace(/[^\P{Cc}\n]|\p{Cf}|\p{Co}|\p{Cn}/gu, '')
    .replace(/[^\S\n]+$/gm, '')
    .replace(/\n{3,}/g, '\n\n')
    .trim()
