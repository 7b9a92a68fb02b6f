import { type Kysely, type Selectable, sql } from 'kysely'
import type { ApplicationTypeId } from '#domain/forms/application-type.ts'
import type { State } from '#domain/lifecycle/states.ts'
import type { Cell } from '#domain/sync/cell.ts'
import type { AttachedFile } from '#domain/sync/cell.ts'
import type { Signed, Who } from '#server/platform/who.ts'
import type { Database } from '#server/schema.ts'
import { pointsText } from '#server/batches/actions.ts'
import type { Batch, Point } from '#server/batches/actions.ts'
import { type EducationRecord, recordsText } from '#server/education/actions.ts'
import { barsOf, barsText, type DecidedBar } from '#server/integrity/bar.ts'
import { subscriptionsText } from '#server/notices/actions.ts'
import { fromJson, inCamelCase, rowAsJson, rowsAsJson, run, type Statement } from '#server/platform/statements.ts'
import { withinReach } from './scope.ts'
import type { ApplicationTable, ApplicationTransitionTable } from './tables.ts'

type Db = Kysely<Database>
export type Application = Selectable<ApplicationTable>
export type TransitionRow = Selectable<ApplicationTransitionTable>

/** Whether its applicant has been told that it failed: from then on he sees it (A30). */
const RELEASED = "exists (select 1 from notice where notice.application_id = application.id and notice.kind = 'failed')"
const isReleased = sql<boolean>`${sql.raw(RELEASED)}`

/** The person's own application, whatever its state; a deleted draft is none. */
export const findOwn = (db: Db, who: Signed, id: string): Promise<Application | undefined> =>
  db
    .selectFrom('application')
    .selectAll()
    .where('id', '=', id)
    .where('accountId', '=', who.accountId)
    .where('deletedAt', 'is', null)
    .executeTakeFirst()

/** The same, locked until the transaction ends: one writer an application. */
export const lockOwn = async (db: Db, who: Signed, id: string): Promise<Application | undefined> =>
  (
    await run<Application>(db, {
      text: 'select * from application where id = $1 and account_id = $2 and deleted_at is null for update',
      values: [id, who.accountId],
    })
  )[0]

/** An application for whoever may act on it: its owner, a person of the back office within his scope, or the clock. */
export const lockForActing = (db: Db, who: Who, id: string): Promise<Application | undefined> =>
  db
    .selectFrom('application')
    .selectAll()
    .where('application.id', '=', id)
    .where('application.deletedAt', 'is', null)
    .where(withinReach(who))
    .forUpdate()
    .executeTakeFirst()

/** Whether the id is taken, by whomever: ids are made on phones. */
export const findTaken = (db: Db, _who: Who, id: string) =>
  db.selectFrom('application').select(['id', 'accountId', 'deletedAt']).where('id', '=', id).executeTakeFirst()

/** The person's live application of the batch (E3). */
export const findLive = (db: Db, who: Signed, batchId: string, final: readonly State[]) =>
  db
    .selectFrom('application')
    .select(['id', 'state'])
    .where('accountId', '=', who.accountId)
    .where('batchId', '=', batchId)
    .where('deletedAt', 'is', null)
    // who does not know yet that he failed may not learn it by starting again (A30)
    .where((eb) => eb.or([eb('state', 'not in', final), eb.and([eb('state', '=', 'FAILED'), eb.not(isReleased)])]))
    .executeTakeFirst()

export const findAccount = (db: Db, _who: Who, id: string) =>
  db
    .selectFrom('account')
    .select(['id', 'fullName', 'idNumberMasked', 'idNumberCipher', 'gender', 'birthDate', 'mobile', 'email'])
    .where('id', '=', id)
    .executeTakeFirstOrThrow()

export async function readCells(db: Db, _who: Who, applicationId: string, after = -1): Promise<Record<string, Cell>> {
  const rows = await db
    .selectFrom('applicationCell')
    .select(['path', 'value', 'version'])
    .where('applicationId', '=', applicationId)
    .$if(after >= 0, (query) => query.where('version', '>', after))
    .execute()
  return Object.fromEntries(rows.map(({ path, value, version }) => [path, { value, version }]))
}

