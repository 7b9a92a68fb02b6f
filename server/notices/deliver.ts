import { dateInShanghai } from '#domain/working-days.ts'
import { ok } from '#domain/problems.ts'
import { jobTable } from '#server/platform/job-table.ts'
import type { Job, JobHandler } from '#server/platform/jobs.ts'
import type { Dependencies } from '#server/platform/environment.ts'
import { piecesOf, SmsRefused } from '#server/platform/sms/sms-provider.ts'
import type { SmsProvider } from '#server/platform/sms/sms-provider.ts'
import { gathered } from '#server/platform/gathered.ts'
import { onOneConnection } from '#server/platform/together.ts'
import { actAs } from '#server/platform/transaction.ts'
import { systemWho } from '#server/platform/who.ts'
import {
  beginTries,
  blankSecretTexts,
  deleteOldSms,
  findSms,
  findUnreceipted,
  findWaitingSms,
  givePiecesBack,
  type SentSms,
  settleDelivery,
  settleSent,
  settleSms,
  takePieces,
  updateSms,
} from './queries.ts'
import { afterQuietHours } from './quiet-hours.ts'
import { isSecret, readText, SECRET_PURPOSES } from './sms-text.ts'

const MINUTE = 60_000
const HOUR = 60 * MINUTE

/** A temporary password is worthless after ten minutes (A12); its text goes soon after. */
const SECRET_TEXTS_LAST = 15 * MINUTE

/** The last part of a day's budget is kept for the texts that let people in: a thousand notices must not lock anybody out. */
const FOR_NOTICES = 0.8

/** A gateway knows within three days what became of a message, and not in the first minute. */
const RECEIPT_WITHIN = 72 * HOUR
const RECEIPT_AFTER = MINUTE
const RECEIPTS_AT_ONCE = 200

/** 08:00 of the next day in Shanghai: a new budget, and nobody is woken by it. */
const nextMorning = (now: Date) => new Date(Date.parse(`${dateInShanghai(now)}T08:00:00+08:00`) + 24 * HOUR)

type Sms = NonNullable<Awaited<ReturnType<typeof findSms>>>

/**
 * Sends one message unless it is sent already; throws when the provider does not take it, so that the job comes again. A message that the
 * day's budget cannot pay for waits for the next morning; `job` is what then brings it. One that opens an account does not: its time is
 * over by then.
 */
async function sendMessage(
  platform: Dependencies,
  provider: SmsProvider,
  sms: Sms,
  now: Date,
  job: Job & { readonly name: 'notices.deliver' | 'notices.send-sms' },
  { beginTry, noteSent }: Noting,
): Promise<void> {
  const { clock, database, log, metrics, secrets } = platform
  const { id } = sms
  if (sms.state !== 'waiting') {
    // Sent by one who died before he could say so of the delivery too.
    await settleSms(database.db, id, sms.state === 'delivered' ? 'sent' : sms.state, now, { state: sms.state })
    return
  }
  const attempts = sms.attempts + 1
  const text = readText(secrets, sms)
  const opensAnAccount = isSecret(sms.purpose)
  const isGone = opensAnAccount && text === ''
  const paid = isGone ? undefined : await pay(platform, provider, text, sms.purpose, now)
  if (!paid && opensAnAccount) {
    const error = isGone ? 'too-late' : 'over-budget'
    log.error({ smsId: id, provider: provider.name, error }, 'an SMS that opens an account is not sent')
    metrics.delivered('sms', 'failed')
    await settleSms(database.db, id, 'failed', now, { error, state: 'failed' })
    return
  }
  if (!paid) {
    log.error(
      { smsId: id, provider: provider.name },
      'the SMS budget of the day is spent: the message waits for tomorrow',
    )
    await updateSms(database.db, id, { error: 'over-budget' })
    await actAs(platform, systemWho(job.name), async (ctx) => {
      await ctx.enqueue({ ...job, startAfter: nextMorning(now), once: `budget ${id}` })
      return ok()
    })
    return
  }
  const asked = performance.now()
  /** the database's time, gone on by what the gateway took */
  const later = () => clock.before(now, asked - performance.now())
  let taken: { readonly providerId: string }
  try {
    // Another job has it in hand.
    if (!(await beginTry({ id, attempts: sms.attempts }))) {
      await paid.back()
      return
    }
    const again = sms.attempts > 0
    taken = await provider.send({ id, mobile: sms.mobile, text, ...(again && { triedSince: sms.createdAt }) })
  } catch (error) {
    await paid.back()
    metrics.delivered('sms', 'failed')
    const refused = error instanceof SmsRefused
    const last = refused || attempts > jobTable[job.name].retries
    const tried = { attempts, error: error instanceof Error ? error.message : String(error) }
    // The delivery with it: the office must not wait for what nobody will try again.
    if (last) await settleSms(database.db, id, 'failed', later(), { ...tried, state: 'failed' })
    else await updateSms(database.db, id, tried)
    if (!refused) throw error
    log.error({ smsId: id, provider: provider.name, err: error }, 'the gateway refused an SMS')
    return
  }
  metrics.delivered('sms', 'sent')
  // It has gone out and is paid for: where this cannot be noted, the job comes again and the gateway is asked for it.
  await noteSent({ id, provider: provider.name, providerId: taken.providerId, attempts, sentAt: later() })
}

