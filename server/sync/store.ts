import type { Application } from '#server/applications/actions/content.ts'
import type { Act } from '#server/platform/environment.ts'
import { change, insertions } from '#server/platform/statements.ts'
import type { Signed } from '#server/platform/who.ts'
import type { Push, Run } from './push.ts'

/** Writes what a run of mutations changed: a handful of statements, however many mutations there were. */
export async function store(ctx: Act, who: Signed, wish: Push, application: Application, run: Run): Promise<void> {
  const { changes } = run
  if (changes.fresh.length === 0) return
  storeCells(ctx, application.id, [...changes.paths], run)
  storeFiles(ctx, application.id, run)
  storeAnswers(ctx, who, application.id, changes.fresh)
  storeVersion(ctx, application, run)
  await storeConflicts(ctx, wish, run)
}

/** For a doubled send. */
const storeAnswers = (ctx: Act, who: Signed, applicationId: string, fresh: Run['changes']['fresh']) =>
  ctx.write({
    text: `insert into application_mutation (id, application_id, account_id, result, received_at)
      select (result ->> 'id')::uuid, $2::uuid, $3::uuid, result, $4::timestamptz from jsonb_array_elements($1::jsonb) as result`,
    values: [JSON.stringify(fresh), applicationId, who.accountId, ctx.now],
  })

function storeVersion(ctx: Act, { id, version }: Application, run: Run): void {
  if (run.version === version) return
  const changed = { version: run.version, updatedAt: ctx.now, fileCount: run.content.files.length }
  ctx.write(change('application', changed, { id }))
}

function storeCells(ctx: Act, applicationId: string, paths: readonly string[], run: Run): void {
  const cells = paths.flatMap((path) => {
    const cell = run.content.cells[path]
    return cell === undefined || cell === run.before.cells[path] ? [] : [{ path, ...cell }]
  })
  if (cells.length === 0) return
  ctx.write({
    // taken out of the JSON by its name, null stays the null of JSON
    text: `insert into application_cell (application_id, path, value, version, updated_at)
      select $2::uuid, cell ->> 'path', cell -> 'value', (cell ->> 'version')::int, $3::timestamptz from jsonb_array_elements($1::jsonb) as cell
      on conflict (application_id, path) do update
      set value = excluded.value, version = excluded.version, updated_at = excluded.updated_at`,
    values: [JSON.stringify(cells), applicationId, ctx.now],
  })
}

function storeFiles(ctx: Act, applicationId: string, run: Run): void {
  if (run.content.files === run.before.files) return
  const before = new Set(run.before.files.map(({ id }) => id))
  const after = new Set(run.content.files.map(({ id }) => id))
  const added = run.content.files.filter(({ id }) => !before.has(id))
  const removed = [...before].filter((id) => !after.has(id))
  if (added.length > 0)
    ctx.write(
      insertions(
        'attachment',
        added.map(({ id, path, name, size, sha256, pages, position }) => {
          const file = { id, path, name, size, sha256, pages, position }
          return { ...file, applicationId, createdAt: ctx.now, removedAt: null }
        }),
      ),
    )
  if (removed.length > 0)
    ctx.write({
      text: `update attachment set removed_at = $3
        where application_id = $2 and id = any (array(select jsonb_array_elements_text($1::jsonb)::uuid))`,
      values: [JSON.stringify(removed), applicationId, ctx.now],
    })
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
