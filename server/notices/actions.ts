import type { Kysely } from 'kysely'
import type { NoticeId, NoticeParams } from '#domain/lifecycle/notices.ts'
import { wordsOfNotice } from '#domain/lifecycle/notices.ts'
import type { Outcome } from '#domain/problems.ts'
import { ok, refuse } from '#domain/problems.ts'
import type { Act } from '#server/platform/environment.ts'
import { insertion } from '#server/platform/statements.ts'
import type { Secrets } from '#server/platform/secrets.ts'
import type { Signed } from '#server/platform/who.ts'
import type { Database } from '#server/schema.ts'
import type { PushSubscriptionBody } from './push-services.ts'
import {
  confirmShown,
  deleteSubscriptionsOf,
  deleteSubscriptionsOfSession,
  findForResend,
  findMobile,
  findNoticesOfApplication,
  findSentSms,
  giveUpDeliveries,
  insertDelivery,
  insertNotice,
  insertPushMessages,
  insertSms,
  keepSubscription,
  listDeliveries,
  listSubscriptions,
  markAllRead,
  markRead,
  removeSubscription,
  trimSubscriptions,
} from './queries.ts'
import type { SmsPurpose } from './sms-text.ts'
import { readText, storedText } from './sms-text.ts'

/** The phone has so long to say that it has shown a push before the SMS goes out all the same (DESIGN §8), ms. */
const PUSH_GOES_FIRST = 10 * 60_000

/**
 * What was due so long ago is not on its way any more: its job was lost with a node, or is used up. Quiet hours and a spent day's
 * budget, one after the other, hold a message for less than a day and a half; sent again, it goes no earlier than they let it.
 */
const ON_ITS_WAY_AT_MOST = 48 * 60 * 60_000

const isOnItsWay = ({ state, dueAt }: { readonly state: string; readonly dueAt: Date }, now: Date) =>
  state === 'waiting' && now.getTime() - dueAt.getTime() <= ON_ITS_WAY_AT_MOST

/** Browsers of one person that are pushed to. */
const BROWSERS_AT_MOST = 10

export interface Notification {
  /** Made by whoever asks for it, so that what is asked for twice is told once; made here where it is left out. */
  readonly id?: string
  readonly accountId: string
  readonly notice: NoticeId
  readonly params: NoticeParams
  readonly applicationId?: string
  /** Where in the app it leads, e.g. `/applications/<id>`. */
  readonly link?: string
  /** Also by SMS: for the transitions marked ✉, where the words have an SMS (DESIGN §8). */
  readonly sms: boolean
  /** How the person is reached, where it was read already. */
  readonly reach?: Reach | undefined
}

/** The browsers of a person, and his mobile. */
export interface Reach {
  readonly browsers: readonly { readonly id: string }[]
  readonly mobile: string
}

export { subscriptionsText } from './queries.ts'

/**
 * Tells one person, at once and in the same transaction as what it tells of (R108, R114): a notice in the inbox always, an SMS to the
 * account's mobile where `sms` asks for one (R115).
 * @returns false where a notice of this id was there already: then nothing is sent again
 */
export async function notify(
  ctx: Act,
  { id: asked, accountId, notice, params, applicationId, link, sms, reach }: Notification,
): Promise<boolean> {
  const words = wordsOfNotice(notice, params)
  const noticeId = asked ?? ctx.newId()
  const row = {
    id: noticeId,
    accountId,
    kind: notice,
    title: words.title,
    body: words.body,
    applicationId: applicationId ?? null,
    link: link ?? null,
    createdAt: ctx.now,
    readAt: null,
  }
  const [browsers, { mobile }] = await Promise.all([
    reach?.browsers ?? listSubscriptions(ctx.db, accountId),
    reach ?? findMobile(ctx.db, accountId),
  ])
  // One that was asked for by its id may be there, and what is pushed refers to it at once.
  if (asked === undefined && browsers.length === 0) ctx.write(insertion('notice', row))
  else if (!(await insertNotice(ctx.db, row))) return false
  const pushed = await pushTo(ctx, browsers, noticeId)
  // an account that was closed has no mobile any more
  if (!sms || words.sms === null || mobile === '') return true
  // a delivery by SMS and its message share one id
  const id = ctx.newId()
  const dueAt = pushed ? new Date(ctx.now.getTime() + PUSH_GOES_FIRST) : ctx.now
  ctx.write(insertion('noticeDelivery', { ...waitingDelivery(ctx, noticeId, 'sms'), id, dueAt }))
  ctx.write(insertion('smsMessage', waitingSms(id, mobile, words.sms, 'notice', ctx.now)))
  await ctx.enqueue({ name: 'notices.deliver', data: { noticeId }, ...(pushed && { startAfter: dueAt }) })
  return true
}