/** Takes the price of a text out of the day's budget; undefined where too little is left. */
async function pay(
  { database }: Dependencies,
  { cost }: SmsProvider,
  text: string,
  purpose: string,
  now: Date,
): Promise<{ back(): Promise<void> } | undefined> {
  if (!cost || cost.perPiece === 0) return { back: async () => {} }
  const day = dateInShanghai(now)
  const pieces = piecesOf(text, cost.signature)
  const mayUse = purpose === 'notice' ? cost.perDay * FOR_NOTICES : cost.perDay
  // a price such as 0.05 is no binary number: 1/0.05 must not become 19
  const atMost = Math.floor(mayUse / cost.perPiece + 1e-9)
  if (!(await takePieces(database.db, day, pieces, atMost))) return undefined
  return { back: () => givePiecesBack(database.db, day, pieces) }
}

/** What is asked for and the time, in one journey. */
const withTime = <T>({ clock, database }: Dependencies, ask: (db: Dependencies['database']['db']) => Promise<T>) =>
  onOneConnection(database.db, (db) => Promise.all([ask(db), clock.now(db)]))

interface Noting {
  /** Counts a try; false where the message is another's by now. */
  beginTry(sms: { readonly id: string; readonly attempts: number }): Promise<boolean>
  noteSent(sent: SentSms): Promise<unknown>
}

/** Notes together what begins, and what was sent, in the same moment. */
const noting = ({ database }: Dependencies): Noting => ({
  beginTry: gathered((tries: Parameters<typeof beginTries>[1]) => beginTries(database.db, tries)),
  noteSent: gathered(async (sent: readonly SentSms[]) => {
    await settleSent(database.db, sent)
    return sent
  }),
})

/** The job that sends an SMS without a notice. */
export function sendSmsJob(platform: Dependencies, provider: SmsProvider): JobHandler<'notices.send-sms'> {
  const noted = noting(platform)
  return async (data) => {
    const [sms, now] = await withTime(platform, (db) => findSms(db, data.smsId))
    if (sms) await sendMessage(platform, provider, sms, now, { name: 'notices.send-sms', data }, noted)
  }
}

/** The job that sends a notice by SMS. Those that were fetched together are looked up and noted together. */
export function deliverNoticeJob(platform: Dependencies, provider: SmsProvider): JobHandler<'notices.deliver'> {
  const { clock, database } = platform
  const find = gathered((ids: readonly string[]) => findWaitingSms(database.db, ids, clock.offset))
  const noted = noting(platform)
  return async (data) => {
    const found = await find(data.noticeId)
    if (!found) return
    const { sms, now } = found
    const morning = afterQuietHours(now, platform.config.quietHours)
    if (morning > now) {
      await actAs(platform, systemWho('notices.deliver'), async (ctx) => {
        await ctx.enqueue({ name: 'notices.deliver', data, startAfter: morning, once: `quiet ${sms.id}` })
        return ok()
      })
      return
    }
    await sendMessage(platform, provider, sms, now, { name: 'notices.deliver', data }, noted)
  }
}

/** Asks the gateway what became of what it took over, and notes it beside the message and its delivery (DESIGN §8). */
export async function collectReceipts(platform: Dependencies, provider: SmsProvider): Promise<void> {
  if (!provider.receiptOf) return
  const { clock, database, log } = platform
  const { db } = database
  const now = await clock.now(db)
  const from = new Date(now.getTime() - RECEIPT_WITHIN)
  const to = new Date(now.getTime() - RECEIPT_AFTER)
  for (const { id, mobile, providerId, sentAt } of await findUnreceipted(
    db,
    provider.name,
    from,
    to,
    RECEIPTS_AT_ONCE,
  )) {
    try {
      const receipt = await provider.receiptOf({ id, mobile, providerId: providerId ?? id, sentAt: sentAt! })
      await updateSms(db, id, {
        receiptAt: now,
        ...(receipt.state !== 'waiting' && { state: receipt.state }),
        ...(receipt.state === 'failed' && { error: receipt.code }),
      })
      if (receipt.state === 'delivered') await settleDelivery(db, id, 'confirmed', null)
      if (receipt.state === 'failed') await settleDelivery(db, id, 'failed', receipt.code)
    } catch (error) {
      // Asked again in five minutes; the others are asked all the same.
      log.warn({ smsId: id, provider: provider.name, err: error }, 'no receipt')
    }
  }
}

/** Takes away the texts of messages that could open an account. */
export async function sweepSecretTexts(platform: Dependencies): Promise<void> {
  const now = await platform.clock.now(platform.database.db)
  await blankSecretTexts(platform.database.db, SECRET_PURPOSES, new Date(now.getTime() - SECRET_TEXTS_LAST))
}

/** Half a year: as long as a person may ask whether he was told (PIPL 47). */
const SMS_KEPT_FOR = 183 * 24 * HOUR

export async function sweepOldSms(platform: Dependencies): Promise<void> {
  const now = await platform.clock.now(platform.database.db)
  await deleteOldSms(platform.database.db, new Date(now.getTime() - SMS_KEPT_FOR))
}
