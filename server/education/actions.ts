import type { Kysely, Selectable } from 'kysely'
import type { Answers, CellValue, Row } from '#domain/forms/answers.ts'
import { type ApplicationType, isList, isSlot, itemsOf } from '#domain/forms/application-type.ts'
import { canonicalJson } from '#domain/forms/edition.ts'
import { changedFields, checkEducationChange, educationProof } from '#domain/forms/education-change.ts'
import type { List } from '#domain/forms/list.ts'
import { educations } from '#domain/forms/shared-steps.ts'
import { stateIds, states } from '#domain/lifecycle/states.ts'
import { ok, type Outcome, refuse } from '#domain/problems.ts'
import { isReason } from '#domain/rules/reason.ts'
import { dateInShanghai } from '#domain/working-days.ts'
import { verifiedUpload } from '#server/attachments/actions.ts'
import { notify } from '#server/notices/actions.ts'
import type { Act } from '#server/platform/environment.ts'
import { insertions } from '#server/platform/statements.ts'
import type { Signed, Who } from '#server/platform/who.ts'
import type { Database } from '#server/schema.ts'
import {
  cellsOfRows,
  hasPendingChange,
  listRecords,
  lockChange,
  lockOpenApplicationsWith,
  lockRecord,
} from './queries.ts'
import type { EducationFile, EducationRecordTable } from './tables.ts'

type Db = Kysely<Database>
export type EducationRecord = Selectable<EducationRecordTable>

/** Lists whose rows belong to the person (R65). */
export const listsOfPerson = (type: ApplicationType): readonly List[] =>
  itemsOf(type)
    .filter(isList)
    .filter((list) => list.ofPerson)

/**
 * Which rows an application may not change, with the words for the lock: those that another application of the person
 * brought in when it was submitted. Rows the application itself brought stay its own while it is returned (R66, A15).
 */
export async function lockedRowsOf(
  db: Db,
  who: Who,
  accountId: string,
  applicationId: string,
): Promise<Record<string, string>> {
  return locksOf(await listRecords(db, who, accountId), applicationId)
}

/** The same, of records that were read. */
export const locksOf = (records: readonly EducationRecord[], applicationId: string): Record<string, string> =>
  Object.fromEntries(
    records.filter((record) => record.applicationId !== applicationId).map(({ rowId, lockedBy }) => [rowId, lockedBy]),
  )

export { recordsText } from './queries.ts'

/** The rows every new application starts with (R65). */
export const recordsOf = (db: Db, who: Who, accountId: string): Promise<EducationRecord[]> =>
  listRecords(db, who, accountId)

export const changePending = hasPendingChange

const filesOfRow = (list: List, row: Row, answers: Answers): EducationFile[] =>
  list.items
    .filter(isSlot)
    .flatMap((slot) =>
      (answers.files[`${list.id}/${row.id}/${slot.id}`] ?? []).map((file) => ({ ...file, slot: slot.id })),
    )

/** The fields of a list by which one row of an application is chosen (R68). */
const marksOf = (list: List): ReadonlySet<string> =>
  new Set(list.items.filter((item) => item.kind === 'mark').map(({ id }) => id))

/** What makes a new version: values and files, but not the mark, which each application sets for itself (R68). */
const contentOf = (list: List, values: Readonly<Record<string, CellValue>>, files: readonly EducationFile[]) => {
  const marks = marksOf(list)
  const kept = Object.entries(values).filter(([id]) => !marks.has(id))
  return canonicalJson({
    values: Object.fromEntries(kept),
    files: files.map(({ slot, sha256 }) => `${slot}:${sha256}`).sort(),
  })
}

/**
 * Notes the education rows of an application at its submission: from then on they are the person's and locked for every
 * other application (R65, R66). A returned application that changed its own rows adds a new version and keeps the old one.
 */