/** Files that hang in an application, `$1`. */
export const filesText = `
  select id, path, name, size, sha256, pages, position from attachment
  where application_id = $1 and removed_at is null order by position, id`

export const readFiles = (db: Db, _who: Who, applicationId: string): Promise<AttachedFile[]> =>
  run<AttachedFile>(db, { text: filesText, values: [applicationId] })

const unverifiedText = `
  select count(*)::int as count from attachment left join stored_file on stored_file.sha256 = attachment.sha256
  where attachment.application_id = $1 and attachment.removed_at is null and stored_file.sha256 is null`

/** Files of an application whose bytes the store has not verified. */
export async function countUnverified(db: Db, _who: Who, applicationId: string): Promise<number> {
  const [found] = await run<{ count: number }>(db, { text: unverifiedText, values: [applicationId] })
  return found!.count
}

export const readConflicts = (db: Db, _who: Who, applicationId: string) =>
  db
    .selectFrom('applicationConflict')
    .selectAll()
    .where('applicationId', '=', applicationId)
    .orderBy('version')
    .orderBy('mutationId')
    .execute()

/** The snapshot of a round, or the newest. */
export const findSnapshot = (db: Db, _who: Who, applicationId: string, round?: number) =>
  db
    .selectFrom('applicationSnapshot')
    .selectAll()
    .where('applicationId', '=', applicationId)
    .$if(round !== undefined, (query) => query.where('round', '=', round!))
    .orderBy('round', 'desc')
    .limit(1)
    .executeTakeFirst()

export const listTransitions = (db: Db, _who: Who, applicationId: string): Promise<TransitionRow[]> =>
  db
    .selectFrom('applicationTransition')
    .selectAll()
    .where('applicationId', '=', applicationId)
    .orderBy('at')
    .orderBy('id')
    .execute()

/** The last return of an application and the comments sent with it. */
export async function findReturn(db: Db, _who: Who, applicationId: string) {
  const transition = await db
    .selectFrom('applicationTransition')
    .selectAll()
    .where('applicationId', '=', applicationId)
    .where('transition', '=', 'return')
    .orderBy('at', 'desc')
    .orderBy('id', 'desc')
    .limit(1)
    .executeTakeFirst()
  if (!transition) return undefined
  const comments = await db
    .selectFrom('reviewComment')
    .selectAll()
    .where('transitionId', '=', transition.id)
    .orderBy('createdAt')
    .orderBy('id')
    .execute()
  return { transition, comments }
}

/** Where an application was changed after a moment: values, rows, files that came or were taken away. */
export async function listChangedSince(db: Db, _who: Who, applicationId: string, at: Date): Promise<string[]> {
  const changed = await db
    .selectFrom('applicationCell')
    .select('path')
    .where('applicationId', '=', applicationId)
    .where('updatedAt', '>', at)
    .union(
      db
        .selectFrom('attachment')
        .select('path')
        .where('applicationId', '=', applicationId)
        .where((eb) => eb.or([eb('createdAt', '>', at), eb('removedAt', '>', at)])),
    )
    .execute()
  return changed.map(({ path }) => path)
}

const ownWithBatch = (db: Db, who: Signed) =>
  db
    .selectFrom('application')
    .innerJoin('batch', 'batch.id', 'application.batchId')
    .selectAll('application')
    .select([
      'batch.name as batchName',
      'batch.year as batchYear',
      'batch.opensAt',
      'batch.closesAt',
      'batch.hasDepartment',
      'batch.hasPublicity',
      'batch.recognitionByApproval',
    ])
    .select(isReleased.as('released'))
    .where('application.accountId', '=', who.accountId)
    .where('application.deletedAt', 'is', null)