/** Queues a push to each browser of the person; false where there is none. */
async function pushTo(ctx: Act, browsers: readonly { readonly id: string }[], noticeId: string): Promise<boolean> {
  if (browsers.length === 0) return false
  await insertDelivery(ctx.db, { ...waitingDelivery(ctx, noticeId, 'push'), id: ctx.newId() })
  await insertPushMessages(
    ctx.db,
    browsers.map(({ id }) => ({ id: ctx.newId(), noticeId, subscriptionId: id, state: 'waiting', error: null })),
  )
  await ctx.enqueue({ name: 'notices.push', data: { noticeId } })
  return true
}

const waitingDelivery = (ctx: Act, noticeId: string, channel: 'push' | 'sms') => ({
  noticeId,
  channel,
  state: 'waiting' as const,
  attempts: 0,
  error: null,
  dueAt: ctx.now,
  doneAt: null,
})

/** What the office wrote to the applicant about an application, oldest first, with what became of the SMS (R106). */
export const officeMessagesOf = (db: Kysely<Database>, applicationId: string) =>
  findNoticesOfApplication(db, applicationId, 'officeMessage')

/** By which channel each notice about an application went, when, and with which outcome; the texts stay where they are. */
export const deliveriesOf = async (db: Kysely<Database>, applicationId: string, now: Date) =>
  (await listDeliveries(db, applicationId)).map(({ deliveries, hasBrowser, ...notice }) => ({
    ...notice,
    deliveries: deliveries.map(({ channel, state, attempts, dueAt, doneAt }) => ({
      channel,
      state,
      attempts,
      dueAt,
      doneAt,
    })),
    // what is still on its way is not sent twice; an SMS whose text was forgotten after half a year cannot be sent
    mayResend: {
      sms:
        deliveries.some(({ channel, hasText }) => channel === 'sms' && Boolean(hasText)) &&
        !deliveries.some((one) => one.channel === 'sms' && isOnItsWay(one, now)),
      push: hasBrowser && !deliveries.some((one) => one.channel === 'push' && isOnItsWay(one, now)),
    },
  }))

/** Whether the person can be told anything: who closed his account has no mobile here, and reads no inbox. */
export const isReachable = async (db: Kysely<Database>, accountId: string): Promise<boolean> =>
  (await findMobile(db, accountId)).mobile !== ''

/** By which channel a notice can be sent again. */
export const channels = ['sms', 'push'] as const
export type Channel = (typeof channels)[number]

/**
 * Sends a notice once more: by SMS to the mobile that the account has now, or by push to the browsers it has now. Refused:
 * there never was an SMS or there is no browser, or the last one by this channel is still on its way. One that was lost on the way
 * has failed with that.
 */
