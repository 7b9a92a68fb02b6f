import { type CellValue, itemAt } from '#domain/forms/answers.ts'
import type { ApplicationType } from '#domain/forms/application-type.ts'
import type { ProblemCode, ProblemParams } from '#domain/problems.ts'
import type { Mutation } from '#domain/sync/mutation.ts'
import {
  MAX_MUTATIONS,
  PROTOCOL_VERSION,
  type ApplicationChange,
  type Conflict,
  type SyncAnswer,
  type SyncRequest,
} from '#domain/sync/protocol.ts'
import type { KeptApplication, PhoneDatabase, Waiting } from './database.ts'
import { wasErasedSince } from './erasure.ts'

/** Time in which a removed row can be taken back before anything of it leaves the phone, ms. */
export const UNDO_TIME = 8_000

export const tickKey = (applicationId: string): string => `tick:${applicationId}`

/** Changes whenever the stored truth of an application does. */
export const truthKey = (applicationId: string): string => `truth:${applicationId}`

const countAt = async (db: PhoneDatabase, key: string): Promise<number> =>
  ((await db.meta.get(key))?.value as number | undefined) ?? 0

/** What a draft shows, as the store has it at one moment. */
export interface Snapshot {
  readonly application: KeptApplication | undefined
  readonly rows: readonly Waiting[]
  readonly tick: number
  readonly truth: number
}

/** Reads one application with all that waits; the large part only when it is not the one that is known already. */
export async function readSnapshot(db: PhoneDatabase, id: string, known: Snapshot | null): Promise<Snapshot> {
  return db.transaction('r', outboxTables(db), async () => {
    const truth = await countAt(db, truthKey(id))
    const application = known?.application && known.truth === truth ? known.application : await db.applications.get(id)
    const rows = await db.outbox.where({ applicationId: id }).sortBy('seq')
    return { application, rows, tick: await countAt(db, tickKey(id)), truth }
  })
}

async function putTruth(db: PhoneDatabase, application: KeptApplication): Promise<void> {
  const key = truthKey(application.id)
  await db.applications.put(application)
  await db.meta.put({ key, value: (await countAt(db, key)) + 1 })
}

/** Tables that a local change of an application writes; the caller opens the transaction over them. */
export const outboxTables = (db: PhoneDatabase) => [db.outbox, db.applications, db.meta] as const

/** Everything of the files of an application; a transaction that forgets one goes over them. */
export const fileTables = (db: PhoneDatabase) => [db.uploads, db.uploadBytes, db.scans, db.scanPictures]

/**
 * Counts the local changes of an application, in the transaction that makes one. A reader that knows of a later change
 * than the one it is shown ignores what it is shown: a slow read never brings back what was typed over.
 */
async function nextTick(db: PhoneDatabase, applicationId: string): Promise<number> {
  const key = tickKey(applicationId)
  const tick = (await countAt(db, key)) + 1
  await db.meta.put({ key, value: tick })
  return tick
}

/**
 * A browser on a full disk may lose what it had confirmed. Puts back what a page knows of one application where the store
 * knows less: rows keep their ids, so that the server takes each of them once (S1). Call it first in the transaction of a
 * write, over `outboxTables`.
 * An application that the server has, with nothing of it waiting here, may as well be gone for good: it comes back with the
 * next answer of the server, or not.
 * @param known `tick`: the last change that the page knows to have been written; `erased`: the last erasure that it knows
 *   of, since what was erased on purpose stays so (A35); `isChanging`: something is written now
 * @returns whether the store had lost something
 */
