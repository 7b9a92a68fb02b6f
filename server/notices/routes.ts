import { Hono } from 'hono'
import * as v from 'valibot'
import { ok, refuse } from '#domain/problems.ts'
import type { Env } from '#server/platform/environment.ts'
import { signedIn } from '#server/platform/permit.ts'
import { respond } from '#server/platform/problem-response.ts'
import { act } from '#server/platform/transaction.ts'
import { json, param, query } from '#server/platform/validate.ts'
import { dayRange } from '#server/platform/day-range.ts'
import { noticeShown, readAllNotices, readNotice, subscribe, unsubscribe } from './actions.ts'
import { isPushEndpoint, pushSubscriptionBody } from './push-services.ts'
import { countNotices, listNotices } from './queries.ts'

const AT_MOST = 100

const instant = v.pipe(
  v.string(),
  v.isoTimestamp(),
  v.transform((text) => new Date(text)),
)

const listing = v.object({
  /** notices newer than this instant */
  after: v.optional(instant),
  /** id of the notice behind which the page begins: the next page */
  before: v.optional(v.pipe(v.string(), v.uuid())),
  ...dayRange.entries,
  q: v.optional(v.pipe(v.string(), v.trim(), v.maxLength(100))),
})

export const noticeRoutes = new Hono<Env>()
  .get('/', signedIn, query(listing), async (c) => {
    const { db } = c.var.platform.database
    const { from, to, ...filter } = c.req.valid('query')
    const notices = await listNotices(db, c.var.who, { ...filter, from: from?.start, to: to?.end, atMost: AT_MOST })
    const { unread, total } = await countNotices(db, c.var.who)
    return respond(c, ok({ notices, unread, total, hasMore: notices.length === AT_MOST }))
  })
  .post('/:id/read', signedIn, param(v.object({ id: v.pipe(v.string(), v.uuid()) })), async (c) =>
    respond(c, await act(c, (ctx) => readNotice(ctx, c.var.who, c.req.valid('param').id))),
  )
  .post('/read-all', signedIn, async (c) => respond(c, await act(c, (ctx) => readAllNotices(ctx, c.var.who))))
  .post('/:id/shown', signedIn, param(v.object({ id: v.pipe(v.string(), v.uuid()) })), async (c) =>
    respond(c, await act(c, (ctx) => noticeShown(ctx, c.var.who, c.req.valid('param').id))),
  )

/** Where this person's browsers can be reached: mounted under /push. */
export const pushRoutes = new Hono<Env>()
  .get('/key', signedIn, async (c) => respond(c, ok({ publicKey: c.var.platform.config.vapid.publicKey })))
  .post('/subscriptions', signedIn, json(pushSubscriptionBody), async (c) => {
    const wanted = c.req.valid('json')
    const known = isPushEndpoint(wanted.endpoint, c.var.platform.config.e2e)
    return respond(c, known ? await act(c, (ctx) => subscribe(ctx, c.var.who, wanted)) : refuse('push.unknown-service'))
  })
  .post('/subscriptions/remove', signedIn, json(v.pick(pushSubscriptionBody, ['endpoint'])), async (c) =>
    respond(c, await act(c, (ctx) => unsubscribe(ctx, c.var.who, c.req.valid('json').endpoint))),
  )
