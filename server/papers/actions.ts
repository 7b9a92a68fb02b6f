import { randomBytes } from 'node:crypto'
import type { Answers } from '#domain/forms/answers.ts'
import { paperCodeOf } from '#domain/lifecycle/paper-code.ts'
import { type ApplicationType, itemsOf, type Print, type PrintId } from '#domain/forms/application-type.ts'
import { applicationTypes } from '#domain/forms/index.ts'
import { maskPersonName } from '#domain/identity/person-name.ts'
import { ok, type Outcome, refuse, type Refused } from '#domain/problems.ts'
import type { Act } from '#server/platform/environment.ts'
import type { Who } from '#server/platform/who.ts'
import type { Database } from '#server/schema.ts'
import type { Kysely } from 'kysely'
import { defaultTexts, type PaperTextKind, textLabels } from './default-texts.ts'
import { isPrintable } from './fonts.ts'
import { paperKinds } from './paper-kinds.ts'
import { printable } from './printable-text.ts'
import { findByCode, findLatestSnapshot, findTexts, listTextVersions } from './queries.ts'

/** Letters and digits that nobody mistakes for one another (Crockford's base 32). */
const ALPHABET = '0123456789ABCDEFGHJKMNPQRSTVWXYZ'

/** 16 characters, 80 random bits: what a QR code on paper leads to, and nobody guesses. */
export const newPaperCode = (): string => {
  const bits = [...randomBytes(10)].map((byte) => byte.toString(2).padStart(8, '0')).join('')
  return Array.from({ length: 16 }, (_, index) => ALPHABET[parseInt(bits.slice(index * 5, index * 5 + 5), 2)]).join('')
}

/** The documents of an application that its answers ask for; a letter nobody needs is not among them (R105, A24). */
export const printsOf = (type: ApplicationType, answers: Answers): readonly Print[] =>
  type.prints.filter(({ onlyIf }) => onlyIf === undefined || answers.fields[onlyIf] === true)

/**
 * Announces the official papers of an application that passed the pre-review: one code each, at once; the files are set by
 * the job `papers.make` (R93). Called in the transaction of the transition.
 */
export async function makeOfficialPapers(ctx: Act, application: { readonly id: string }): Promise<void> {
  const snapshot = await findLatestSnapshot(ctx.db, ctx.who, application.id)
  if (!snapshot) throw new Error(`Application ${application.id} passed a review without a snapshot`)
  const prints = printsOf(snapshot.catalogue, snapshot.content.answers)
  await ctx.db
    .insertInto('paper')
    .values(prints.map(({ id }) => newPaper(ctx, application.id, snapshot.id, id)))
    .execute()
  await ctx.enqueue({ name: 'papers.make', data: { applicationId: application.id, snapshotId: snapshot.id } })
  ctx.audit({
    action: 'paper.announced',
    applicationId: application.id,
    details: { snapshotId: snapshot.id, kinds: prints.map(({ id }) => id) },
  })
}

export const newPaper = (ctx: Act, applicationId: string, snapshotId: string, kind: PrintId) => ({
  id: ctx.newId(),
  applicationId,
  snapshotId,
  kind,
  code: newPaperCode(),
  sha256: null,
  size: null,
  madeAt: null,
  voidedAt: null,
  createdAt: ctx.now,
})

/** Papers of an application that was returned count no more, wherever they lie (T6). */
export async function voidPapers(ctx: Act, applicationId: string): Promise<void> {
  await ctx.db
    .updateTable('paper')
    .set({ voidedAt: ctx.now })
    .where('applicationId', '=', applicationId)
    .where('voidedAt', 'is', null)
    .execute()
  ctx.audit({ action: 'paper.voided', applicationId })
}

/** What anybody learns from the code on a paper: whether it counts, and nothing personal beyond the masked name. */
export async function verifyPaper(db: Kysely<Database>, who: Who, typed: string) {
  const paper = await findByCode(db, who, paperCodeOf(typed))
  if (!paper) return { state: 'unknown' as const, kind: null, number: null, nameMasked: null, madeAt: null }
  return {
    state: paper.voidedAt === null && paper.deletedAt === null ? ('current' as const) : ('voided' as const),
    kind: paperKinds[paper.kind].title,
    number: paper.number,
    nameMasked: paper.fullName === null ? null : maskPersonName(paper.fullName),
    madeAt: paper.createdAt.toISOString(),
  }
}

