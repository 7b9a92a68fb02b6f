/**
 * What was copied elsewhere, as a text with our marks: headings, bold, lists, links and tables stay, everything else becomes
 * its words. The page is only read, in a document of its own that runs and fetches nothing.
 */
export function fromHtml(html: string): string {
  const page = new DOMParser().parseFromString(html, 'text/html')
  return blocks(page.body)
    .join('\n\n')
    .replace(/\n{3,}/g, '\n\n')
    .trim()
}

const SKIPPED = new Set([
  'SCRIPT',
  'STYLE',
  'TEMPLATE',
  'HEAD',
  'TITLE',
  'META',
  'LINK',
  'IMG',
  'SVG',
  'OBJECT',
  'IFRAME',
])
const BLOCKS =
  /^(?:ADDRESS|ARTICLE|ASIDE|BLOCKQUOTE|BODY|CENTER|DD|DIV|DL|DT|FOOTER|FORM|H[1-6]|HEADER|LI|MAIN|NAV|OL|P|PRE|SECTION|TABLE|UL)$/

/** Words as they are shown here: our marks in them are only characters there. */
const plain = (text: string): string =>
  text.replace(/\s+/g, ' ').replace(/\*\*|[[\]|\\]/g, (mark) => `\\${[...mark].join('\\')}`)

function inline(node: Node): string {
  if (node.nodeType === Node.TEXT_NODE) return plain(node.textContent ?? '')
  if (!(node instanceof Element) || SKIPPED.has(node.tagName.toUpperCase())) return ''
  if (node.tagName === 'BR') return '\n'
  const words = [...node.childNodes].map(inline).join('')
  const bare = words.trim()
  if (bare === '') return words
  const address = node.tagName === 'A' ? (node.getAttribute('href') ?? '') : ''
  if (/^(?:https?:\/\/|mailto:|tel:)[^\s()]+$/i.test(address) && !/[[\]\n]/.test(bare)) return `[${bare}](${address})`
  const weight = (node as HTMLElement).style?.fontWeight
  const isBold = /^(?:B|STRONG)$/.test(node.tagName) ? weight !== 'normal' : weight === 'bold' || Number(weight) >= 600
  // a mark reaches over words of one line
  return isBold && !/\*\*|\n/.test(bare) ? words.replace(bare, () => `**${bare}**`) : words
}

const tidy = (text: string): string =>
  text
    .split('\n')
    .map((line) => line.trim())
    .join('\n')
    .trim()
/** A paragraph that only looks like a heading, a list or a row keeps its first character as one. */
const paragraph = (text: string): string => tidy(text).replace(/^(#{1,2}\s|[-•]\s|\d{1,3}\.\s|\|)/gm, '\\$1')
const oneLine = (text: string): string => tidy(text).replace(/\s*\n\s*/g, ' ')

function table(element: Element): string {
  const rows = [...element.querySelectorAll('tr')].map((row) =>
    [...row.querySelectorAll(':scope > th, :scope > td')].map((cell) =>
      oneLine(
        [...cell.childNodes]
          .map((one) => ` ${inline(one)}`)
          .join('')
          .replaceAll('**', ''),
      ),
    ),
  )
  return rows
    .filter((cells) => cells.length > 0)
    .map((cells) => `| ${cells.join(' | ')} |`)
    .join('\n')
}

function items(list: Element): string {
  let at = Number(list.getAttribute('start') ?? 1)
  return [...list.querySelectorAll(':scope > li')]
    .map((item) => oneLine(inline(item)))
    .filter((words) => words !== '')
    .map((words) => (list.tagName === 'OL' ? `${at++}. ${words}` : `- ${words}`))
    .join('\n')
}

function blocks(parent: Element): string[] {
  const made: string[] = []
  let words = ''
  const flush = () => {
    if (words.trim() !== '') made.push(paragraph(words))
    words = ''
  }
  for (const node of parent.childNodes) {
    const name = node instanceof Element ? node.tagName : ''
    if (!(node instanceof Element) || !(BLOCKS.test(name) || node.querySelector('p, div, table, ul, ol'))) {
      words += inline(node)
      continue
    }
    flush()
    const heading = /^H([1-6])$/.exec(name)
    if (heading) {
      const line = oneLine(inline(node)).replaceAll('**', '')
      if (line !== '') made.push(`${Number(heading[1]) <= 2 ? '#' : '##'} ${line}`)
    } else if (name === 'TABLE') made.push(table(node))
    else if (name === 'UL' || name === 'OL') made.push(items(node))
    else made.push(...blocks(node))
  }
  flush()
  return made.filter((one) => one !== '')
}
