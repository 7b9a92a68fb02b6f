import type { Context, TypedResponse } from 'hono'
import { wordsOf } from '#domain/problems.ts'
import type { Issue, Ok, ProblemCode, ProblemParams, Refused } from '#domain/problems.ts'
import { problems } from '#domain/server-problems.ts'

/** The statuses a refusal may have. */
export type ProblemStatus = 400 | 401 | 403 | 404 | 409 | 413 | 415 | 422 | 423 | 425 | 429 | 500 | 503 | 507

/** The body of a problem (RFC 9457): what the phone turns back into `Refused`. */
export interface ProblemBody {
  readonly type: string
  readonly title: string
  readonly status: number
  readonly detail: string
  readonly code: ProblemCode
  readonly params?: ProblemParams
  /** Where in the request or the application. */
  readonly path?: string
  readonly issues?: readonly (Issue & { readonly title: string; readonly detail: string })[]
}

/** One status a code. A new code does not compile before someone has thought of its status. */
export const problemStatus = {
  'request.not-found': 404,
  'request.invalid': 422,
  'request.too-large': 413,
  'request.too-many': 429,
  'push.unknown-service': 422,
  'push.unsupported': 422,
  'push.denied': 422,
  'push.no-service': 422,
  'request.foreign-origin': 403,
  'request.failed': 500,
  'request.unavailable': 503,
  'network.offline': 503,
  'client.outdated': 409,

  'account.not-signed-in': 401,
  'account.not-allowed': 403,
  'account.credentials-wrong': 401,
  'account.locked': 429,
  'account.captcha-wrong': 422,
  'account.captcha-expired': 422,
  'account.recovery-expired': 422,
  'account.already-registered': 409,
  'account.closed-on-record': 409,
  'account.passwords-differ': 422,
  'account.must-change-password': 403,
  'account.id-number-immutable': 422,
  'account.own-application': 403,
  'account.administrator-exists': 409,
  'account.own-access': 409,
  'account.code-wrong': 422,
  'account.mobile-needs-code': 422,
  'account.passkey-wrong': 401,
  'account.passkey-known': 409,
  'account.too-many-passkeys': 409,
  'account.second-person': 403,
  'account.change-decided': 409,
  'account.change-too-old': 409,
  'account.mobile-used': 409,
  'account.consent-required': 422,
  'account.closing-staff': 403,
  'account.closing-under-way': 409,
  'identity.id-number-wrong': 422,
  'identity.mobile-wrong': 422,
  'identity.email-wrong': 422,
  'identity.name-wrong': 422,
  'identity.password-weak': 422,

  'batch.not-open': 403,
  'batch.closed': 403,
  'batch.already-applied': 409,
  'batch.locked-setting': 409,
  'code-list.entry-gone': 409,
  'code-list.relied-on': 409,
  'code-list.version-changed': 409,
  'reading-text.version-changed': 409,
  'reading.text-changed': 409,
  'reading.too-early': 425,
  'reading.missing': 403,

  'application.not-editable': 423,
  'application.incomplete': 422,
  'application.version-changed': 409,
  'application.transition-not-allowed': 409,
  'application.reason-required': 422,
  'application.resubmit-until-required': 422,
  'application.files-unopened': 409,
  'application.pending-education-change': 409,
  'application.handled-by-other': 409,
  'application.publicity-running': 409,
  'application.votes-invalid': 422,
  'application.integrity-record': 403,

  'committee.not-on-agenda': 409,
  'committee.confirmed': 423,
  'committee.votes-missing': 409,
  'committee.chair-absent': 422,
  'committee.member-avoids': 409,
  'committee.agenda-empty': 409,
  'committee.agenda-not-empty': 409,
  'committee.ballot-noted': 409,
  'committee.session-arranged': 409,
  'committee.minutes-changed': 409,
  'publicity.not-on-list': 409,
  'publicity.published': 423,
  'publicity.empty': 409,
  'result.pick-up-missing': 409,

  'answer.required': 422,
  'answer.too-long': 422,
  'answer.wrong-kind': 422,
  'answer.not-in-list': 422,
  'answer.out-of-range': 422,
  'answer.in-future': 422,
  'answer.before': 422,
  'answer.too-many-rows': 422,
  'answer.too-few-rows': 422,
  'answer.duplicate': 422,
  'answer.rank-above-total': 422,
  'answer.exactly-one': 422,
  'answer.locked': 423,
  'answer.unchanged': 422,
  'answer.unknown-path': 422,
  'answer.row-locked': 423,
  'answer.row-missing': 409,

  'attachment.too-large': 413,
  'attachment.empty': 422,
  'attachment.not-pdf': 415,
  'attachment.encrypted': 422,
  'attachment.damaged': 422,
  'attachment.active-content': 422,
  'attachment.too-many-pages': 422,
  'attachment.too-many-files': 409,
  'attachment.wrong-digest': 422,
  'attachment.missing': 409,
  'attachment.upload-failed': 500,
  'attachment.quota': 413,
  'attachment.virus': 422,
  'photo.too-small': 422,
  'photo.wrong-shape': 422,
  'photo.not-image': 415,

  'scan.no-pages': 422,
  'scan.too-many-pages': 422,
  'scan.limit-too-small': 422,
  'scan.picture-unreadable': 422,
  'scan.heic': 415,
  'scan.camera-denied': 403,
  'scan.camera-missing': 422,
  'scan.camera-busy': 422,
  'scan.failed': 500,

  'paper.not-yet-official': 403,
  'paper.not-needed': 404,
  'paper.rare-character': 422,

  'paper.unknown-placeholder': 422,
  'bulletin.changed': 409,
  'bulletin.unsafe-link': 422,
  'bulletin.public-has-no-region': 422,
  'bulletin.batch-without-applicants': 422,
  'bulletin.too-many-pinned': 409,
  'bulletin.file-too-large': 413,
  'bulletin.not-now': 409,
  'paper.text-changed': 409,
  'notice.on-its-way': 409,
  'notice.account-closed': 409,
  'notice.no-browser': 409,
  'message.too-short': 422,
  'message.id-number': 422,
  'sync.conflict': 409,
  'sync.row-changed': 409,
  'sync.protocol-too-old': 409,
  'storage.full': 507,
  'storage.unavailable': 507,
} as const satisfies Record<ProblemCode, ProblemStatus>