export async function putBack(
  db: PhoneDatabase,
  known: {
    application: KeptApplication
    rows: readonly Waiting[]
    truth: number
    tick: number
    erased: unknown
    isChanging: boolean
  },
): Promise<boolean> {
  const { application, rows, tick, erased, isChanging } = known
  const { id } = application
  if ((await countAt(db, tickKey(id))) >= tick) return false
  if (await wasErasedSince(db, erased)) return false
  const kept = await db.applications.get(id)
  if (!kept && application.version > 0 && rows.length === 0 && !isChanging) return false
  const here = new Set((await db.outbox.where({ applicationId: id }).toArray()).map((row) => row.id))
  const missing = rows.filter((row) => !here.has(row.id))
  // in the order they were made, behind what stands there
  for (const row of missing) {
    const { seq: _, ...rest } = row
    await db.outbox.add(rest)
  }
  if (!kept) await db.applications.put(application)
  const truth = Math.max(known.truth, await countAt(db, truthKey(id))) + 1
  await db.meta.bulkPut([
    { key: truthKey(id), value: truth },
    { key: tickKey(id), value: tick },
  ])
  return true
}

type New<M extends Mutation> = {
  accountId: string
  mutation: M
  was?: CellValue
  file?: Waiting['file']
  dueAt?: number
  now: number
}

function waitingOf({ accountId, mutation, was = null, file = null, dueAt = 0, now }: New<Mutation>): Waiting {
  return {
    id: mutation.id,
    accountId,
    applicationId: mutation.applicationId,
    path: mutation.path,
    mutation,
    was,
    file,
    state: 'waiting',
    sent: 0,
    code: null,
    params: null,
    dueAt,
    at: new Date(now).toISOString(),
  }
}

/** Queues one mutation. Call it inside a transaction over `outboxTables`. Returns the tick. */
export async function queue(db: PhoneDatabase, entry: New<Mutation>): Promise<number> {
  const { applicationId } = entry.mutation
  const row = waitingOf(entry)
  const seq = await db.outbox.add(row)
  if (row.mutation.kind === 'removeRow') {
    // The answer to what was typed in the row may have come since the removal was meant: its version is our own doing.
    const application = await db.applications.get(applicationId)
    const all = await db.outbox.where({ applicationId }).toArray()
    if (application) await db.outbox.put(follow({ ...row, seq: seq as number }, application, all))
  }
  return nextTick(db, applicationId)
}

/**
 * Queues a changed field. Several changes of one field that have not left the phone are one, with the first base.
 * A value put back as it was leaves nothing to send. A refusal at the same field is answered by the new value.
 * @param held why this phone keeps the value without sending it
 */
export async function queueField(
  db: PhoneDatabase,
  entry: New<Extract<Mutation, { kind: 'setField' }>> & {
    was: CellValue
    held?: { code: ProblemCode; params?: ProblemParams } | null
  },
): Promise<number> {
  const { mutation, held = null } = entry
  const { applicationId, path, value } = mutation
  const same = await db.outbox.where('[applicationId+path]').equals([applicationId, path]).sortBy('seq')
  for (const old of same)
    if (old.state === 'refused' && old.mutation.kind === 'setField') await db.outbox.delete(old.seq as number)
  const standing = same.filter(({ state }) => state !== 'refused').at(-1)
  const how = {
    state: held ? ('held' as const) : ('waiting' as const),
    code: held?.code ?? null,
    params: held?.params ?? null,
  }
  if (standing?.mutation.kind === 'setField' && standing.sent === 0) {
    if (value === standing.was) await db.outbox.delete(standing.seq as number)
    else
      await db.outbox.put({
        ...standing,
        ...how,
        mutation: { ...standing.mutation, value },
        at: new Date(entry.now).toISOString(),
      })
  } else if (value !== entry.was) {
    const row = { ...waitingOf(entry), ...how }
    const application = await db.applications.get(applicationId)
    await db.outbox.add(application ? follow(row, application) : row)
  }
  return nextTick(db, applicationId)
}

/** Takes back a mutation that has not left the phone. False when it is too late. */
export async function takeBack(db: PhoneDatabase, mutationId: string): Promise<boolean> {
  return db.transaction('rw', outboxTables(db), async () => {
    const row = await db.outbox.get({ id: mutationId })
    if (!row || row.sent === 1) return false
    await db.outbox.delete(row.seq as number)
    await nextTick(db, row.applicationId)
    return true
  })
}

