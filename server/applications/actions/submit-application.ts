import type { State } from '#domain/lifecycle/states.ts'
import { ok, type Outcome, refuse } from '#domain/problems.ts'
import type { Act } from '#server/platform/environment.ts'
import { insertion } from '#server/platform/statements.ts'
import type { Signed } from '#server/platform/who.ts'
import { findDraft, lockOwn, takeFirstSerial } from '../queries.ts'
import { applyToLocked } from './apply-transition.ts'
import { sendingTransition } from './lifecycle-facts.ts'

/** The receipt of a submission (D9); dates as ISO text, because a repeated request gets it back as it was stored. */
export interface Receipt {
  readonly number: string
  readonly submittedAt: string
  readonly sha256: string
  readonly round: number
  readonly state: State
  readonly version: number
}

/** What a writer reads. The lock comes first: of two requests with one key the second waits there and then finds the first one's answer. */
export const lockDraft = (db: Act['db'], who: Signed, applicationId: string, key: string | null) =>
  Promise.all([lockOwn(db, who, applicationId), findDraft(db, who, applicationId, key)])

/** The same for a submission, with the serial of its 申报编号 where it needs one. */
export const lockToSubmit = (db: Act['db'], who: Signed, applicationId: string, key: string) =>
  Promise.all([lockDraft(db, who, applicationId, key), takeFirstSerial(db, who, applicationId)])

/**
 * 【完成提交】: T2, or T7 after a return (R89, R94). The moment at which the server received it decides (A4).
 * @param key Idempotency-Key: a request sent twice is done once and answered alike, for an answer may be lost on the way
 */
export async function submitApplication(
  ctx: Act,
  who: Signed,
  applicationId: string,
  version: number,
  key: string,
  [[application, draft], serial]: Awaited<ReturnType<typeof lockToSubmit>>,
): Promise<Outcome<Receipt>> {
  if (!application || !draft) return refuse('request.not-found')
  if (draft.answer) {
    const { applicationId: of, ...receipt } = draft.answer as unknown as Receipt & { applicationId: string }
    return of === applicationId ? ok(receipt) : refuse('request.invalid')
  }
  // It counts from the moment at which it was received, however long it waited for its turn (A4).
  const received: Act = { ...ctx, now: ctx.receivedAt }
  const done = await applyToLocked(
    received,
    application,
    sendingTransition(application.state) ?? 'submit',
    { version },
    { ...draft, serial },
  )
  if (!done.ok) return done
  const { number, submittedAt, sha256, round, state, version: after } = done.value
  const receipt: Receipt = {
    number: number!,
    submittedAt: submittedAt!.toISOString(),
    sha256: sha256!,
    round,
    state,
    version: after,
  }
  const answer = JSON.stringify({ ...receipt, applicationId })
  ctx.write(insertion('requestKey', { accountId: who.accountId, key, answer, at: ctx.now }))
  return ok(receipt)
}