// ---- characters that no font has

/** Characters of a text that would not print, each once. */
export const unprintable = (text: string): string[] => [
  ...new Set([...printable(text)].filter((character) => !isPrintable(character))),
]

/** The first character that would not print and where it stands, or null: asked before a submission and before a preview. */
export function rareCharacterIn(answers: Answers): Refused | null {
  const at = (path: string, value: unknown): Refused | null => {
    const [character] = typeof value === 'string' ? unprintable(value) : []
    return character === undefined ? null : refuse('paper.rare-character', { character }, { path })
  }
  for (const [id, value] of Object.entries(answers.fields)) {
    const found = at(id, value)
    if (found) return found
  }
  for (const [list, rows] of Object.entries(answers.rows)) {
    for (const row of rows) {
      for (const [id, value] of Object.entries(row.values)) {
        const found = at(`${list}/${row.id}/${id}`, value)
        if (found) return found
      }
    }
  }
  return null
}

// ---- words that the office changes

/** The words of a document as they stand, and the version; 0 are those the system came with. */
export async function textsOf(db: Kysely<Database>, who: Who, kind: PaperTextKind) {
  const written = await findTexts(db, who, kind)
  return {
    kind,
    version: written?.version ?? 0,
    texts: { ...defaultTexts[kind], ...written?.texts } as Record<string, string>,
  }
}

/** The documents whose words the office may change: what they say now, what they said at first, and who changed it when. */
export async function listTexts(db: Kysely<Database>, who: Who) {
  const versions = await listTextVersions(db, who)
  return (Object.keys(defaultTexts) as PaperTextKind[]).map((kind) => {
    const own = versions.filter((one) => one.kind === kind)
    const written = own[0]?.texts ?? {}
    const initial: Record<string, string> = defaultTexts[kind]
    const labels: Record<string, string> = textLabels[kind]
    return {
      kind,
      title: paperKinds[kind].title,
      version: own[0]?.version ?? 0,
      parts: Object.keys(initial).map((name) => ({
        name,
        label: labels[name]!,
        text: written[name] ?? initial[name]!,
        initial: initial[name]!,
      })),
      history: own.map(({ version, createdAt, by }) => ({ version, at: createdAt, by: by ?? '系统' })),
    }
  })
}

/** What may stand in braces: a field of some form, and what the papers add to them. */
const placeholders = new Set([
  ...Object.values(applicationTypes).flatMap((type) => itemsOf(type).map(({ id }) => id as string)),
  'year',
  'currentTitleSince',
])
const unknownPlaceholder = (text: string): string | undefined =>
  [...text.matchAll(/\{(\w+)\}/g)].map(([, name]) => name!).find((name) => !placeholders.has(name))

/** Writes a new version of the words of a document; older versions stay, papers already made keep theirs. */
export async function writeTexts(
  ctx: Act,
  kind: PaperTextKind,
  texts: Readonly<Record<string, string>>,
  seen?: number,
): Promise<Outcome<{ kind: PaperTextKind; version: number }>> {
  const known = Object.keys(defaultTexts[kind])
  const foreign = Object.keys(texts).find((name) => !known.includes(name))
  if (foreign !== undefined) return refuse('request.invalid', undefined, { path: `texts.${foreign}` })
  for (const [name, text] of Object.entries(texts)) {
    const [character] = unprintable(text)
    if (character !== undefined) return refuse('paper.rare-character', { character }, { path: `texts.${name}` })
    if (text.trim() === '') return refuse('answer.required', { label: '文字' }, { path: `texts.${name}` })
    const unknown = unknownPlaceholder(text)
    if (unknown !== undefined) return refuse('paper.unknown-placeholder', { name: unknown }, { path: `texts.${name}` })
  }
  const current = await textsOf(ctx.db, ctx.who, kind)
  if (seen !== undefined && seen !== current.version) return refuse('paper.text-changed')
  const version = current.version + 1
  await ctx.db
    .insertInto('paperText')
    .values({
      kind,
      version,
      texts: JSON.stringify({ ...current.texts, ...texts }),
      createdBy: ctx.who.kind === 'account' ? ctx.who.accountId : null,
      createdAt: ctx.now,
    })
    .execute()
  ctx.audit({ action: 'paper-text.written', subject: `paper-text:${kind}`, details: { version } })
  return ok({ kind, version })
}
