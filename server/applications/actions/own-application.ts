import { isReturnable } from '#domain/lifecycle/returnable.ts'
import { isEditable, states } from '#domain/lifecycle/states.ts'
import { ok, type Outcome, refuse } from '#domain/problems.ts'
import { isReason } from '#domain/rules/reason.ts'
import type { Act } from '#server/platform/environment.ts'
import type { Signed } from '#server/platform/who.ts'
import { lockOwn } from '../queries.ts'

/** T3: takes away a draft that was never submitted. What was submitted once is never deleted (E17). */
export async function deleteDraft(ctx: Act, who: Signed, applicationId: string): Promise<Outcome<undefined>> {
  const application = await lockOwn(ctx.db, who, applicationId)
  if (!application) return refuse('request.not-found')
  if (!isEditable(application.state) || application.firstSubmittedAt !== null) return refuse('application.not-editable')
  await ctx.db
    .updateTable('application')
    .set({ deletedAt: ctx.now, updatedAt: ctx.now, version: application.version + 1 })
    .where('id', '=', applicationId)
    .execute()
  ctx.audit({ action: 'application.deleted', role: 'applicant', applicationId })
  return ok()
}

/**
 * 【申请退回】: asks the office to return the application, with a reason (A21, R91). It changes nothing by itself; the office
 * sees the wish in its queue. Asked again in the same round, the new reason takes the place of the old one.
 */
export async function requestReturn(
  ctx: Act,
  who: Signed,
  applicationId: string,
  reason: string,
): Promise<Outcome<undefined>> {
  const application = await lockOwn(ctx.db, who, applicationId)
  if (!application) return refuse('request.not-found')
  if (!isReturnable(application.state)) {
    const { shown } = states[application.state]
    return refuse('application.transition-not-allowed', { state: shown, action: '申请退回', allowed: '只能查看' })
  }
  if (!isReason(reason)) return refuse('application.reason-required', undefined, { path: 'reason' })
  const wish = { reason: reason.trim(), createdAt: ctx.now }
  await ctx.db
    .insertInto('returnRequest')
    .values({ id: ctx.newId(), applicationId, round: application.round, ...wish })
    .onConflict((conflict) => conflict.columns(['applicationId', 'round']).doUpdateSet(wish))
    .execute()
  ctx.audit({ action: 'application.return-requested', role: 'applicant', applicationId })
  return ok()
}
