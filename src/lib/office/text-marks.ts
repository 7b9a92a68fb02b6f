/** What a button above the text does: these characters go in the place of those from `from` to `to`, and `select` is chosen after. */
export interface Change {
  readonly from: number
  readonly to: number
  readonly insert: string
  readonly select: readonly [number, number]
}

/** A text with what is chosen in it. */
export interface Chosen {
  readonly text: string
  readonly from: number
  readonly to: number
}

/** The chosen words in bold, or no longer. */
export function bold({ text, from, to }: Chosen): Change {
  const words = text.slice(from, to)
  if (text.slice(from - 2, from) === '**' && text.slice(to, to + 2) === '**' && words !== '') {
    return { from: from - 2, to: to + 2, insert: words, select: [from - 2, to - 2] }
  }
  const shown = words === '' ? '粗体' : words
  return { from, to, insert: `**${shown}**`, select: [from + 2, from + 2 + shown.length] }
}

/** The chosen words as a link; its address is chosen, to be typed over. */
export function link({ text, from, to }: Chosen): Change {
  const words = text.slice(from, to).replace(/[[\]\n]/g, '') || '链接文字'
  const address = 'https://'
  const at = from + words.length + 3
  return { from, to, insert: `[${words}](${address})`, select: [at, at + address.length] }
}

const linesOf = ({ text, from, to }: Chosen): { from: number; to: number; lines: string[] } => {
  const start = text.lastIndexOf('\n', from - 1) + 1
  const next = text.indexOf('\n', to)
  const end = next === -1 ? text.length : next
  return { from: start, to: end, lines: text.slice(start, end).split('\n') }
}

const MARKS = /^(?:#{1,2}\s+|[-•]\s+|\d{1,3}\.\s+)/

/** Every chosen line with this mark before it, or, where each had it already, without. */
function marked(chosen: Chosen, mark: (at: number) => string, is: RegExp): Change {
  const { from, to, lines } = linesOf(chosen)
  const written = lines.filter((line) => line.trim() !== '')
  const isSo = written.length > 0 && written.every((line) => is.test(line))
  let at = 0
  const insert = lines
    .map((line) => {
      const bare = line.replace(MARKS, '')
      if (isSo || (bare.trim() === '' && lines.length > 1)) return bare
      return `${mark(at++)}${bare}`
    })
    .join('\n')
  return {
    from,
    to,
    insert,
    select: lines.length === 1 ? [from + insert.length, from + insert.length] : [from, from + insert.length],
  }
}

export const heading = (chosen: Chosen): Change => marked(chosen, () => '# ', /^#\s/)
export const bullets = (chosen: Chosen): Change => marked(chosen, () => '- ', /^[-•]\s/)
export const numbers = (chosen: Chosen): Change => marked(chosen, (at) => `${at + 1}. `, /^\d{1,3}\.\s/)

/** A table to fill in, on lines of its own; the first cell is chosen. */
export function table({ text, from, to }: Chosen): Change {
  const before = from === 0 || text[from - 1] === '\n' ? '' : '\n'
  const after = to === text.length || text[to] === '\n' ? '' : '\n'
  const insert = `${before}| 项目 | 说明 |\n| 内容 | 内容 |\n| 内容 | 内容 |${after}`
  const at = from + before.length + 2
  return { from, to, insert, select: [at, at + 2] }
}