/**
 * A base is the version of the value that was on the screen. When the truth has moved on but holds just that value
 * (our own earlier change has landed, or the application was started offline), the base moves with it; when it
 * holds another, the base stays and the server finds the conflict (S4).
 */
export function follow(
  row: Waiting,
  application: Pick<KeptApplication, 'cells' | 'conflicts' | 'version'>,
  all: readonly Waiting[] = [],
): Waiting {
  const { mutation } = row
  if (mutation.kind === 'removeRow') {
    const { version, conflicts } = application
    if (
      mutation.base === version ||
      rowInWords(row.path, withEarlier(row, application.cells, all), conflicts) !== row.was
    )
      return row
    return { ...row, mutation: { ...mutation, base: version } }
  }
  if (mutation.kind !== 'setField') return row
  const cell = application.cells[row.path]
  if (!cell || cell.value !== row.was || cell.version === mutation.base) return row
  return { ...row, mutation: { ...mutation, base: cell.version } }
}

/** Everything that a row holds, in one text: two that are equal show the same. An emptied field is as one never filled. */
export function rowInWords(
  path: string,
  cells: Readonly<Record<string, { readonly value: CellValue }>>,
  conflicts: readonly Conflict[],
): string {
  const inside = (one: string) => one.startsWith(`${path}/`)
  const values = Object.entries(cells).filter(([one, { value }]) => inside(one) && value !== null)
  return JSON.stringify([
    values.map(([one, { value }]) => [one, value] as const).sort(([a], [b]) => (a < b ? -1 : 1)),
    conflicts.filter((one) => inside(one.path)).map((one) => [one.path, one.kept, one.other]),
  ])
}

/** The cells as they will stand when what was typed before a removal has come to the server. */
function withEarlier(removal: Waiting, cells: KeptApplication['cells'], all: readonly Waiting[]) {
  const next: Record<string, { value: CellValue }> = { ...cells }
  const earlier = all.filter(({ seq, state }) => state !== 'refused' && (seq as number) < (removal.seq as number))
  for (const { path, mutation } of earlier.sort((a, b) => (a.seq as number) - (b.seq as number)))
    if (mutation.kind === 'setField' || mutation.kind === 'settle') next[path] = { value: mutation.value }
  return next
}

/**
 * What goes in the next request, marked as sent in the same transaction. Mutations of an application that the server
 * has not created yet stay here, and so does everything behind one that may still be taken back (S2).
 * @param hurry sends also what may still be taken back
 */
export async function nextRequest(
  db: PhoneDatabase,
  who: { accountId: string; device: string },
  now: number,
  hurry: boolean,
): Promise<SyncRequest> {
  return db.transaction('rw', db.outbox, db.applications, async () => {
    const applications = await db.applications.where({ accountId: who.accountId }).toArray()
    const onServer = applications.filter(({ version, gone }) => version > 0 && gone === 0)
    const open = new Set(onServer.map(({ id }) => id))
    const rows = await db.outbox.where('[accountId+state]').equals([who.accountId, 'waiting']).sortBy('seq')
    const going: Waiting[] = []
    for (const row of rows) {
      if (going.length === MAX_MUTATIONS) break
      if (!open.has(row.applicationId)) continue
      if ((mayBeTakenBack(row, now) && !hurry) || buildsOn(row, going)) open.delete(row.applicationId)
      else going.push(row)
    }
    await db.outbox.bulkPut(going.filter(({ sent }) => sent === 0).map((row) => ({ ...row, sent: 1 as const })))
    return {
      protocol: PROTOCOL_VERSION,
      device: who.device,
      accountId: who.accountId,
      mutations: going.map(({ mutation }) => mutation),
      known: Object.fromEntries(onServer.map(({ id, version }) => [id, version])),
    }
  })
}

/** Longer than that nothing is held back: then the clock has been set since, and the time is over by now. */
function mayBeTakenBack({ dueAt }: Waiting, now: number): boolean {
  return now < dueAt && dueAt - now <= UNDO_TIME
}

