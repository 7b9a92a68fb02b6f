import type { Application } from '#server/applications/actions/content.ts'
import type { Act } from '#server/platform/environment.ts'
import type { Signed } from '#server/platform/who.ts'
import type { Push, Run } from './push.ts'

/** Writes what a run of mutations changed: a handful of statements, however many mutations there were. */
export async function store(ctx: Act, who: Signed, wish: Push, application: Application, run: Run): Promise<void> {
  const { changes } = run
  if (changes.fresh.length === 0) return
  await Promise.all([
    storeCells(ctx, application.id, [...changes.paths], run),
    storeFiles(ctx, application.id, run),
    storeConflicts(ctx, wish, run),
    storeAnswers(ctx, who, application.id, changes.fresh),
    storeVersion(ctx, application, run),
  ])
}

/** For a doubled send. */
const storeAnswers = (ctx: Act, who: Signed, applicationId: string, fresh: Run['changes']['fresh']) =>
  ctx.db
    .insertInto('applicationMutation')
    .values(
      fresh.map((result) => ({
        id: result.id,
        applicationId,
        accountId: who.accountId,
        result: JSON.stringify(result),
        receivedAt: ctx.now,
      })),
    )
    .execute()

async function storeVersion(ctx: Act, application: Application, run: Run): Promise<void> {
  if (run.version === application.version) return
  await ctx.db
    .updateTable('application')
    .set({ version: run.version, updatedAt: ctx.now, fileCount: run.content.files.length })
    .where('id', '=', application.id)
    .execute()
}

async function storeCells(ctx: Act, applicationId: string, paths: readonly string[], run: Run): Promise<void> {
  const values = paths.flatMap((path) => {
    const cell = run.content.cells[path]
    const same = cell === undefined || cell === run.before.cells[path]
    return same
      ? []
      : [{ applicationId, path, value: JSON.stringify(cell.value), version: cell.version, updatedAt: ctx.now }]
  })
  if (values.length === 0) return
  await ctx.db
    .insertInto('applicationCell')
    .values(values)
    .onConflict((conflict) =>
      conflict.columns(['applicationId', 'path']).doUpdateSet((eb) => ({
        value: eb.ref('excluded.value'),
        version: eb.ref('excluded.version'),
        updatedAt: eb.ref('excluded.updatedAt'),
      })),
    )
    .execute()
}

async function storeFiles(ctx: Act, applicationId: string, run: Run): Promise<void> {
  if (run.content.files === run.before.files) return
  const before = new Set(run.before.files.map(({ id }) => id))
  const after = new Set(run.content.files.map(({ id }) => id))
  const added = run.content.files.filter(({ id }) => !before.has(id))
  const removed = [...before].filter((id) => !after.has(id))
  if (added.length > 0) {
    await ctx.db
      .insertInto('attachment')
      .values(added.map((file) => ({ ...file, applicationId, createdAt: ctx.now, removedAt: null })))
      .execute()
  }
  if (removed.length > 0) {
    await ctx.db
      .updateTable('attachment')
      .set({ removedAt: ctx.now })
      .where('applicationId', '=', applicationId)
      .where('id', 'in', removed)
      .execute()
  }
}

async function storeConflicts(ctx: Act, wish: Push, run: Run): Promise<void> {
  const { conflicts, settled, removed } = run.changes
  const of = () => ctx.db.deleteFrom('applicationConflict').where('applicationId', '=', wish.applicationId)
  // A settlement settles what its sender had seen; what came in since is still a question (S8).
  if (settled.size > 0) {
    await of()
      .where('path', 'in', [...settled])
      .where('version', '<=', wish.known)
      .execute()
  }
  for (const row of removed) await of().where('path', 'like', `${row}/%`).execute()
  // What a device typed on before it heard of the conflict takes the place of what it typed before; a conflict that it has
  // been shown is still a question, and stays beside the new one.
  const last = new Map(conflicts.map((conflict) => [conflict.path, conflict]))
  if (last.size === 0) return
  await of()
    .where('path', 'in', [...last.keys()])
    .where('device', '=', wish.device)
    .where('version', '>', wish.known)
    .execute()
  await ctx.db
    .insertInto('applicationConflict')
    .values(
      [...last.values()].map(({ path, other, mutationId, version }) => ({
        applicationId: wish.applicationId,
        path,
        other: JSON.stringify(other),
        device: wish.device,
        mutationId,
        version,
        at: ctx.now,
      })),
    )
    .execute()
}