/** All applications of the person, the one changed last first (R96, R101). */
export const listOwn = (
  db: Db,
  who: Signed,
  filter: { readonly year?: number | undefined; readonly type?: ApplicationTypeId | undefined } = {},
) =>
  ownWithBatch(db, who)
    .$if(filter.year !== undefined, (query) => query.where('batch.year', '=', filter.year!))
    .$if(filter.type !== undefined, (query) => query.where('application.type', '=', filter.type!))
    .orderBy('application.updatedAt', 'desc')
    .orderBy('application.id')
    .execute()

/** An application of the person with what decides in which state he may see it (A30). */
export type OwnState = Pick<Application, 'id' | 'state' | 'type' | 'isRecognition'> &
  Pick<Batch, 'recognitionByApproval'> & { readonly released: boolean }

/** What decides in which state somebody may see his applications, of those that a condition names. */
export const ownStatesText = (condition: string) => `
  select application.id, application.state, application.type, application.is_recognition, batch.recognition_by_approval,
    ${RELEASED} as released
  from application join batch on batch.id = application.batch_id
  where ${condition}`

const DECIDED = ownStatesText(
  "application.account_id = $1 and application.deleted_at is null and application.state in ('PASSED', 'FAILED', 'OBJECTION')",
)

/** The person's own of which something may stand that he does not know. */
export const listOwnDecided = (db: Db, who: Signed) => run<OwnState>(db, { text: DECIDED, values: [who.accountId] })

/** Whether the applicant of this one has been told that it failed. */
export async function released(db: Db, _who: Who, applicationId: string): Promise<boolean> {
  const row = await db
    .selectFrom('application')
    .select(isReleased.as('released'))
    .where('application.id', '=', applicationId)
    .executeTakeFirst()
  return row?.released ?? false
}

export const listPapers = (db: Db, _who: Who, applicationId: string) =>
  db
    .selectFrom('paper')
    .select(['kind', 'code', 'madeAt', 'voidedAt', 'createdAt', 'snapshotId'])
    .where('applicationId', '=', applicationId)
    .orderBy('createdAt')
    .orderBy('kind')
    .execute()

export const findReturnRequest = (db: Db, _who: Who, applicationId: string, round: number) =>
  db
    .selectFrom('returnRequest')
    .select(['reason', 'createdAt'])
    .where('applicationId', '=', applicationId)
    .where('round', '=', round)
    .executeTakeFirst()

/** Whether the paper with this code is the valid copy of the snapshot (T12). A receipt says only that something was sent. */
export async function isPaperCurrent(
  db: Db,
  _who: Who,
  applicationId: string,
  snapshotId: string,
  code: string,
): Promise<boolean> {
  const found = await db
    .selectFrom('paper')
    .select('id')
    .where('applicationId', '=', applicationId)
    .where('snapshotId', '=', snapshotId)
    .where('code', '=', code)
    .where('kind', '!=', 'receipt')
    .where('voidedAt', 'is', null)
    .executeTakeFirst()
  return found !== undefined
}

/** Which files of an application the person has opened; a file never changes, so one opening holds for later rounds too. */
export async function listOpened(db: Db, who: Signed, applicationId: string): Promise<Set<string>> {
  const rows = await db
    .selectFrom('fileOpening')
    .select('attachmentId')
    .where('applicationId', '=', applicationId)
    .where('accountId', '=', who.accountId)
    .execute()
  return new Set(rows.map(({ attachmentId }) => attachmentId))
}

/**
 * What an application is judged by when its owner writes in it or sends it, in one statement: `$1` is the application, `$2`
 * its owner, `$3` the key of a request. It is asked for behind `lockOwn`, so that it sees what the one before has written.
 */