export async function recordEducations(
  ctx: Act,
  submitted: {
    readonly applicationId: string
    readonly accountId: string
    readonly batchId: string
    readonly type: ApplicationType
    readonly answers: Answers
    /** words of the lock: 2026 年评审 */
    readonly lockedBy: string
    /** what is on record before it, where it was read already */
    readonly records?: readonly EducationRecord[] | undefined
  },
): Promise<void> {
  const { applicationId, accountId, batchId, type, answers, lockedBy } = submitted
  const records = submitted.records ?? (await listRecords(ctx.db, ctx.who, accountId))
  const known = new Map(records.map((record) => [record.rowId, record]))
  const rows = listsOfPerson(type).flatMap((list) => (answers.rows[list.id] ?? []).map((row) => ({ list, row })))
  const fresh = rows.flatMap(({ list, row }) => {
    const files = filesOfRow(list, row, answers)
    const before = known.get(row.id)
    if (before && before.applicationId !== applicationId) return []
    if (before && contentOf(list, before.cells, before.files) === contentOf(list, row.values, files)) return []
    return [
      {
        rowId: row.id,
        version: (before?.version ?? 0) + 1,
        accountId,
        cells: row.values,
        files,
        position: row.position,
        applicationId,
        batchId,
        lockedBy,
        createdAt: ctx.now,
      },
    ]
  })
  if (fresh.length > 0) ctx.write(insertions('educationRecord', fresh))
  // What others of his applications hold of a row is locked there: it follows the record.
  for (const { rowId, version, cells } of fresh) {
    if (version > 1) await writeIntoOpen(ctx, accountId, rowId, cells, applicationId)
  }
  // A row of its own that the person took out while the application was returned, and that no other application holds.
  const standing = new Set(rows.map(({ row }) => row.id))
  const dropped = [...known.values()].filter((one) => one.applicationId === applicationId && !standing.has(one.rowId))
  for (const { rowId } of dropped) {
    // Nobody asks to change it meanwhile.
    await lockRecord(ctx.db, ctx.who, accountId, rowId)
    // There is nothing left that a waiting request could change.
    await ctx.db
      .updateTable('educationChange')
      .set({ state: 'rejected', opinion: '申报人已删除这条学历', decidedAt: ctx.now })
      .where('accountId', '=', accountId)
      .where('rowId', '=', rowId)
      .where('state', '=', 'pending')
      .execute()
    await ctx.db
      .deleteFrom('educationRecord')
      .where('accountId', '=', accountId)
      .where('rowId', '=', rowId)
      .where((eb) =>
        eb.not(
          eb.exists(
            eb
              .selectFrom('applicationCell')
              .innerJoin('application', 'application.id', 'applicationCell.applicationId')
              .select('path')
              .where('application.accountId', '=', accountId)
              .where('applicationId', '!=', applicationId)
              .where(
                'path',
                'in',
                listsOfPerson(type).map((list) => `${list.id}/${rowId}`),
              ),
          ),
        ),
      )
      .execute()
  }
}

export interface EducationChangeWish {
  /** UUID made by the phone; the proof is uploaded under it */
  readonly id: string
  readonly rowId: string
  readonly proposed: Readonly<Record<string, CellValue>>
  readonly reason: string
  readonly proof: readonly {
    readonly id: string
    readonly uploadId: string
    readonly name: string
    readonly sha256: string
  }[]
}

/**
 * 申请修改学历: asks the office to change a locked row (R67). Nothing changes before it is approved.
 * Refused: a row that is not the person's, values the form would refuse, no reason of 5 字, no proof, a request already waiting,
 * the id of a request that asked for something else. Sent twice it is one request.
 */
export async function requestEducationChange(
  ctx: Act,
  who: Signed,
  wish: EducationChangeWish,
): Promise<Outcome<{ id: string }>> {
  await lockRecord(ctx.db, who, who.accountId, wish.rowId)
  const again = await ctx.db.selectFrom('educationChange').selectAll().where('id', '=', wish.id).executeTakeFirst()
  if (again) {
    if (again.accountId !== who.accountId) return refuse('request.not-found')
    if (wordsOfWish(again) === wordsOfWish(wish)) return ok({ id: again.id })
    // Typed on after an answer that was lost: what the office has, or has decided, is something else.
    return again.state === 'pending'
      ? refuse('application.pending-education-change', undefined, { path: 'rowId' })
      : refuse('application.handled-by-other')
  }
  const record = (await listRecords(ctx.db, who, who.accountId)).find(({ rowId }) => rowId === wish.rowId)
  if (!record) return refuse('request.not-found')
  if (await hasPendingChange(ctx.db, who, who.accountId, [wish.rowId])) {
    return refuse('application.pending-education-change', undefined, { path: 'rowId' })
  }
  const issues = checkEducationChange(record, wish, dateInShanghai(ctx.now))
  if (issues[0]) return refuse(issues[0].code, issues[0].params, { path: issues[0].path, issues })
  const proof: EducationFile[] = []
  for (const [position, { id, uploadId, name, sha256 }] of wish.proof.entries()) {
    const upload = await verifiedUpload(ctx, { uploadId, sha256, applicationId: wish.id, path: educationProof.id })
    if (!upload.ok) return upload
    proof.push({ id, slot: educationProof.id, name, ...upload.value, position })
  }
  await ctx.db
    .insertInto('educationChange')
    .values({
      id: wish.id,
      accountId: who.accountId,
      rowId: wish.rowId,
      proposed: JSON.stringify(changedFields(record, wish.proposed)),
      reason: wish.reason.trim(),
      proof: JSON.stringify(proof),
      state: 'pending',
      opinion: null,
      decidedBy: null,
      decidedAt: null,
      createdAt: ctx.now,
    })
    .execute()
  ctx.audit({ action: 'education.change-requested', subject: `educationChange:${wish.id}` })
  return ok({ id: wish.id })
}

/** All that a request asks for, in one text: two that are equal are the same request. */
const wordsOfWish = ({
  rowId,
  proposed,
  reason,
  proof,
}: Omit<EducationChangeWish, 'id' | 'proof'> & {
  readonly proof: readonly Pick<EducationChangeWish['proof'][number], 'id' | 'name' | 'sha256'>[]
}): string => canonicalJson([rowId, proposed, reason.trim(), proof.map(({ id, name, sha256 }) => [id, name, sha256])])

