import { cleanText, unsafeLinkIn } from '../bulletin/rich-text.ts'
import type { Gate } from '../forms/application-type.ts'
import { applicationTypes } from '../forms/index.ts'
import { type Issue, ok, type Outcome, refuse } from '../problems.ts'

/** What a text is for: each way into an application has one that is read first (R28–R30). */
export type ReadingKind = Gate['text']

/** The gate before which the texts of each kind stand: its name, its seconds, its button. */
export const gatesByKind = Object.fromEntries(
  Object.values(applicationTypes).map(({ gate }) => [gate.text, gate]),
) as Readonly<Record<ReadingKind, Gate>>
export const readingKinds = Object.keys(gatesByKind) as ReadingKind[]

export const READING_TITLE_AT_MOST = 50
/** Longer than anybody reads before a button; the longest that comes with the product has 600. */
export const READING_BODY_AT_MOST = 10_000

/** What is written of a text that is read before an application starts. */
export interface ReadingTextEntry {
  readonly title: string
  /** with its marks (rich-text.ts) */
  readonly body: string
}

/** The text as it is kept: nothing in it that nobody sees. */
export const tidiedReading = ({ title, body }: ReadingTextEntry): ReadingTextEntry => ({
  title: cleanText(title).replace(/\s+/g, ' '),
  body: cleanText(body),
})

/** Whether it may be kept: what people are to accept has a title and words, and no link that leads nowhere. */
export function checkReadingText({ title, body }: ReadingTextEntry): Outcome<undefined> {
  const issues: Issue[] = []
  const judge = (path: keyof ReadingTextEntry, label: string, text: string, atMost: number) => {
    const over = [...text].length - atMost
    if (text === '') issues.push({ code: 'answer.required', path, params: { label } })
    else if (over > 0) issues.push({ code: 'answer.too-long', path, params: { label, over, atMost } })
  }
  judge('title', '标题', title, READING_TITLE_AT_MOST)
  judge('body', '正文', body, READING_BODY_AT_MOST)
  const address = unsafeLinkIn(body)
  if (address !== undefined) issues.push({ code: 'bulletin.unsafe-link', path: 'body', params: { address } })
  const [first] = issues
  return first ? refuse(first.code, first.params, { path: first.path, issues }) : ok()
}