const DRAFT = `
  select batch.*,
    (select coalesce(json_agg(json_build_array(path, value, version)), '[]'::json) from application_cell
      where application_id = $1) as own_cells,
    ${rowsAsJson(filesText)} as own_files,
    ${rowsAsJson(`select path, version from application_conflict where application_id = $1 order by version, mutation_id`)}
      as own_conflicts,
    (${unverifiedText}) as own_unverified,
    ${rowAsJson(`select id, full_name, id_number_masked, gender, birth_date, mobile, email from account where id = $2`)}
      as own_account,
    ${rowsAsJson(pointsText)} as all_points,
    ${rowsAsJson(recordsText('$2'))} as own_records,
    ${rowsAsJson(barsText('$2'))} as own_bars,
    ${rowsAsJson(subscriptionsText('$2'))} as own_browsers,
    (select answer from request_key where account_id = $2 and key = $3) as own_answer
  from application join batch on batch.id = application.batch_id
  where application.id = $1 and application.account_id = $2`

type Json = Readonly<Record<string, unknown>>

/** @param key of a request that may have been answered before */
export async function findDraft(db: Db, who: Signed, id: string, key: string | null) {
  const [row] = await run<
    Batch & {
      ownCells: readonly [string, Cell['value'], number][]
      ownFiles: AttachedFile[]
      ownConflicts: { readonly path: string; readonly version: number }[]
      ownUnverified: number
      ownAccount: Json
      allPoints: Json[]
      ownRecords: Json[]
      ownBars: Json[]
      ownBrowsers: { readonly id: string }[]
      ownAnswer: Record<string, unknown> | null
    }
  >(db, { text: DRAFT, values: [id, who.accountId, key] })
  if (!row) return undefined
  const { ownCells, ownFiles, ownConflicts, ownUnverified, ownAccount, allPoints, ownRecords, ...others } = row
  const { ownBars, ownBrowsers, ownAnswer, ...batch } = others
  const cells: Record<string, Cell> = {}
  for (const [path, value, version] of ownCells) cells[path] = { value, version }
  return {
    batch: batch as Batch,
    cells,
    files: ownFiles,
    conflicts: ownConflicts,
    unverified: ownUnverified,
    account: inCamelCase(ownAccount) as unknown as Omit<Awaited<ReturnType<typeof findAccount>>, 'idNumberCipher'>,
    points: fromJson<Point>(allPoints),
    records: fromJson<EducationRecord>(ownRecords, ['createdAt']),
    bars: barsOf(fromJson<DecidedBar>(ownBars, ['until', 'decidedAt'])),
    browsers: ownBrowsers,
    answer: ownAnswer,
  }
}

/** What was read of an application whose owner writes in it or sends it. */
export type Draft = NonNullable<Awaited<ReturnType<typeof findDraft>>>

export const isCertificateTaken = async (db: Db, _who: Who, number: string): Promise<boolean> =>
  (await db.selectFrom('application').select('id').where('certificateNumber', '=', number).executeTakeFirst()) !==
  undefined

/** Serials that are laid out at once. */
const LAID_OUT = 500

/** Takes a free serial that no other transaction has in hand; one that is rolled back lies there again. */
const serialTaken = (batch: string) => `
  delete from batch_serial where (batch_id, serial) = (
    select batch_id, serial from batch_serial where batch_id = ${batch} order by serial limit 1 for update skip locked)
  returning serial`

async function takeFree(db: Db, text: string, values: readonly unknown[]): Promise<number | undefined> {
  const [taken] = await run<{ serial: number }>(db, { text, values })
  return taken?.serial
}

const OF_BATCH = serialTaken('$1')
const OF_UNNUMBERED = serialTaken(`(select batch_id from application
      where id = $1 and account_id = $2 and number is null and deleted_at is null)`)

/**
 * The serial for an application that has no number yet, asked for behind its lock: undefined where it has one, and where none lies
 * there. It goes with the questions that a submission asks; one that is refused gives it back.
 */
export const takeFirstSerial = (db: Db, who: Signed, applicationId: string): Promise<number | undefined> =>
  takeFree(db, OF_UNNUMBERED, [applicationId, who.accountId])

/** The first of the next serials of a batch, which are then the caller's: he holds its row. */
async function claimNext(db: Db, batchId: string): Promise<number> {
  const { next } = await db
    .updateTable('batch')
    .set((eb) => ({ nextSerial: eb('nextSerial', '+', LAID_OUT) }))
    .where('id', '=', batchId)
    .returning('nextSerial as next')
    .executeTakeFirstOrThrow()
  return next - LAID_OUT
}