/**
 * The office approves or rejects (R67). Approved, the row gets a new version, and drafts that hold it show the new values;
 * what was frozen before stays as it was (A16). Rejected, nothing changes; both are told to the person.
 */
export async function decideEducationChange(
  ctx: Act,
  who: Signed,
  id: string,
  decision: { readonly approve: boolean; readonly opinion: string },
): Promise<Outcome<{ state: 'approved' | 'rejected' }>> {
  const change = await lockChange(ctx.db, who, id)
  if (!change) return refuse('request.not-found')
  if (change.accountId === who.accountId) return refuse('account.own-application')
  if (change.state !== 'pending') return refuse('application.handled-by-other')
  const opinion = decision.opinion.trim()
  if (!decision.approve && !isReason(opinion)) {
    return refuse('application.reason-required', undefined, { path: 'opinion' })
  }
  const state = decision.approve ? 'approved' : 'rejected'
  if (decision.approve && !(await changeRow(ctx, change.accountId, change.rowId, change.proposed))) {
    return refuse('request.not-found')
  }
  await ctx.db
    .updateTable('educationChange')
    .set({ state, opinion, decidedBy: who.accountId, decidedAt: ctx.now })
    .where('id', '=', id)
    .execute()
  ctx.audit({ action: `education.change-${state}`, subject: `educationChange:${id}` })
  await notify(ctx, {
    accountId: change.accountId,
    notice: 'educationChangeDecided',
    params: { result: decision.approve ? '已通过' : '没有通过', reason: opinion },
    link: '/education',
    sms: false,
  })
  return ok({ state })
}

/** Adds a version to a row on record. False: the person has taken it out since. */
async function changeRow(
  ctx: Act,
  accountId: string,
  rowId: string,
  proposed: Readonly<Record<string, CellValue>>,
): Promise<boolean> {
  const record = (await listRecords(ctx.db, ctx.who, accountId)).find((one) => one.rowId === rowId)
  if (!record) return false
  await ctx.db
    .insertInto('educationRecord')
    .values({
      ...record,
      version: record.version + 1,
      cells: JSON.stringify({ ...record.cells, ...proposed }),
      files: JSON.stringify(record.files),
      createdAt: ctx.now,
    })
    .execute()
  await writeIntoOpen(ctx, accountId, rowId, proposed)
  return true
}

/** Writes values of a row into one application; its marks are its own. */
async function writeRow(
  ctx: Act,
  application: { readonly id: string; readonly version: number },
  rowId: string,
  values: Readonly<Record<string, CellValue>>,
): Promise<void> {
  const marks = marksOf(educations)
  for (const [fieldId, value] of Object.entries(values)) {
    if (marks.has(fieldId)) continue
    const cell = { value: JSON.stringify(value), version: application.version, updatedAt: ctx.now }
    await ctx.db
      .insertInto('applicationCell')
      .values({ applicationId: application.id, path: `${educations.id}/${rowId}/${fieldId}`, ...cell })
      .onConflict((conflict) => conflict.columns(['applicationId', 'path']).doUpdateSet(cell))
      .execute()
  }
}

/**
 * An application that can be written in again reads of the person's education what stands on record: what was approved while it was
 * under review is neither undone by sending it again, nor locked in it as it was before (R66, R67).
 * @param version of the application from now on
 */
export async function refreshEducations(
  ctx: Act,
  application: { readonly id: string; readonly accountId: string; readonly version: number },
): Promise<void> {
  const cells = await cellsOfRows(ctx.db, ctx.who, application.id, educations.id)
  for (const record of await listRecords(ctx.db, ctx.who, application.accountId)) {
    const at = (fieldId: string) => `${educations.id}/${record.rowId}/${fieldId}`
    if (![...cells.keys()].some((path) => path.startsWith(at('')))) continue
    const changed = Object.entries(record.cells).filter(
      ([fieldId, value]) => canonicalJson(cells.get(at(fieldId)) ?? null) !== canonicalJson(value ?? null),
    )
    await writeRow(ctx, application, record.rowId, Object.fromEntries(changed))
  }
}

/** Writes values of a row into each of the person's applications that holds it and can be written in. */
async function writeIntoOpen(
  ctx: Act,
  accountId: string,
  rowId: string,
  values: Readonly<Record<string, CellValue>>,
  besides?: string,
): Promise<void> {
  const editable = stateIds.filter((id) => states[id].editable)
  const open = await lockOpenApplicationsWith(ctx.db, ctx.who, accountId, `${educations.id}/${rowId}`, editable)
  for (const application of open.filter(({ id }) => id !== besides)) {
    const version = application.version + 1
    await writeRow(ctx, { id: application.id, version }, rowId, values)
    await ctx.db
      .updateTable('application')
      .set({ version, updatedAt: ctx.now })
      .where('id', '=', application.id)
      .execute()
  }
}
