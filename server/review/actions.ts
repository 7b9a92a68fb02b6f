import { itemAt } from '#domain/forms/answers.ts'
import type { ApplicationType } from '#domain/forms/application-type.ts'
import { mayAct } from '#domain/lifecycle/next.ts'
import { transitionIds } from '#domain/lifecycle/transitions.ts'
import { ok, type Outcome, refuse } from '#domain/problems.ts'
import { type Application, formOf } from '#server/applications/actions/content.ts'
import { snapshotOf } from '#server/applications/actions/records.ts'
import { rolesOver } from '#server/applications/scope.ts'
import type { Act } from '#server/platform/environment.ts'
import type { Signed } from '#server/platform/who.ts'
import { findCase } from './queries.ts'

/** The case in whose state the person may do something, in which role; refused outside his scope, for his own, or off his desk. */
async function onDesk(ctx: Act, who: Signed, id: string) {
  const application = await findCase(ctx.db, who, id)
  if (!application) return refuse('request.not-found')
  if (application.accountId === who.accountId) return refuse('account.own-application')
  const roles = rolesOver(who, application)
  const role = roles.find((one) =>
    transitionIds.some((transition) => mayAct(transition, application, [one], application.type)),
  )
  return role === undefined ? refuse('account.not-allowed') : ok({ application, role })
}

/** A comment may stand at a step, a list, a row, a field or a slot. */
const isPlace = (type: ApplicationType, path: string): boolean =>
  type.steps.some(({ id }) => id === path) || itemAt(type, path) !== undefined

/** Notes at any place of the form what has to be changed; the applicant reads it when the application is returned (R98). */
export async function addComment(
  ctx: Act,
  who: Signed,
  applicationId: string,
  comment: { readonly path: string; readonly text: string },
): Promise<Outcome<{ id: string }>> {
  const desk = await onDesk(ctx, who, applicationId)
  if (!desk.ok) return desk
  const { application, role } = desk.value
  const { type } = await formOf(ctx.db, who, application, ctx.now)
  if (!isPlace(type, comment.path)) return refuse('answer.unknown-path', undefined, { path: comment.path })
  const id = ctx.newId()
  await ctx.db
    .insertInto('reviewComment')
    .values({
      id,
      applicationId,
      round: application.round,
      path: comment.path,
      text: comment.text.trim(),
      authorId: who.accountId,
      authorRole: role,
      transitionId: null,
      createdAt: ctx.now,
    })
    .execute()
  return ok({ id })
}

/** Takes back one's own comment, as long as the applicant has not been sent it. */
export async function removeComment(
  ctx: Act,
  who: Signed,
  applicationId: string,
  id: string,
): Promise<Outcome<undefined>> {
  const found = await findCase(ctx.db, who, applicationId)
  if (!found) return refuse('request.not-found')
  const gone = await ctx.db
    .deleteFrom('reviewComment')
    .where('id', '=', id)
    .where('applicationId', '=', applicationId)
    .where('authorId', '=', who.accountId)
    .where('transitionId', 'is', null)
    .executeTakeFirst()
  return gone.numDeletedRows > 0n ? ok() : refuse('request.not-found')
}

/**
 * Ticks places off as right, or takes ticks away. A tick is a reviewer's own memory and shown to his colleagues; it decides
 * nothing. In the next round it is shown as a tick of the round before (A20).
 */
export async function setMarks(
  ctx: Act,
  who: Signed,
  applicationId: string,
  marks: { readonly paths: readonly string[]; readonly checked: boolean },
): Promise<Outcome<undefined>> {
  const desk = await onDesk(ctx, who, applicationId)
  if (!desk.ok) return desk
  const { application } = desk.value
  const { type } = await formOf(ctx.db, who, application, ctx.now)
  const unknown = marks.paths.find((path) => !isPlace(type, path))
  if (unknown !== undefined) return refuse('answer.unknown-path', undefined, { path: unknown })
  const { round } = application
  if (marks.checked) {
    await ctx.db
      .insertInto('reviewMark')
      .values(marks.paths.map((path) => ({ applicationId, round, path, accountId: who.accountId, at: ctx.now })))
      .onConflict((conflict) => conflict.doNothing())
      .execute()
  } else {
    await ctx.db
      .deleteFrom('reviewMark')
      .where('applicationId', '=', applicationId)
      .where('round', '=', round)
      .where('path', 'in', marks.paths)
      .execute()
  }
  return ok()
}

/** Notes that the person has opened a file of the submitted application: 预审 passes only when all were (T10, E14). */
export async function markOpened(
  ctx: Act,
  who: Signed,
  applicationId: string,
  attachmentId: string,
): Promise<Outcome<undefined>> {
  const application = await findCase(ctx.db, who, applicationId)
  if (!application) return refuse('request.not-found')
  if (application.accountId === who.accountId) return refuse('account.own-application')
  if (!(await isFrozenFile(ctx, who, application, attachmentId))) return refuse('request.not-found')
  await ctx.db
    .insertInto('fileOpening')
    .values({ applicationId, round: application.round, attachmentId, accountId: who.accountId, at: ctx.now })
    .onConflict((conflict) => conflict.doNothing())
    .execute()
  ctx.audit({ action: 'application.file-opened', applicationId, details: { attachmentId } })
  return ok()
}

async function isFrozenFile(ctx: Act, who: Signed, application: Application, attachmentId: string): Promise<boolean> {
  const snapshot = await snapshotOf(ctx.db, who, application.id)
  const files = Object.values(snapshot?.content.answers.files ?? {}).flat()
  return files.some(({ id }) => id === attachmentId)
}