/** The problem as a body, with its words filled in. */
export function problemBody(refused: Refused): ProblemBody {
  return {
    type: `/problems/${refused.code}`,
    status: problemStatus[refused.code],
    ...wordsOf(refused, problems),
    code: refused.code,
    ...(refused.params && { params: refused.params }),
    ...(refused.path !== undefined && { path: refused.path }),
    ...(refused.issues && { issues: refused.issues.map((issue) => ({ ...issue, ...wordsOf(issue, problems) })) }),
  }
}

/** Seconds after which whoever found us unavailable may ask again. */
const AGAIN_AFTER = 10

/** Answers with problem+json; `more` are further members of the body, as RFC 9457 allows. */
export function problem(refused: Refused, more: Readonly<Record<string, unknown>> = {}): Response {
  const headers: Record<string, string> = {
    'content-type': 'application/problem+json; charset=utf-8',
    'cache-control': 'no-store',
  }
  if (refused.code === 'request.too-many' && refused.params?.['seconds'] !== undefined) {
    headers['retry-after'] = String(refused.params['seconds'])
  }
  if (refused.code === 'request.unavailable') headers['retry-after'] = String(AGAIN_AFTER)
  return new Response(JSON.stringify({ ...problemBody(refused), ...more }), {
    status: problemStatus[refused.code],
    headers,
  })
}

/** What `respond` gives: for `hc` the answer is the value's type; a problem is told apart by its status (`response.ok`). */
type Answer<T> = [T] extends [undefined] ? TypedResponse<null, 204, 'body'> : TypedResponse<Jsonified<T>, 200, 'json'>

/** What JSON makes of a value: dates become text. */
type Jsonified<T> = T extends Date
  ? string
  : T extends readonly unknown[]
    ? { [Index in keyof T]: Jsonified<T[Index]> }
    : T extends object
      ? { [Key in keyof T]: Jsonified<T[Key]> }
      : T

/**
 * Answers an outcome: its value as JSON, 204 where there is no value, or the problem.
 * The route stays one expression and keeps its type for `hc`.
 */
export function respond<O extends Ok<unknown> | Refused>(
  c: Context<any>,
  outcome: O,
): Response & Answer<Extract<O, Ok<unknown>>['value']>
export function respond(c: Context<any>, outcome: Ok<unknown> | Refused): Response {
  if (!outcome.ok) return problem(outcome)
  c.header('cache-control', 'no-store')
  return outcome.value === undefined ? c.body(null, 204) : c.json(outcome.value)
}

/** What a code is called in `Refused` from a body that came over the wire; undefined if it is none of ours. */
export const isProblemCode = (code: unknown): code is ProblemCode => typeof code === 'string' && code in problems
