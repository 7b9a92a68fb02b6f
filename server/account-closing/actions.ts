import { closingHindrance, CLOSING_DAYS, isOnRecord } from '#domain/lifecycle/account-closing.ts'
import type { Outcome } from '#domain/problems.ts'
import { ok } from '#domain/problems.ts'
import { dateInShanghai } from '#domain/working-days.ts'
import { lockedOwner } from '#server/accounts/actions.ts'
import { endAllSessions } from '#server/accounts/end-sessions.ts'
import { checkCurrentPassword } from '#server/accounts/sign-in.ts'
import { forgetAtClosing } from '#server/applications/retention.ts'
import { sendSms } from '#server/notices/actions.ts'
import { accountText } from '#server/notices/sms-text.ts'
import type { Act, Asked, Dependencies } from '#server/platform/environment.ts'
import { act, actAs } from '#server/platform/transaction.ts'
import { systemWho } from '#server/platform/who.ts'
import type { Signed } from '#server/platform/who.ts'
import {
  deleteBelongings,
  deleteMessagesTo,
  emptyAccount,
  listDue,
  lockApplicationsOf,
  lockDue,
  setClosingAt,
} from './queries.ts'

const DAY = 24 * 60 * 60_000

/**
 * The owner closes his account (PIPL 47): all sessions end now, and everything that is no record goes `CLOSING_DAYS` days later, unless he
 * signs in before. His password is asked for again, and an SMS tells him, in case it was not he.
 * Refused: a wrong password, who works in the office, and while something he submitted is under way.
 * @returns until when signing in keeps the account
 */
export async function askClosing(
  asked: Asked,
  who: Signed,
  password: string,
): Promise<Outcome<{ readonly closingAt: Date }>> {
  const fits = await checkCurrentPassword(asked, who, password, 'password')
  if (!fits.ok) return fits
  return act(asked, async (ctx: Act) => {
    const owner = await lockedOwner(ctx, who.accountId)
    const hindrance = closingHindrance(owner.roles, await lockApplicationsOf(ctx.db, who.accountId))
    if (hindrance) return hindrance
    const closingAt = new Date(ctx.now.getTime() + CLOSING_DAYS * DAY)
    await setClosingAt(ctx.db, who.accountId, closingAt)
    await endAllSessions(ctx, who.accountId)
    await sendSms(ctx, asked.var.platform.secrets, {
      mobile: owner.mobile,
      text: accountText('account-closing', { date: dateInShanghai(closingAt) }),
      purpose: 'account-closing',
    })
    ctx.audit({ action: 'account.closing-asked', subject: `account:${who.accountId}` })
    return ok({ closingAt })
  })
}

/**
 * Part of the job `accounts.sweep`: empties the accounts whose time is over. Drafts lose what they hold, and all that hangs at the
 * account goes; what was submitted once is a record and stays, with whom it is of. One that the office has taken up again waits.
 * @returns how many were closed
 */
export async function closeAccounts(platform: Dependencies): Promise<number> {
  const { clock, database } = platform
  let closed = 0
  for (const { id } of await listDue(database.db, await clock.now(database.db))) {
    await actAs(platform, systemWho('accounts.close'), async (ctx: Act) => {
      // Looked up again under the lock: its owner may have come back in the meantime.
      if (!(await lockDue(ctx.db, id, ctx.now))) return ok()
      const owner = await lockedOwner(ctx, id)
      const applications = await lockApplicationsOf(ctx.db, id)
      if (closingHindrance(owner.roles, applications)) return ok()
      for (const draft of applications.filter((one) => !isOnRecord(one))) {
        await forgetAtClosing(ctx, draft.id)
      }
      const onRecord = applications.filter(isOnRecord).map((one) => one.id)
      await endAllSessions(ctx, id)
      await deleteBelongings(ctx.db, id, onRecord)
      await emptyAccount(ctx.db, id, onRecord.length > 0, ctx.now)
      await deleteMessagesTo(ctx.db, owner.mobile)
      ctx.audit({ action: 'account.closed', subject: `account:${id}` })
      closed += 1
      return ok()
    })
  }
  return closed
}