/**
 * Whether a value was typed over one that goes in the same request: the server gives the cell a version that only its
 * answer tells, so the second goes with the next request, and all that follows it.
 */
function buildsOn(row: Waiting, going: readonly Waiting[]): boolean {
  if (row.mutation.kind !== 'setField') return false
  return going.some(
    ({ applicationId, path, mutation }) =>
      applicationId === row.applicationId &&
      (path === row.path || (mutation.kind === 'addRow' && row.was !== null && row.path.startsWith(`${path}/`))),
  )
}

/**
 * Takes an answer in, all of it or nothing: what was applied leaves the outbox, what was refused stays with its reason
 * (S9), the truth is stored (S7), and the waiting mutations follow it. Taking the same answer in twice changes nothing.
 * @param erased the last erasure when it was asked for: the answer is for nobody here where there was one since (A35)
 */
export async function takeAnswer(
  db: PhoneDatabase,
  accountId: string,
  request: SyncRequest,
  answer: SyncAnswer,
  erased?: unknown,
): Promise<{ settled: number; learned: number }> {
  const tables = [db.outbox, db.applications, ...fileTables(db), db.meta]
  return db.transaction('rw', tables, async () => {
    if (await wasErasedSince(db, erased)) return { settled: 0, learned: 0 }
    let learned = 0
    for (const change of answer.applications) if (await learn(db, accountId, request, change)) learned += 1
    const waiting = await db.outbox
      .where('id')
      .anyOf(answer.results.map(({ id }) => id))
      .toArray()
    const results = new Map(answer.results.map((result) => [result.id, result]))
    const mine = waiting.filter((row) => row.accountId === accountId)
    const applied: Waiting[] = []
    for (const row of mine) {
      const result = results.get(row.id)
      if (result?.outcome === 'applied') applied.push(row)
      else if (result?.outcome === 'refused') await refuseRow(db, row, result.code, result.params)
      else if (await isKeptBeside(db, row)) await db.outbox.delete(row.seq as number)
      // The server says that it met another value but does not show ours: then it stays here, to be looked at.
      else await refuseRow(db, row, 'sync.conflict')
    }
    await db.outbox.bulkDelete(applied.map(({ seq }) => seq as number))
    for (const row of applied) if (row.mutation.kind === 'removeRow') await clearRow(db, row)
    for (const id of answer.gone) await forget(db, accountId, id)
    for (const { id } of answer.applications) {
      const application = await db.applications.get(id)
      if (!application) continue
      const rows = await db.outbox.where({ applicationId: id }).toArray()
      const moved = rows.map((row) => follow(row, application, rows)).filter((row, at) => row !== rows[at])
      if (moved.length > 0) await db.outbox.bulkPut(moved)
    }
    await db.meta.put({ key: syncedKey(accountId), value: answer.now })
    if (learned > 0 || answer.gone.length > 0) await countConflicts(db, accountId)
    await db.meta.put({ key: `unread:${accountId}`, value: answer.unreadNotices })
    return { settled: mine.length, learned }
  })
}

/** How many conflicts are open, kept apart so that the badge need not read every cell to know. */
export const conflictsKey = (accountId: string): string => `conflicts:${accountId}`
export const syncedKey = (accountId: string): string => `synced:${accountId}`

/** Counts them anew, in the transaction that changed what an application holds, or forgot one. */
export async function countConflicts(db: PhoneDatabase, accountId: string): Promise<void> {
  const all = await db.applications.where({ accountId }).toArray()
  const conflicts = all.reduce((sum, one) => sum + (one.gone === 0 ? one.conflicts.length : 0), 0)
  await db.meta.put({ key: conflictsKey(accountId), value: conflicts })
}