const putOut = (db: Db, batchId: string, first: number, last: number) =>
  sql`insert into batch_serial (batch_id, serial)
    select ${batchId}::uuid, generate_series(${first}::int, ${last}::int)`.execute(db)

/** The batch's row until the commit. Its key stays free: what only refers to the batch does not wait. */
const holdBatch = (db: Db, batchId: string) =>
  db.selectFrom('batch').select('id').where('id', '=', batchId).forNoKeyUpdate()

/**
 * Takes the next serial of a batch. Nobody waits for the commit of another who takes one, no serial is given twice, and none is
 * lost. In the last hour everybody takes one: held until the commit, the batch's row let one submission through at a time. Whoever
 * takes the middle one lays out the next, unless somebody holds the row, so that in a rush they never run out and nobody waits.
 * @param taken one that this transaction has taken already
 */
export async function takeSerial(db: Db, _who: Who, batchId: string, taken?: number): Promise<number> {
  const free = taken ?? (await takeFree(db, OF_BATCH, [batchId]))
  if (free !== undefined) {
    const ahead = free % LAID_OUT === LAID_OUT / 2 && (await holdBatch(db, batchId).skipLocked().executeTakeFirst())
    if (ahead) {
      const first = await claimNext(db, batchId)
      await putOut(db, batchId, first, first + LAID_OUT - 1)
    }
    return free
  }
  await holdBatch(db, batchId).execute()
  // Whoever had the row before has laid some out.
  const laidOut = await takeFree(db, OF_BATCH, [batchId])
  if (laidOut !== undefined) return laidOut
  const first = await claimNext(db, batchId)
  await putOut(db, batchId, first + 1, first + LAID_OUT - 1)
  return first
}

/** Adds up the parts of the tally, so that few rows tell how many stand where; returns how many are left. */
export async function addUpTally(db: Db): Promise<number> {
  const { numAffectedRows } = await sql`with taken as (delete from application_tally returning *)
    insert into application_tally (batch_id, type, state, region, acceptance_point, count)
    select batch_id, type, state, region, acceptance_point, sum(count) from taken
    group by batch_id, type, state, region, acceptance_point having sum(count) <> 0`.execute(db)
  return Number(numAffectedRows ?? 0)
}

/** Applications that time has closed: drafts past the end of their batch, returned ones past their term (T4, T8). */
export const listOverdue = (db: Db, _clock: Who, now: Date, atMost: number) =>
  db
    .selectFrom('application')
    .innerJoin('batch', 'batch.id', 'application.batchId')
    .select(['application.id', 'application.state'])
    .where('application.deletedAt', 'is', null)
    .where('application.state', 'in', ['DRAFT', 'RETURNED'])
    // The minutes of grace belong to those whose draft stood complete before the end: it is not closed under their hands.
    .where(sql<boolean>`batch.closes_at + make_interval(mins => batch.grace_minutes) < ${now}`)
    .where((eb) => eb.or([eb('application.resubmitUntil', 'is', null), eb('application.resubmitUntil', '<', now)]))
    .orderBy('application.id')
    .limit(atMost)
    .execute()

/** Unfinished applications whose last moment lies in the given span and that were not reminded since. */
export const listToRemind = (
  db: Db,
  _clock: Who,
  span: { readonly from: Date; readonly to: Date; readonly since: Date },
) =>
  db
    .selectFrom('application')
    .innerJoin('batch', 'batch.id', 'application.batchId')
    .select(['application.id'])
    .where('application.deletedAt', 'is', null)
    .where('application.state', 'in', ['DRAFT', 'RETURNED'])
    .where(sql<boolean>`greatest(batch.closes_at, application.resubmit_until) >= ${span.from}`)
    .where(sql<boolean>`greatest(batch.closes_at, application.resubmit_until) <= ${span.to}`)
    .where('batch.closesAt', 'is not', null)
    .where((eb) =>
      eb.not(
        eb.exists(
          eb
            .selectFrom('notice')
            .select('notice.id')
            .whereRef('notice.applicationId', '=', 'application.id')
            .where('notice.kind', '=', 'reminder')
            .where('notice.createdAt', '>', span.since),
        ),
      ),
    )
    .orderBy('application.id')
    .execute()

