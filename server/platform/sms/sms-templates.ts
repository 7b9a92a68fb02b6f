/** A text registered with a gateway; `${name}` marks a variable. */
export interface SmsTemplate {
  readonly code: string
  readonly pattern: RegExp
}

const VARIABLE = /\$\{([A-Za-z]\w*)\}/g
const literally = (text: string) => text.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&')

/** The registered texts by their codes, as patterns of the texts that they can say. */
export function readTemplates(registered: Readonly<Record<string, string>>): SmsTemplate[] {
  return Object.entries(registered).map(([code, text]) => {
    const pieces = text.split(VARIABLE)
    // split with a group gives text, name, text, name, …
    const pattern = pieces.map((piece, index) => (index % 2 === 0 ? literally(piece) : `(?<${piece}>.+?)`)).join('')
    return { code, pattern: new RegExp(`^${pattern}$`, 's') }
  })
}

/** The first template that can say the text, with the values of its variables; undefined where none can. */
export function matchTemplate(
  templates: readonly SmsTemplate[],
  text: string,
): { readonly code: string; readonly values: Readonly<Record<string, string>> } | undefined {
  for (const { code, pattern } of templates) {
    const match = pattern.exec(text)
    if (match) return { code, values: { ...match.groups } }
  }
  return undefined
}

/** Those of the texts, with `{name}` for what is filled in, that no template can say. */
export const textsWithoutTemplate = (
  registered: Readonly<Record<string, string>>,
  texts: readonly string[],
): string[] => {
  const templates = readTemplates(registered)
  return texts.filter((text) => !matchTemplate(templates, text))
}
