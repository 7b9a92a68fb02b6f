import type { CellValue } from '#domain/forms/answers.ts'
import type { ApplicationType } from '#domain/forms/application-type.ts'
import { isField } from '#domain/forms/application-type.ts'
import { initialCells } from '#domain/forms/start.ts'
import { overStates } from '#domain/lifecycle/states.ts'
import { ok, type Outcome, refuse, type Refused } from '#domain/problems.ts'
import { refusedWhileBarred } from '#domain/rules/barred.ts'
import { windowState } from '#domain/rules/window.ts'
import { dateInShanghai, timeInWords } from '#domain/working-days.ts'
import { consent, hasConsented } from '#server/accounts/actions.ts'
import { type Batch, getBatch, getReadingText, typeOf } from '#server/batches/actions.ts'
import { type EducationRecord, listsOfPerson, recordsOf } from '#server/education/actions.ts'
import { barOf } from '#server/integrity/bar.ts'
import type { Act } from '#server/platform/environment.ts'
import type { Signed } from '#server/platform/who.ts'
import { findAccount, findLive, findOwn, findTaken } from '../queries.ts'

/** The version every new application begins with; a cell at it was typed by nobody yet. */
export const START_VERSION = 1

export interface ReadingView {
  readonly textId: string
  readonly title: string
  /** with its marks */
  readonly body: string
  /** the same without, for pages of before */
  readonly paragraphs: readonly string[]
  readonly seconds: number
  readonly deliveredAt: Date
  readonly now: Date
  /** 承诺人 and 日期, where the gate shows them (R29) */
  readonly signed: { readonly name: string; readonly date: string } | null
  readonly acceptedAt: Date | null
  /** He has yet to agree to the notice on personal data (`hasConsented`). */
  readonly asksConsent: boolean
}

interface Opened {
  readonly batch: Batch
  readonly type: ApplicationType
  readonly account: Awaited<ReturnType<typeof findAccount>>
}

function windowRefusal(batch: Batch, now: Date): Refused | null {
  const state = windowState({ ...batch, now })
  if (state === 'before') return refuse('batch.not-open', { opensAt: timeInWords(batch.opensAt) })
  return state === 'closed' ? refuse('batch.closed', { closesAt: timeInWords(batch.closesAt!) }) : null
}

/**
 * T1: the batch is open (R20), the person has no other live application of the type in it (E3), and no record of cheating
 * that still runs (E15).
 */
async function mayStart(ctx: Act, who: Signed, applicationId: string, batchId: string): Promise<Outcome<Opened>> {
  const batch = await getBatch(ctx.db, who, batchId)
  if (!batch.ok) return batch
  const closed = windowRefusal(batch.value, ctx.now)
  if (closed) return closed
  const bar = await barOf(ctx.db, who, who.accountId, ctx.now)
  const barred = refusedWhileBarred(bar?.until ?? null, ctx.now)
  if (barred) return barred
  const live = await findLive(ctx.db, who, batchId, overStates)
  if (live && live.id !== applicationId) return refuse('batch.already-applied')
  const type = await typeOf(ctx.db, who, batch.value.editionId, batch.value)
  return ok({ batch: batch.value, type, account: await findAccount(ctx.db, who, who.accountId) })
}

/**
 * Delivers the text that must be read before an application begins and starts its clock (R28–R30, A11). The clock runs from
 * the first delivery of this version of the text for this application: signing in again does not restart it, a new text does.
 */
export async function openReading(
  ctx: Act,
  who: Signed,
  applicationId: string,
  batchId: string,
): Promise<Outcome<ReadingView>> {
  const taken = await findTaken(ctx.db, who, applicationId)
  if (taken && (taken.accountId !== who.accountId || taken.deletedAt !== null)) return refuse('request.not-found')
  const opened = await mayStart(ctx, who, applicationId, batchId)
  if (!opened.ok) return opened
  const { batch, type, account } = opened.value
  const text = await getReadingText(ctx.db, who, batch.readingTextId)
  if (!text.ok) throw new Error(`No reading text ${batch.readingTextId}`)
  const { id: textId, title, body, paragraphs } = text.value
  await ctx.db
    .insertInto('reading')
    .values({
      applicationId,
      readingTextId: textId,
      accountId: who.accountId,
      deliveredAt: ctx.now,
      acceptedAt: null,
    })
    .onConflict((conflict) => conflict.doNothing())
    .execute()
  const reading = await findReading(ctx, who, applicationId, textId)
  if (!reading) return refuse('request.not-found')
  return ok({
    textId,
    title,
    body,
    paragraphs,
    seconds: type.gate.seconds,
    deliveredAt: reading.deliveredAt,
    now: ctx.now,
    signed: type.gate.signed ? { name: account.fullName, date: dateInShanghai(ctx.now) } : null,
    acceptedAt: reading.acceptedAt,
    asksConsent: !(await hasConsented(ctx, who)),
  })
}

