import webPush from 'web-push'
import type { PushPayload } from '#domain/lifecycle/push-payload.ts'
import { ok } from '#domain/problems.ts'
import { jobTable } from '#server/platform/job-table.ts'
import type { Dependencies } from '#server/platform/environment.ts'
import { actAs } from '#server/platform/transaction.ts'
import { systemWho } from '#server/platform/who.ts'
import {
  claimPush,
  deleteSubscription,
  findDelivery,
  findPushNotice,
  finishDelivery,
  listPushWaiting,
  lockDelivery,
  settlePush,
  waitAgain,
  wasPushed,
} from './queries.ts'

/** A notice of a day ago is in the inbox and has had its SMS; nobody wants it on the lock screen then, s. */
const LIVES = 24 * 60 * 60
/** A push service that does not answer has not taken the message, ms. */
const PATIENCE = 15_000

/** The service has had enough for now; the job comes again. */
export class PushUnavailable extends Error {
  override readonly name = 'PushUnavailable'
}

type Sent = 'sent' | 'gone' | 'failed' | 'later'

/**
 * Sends one notice to every browser of its owner that has not had it: a message is claimed before it goes out, so that no two
 * nodes send it, and one that was under way when the process died is not sent again (its SMS goes out, since nothing confirms
 * it). A service that takes a message and does not say so in time gets it once more, under the same topic: it shows once.
 * Throws {@link PushUnavailable} when some may be sent later, so that the job comes again for those.
 *
 * @param patience how long a service may take to answer, ms
 */
export async function deliverPush(platform: Dependencies, noticeId: string, patience = PATIENCE): Promise<void> {
  const { database, metrics } = platform
  const { db } = database
  const delivery = await findDelivery(db, noticeId, 'push')
  const notice = await findPushNotice(db, noticeId)
  if (!delivery || !notice) return
  const payload: PushPayload = {
    id: notice.id,
    title: '泰州职称申报',
    // the title of a notice holds no name and no number (lifecycle/notices.ts)
    body: notice.title,
    link: notice.link ?? '/messages',
    unread: notice.unread,
  }
  const attempts = delivery.attempts + 1
  const lastTry = attempts > jobTable['notices.push'].retries
  const sent = await Promise.all(
    (await listPushWaiting(db, noticeId)).map(async (message): Promise<Sent | undefined> => {
      if (!(await claimPush(db, message.id))) return undefined
      const state = await post(platform, message, payload, { urgent: notice.urgent, patience })
      metrics.delivered('push', state)
      if (state === 'gone') await deleteSubscription(db, message.subscriptionId)
      if (state === 'later' && !lastTry) await settlePush(db, message.id, 'waiting', 'later')
      else await settlePush(db, message.id, state === 'later' ? 'failed' : state, state === 'sent' ? null : state)
      return state
    }),
  )
  if (!lastTry && sent.includes('later')) {
    await waitAgain(db, delivery.id, attempts)
    throw new PushUnavailable(`notice ${noticeId} waits for a push service`)
  }
  await actAs(platform, systemWho('notices.push'), async (ctx) => {
    await lockDelivery(ctx.db, delivery.id)
    // what another node must send again is that one's to finish
    if ((await listPushWaiting(ctx.db, noticeId)).length > 0) return ok()
    const state = (await wasPushed(ctx.db, noticeId)) ? 'sent' : 'failed'
    await finishDelivery(ctx.db, delivery.id, { state, attempts, at: ctx.now })
    return ok()
  })
}

async function post(
  { config, log }: Dependencies,
  {
    id,
    endpoint,
    p256dh,
    auth,
  }: { readonly id: string; readonly endpoint: string; readonly p256dh: string; readonly auth: string },
  payload: PushPayload,
  { urgent, patience }: { readonly urgent: boolean; readonly patience: number },
): Promise<Sent> {
  try {
    const { headers, body } = webPush.generateRequestDetails(
      { endpoint, keys: { p256dh, auth } },
      JSON.stringify(payload),
      {
        vapidDetails: config.vapid,
        TTL: LIVES,
        urgency: urgent ? 'high' : 'normal',
        // the service keeps one message of a topic: sent twice it still shows once (RFC 8030 §5.4, 32 characters at most)
        topic: payload.id.replaceAll('-', ''),
        contentEncoding: 'aes128gcm',
      },
    )
    const answer = await fetch(endpoint, {
      method: 'POST',
      headers: headers as Record<string, string>,
      body: body as Uint8Array<ArrayBuffer>,
      redirect: 'error',
      signal: AbortSignal.timeout(patience),
    })
    await answer.body?.cancel()
    if (answer.ok) return 'sent'
    if (answer.status === 404 || answer.status === 410) return 'gone'
    if (answer.status === 401 || answer.status === 403) {
      // It was made with another key than ours: it will never take anything. The browser makes a new one when it is opened.
      log.warn({ pushId: id, status: answer.status }, 'a push service does not take our key')
      return 'gone'
    }
    if (answer.status === 429 || answer.status >= 500) return 'later'
    log.warn({ pushId: id, status: answer.status }, 'a push service refused a message')
    return 'failed'
  } catch (error) {
    log.warn({ pushId: id, err: error }, 'a push service does not answer')
    return 'later'
  }
}