/** Stores what the server told of one application. False when the answer is older than what is here. */
async function learn(
  db: PhoneDatabase,
  accountId: string,
  request: SyncRequest,
  change: ApplicationChange,
): Promise<boolean> {
  const before = await db.applications.get(change.id)
  if (before && before.accountId !== accountId) return false
  const from = request.known[change.id] ?? 0
  const here = before?.version ?? 0
  // The cells are those changed since `from`: without what came before them they would be a torn copy.
  if (here < from) return false
  // Older than what another tab has learned meanwhile. Unless the server itself went back (a restored backup): then it
  // answers with everything anew.
  const wentBack = change.version < from
  if (change.version < here && !wentBack) return false
  const { cells, ...rest } = change
  const next: KeptApplication = {
    ...rest,
    accountId,
    // What an offline start laid down is replaced by what the server started with.
    cells: before && from > 0 && !wentBack ? { ...before.cells, ...cells } : { ...cells },
    gone: 0,
  }
  await putTruth(db, next)
  // A file is here for good once the application shows it; only then its bytes may go (kpi #7467).
  const landedFiles = change.files.map(({ id }) => id)
  await db.uploads.bulkDelete(landedFiles)
  await db.uploadBytes.bulkDelete(landedFiles)
  await clearGoneRows(db, next)
  return true
}

/** Files for a row that another device removed: no page shows them, and they would keep the application from being sent for ever. */
async function clearGoneRows(db: PhoneDatabase, { id, cells }: KeptApplication): Promise<void> {
  const all = await db.outbox.where({ applicationId: id }).toArray()
  const added = new Set(all.filter(({ mutation }) => mutation.kind === 'addRow').map(({ path }) => path))
  await clearFiles(db, id, (path) => {
    const [list, row, field] = path.split('/')
    const rowPath = `${list}/${row}`
    return field !== undefined && !added.has(rowPath) && typeof cells[rowPath]?.value !== 'number'
  })
}

/** What was held back or still on its way inside a row that its owner removed. */
async function clearRow(db: PhoneDatabase, row: Waiting): Promise<void> {
  const prefix = `${row.path}/`
  const inside = await db.outbox.where({ applicationId: row.applicationId }).toArray()
  await db.outbox.bulkDelete(
    inside.filter((one) => one.state === 'held' && one.path.startsWith(prefix)).map(({ seq }) => seq as number),
  )
  await clearFiles(db, row.applicationId, (path) => path.startsWith(prefix))
}

/** Erases files on their way and pages in progress that lie where nobody sees them any more. */
async function clearFiles(db: PhoneDatabase, applicationId: string, isGone: (path: string) => boolean): Promise<void> {
  const inGone = ({ path }: { path: string }) => isGone(path)
  const files = await db.uploads.where({ applicationId }).filter(inGone).primaryKeys()
  await db.uploads.bulkDelete(files)
  await db.uploadBytes.bulkDelete(files)
  await forgetScans(db, await db.scans.where({ applicationId }).filter(inGone).primaryKeys())
}

/** Erases pages in progress with their pictures. Call it in a transaction over `fileTables`. */
export async function forgetScans(db: PhoneDatabase, ids: readonly string[]): Promise<void> {
  await db.scanPictures.where('scanId').anyOf(ids).delete()
  await db.scans.bulkDelete([...ids])
}

async function isKeptBeside(db: PhoneDatabase, row: Waiting): Promise<boolean> {
  const { mutation } = row
  if (mutation.kind !== 'setField' && mutation.kind !== 'settle') return false
  const application = await db.applications.get(row.applicationId)
  return (
    application?.cells[row.path]?.value === mutation.value ||
    (application?.conflicts.some(({ path, other }) => path === row.path && other === mutation.value) ?? false)
  )
}

async function refuseRow(db: PhoneDatabase, row: Waiting, code: ProblemCode, params?: ProblemParams): Promise<void> {
  await db.outbox.put({ ...row, state: 'refused', code, params: params ?? null })
}

/** The server no longer has an application. What was typed into it and not yet sent stays, to be looked at. */
async function forget(db: PhoneDatabase, accountId: string, applicationId: string): Promise<void> {
  const application = await db.applications.get(applicationId)
  if (!application || application.accountId !== accountId) return
  const rows = await db.outbox.where({ applicationId }).toArray()
  for (const row of rows) if (row.state !== 'refused') await refuseRow(db, row, 'request.not-found')
  if (rows.length > 0) await putTruth(db, { ...application, gone: 1 })
  else await forgetApplication(db, applicationId)
}