/** The parts by which an application is looked up (search-text.ts). Both databases are told of an array by way of JSON. */
export const searchParts = (applicationId: string, parts: readonly string[]): Statement => ({
  text: `insert into application_search (application_id, parts) values ($1, array(select jsonb_array_elements_text($2::jsonb)))
    on conflict (application_id) do update set parts = excluded.parts`,
  values: [applicationId, JSON.stringify(parts)],
})

/** Takes away the works of the submission before. */
export const dropWorks = (db: Db, _who: Who, applicationId: string) =>
  db.deleteFrom('applicationWork').where('applicationId', '=', applicationId).execute()

interface ForgetBefore {
  readonly thrownAway: Date
  readonly neverSent: Date
}

/** Drafts that were thrown away, or never sent, before these instants and still hold something; oldest first. */
export const toForget = (db: Db, { thrownAway, neverSent }: ForgetBefore) =>
  db
    .selectFrom('application')
    .select('application.id')
    // a number is given at the first submission: whoever has one is on record
    .where('application.number', 'is', null)
    .where((eb) => eb.or([eb('application.deletedAt', '<', thrownAway), eb('application.updatedAt', '<', neverSent)]))
    .where((eb) =>
      eb.or([
        eb.exists(
          eb.selectFrom('applicationCell').select('path').whereRef('applicationId', '=', 'application.id').limit(1),
        ),
        eb.exists(eb.selectFrom('attachment').select('id').whereRef('applicationId', '=', 'application.id').limit(1)),
      ]),
    )
    .orderBy('application.updatedAt')

/** Whether the draft is still to be forgotten; nobody writes in it until the transaction is over. */
export async function lockToForget(db: Db, before: ForgetBefore, id: string): Promise<boolean> {
  const locked = await toForget(db, before).where('application.id', '=', id).forUpdate('application').executeTakeFirst()
  return locked !== undefined
}

/** Takes away all that was typed and attached in a draft. */
export async function emptied(db: Db, applicationId: string): Promise<void> {
  for (const table of ['applicationCell', 'applicationConflict', 'applicationMutation', 'attachment'] as const)
    await db.deleteFrom(table).where('applicationId', '=', applicationId).execute()
}

/** All applications of a person, thrown away ones too; nobody changes one until the transaction is over. */
export const lockAllOf = (db: Db, accountId: string) =>
  db
    .selectFrom('application')
    .where('accountId', '=', accountId)
    .select(['id', 'state', 'number'])
    .select(isReleased.as('released'))
    .orderBy('id')
    .forUpdate('application')
    .execute()

/** The draft is gone for everybody; its row stays, so that its id is never used again. */
export async function throwAway(db: Db, applicationId: string, now: Date): Promise<void> {
  await db
    .updateTable('application')
    .set({ deletedAt: sql<Date>`coalesce(deleted_at, ${now}::timestamptz)` })
    .where('id', '=', applicationId)
    .execute()
}

/** Takes away what hangs at a submitted application and was never sent: what another device typed, files taken out again. */
export async function deleteUnsent(db: Db, applicationId: string): Promise<void> {
  await db.deleteFrom('applicationConflict').where('applicationId', '=', applicationId).execute()
  await db
    .deleteFrom('attachment')
    .where('applicationId', '=', applicationId)
    .where('removedAt', 'is not', null)
    .where(({ not, exists, selectFrom }) =>
      not(
        exists(
          selectFrom('applicationSnapshot')
            .select('id')
            .whereRef('applicationSnapshot.applicationId', '=', 'attachment.applicationId')
            .where(sql<boolean>`position(attachment.id::text in application_snapshot.content::text) > 0`),
        ),
      ),
    )
    .execute()
}
