import { createHash } from 'node:crypto'
import type { Answers } from '#domain/forms/answers.ts'
import { frozenAnswers } from '#domain/forms/frozen-answers.ts'
import type { ApplicationType, PrintId } from '#domain/forms/application-type.ts'
import { isEditable, mayHaveReceipt, mayPrintOfficial, type State } from '#domain/lifecycle/states.ts'
import { ok, type Outcome, refuse } from '#domain/problems.ts'
import { type Application, contentOf, formOf, frozenContentOf } from '#server/applications/actions/content.ts'
import type { Dependencies } from '#server/platform/environment.ts'
import { bytesOf, contentKey } from '#server/platform/files/file-store.ts'
import { actAs } from '#server/platform/transaction.ts'
import { systemWho, type Who } from '#server/platform/who.ts'
import { newPaper, printsOf, rareCharacterIn, textsOf } from './actions.ts'
import type { PaperSubject } from './compose.ts'
import { type PaperKind, paperKinds } from './paper-kinds.ts'
import { findPaper, findPrintable, listPapers, type Paper, setMade } from './queries.ts'
import { type Typeset, typesetPaper } from './typesetting.ts'

/** What a paper is made from: answers as they stand, or as they were frozen. */
export interface PaperContent {
  readonly answers: Answers
  readonly snapshot: { readonly id: string; readonly sha256: string } | null
}

/** A document asked for. */
export interface PaperRequest {
  readonly applicationId: string
  readonly kind: PrintId
  /** A marked copy to look at; without it the official one is meant. */
  readonly preview: boolean
  readonly size?: 'A3' | 'A4' | undefined
}

export interface PrintedPaper {
  readonly pdf: Uint8Array
  /** 申报表-张海燕.pdf */
  readonly fileName: string
}

/** Sets one document of an application. The same content, number and code give the same bytes. */
export async function composePaper(
  platform: Dependencies,
  who: Who,
  wish: {
    readonly kind: PrintId
    readonly application: Application
    readonly content: PaperContent
    readonly size?: 'A3' | 'A4' | undefined
    readonly official?: { readonly code: string }
  },
): Promise<Typeset> {
  const { kind, application, content, official, size } = wish
  const { db } = platform.database
  const now = await platform.clock.now(db)
  const { batch, type, facts } = await formOf(db, who, application, now, platform.secrets)
  const described: PaperKind = paperKinds[kind]
  const subject: PaperSubject = {
    kind,
    type,
    answers: content.answers,
    facts,
    year: batch.year,
    // A paper of a frozen application is of the day on which it was frozen, whenever it is printed.
    at: (content.snapshot ? application.submittedAt : null) ?? now,
    submittedAt: application.submittedAt,
    number: application.number ?? '',
    snapshotSha256: content.snapshot?.sha256 ?? '',
    outcome: {
      documentNumber: application.documentNumber ?? '',
      certificateNumber: application.certificateNumber ?? '',
    },
    ...(size && { size }),
    ...(described.texts && { texts: (await textsOf(db, who, described.texts)).texts }),
    ...(official && {
      official: { code: official.code, verifyUrl: `${platform.config.publicOrigin}/verify/${official.code}` },
    }),
  }
  return typesetPaper(subject, described.photo ? await photoOf(platform, content.answers) : undefined)
}

async function photoOf(platform: Dependencies, answers: Answers): Promise<Uint8Array | undefined> {
  const photo = answers.files['photo']?.[0]
  if (!photo) return undefined
  const stored = await platform.files.get(contentKey(photo.sha256))
  return stored && bytesOf(stored)
}

/** Gives a document to whoever may have it: a preview at any time, the official copy only after 预审 (R92, R93, R100). */
export async function printPaper(
  platform: Dependencies,
  who: Who,
  request: PaperRequest,
): Promise<Outcome<PrintedPaper>> {
  const { db } = platform.database
  const { kind } = request
  const application = await findPrintable(db, who, request.applicationId)
  if (!application) return refuse('request.not-found')
  const content = await contentToPrint(platform, who, application)
  const { type } = await formOf(db, who, application, await platform.clock.now(db))
  const described: PaperKind = paperKinds[kind]
  if (described.access === 'reviewed') {
    const print = type.prints.find(({ id }) => id === kind)
    if (!print) return refuse('request.not-found')
    if (!printsOf(type, content.answers).includes(print)) return refuse('paper.not-needed')
  }
  const label = type.prints.find(({ id }) => id === kind)?.label ?? described.title
  const name = content.answers.fields['fullName']
  const fileName = `${label}${typeof name === 'string' && name !== '' ? `-${name}` : ''}${request.preview && described.access === 'reviewed' ? '（预览）' : ''}.pdf`

  if (described.access === 'always' || (described.access === 'reviewed' && request.preview)) {
    const rare = rareCharacterIn(frozenAnswers(type as ApplicationType, content.answers))
    if (rare) return rare
    const { pdf } = await composePaper(platform, who, { kind, application, content, size: request.size })
    return ok({ pdf, fileName })
  }
  if (!content.snapshot || !mayCount(kind, application.state)) return refuse('paper.not-yet-official')
  const paper = await paperOf(platform, who, application.id, content.snapshot.id, kind)
  if (!paper.ok) return paper
  const pdf = await officialPdf(platform, who, application, content, paper.value, request.size)
  return ok({ pdf, fileName })
}

