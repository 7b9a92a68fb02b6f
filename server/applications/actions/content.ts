import type { Answers, Facts } from '#domain/forms/answers.ts'
import type { ApplicationType } from '#domain/forms/application-type.ts'
import { assemble, type AttachedFile, type Cell } from '#domain/sync/cell.ts'
import { openIdNumber } from '#server/accounts/identity-seal.ts'
import {
  type AccountFacts,
  type Batch,
  factsOf,
  getBatch,
  listPoints,
  type Point,
  typeOf,
} from '#server/batches/actions.ts'
import { lockedRowsOf, locksOf } from '#server/education/actions.ts'
import type { Secrets } from '#server/platform/secrets.ts'
import type { Who } from '#server/platform/who.ts'
import type { Database } from '#server/schema.ts'
import type { Kysely } from 'kysely'
import {
  type Application,
  type Draft,
  filesText,
  findAccount,
  findSnapshot,
  readCells,
  readConflicts,
  readFiles,
} from '../queries.ts'

export type { Application } from '../queries.ts'
export { filesText, readCells as cellsAfter, readConflicts as conflictsOf, readFiles as filesOf }
type Db = Kysely<Database>

/** The form of an application with everything it is filled and checked against. */
export interface Form {
  readonly batch: Batch
  readonly type: ApplicationType
  readonly facts: Facts
}

/** What stands in an application now, cell by cell. */
export interface Content {
  readonly cells: Readonly<Record<string, Cell>>
  readonly files: readonly AttachedFile[]
  readonly lockedRows: Readonly<Record<string, string>>
  readonly answers: Answers
}

export async function batchOf(db: Db, who: Who, application: Application): Promise<Batch> {
  const batch = await getBatch(db, who, application.batchId)
  if (!batch.ok) throw new Error(`No batch ${application.batchId}`)
  return batch.value
}

/**
 * The form of an application: its edition with the batch's overrides, and the facts.
 * @param secrets opens the ID number for those who may read it in full; without them the facts hold the masked one
 */
export async function formOf(db: Db, who: Who, application: Application, now: Date, secrets?: Secrets): Promise<Form> {
  const [batch, account, points] = await Promise.all([
    batchOf(db, who, application),
    findAccount(db, who, application.accountId),
    listPoints(db, who, 'all'),
  ])
  const idNumber = secrets ? openIdNumber(secrets, account) : account.idNumberMasked
  return formWith(db, who, application, now, { batch, account: { ...account, idNumber }, points })
}

async function formWith(
  db: Db,
  who: Who,
  application: Application,
  now: Date,
  { batch, account, points }: { batch: Batch; account: AccountFacts; points: readonly Point[] },
): Promise<Form> {
  const type = await typeOf(db, who, application.editionId, batch)
  return { batch, type, facts: factsOf(batch, account, points, now, application.acceptancePoint) }
}

/** The form and the content of a draft that was read. The ID number is the masked one. */
export async function formAndContent(db: Db, who: Who, application: Application, now: Date, draft: Draft) {
  const account = { ...draft.account, idNumber: draft.account.idNumberMasked }
  const form = await formWith(db, who, application, now, { ...draft, account })
  return { form, content: contentWith(draft.cells, draft.files, locksOf(draft.records, application.id)) }
}

/** What stands in the cells, with the rows of earlier applications marked as locked. */
export async function contentOf(db: Db, who: Who, application: Application): Promise<Content> {
  const [cells, files, locks] = await Promise.all([
    readCells(db, who, application.id),
    readFiles(db, who, application.id),
    lockedRowsOf(db, who, application.accountId, application.id),
  ])
  return contentWith(cells, files, locks)
}

function contentWith(
  cells: Readonly<Record<string, Cell>>,
  files: readonly AttachedFile[],
  locks: Readonly<Record<string, string>>,
): Content {
  const rowIds = new Set(Object.keys(cells).flatMap((path) => path.split('/').slice(1, 2)))
  const lockedRows = Object.fromEntries(Object.entries(locks).filter(([rowId]) => rowIds.has(rowId)))
  return { cells, files, lockedRows, answers: assemble(cells, files, lockedRows) }
}

/** The answers frozen at the newest submission, and their hash; undefined before the first. */
export async function frozenContentOf(db: Db, who: Who, applicationId: string) {
  const snapshot = await findSnapshot(db, who, applicationId)
  return (
    snapshot && { id: snapshot.id, round: snapshot.round, sha256: snapshot.sha256, answers: snapshot.content.answers }
  )
}
