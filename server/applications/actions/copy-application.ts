import { copyOf, sizeOfCopy } from '#domain/forms/copy.ts'
import { isEditable } from '#domain/lifecycle/states.ts'
import { ok, type Outcome, refuse } from '#domain/problems.ts'
import type { Act } from '#server/platform/environment.ts'
import type { Signed } from '#server/platform/who.ts'
import { findOwn, lockOwn } from '../queries.ts'
import { contentOf, formOf, frozenContentOf } from './content.ts'
import { START_VERSION } from './start-application.ts'
import { writingRefusal } from './writing.ts'

/** How much was taken over. */
export interface Copied {
  readonly version: number
  readonly fields: number
  readonly rows: number
  readonly files: number
}

/**
 * 从上次申报复制: takes what an earlier application of the same person has into one that is being filled in (A28). Files come
 * by reference: the stored bytes are linked once more, and nobody has opened them here yet. What the earlier application says
 * is what was frozen at its last submission, or what stands in it while it may be edited.
 */
export async function copyApplication(
  ctx: Act,
  who: Signed,
  applicationId: string,
  earlierId: string,
): Promise<Outcome<Copied>> {
  const application = await lockOwn(ctx.db, who, applicationId)
  const earlier = await findOwn(ctx.db, who, earlierId)
  if (!application || !earlier || earlier.id === application.id) return refuse('request.not-found')
  const { batch, type, facts } = await formOf(ctx.db, who, application, ctx.now)
  const closed = writingRefusal(application, batch, ctx.now)
  if (closed) return closed
  const frozen = isEditable(earlier.state) ? undefined : await frozenContentOf(ctx.db, who, earlier.id)
  const { answers } = frozen ?? (await contentOf(ctx.db, who, earlier))
  const here = await contentOf(ctx.db, who, application)
  const copy = copyOf(
    type,
    answers,
    here.answers,
    facts,
    (path) => (here.cells[path]?.version ?? START_VERSION) === START_VERSION,
    () => ctx.newId(),
  )
  const size = sizeOfCopy(copy)
  const paths = Object.keys(copy.cells)
  if (paths.length === 0 && copy.files.length === 0) return ok({ version: application.version, ...size })
  const version = application.version + 1
  if (paths.length > 0) {
    await ctx.db
      .insertInto('applicationCell')
      .values(
        paths.map((path) => ({
          applicationId,
          path,
          value: JSON.stringify(copy.cells[path]),
          version,
          updatedAt: ctx.now,
        })),
      )
      .onConflict((conflict) =>
        conflict.columns(['applicationId', 'path']).doUpdateSet((eb) => ({
          value: eb.ref('excluded.value'),
          version: eb.ref('excluded.version'),
          updatedAt: eb.ref('excluded.updatedAt'),
        })),
      )
      .execute()
  }
  if (copy.files.length > 0) {
    await ctx.db
      .insertInto('attachment')
      .values(
        copy.files.map(({ path, file: { name, sha256, size: bytes, pages, position } }) => ({
          id: ctx.newId(),
          applicationId,
          path,
          name,
          sha256,
          size: bytes,
          pages,
          position,
          createdAt: ctx.now,
          removedAt: null,
        })),
      )
      .execute()
  }
  await ctx.db
    .updateTable('application')
    .set({ version, updatedAt: ctx.now, fileCount: here.files.length + copy.files.length })
    .where('id', '=', applicationId)
    .execute()
  ctx.audit({ action: 'application.copied', role: 'applicant', applicationId, details: { from: earlierId, ...size } })
  return ok({ version, ...size })
}