const findReading = (ctx: Act, who: Signed, applicationId: string, readingTextId: string) =>
  ctx.db
    .selectFrom('reading')
    .selectAll()
    .where('applicationId', '=', applicationId)
    .where('readingTextId', '=', readingTextId)
    .where('accountId', '=', who.accountId)
    .executeTakeFirst()

/**
 * 【同意】 or 【下一步】 under the text: after at least the gate's seconds of server time, the application begins as DRAFT
 * (T1, R28–R30, A11). Accepting twice gives the same answer. Refused: another text than the batch has now, where the person says
 * which one he sees; that he has not agreed to the notice on personal data, and does not now.
 */
export async function acceptReading(
  ctx: Act,
  who: Signed,
  applicationId: string,
  {
    batchId,
    textId,
    consentTo,
  }: { readonly batchId: string; readonly textId?: string; readonly consentTo?: string | null },
): Promise<Outcome<{ version: number; gateAcceptedAt: Date }>> {
  const started = await findOwn(ctx.db, who, applicationId)
  if (started?.gateAcceptedAt) return ok({ version: started.version, gateAcceptedAt: started.gateAcceptedAt })
  const taken = await findTaken(ctx.db, who, applicationId)
  if (taken) return refuse('request.not-found')
  const opened = await mayStart(ctx, who, applicationId, batchId)
  if (!opened.ok) return opened
  const { batch, type, account } = opened.value
  if (textId !== undefined && textId !== batch.readingTextId) return refuse('reading.text-changed')
  const reading = await findReading(ctx, who, applicationId, batch.readingTextId)
  if (!reading) return refuse('reading.missing')
  const left = type.gate.seconds * 1000 - (ctx.now.getTime() - reading.deliveredAt.getTime())
  if (left > 0) return refuse('reading.too-early', { seconds: Math.ceil(left / 1000) })
  if (!(await hasConsented(ctx, who))) {
    const consented = await consent(ctx, who, consentTo)
    if (!consented.ok) return consented
  }
  await ctx.db
    .updateTable('reading')
    .set({ acceptedAt: ctx.now })
    .where('applicationId', '=', applicationId)
    .where('readingTextId', '=', batch.readingTextId)
    .execute()
  const inserted = await ctx.db
    .insertInto('application')
    .values({
      id: applicationId,
      type: batch.type,
      batchId,
      editionId: batch.editionId,
      accountId: who.accountId,
      state: 'DRAFT',
      version: START_VERSION,
      gateAcceptedAt: ctx.now,
      stateSince: ctx.now,
      createdAt: ctx.now,
      updatedAt: ctx.now,
    })
    // Two phones starting at the same moment: the index of E3 lets one through.
    .onConflict((conflict) => conflict.doNothing())
    .returning('id')
    .executeTakeFirst()
  if (!inserted) return refuse('batch.already-applied')
  await fillStart(ctx, who, applicationId, type, {
    fullName: account.fullName,
    idNumber: account.idNumberMasked,
    gender: account.gender,
    birthDate: account.birthDate,
    mobile: account.mobile,
    email: account.email,
  })
  ctx.audit({
    action: 'application.started',
    role: 'applicant',
    applicationId,
    details: { batchId, readingTextId: batch.readingTextId },
  })
  return ok({ version: START_VERSION, gateAcceptedAt: ctx.now })
}

/** Cells of a new application: what the catalogue and the account start it with, and the person's education rows (R65). */
async function fillStart(
  ctx: Act,
  who: Signed,
  applicationId: string,
  type: ApplicationType,
  account: Parameters<typeof initialCells>[1],
): Promise<void> {
  const cells: Record<string, CellValue> = { ...initialCells(type, account) }
  const records = listsOfPerson(type).length > 0 ? await recordsOf(ctx.db, who, who.accountId) : []
  for (const list of listsOfPerson(type)) {
    const fields = new Set(list.items.filter(isField).map(({ id }) => id))
    for (const record of records) {
      cells[`${list.id}/${record.rowId}`] = record.position
      for (const [id, value] of Object.entries(record.cells)) {
        if (fields.has(id) && value !== null) cells[`${list.id}/${record.rowId}/${id}`] = value
      }
    }
    await attachRecords(ctx, applicationId, list.id, records)
  }
  const values = Object.entries(cells).map(([path, value]) => ({
    applicationId,
    path,
    value: JSON.stringify(value),
    version: START_VERSION,
    updatedAt: ctx.now,
  }))
  if (values.length > 0) await ctx.db.insertInto('applicationCell').values(values).execute()
}

/** The proofs of earlier education rows come along by reference: the same bytes are never sent again. */
async function attachRecords(
  ctx: Act,
  applicationId: string,
  listId: string,
  records: readonly EducationRecord[],
): Promise<void> {
  const values = records.flatMap((record) =>
    record.files.map(({ slot, name, sha256, size, pages, position }) => ({
      id: ctx.newId(),
      applicationId,
      path: `${listId}/${record.rowId}/${slot}`,
      name,
      sha256,
      size,
      pages,
      position,
      createdAt: ctx.now,
      removedAt: null,
    })),
  )
  if (values.length > 0) await ctx.db.insertInto('attachment').values(values).execute()
}