export async function resend(
  ctx: Act,
  applicationId: string,
  noticeId: string,
  channel: Channel,
): Promise<Outcome<undefined>> {
  const found = await findForResend(ctx.db, applicationId, noticeId)
  if (!found) return refuse('request.not-found')
  const waiting = found.waiting.filter((one) => one.channel === channel)
  if (waiting.some((one) => isOnItsWay(one, ctx.now))) return refuse('notice.on-its-way')
  const lost = waiting.map(({ id }) => id)
  if (lost.length > 0) await giveUpDeliveries(ctx.db, lost, ctx.now)
  if (channel === 'push') {
    const browsers = await listSubscriptions(ctx.db, found.accountId)
    return (await pushTo(ctx, browsers, noticeId)) ? ok() : refuse('notice.no-browser')
  }
  const { mobile } = await findMobile(ctx.db, found.accountId)
  if (mobile === '') return refuse('notice.account-closed')
  if (found.text === undefined || found.text === '') return refuse('request.not-found')
  const id = ctx.newId()
  await insertDelivery(ctx.db, { ...waitingDelivery(ctx, noticeId, 'sms'), id })
  await insertSms(ctx.db, waitingSms(id, mobile, found.text, 'notice', ctx.now))
  await ctx.enqueue({ name: 'notices.deliver', data: { noticeId } })
  return ok()
}

const waitingSms = (id: string, mobile: string, text: string, purpose: SmsPurpose, createdAt: Date) => ({
  id,
  mobile,
  text,
  purpose,
  state: 'waiting' as const,
  provider: null,
  providerId: null,
  attempts: 0,
  error: null,
  createdAt,
  sentAt: null,
  receiptAt: null,
})

/** Sends an SMS that belongs to no notice; a text that opens an account is stored sealed. */
export async function sendSms(
  ctx: Act,
  secrets: Secrets,
  { mobile, text, purpose }: { readonly mobile: string; readonly text: string; readonly purpose: SmsPurpose },
): Promise<void> {
  const id = ctx.newId()
  await insertSms(ctx.db, waitingSms(id, mobile, storedText(secrets, { id, purpose, text }), purpose, ctx.now))
  await ctx.enqueue({ name: 'notices.send-sms', data: { smsId: id } })
}

/** Takes a browser in, or hears of it again; it belongs to who is signed in there. */
export async function subscribe(
  ctx: Act,
  who: Signed,
  { endpoint, keys }: PushSubscriptionBody,
): Promise<Outcome<undefined>> {
  await keepSubscription(ctx.db, who, { id: ctx.newId(), endpoint, ...keys, now: ctx.now })
  await trimSubscriptions(ctx.db, who, BROWSERS_AT_MOST)
  return ok()
}

export async function unsubscribe(ctx: Act, who: Signed, endpoint: string): Promise<Outcome<undefined>> {
  await removeSubscription(ctx.db, who, endpoint)
  return ok()
}

/**
 * Nothing is pushed to any browser of the person any more until he signs in there again.
 */
export const forgetBrowsers = (ctx: Act, accountId: string) => deleteSubscriptionsOf(ctx.db, accountId)

/** Nothing is pushed any more to the browser of this session. */
export const forgetBrowserOf = (ctx: Act, accountId: string, sessionId: string) =>
  deleteSubscriptionsOfSession(ctx.db, accountId, sessionId)

/** The phone has shown a push: its SMS is not needed. */
export async function noticeShown(ctx: Act, who: Signed, id: string): Promise<Outcome<undefined>> {
  return (await confirmShown(ctx.db, who, id, ctx.now)) ? ok() : refuse('request.not-found')
}

export async function readNotice(ctx: Act, who: Signed, id: string): Promise<Outcome<undefined>> {
  if (!(await markRead(ctx.db, who, id, ctx.now))) return refuse('request.not-found')
  // read in the app before the push was seen, or where no push was
  await confirmShown(ctx.db, who, id, ctx.now)
  return ok()
}

export async function readAllNotices(ctx: Act, who: Signed): Promise<Outcome<undefined>> {
  await markAllRead(ctx.db, who, ctx.now)
  return ok()
}

/** The outbox: SMS that went out, oldest first, with their texts (E2E=1 and the administrator's development view only). */
export async function listSentSms(db: Kysely<Database>, secrets: Secrets) {
  const sent = await findSentSms(db)
  return sent.map((sms) => ({
    id: sms.id,
    mobile: sms.mobile,
    text: readText(secrets, sms),
    purpose: sms.purpose,
    sentAt: sms.sentAt,
  }))
}
