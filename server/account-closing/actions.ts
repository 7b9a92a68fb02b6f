import { randomBytes } from 'node:crypto'
import { CLOSING_DAYS } from '#domain/lifecycle/account-closing.ts'
import { closingHindrance, isOnRecord } from '#domain/lifecycle/closing-hindrance.ts'
import type { Outcome } from '#domain/problems.ts'
import { ok } from '#domain/problems.ts'
import { dateInShanghai } from '#domain/working-days.ts'
import { lockedOwner } from '#server/accounts/actions.ts'
import { endAllSessions } from '#server/accounts/end-sessions.ts'
import { checkCurrentPassword } from '#server/accounts/sign-in.ts'
import { hashPassword } from '#server/accounts/password-hash.ts'
import { leaveAtClosing, lockedAtClosing } from '#server/applications/at-closing.ts'
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
  lockDue,
  setClosingAt,
  wasStaff,
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
    const hindrance = closingHindrance(owner.roles, await lockedAtClosing(ctx, who.accountId))
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
 * Job `accounts.close`: empties the accounts whose time is over. Drafts lose what they hold, and all that hangs at the account
 * goes; what was submitted once is a record and stays, with whom it is of. One that the office has taken up again waits.
 * One that fails does not keep the others; the job fails for it at the end.
 * @returns how many were closed
 */
export async function closeAccounts(platform: Dependencies): Promise<number> {
  const { clock, database } = platform
  let closed = 0
  const failures: unknown[] = []
  for (const due of await listDue(database.db, await clock.now(database.db))) {
    try {
      if (await closeAccount(platform, due)) closed += 1
    } catch (failure) {
      failures.push(failure)
    }
  }
  if (failures.length > 0) throw new AggregateError(failures, `${failures.length} accounts could not be closed`)
  return closed
}

async function closeAccount(
  platform: Dependencies,
  { id, closingAt }: { readonly id: string; readonly closingAt: Date },
): Promise<boolean> {
  const hashed = await hashPassword(randomBytes(32).toString('base64url'))
  if (!hashed.ok) throw new Error('Too many passwords are being hashed: again later')
  const outcome = await actAs(platform, systemWho('accounts.close'), async (ctx: Act) => {
    // Looked up again under the lock: its owner may have come back in the meantime.
    const asked = new Date(closingAt.getTime() - CLOSING_DAYS * DAY)
    if (!(await lockDue(ctx.db, id, ctx.now, asked))) return ok(false)
    const owner = await lockedOwner(ctx, id)
    const applications = await lockedAtClosing(ctx, id)
    if (closingHindrance(owner.roles, applications)) return ok(false)
    for (const application of applications) await leaveAtClosing(ctx, application)
    const onRecord = applications.filter(isOnRecord).map((one) => one.id)
    await endAllSessions(ctx, id)
    await deleteBelongings(ctx.db, id, onRecord)
    const hasRecord = onRecord.length > 0 || (await wasStaff(ctx.db, id))
    await emptyAccount(ctx.db, id, { hasRecord, passwordHash: hashed.value, now: ctx.now })
    await deleteMessagesTo(ctx.db, owner.mobile)
    ctx.audit({ action: 'account.closed', subject: `account:${id}` })
    return ok(true)
  })
  return outcome.ok && outcome.value
}