/**
 * Erases one application with all that hangs on it. Its count of changes stays: a page that still has it open would take it for lost
 * and put it back. Call it in a transaction over its tables.
 */
export async function forgetApplication(db: PhoneDatabase, applicationId: string): Promise<void> {
  const files = await db.uploads.where({ applicationId }).primaryKeys()
  await db.uploads.bulkDelete(files)
  await db.uploadBytes.bulkDelete(files)
  await forgetScans(db, await db.scans.where({ applicationId }).primaryKeys())
  await db.outbox.where({ applicationId }).delete()
  await db.meta.delete(truthKey(applicationId))
  await db.applications.delete(applicationId)
}

/**
 * Sends a refused mutation again: with a new id, for the old one has its answer for ever (S1), and with the base that
 * its owner saw when it was made (S4).
 */
export async function tryAgain(db: PhoneDatabase, mutationId: string, newId: string): Promise<void> {
  await db.transaction('rw', [...outboxTables(db), db.uploads], async () => {
    const row = await db.outbox.get({ id: mutationId })
    if (!row || row.state !== 'refused') return
    if (row.mutation.kind === 'attach' && (await db.uploads.get(row.mutation.attachmentId))) {
      // The server lost the file, or never had all of it: it goes up again, and is attached after that.
      await db.uploads.update(row.mutation.attachmentId, {
        state: 'queued',
        url: null,
        uploadId: null,
        sent: 0,
        code: null,
        params: null,
      })
      await db.outbox.delete(row.seq as number)
      await nextTick(db, row.applicationId)
      return
    }
    const application = await db.applications.get(row.applicationId)
    const again = { ...row.mutation, id: newId }
    // Its owner has looked at the row since: it shows what came later.
    if (again.kind === 'removeRow') {
      again.base = application?.version ?? 0
      again.files = (application?.files ?? []).filter(({ path }) => path.startsWith(`${row.path}/`)).map(({ id }) => id)
    }
    await db.outbox.delete(row.seq as number)
    const { seq: _, ...rest } = row
    const fresh: Waiting = {
      ...rest,
      id: newId,
      mutation: again,
      was:
        again.kind === 'removeRow'
          ? rowInWords(row.path, application?.cells ?? {}, application?.conflicts ?? [])
          : row.was,
      state: 'waiting',
      sent: 0,
      code: null,
      params: null,
    }
    // A value that came from elsewhere meanwhile was not seen here: then it is a conflict, not replaced.
    await db.outbox.add(application ? follow(fresh, application) : fresh)
    await nextTick(db, row.applicationId)
  })
}

/** Gives up what was refused: only when its owner has confirmed it. */
export async function discardRefused(db: PhoneDatabase, mutationId: string): Promise<void> {
  await db.transaction('rw', [...outboxTables(db), ...fileTables(db)], async () => {
    const row = await db.outbox.get({ id: mutationId })
    if (!row || row.state !== 'refused') return
    await db.outbox.delete(row.seq as number)
    if (row.mutation.kind === 'attach') {
      await db.uploads.delete(row.mutation.attachmentId)
      await db.uploadBytes.delete(row.mutation.attachmentId)
    }
    await nextTick(db, row.applicationId)
    const application = await db.applications.get(row.applicationId)
    if (application?.gone === 1 && (await db.outbox.where({ applicationId: row.applicationId }).count()) === 0) {
      await forgetApplication(db, row.applicationId)
    }
  })
}

/** Name of the place a mutation speaks of: `毕业学校`, `学历`. */
export function labelAt(type: ApplicationType | undefined, path: string): string {
  const found = type && itemAt(type, path)
  if (!found) return path
  const { item, list } = found
  return list && list !== item ? `${list.label} · ${item.label}` : item.label
}
