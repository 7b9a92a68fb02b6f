import type { Kysely } from 'kysely'
import { type Role, roles } from '#domain/lifecycle/roles.ts'
import { ok, type Outcome, refuse } from '#domain/problems.ts'
import { checkOfficeMessage } from '#domain/rules/office-message.ts'
import { normalizeText } from '#domain/rules/text-length.ts'
import { nameOf } from '#server/applications/actions/notice-params.ts'
import { batchOf } from '#server/applications/actions/content.ts'
import { rolesOver } from '#server/applications/scope.ts'
import { type Channel, deliveriesOf, isReachable, notify, resend } from '#server/notices/actions.ts'
import type { Act, Dependencies } from '#server/platform/environment.ts'
import type { Signed } from '#server/platform/who.ts'
import type { Database } from '#server/schema.ts'
import { findCase } from './queries.ts'

/** Who writes to applicants; an auditor only reads, a secretary has to do with ballots (R106). */
const writers = {
  pointClerk: roles.pointClerk.replace('经办', ''),
  deptReviewer: roles.deptReviewer,
  office: roles.office,
} as const satisfies Partial<Record<Role, string>>

/** The role in which a person may write about an application; undefined where he may not. */
export const writerRole = (
  who: Signed,
  place: { readonly acceptancePoint: string | null; readonly region: string | null },
): keyof typeof writers | undefined => rolesOver(who, place).find((one): one is keyof typeof writers => one in writers)

/**
 * Sends the applicant a message about his application, by SMS and into his inbox, at any time from its first submission on
 * (R106).
 * @param message `id` is made by the screen: the same one sent twice goes out once; `text` see `checkOfficeMessage`
 * @returns refused with `request.not-found` outside the person's scope, `account.own-application` for his own (E11),
 * `notice.account-closed` where he closed his account
 */
export async function messageApplicant(
  ctx: Act,
  who: Signed,
  applicationId: string,
  message: { readonly id: string; readonly text: string },
): Promise<Outcome<undefined>> {
  const found = await caseToWriteAbout(ctx.db, who, applicationId)
  if (!found.ok) return found
  const { application, role } = found.value
  const wrong = checkOfficeMessage(message.text)
  if (wrong) return refuse(wrong.code, wrong.params, { path: wrong.path })
  if (!(await isReachable(ctx.db, application.accountId))) return refuse('notice.account-closed')
  const batch = await batchOf(ctx.db, who, application)
  const sent = await notify(ctx, {
    id: message.id,
    accountId: application.accountId,
    notice: 'officeMessage',
    params: {
      from: writers[role],
      application: `${nameOf(application, batch)}申报`,
      number: application.number ?? '',
      text: normalizeText(message.text),
    },
    applicationId,
    link: `/applications/${applicationId}/progress`,
    sms: true,
  })
  if (!sent) return ok()
  ctx.audit({ action: 'application.message-sent', role, applicationId, details: { noticeId: message.id } })
  return ok()
}

/** The application with the role in which this person writes to its applicant; refused as `messageApplicant` says. */
async function caseToWriteAbout(db: Kysely<Database>, who: Signed, applicationId: string) {
  const application = await findCase(db, who, applicationId)
  if (!application) return refuse('request.not-found')
  if (application.accountId === who.accountId) return refuse('account.own-application')
  const role = writerRole(who, application)
  return role === undefined ? refuse('account.not-allowed') : ok({ application, role })
}

/** The record of every notice about an application, by channel (issue 8). */
export async function noticeRecord({ clock, database: { db } }: Dependencies, who: Signed, applicationId: string) {
  const application = await findCase(db, who, applicationId)
  if (!application) return refuse('request.not-found')
  if (application.accountId === who.accountId) return refuse('account.own-application')
  const mayResend = writerRole(who, application) !== undefined && (await isReachable(db, application.accountId))
  return ok({ notices: await deliveriesOf(db, applicationId, await clock.now(db)), mayResend })
}

/** Sends a notice again; it stands in the audit who did so. Refused as `messageApplicant` is, and as `resend`. */
export async function resendNotice(
  ctx: Act,
  who: Signed,
  applicationId: string,
  noticeId: string,
  channel: Channel,
): Promise<Outcome<undefined>> {
  const found = await caseToWriteAbout(ctx.db, who, applicationId)
  if (!found.ok) return found
  const { role } = found.value
  const sent = await resend(ctx, applicationId, noticeId, channel)
  if (!sent.ok) return sent
  ctx.audit({ action: 'application.notice-resent', role, applicationId, details: { noticeId, channel } })
  return ok()
}
