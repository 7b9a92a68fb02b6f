import type { ApplicationChange, Conflict } from '#domain/sync/protocol.ts'
import { type Application, cellsAfter } from '#server/applications/actions/content.ts'
import { returnOf, stateForOwner } from '#server/applications/actions/views.ts'
import { lastWritten } from '#server/applications/shown-state.ts'
import type { Signed } from '#server/platform/who.ts'
import type { Database } from '#server/schema.ts'
import type { Kysely } from 'kysely'
import { findNews, listVersions } from './queries.ts'

type Db = Kysely<Database>

/** Everything a phone does not have yet, by the versions it named (S7); with nothing new, one question to the database. */
export async function pull(
  db: Db,
  who: Signed,
  known: Readonly<Record<string, number>>,
): Promise<{ applications: ApplicationChange[]; gone: string[] }> {
  const all = await listVersions(db, who)
  const here = new Set(all.map(({ id }) => id))
  const news = all.filter(({ id, version }) => known[id] !== version)
  return {
    applications: await Promise.all(news.map((application) => changeOf(db, who, application, known[application.id]))),
    // A draft that the phone alone has, version 0, is not gone: it has not come yet.
    gone: Object.keys(known).filter((id) => known[id]! > 0 && !here.has(id)),
  }
}

async function changeOf(
  db: Db,
  who: Signed,
  application: Application,
  known: number | undefined,
): Promise<ApplicationChange> {
  const { id } = application
  // A phone ahead of the server has seen something that was undone by a restore: it gets everything anew.
  const after = known !== undefined && known < application.version ? known : -1
  const [news, state, returned] = await Promise.all([
    findNews(db, who, id, after),
    stateForOwner(db, who, application),
    returnOf(db, who, application),
  ])
  const { cells, files, lockedRows } = news
  const conflicts = await openConflicts(db, who, id, news.conflicts)
  return {
    id,
    type: application.type,
    batchId: application.batchId,
    editionId: application.editionId,
    state,
    version: application.version,
    number: application.number,
    gateAcceptedAt: application.gateAcceptedAt?.toISOString() ?? null,
    submittedAt: application.submittedAt?.toISOString() ?? null,
    resubmitUntil: application.resubmitUntil?.toISOString() ?? null,
    createdAt: application.createdAt.toISOString(),
    updatedAt: lastWritten(application).toISOString(),
    cells,
    files,
    lockedRows,
    conflicts,
    returned,
  }
}

async function openConflicts(
  db: Db,
  who: Signed,
  id: string,
  rows: Awaited<ReturnType<typeof findNews>>['conflicts'],
): Promise<Conflict[]> {
  if (rows.length === 0) return []
  const cells = await cellsAfter(db, who, id)
  return rows.map(({ path, other, device, at }) => ({
    path,
    version: cells[path]?.version ?? 0,
    kept: cells[path]?.value ?? null,
    other,
    device,
    at: at.toISOString(),
  }))
}