/** To its owner what he is writing while he can, to everybody else what he sent last (T7). */
async function contentToPrint(platform: Dependencies, who: Who, application: Application): Promise<PaperContent> {
  const { db } = platform.database
  const isOwner = who.kind === 'account' && who.accountId === application.accountId
  if (isOwner && isEditable(application.state)) {
    return { answers: (await contentOf(db, who, application)).answers, snapshot: null }
  }
  const frozen = await frozenContentOf(db, who, application.id)
  // Closed before it was ever sent: what was typed is all there is.
  return frozen
    ? { answers: frozen.answers, snapshot: { id: frozen.id, sha256: frozen.sha256 } }
    : { answers: (await contentOf(db, who, application)).answers, snapshot: null }
}

/** Whether a paper of this kind counts while the application is in this state; one that does not is not made. */
const mayCount = (kind: PrintId, state: State): boolean =>
  paperKinds[kind].access === 'submitted' ? mayHaveReceipt(state) : mayPrintOfficial(state)

/** The row of an official paper. A receipt gets its code when it is first asked for. */
async function paperOf(
  platform: Dependencies,
  who: Who,
  applicationId: string,
  snapshotId: string,
  kind: PrintId,
): Promise<Outcome<Paper>> {
  const found = await findPaper(platform.database.db, who, snapshotId, kind)
  if (found) return ok(found)
  return actAs(platform, who, async (ctx): Promise<Outcome<Paper>> => {
    // Two phones asking at once get one code: the application's row is the lock.
    const { state } = await ctx.db
      .selectFrom('application')
      .select('state')
      .where('id', '=', applicationId)
      .forUpdate()
      .executeTakeFirstOrThrow()
    const meanwhile = await findPaper(ctx.db, who, snapshotId, kind)
    if (meanwhile) return ok(meanwhile)
    // Returned or closed since it was read, it has voided its papers: one more would count though they do not.
    if (!mayCount(kind, state)) return refuse('paper.not-yet-official')
    const paper: Paper = newPaper(ctx, applicationId, snapshotId, kind)
    await ctx.db.insertInto('paper').values(paper).execute()
    return ok(paper)
  })
}

/** The stored file of an official paper, set and stored now where the job has not been there yet. */
async function officialPdf(
  platform: Dependencies,
  who: Who,
  application: Application,
  content: PaperContent,
  paper: Paper,
  size?: 'A3' | 'A4',
): Promise<Uint8Array> {
  if (paper.sha256 !== null && size !== 'A4') {
    const stored = await platform.files.get(contentKey(paper.sha256))
    if (stored) return bytesOf(stored)
  }
  const { pdf } = await composePaper(platform, who, { kind: paper.kind, application, content, size, official: paper })
  // The sheet on A4 is the same paper made smaller; the one on A3 is what is kept.
  if (size !== 'A4') await keep(platform, who, paper, pdf)
  return pdf
}

async function keep(platform: Dependencies, who: Who, paper: Paper, pdf: Uint8Array): Promise<void> {
  const sha256 = createHash('sha256').update(pdf).digest('hex')
  await platform.files.put(contentKey(sha256), pdf)
  const madeAt = await platform.clock.now(platform.database.db)
  await setMade(platform.database.db, who, paper.id, { sha256, size: pdf.byteLength, madeAt })
}

/** Job `papers.make`: sets the official papers of a snapshot and stores them. Done twice it changes nothing. */
export async function makePapers(
  platform: Dependencies,
  data: { readonly applicationId: string; readonly snapshotId: string },
): Promise<void> {
  const who = systemWho('papers.make')
  const { db } = platform.database
  const application = await findPrintable(db, who, data.applicationId)
  if (!application) return
  const frozen = await frozenContentOf(db, who, application.id)
  if (frozen?.id !== data.snapshotId) return
  const content = { answers: frozen.answers, snapshot: { id: frozen.id, sha256: frozen.sha256 } }
  for (const paper of await listPapers(db, who, frozen.id)) {
    if (paper.sha256 === null) await officialPdf(platform, who, application, content, paper)
  }
}

/** What of an application can be printed now (R100, R104). */
export async function listPrintable(platform: Dependencies, who: Who, applicationId: string) {
  const { db } = platform.database
  const application = await findPrintable(db, who, applicationId)
  if (!application) return refuse('request.not-found')
  const content = await contentToPrint(platform, who, application)
  const { type } = await formOf(db, who, application, await platform.clock.now(db))
  const papers = content.snapshot ? await listPapers(db, who, content.snapshot.id) : []
  const official = mayPrintOfficial(application.state)
  return ok(
    printsOf(type as ApplicationType, content.answers).map(({ id, label }) => ({
      kind: id,
      label,
      official,
      madeAt: papers.find(({ kind }) => kind === id)?.madeAt?.toISOString() ?? null,
    })),
  )
}

/** The code of the receipt and the address it leads to, to be shown on the phone that a counter scans. */
export async function receiptCode(
  platform: Dependencies,
  who: Who,
  applicationId: string,
): Promise<Outcome<{ readonly code: string; readonly verifyUrl: string }>> {
  const { db } = platform.database
  const application = await findPrintable(db, who, applicationId)
  if (!application) return refuse('request.not-found')
  const { snapshot } = await contentToPrint(platform, who, application)
  if (!snapshot || !mayCount('receipt', application.state)) return refuse('paper.not-yet-official')
  const paper = await paperOf(platform, who, application.id, snapshot.id, 'receipt')
  if (!paper.ok) return paper
  const { code } = paper.value
  return ok({ code, verifyUrl: `${platform.config.publicOrigin}/verify/${code}` })
}
