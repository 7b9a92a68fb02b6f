import { formatSize } from '#domain/attachment.ts'
import { type ApplicationType, itemsOf, type PrintId } from '#domain/forms/application-type.ts'
import { type Answers, type Facts, lookupIn } from '#domain/forms/answers.ts'
import { labelOfChoice, optionsOf } from '#domain/forms/options.ts'
import { type PaperData, paperData } from '#domain/forms/paper.ts'
import { dateInShanghai, timeInWords } from '#domain/working-days.ts'
import { defaultTexts, HOLDS_NONE, HOLDS_TITLE } from './default-texts.ts'
import { type PaperKind, paperKinds } from './paper-kinds.ts'
import { breakable, printable } from './printable-text.ts'

/** Everything a document is made from. The same subject gives the same bytes. */
export interface PaperSubject {
  readonly kind: PrintId
  readonly type: ApplicationType
  readonly answers: Answers
  readonly facts: Facts
  /** year of the batch */
  readonly year: number
  /** The moment the paper speaks of: the submission it prints, or now for a draft. Also the creation date of the file. */
  readonly at: Date
  readonly submittedAt: Date | null
  readonly number: string
  /** of the frozen snapshot */
  readonly snapshotSha256: string
  /** What the office decided, once it has. */
  readonly outcome: { readonly documentNumber: string; readonly certificateNumber: string }
  /** Present on an official copy only: the code that leads to /verify. */
  readonly official?: { readonly code: string; readonly verifyUrl: string }
  /** Texts the office changed, in place of the defaults. */
  readonly texts?: Readonly<Record<string, string>>
  /** The summary sheet may be had on A4, at 70.7 % (D2). */
  readonly size?: 'A3' | 'A4'
}

/** What a template reads (`data` in templates/paper.typ). */
export interface TemplateData extends Omit<PaperData, 'materials'> {
  readonly materials: readonly {
    readonly line: number
    readonly step: string
    readonly name: string
    /** `size` in words, as screens say it */
    readonly files: readonly { readonly name: string; readonly pages: number; readonly size: string }[]
  }[]
  readonly kind: PrintId
  readonly title: string
  readonly type: string
  readonly typeLabel: string
  readonly preview: boolean
  readonly watermark: boolean
  readonly number: string
  readonly code: string
  /** Whether there is a QR code to print (/qr.png). */
  readonly qr: boolean
  readonly snapshotSha256: string
  readonly photo: boolean
  readonly texts: Readonly<Record<string, string>>
  /** 2026年08月31日 */
  readonly filledOn: string
  readonly submittedAt: string
  readonly year: number
  readonly exceptional: boolean
  readonly reasons: readonly { readonly label: string; readonly chosen: boolean }[]
  readonly outcome: PaperSubject['outcome']
  readonly size: 'A3' | 'A4'
}

/** `2026年08月31日`, as signature lines print a day (DOMAIN §2). */
export function signatureDate(at: Date): string {
  const [year, month, day] = dateInShanghai(at).split('-')
  return `${year}年${month}月${day}日`
}

/** Fills `{name}` in an editable text; a name that is not known leaves nothing behind. */
export const fillText = (text: string, values: Readonly<Record<string, string>>): string =>
  text.replace(/\{(\w+)\}/g, (_, name: string) => values[name] ?? '')

/** Turns an application into the data of one document: words only, made safe for narrow cells. */
export function composeData(subject: PaperSubject): TemplateData {
  const { kind, type, answers, facts, official } = subject
  const described: PaperKind = paperKinds[kind]
  const paper = paperData(type, answers, facts)
  const preview = described.access === 'reviewed' && official === undefined
  const filling = {
    ...paper.values,
    year: String(subject.year),
    currentTitleSince: paper.values['currentTitleDate'] ? `（${paper.values['currentTitleDate']}取得）` : '',
  }
  const texts: Record<string, string> = described.texts
    ? { ...(defaultTexts as Record<string, Record<string, string>>)[described.texts], ...subject.texts }
    : {}
  const holdsNone = answers.fields['currentTitle'] === 'none'
  for (const [name, text] of Object.entries(texts)) {
    texts[name] = fillText(holdsNone ? text.replaceAll(HOLDS_TITLE, HOLDS_NONE) : text, filling)
  }
  const data = clean({
    ...paper,
    materials: paper.materials.map((one) => ({
      ...one,
      files: one.files.map((file) => ({ ...file, size: formatSize(file.size) })),
    })),
    kind,
    title: described.title,
    type: type.id,
    typeLabel: type.label,
    preview,
    watermark: preview,
    number: subject.number,
    code: official ? official.code.replace(/(.{4})(?=.)/g, '$1 ') : '',
    qr: official !== undefined,
    snapshotSha256: subject.snapshotSha256,
    photo: (answers.files['photo'] ?? []).length > 0,
    texts,
    filledOn: signatureDate(subject.at),
    submittedAt: subject.submittedAt ? timeInWords(subject.submittedAt) : '',
    year: subject.year,
    exceptional: (answers.fields['exceptionType'] ?? 'NORMAL') !== 'NORMAL',
    reasons: reasonsOf(type, answers, facts),
    outcome: subject.outcome,
    size: subject.size ?? 'A3',
  })
  // It stands at the foot of every page, and fits wherever it stands.
  return { ...data, number: printable(subject.number) }
}

/** The reasons that the form offers, as boxes; the chosen one among them also where it was retired since. */
function reasonsOf(type: ApplicationType, answers: Answers, facts: Facts): TemplateData['reasons'] {
  const field = itemsOf(type).find((item) => item.id === 'reissueReason')
  if (field?.kind !== 'choice') return []
  const lookup = lookupIn(answers)
  const chosen = lookup(field.id)
  const offered = optionsOf(field, facts, lookup).map(({ code, label }) => ({ label, chosen: code === chosen }))
  return typeof chosen !== 'string' || offered.some((one) => one.chosen)
    ? offered
    : [...offered, { label: labelOfChoice(field, chosen, facts), chosen: true }]
}

/** Every string of the data without what no font prints, and with places to break where a narrow cell needs them. */
function clean<T>(value: T): T {
  if (typeof value === 'string') return breakable(printable(value)) as T
  if (Array.isArray(value)) return value.map((one) => clean(one)) as T
  if (value !== null && typeof value === 'object') {
    return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, clean(inner)])) as T
  }
  return value
}
