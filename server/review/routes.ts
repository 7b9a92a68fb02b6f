import { Hono } from 'hono'
import * as v from 'valibot'
import { atTheCase, transitionIds } from '#domain/lifecycle/transitions.ts'
import { ok, refuse } from '#domain/problems.ts'
import { takeTransition } from '#server/publicity/actions.ts'
import { phrasePlaces, PHRASES_AT_MOST, type PhrasePlace } from '#domain/rules/stock-phrases.ts'
import type { SignedEnv } from '#server/platform/environment.ts'
import type { Limit } from '#server/platform/limits.ts'
import { withRole } from '#server/platform/permit.ts'
import { channels } from '#server/notices/actions.ts'
import { problem, respond } from '#server/platform/problem-response.ts'
import { act } from '#server/platform/transaction.ts'
import { json, param, query } from '#server/platform/validate.ts'
import { addComment, markOpened, removeComment, setMarks } from './actions.ts'
import { viewCase } from './case-view.ts'
import type { QueueSort } from './queries.ts'
import { messageApplicant, noticeRecord, resendNotice } from './message.ts'
import { queueFilter } from './queue-query.ts'
import { paperOnCounter, queuePage } from './queue.ts'
import { stockPhrases, writePhrases } from './phrases.ts'
import { leaveCase, seeCase } from './presence.ts'
import { keepView, removeView, savedViews } from './saved-views.ts'

const uuid = v.pipe(v.string(), v.uuid())
const byId = param(v.object({ id: uuid }))
const short = v.pipe(v.string(), v.minLength(1), v.maxLength(100))
const instant = v.pipe(
  v.string(),
  v.isoTimestamp(),
  v.transform((text) => new Date(text)),
)
const whole = v.pipe(v.string(), v.regex(/^\d{1,6}$/), v.transform(Number), v.minValue(1))

const queueQuery = v.object({
  ...queueFilter,
  sort: v.optional(v.picklist(['oldest', 'newest', 'longest', 'name', 'number'] satisfies QueueSort[])),
  page: v.optional(whole, '1'),
  pageSize: v.optional(v.pipe(whole, v.maxValue(200)), '50'),
})

const transitionRequest = v.object({
  /** what has a record of its own, a ballot or a list, is done where that is kept */
  transition: v.picklist(transitionIds.filter(atTheCase)),
  version: v.pipe(v.number(), v.integer(), v.minValue(0)),
  reason: v.optional(v.pipe(v.string(), v.maxLength(1000))),
  resubmitUntil: v.optional(instant),
  paperCode: v.optional(short),
  documentNumber: v.optional(short),
  certificateNumber: v.optional(short),
})

/** The name of a view, and its address in the queue: names and values of a query, nothing that leads elsewhere. */
const view = v.object({
  name: v.pipe(v.string(), v.trim(), v.minLength(1), v.maxLength(30)),
  search: v.pipe(v.string(), v.maxLength(1000), v.regex(/^\?[\w=&%.+*~-]+$/)),
})

/** So much one person may write about one application in a day: each SMS costs, and somebody has to read it. */
const messaging: Limit = { name: 'review.message', atMost: 10, seconds: 86_400 }

/** So often one notice is sent again in a day. */
const resending: Limit = { name: 'review.resend', atMost: 3, seconds: 86_400 }

/** 常用语: who writes them, which is not only who reviews. */
export const phraseRoutes = new Hono<SignedEnv>()
  .use(withRole('office', 'admin'))
  .get('/', async (c) => respond(c, ok(await stockPhrases(c.var.platform.database.db, c.var.who))))
  .put(
    '/:place',
    param(v.object({ place: v.picklist(Object.keys(phrasePlaces) as PhrasePlace[]) })),
    json(
      v.object({
        texts: v.pipe(
          v.array(v.pipe(v.string(), v.trim(), v.minLength(1), v.maxLength(100))),
          v.maxLength(PHRASES_AT_MOST),
        ),
      }),
    ),
    async (c) =>
      respond(
        c,
        await act(c, (ctx) => writePhrases(ctx, c.var.who, c.req.valid('param').place, c.req.valid('json').texts)),
      ),
  )

/** The desk of the back office: what a person's grants reach, and nothing else. */
export const reviewRoutes = new Hono<SignedEnv>()
  .use(withRole('pointClerk', 'deptReviewer', 'office', 'secretary', 'auditor'))
  .get('/queue', query(queueQuery), async (c) => {
    const { page, pageSize, sort, ...filter } = c.req.valid('query')
    return respond(c, ok(await queuePage(c.var.platform, c.var.who, filter, page, pageSize, sort)))
  })
  .get('/views', async (c) => respond(c, ok(await savedViews(c.var.platform.database.db, c.var.who))))
  .post('/views', json(view), async (c) =>
    respond(c, await act(c, (ctx) => keepView(ctx, c.var.who, c.req.valid('json')))),
  )
  .delete('/views/:id', byId, async (c) =>
    respond(c, await act(c, (ctx) => removeView(ctx, c.var.who, c.req.valid('param').id))),
  )
  .get(
    '/counter',
    query(v.object({ said: v.pipe(v.string(), v.trim(), v.minLength(4), v.maxLength(300)) })),
    async (c) => respond(c, await paperOnCounter(c.var.platform.database.db, c.var.who, c.req.valid('query').said)),
  )
  .get('/applications/:id', byId, async (c) =>
    respond(c, await act(c, (ctx) => viewCase(c.var.platform, ctx, c.var.who, c.req.valid('param').id))),
  )
  .post('/applications/:id/presence', byId, async (c) =>
    respond(c, await act(c, (ctx) => seeCase(ctx, c.var.who, c.req.valid('param').id))),
  )
  .delete('/applications/:id/presence', byId, async (c) =>
    respond(c, await act(c, (ctx) => leaveCase(ctx, c.var.who, c.req.valid('param').id))),
  )
  .post(
    '/applications/:id/comments',
    byId,
    json(
      v.object({
        path: v.pipe(v.string(), v.maxLength(200)),
        text: v.pipe(v.string(), v.trim(), v.minLength(1), v.maxLength(500)),
      }),
    ),
    async (c) =>
      respond(c, await act(c, (ctx) => addComment(ctx, c.var.who, c.req.valid('param').id, c.req.valid('json')))),
  )
  .delete('/applications/:id/comments/:commentId', param(v.object({ id: uuid, commentId: uuid })), async (c) => {
    const { id, commentId } = c.req.valid('param')
    return respond(c, await act(c, (ctx) => removeComment(ctx, c.var.who, id, commentId)))
  })
  .post(
    '/applications/:id/marks',
    byId,
    json(
      v.object({
        paths: v.pipe(v.array(v.pipe(v.string(), v.maxLength(200))), v.minLength(1), v.maxLength(500)),
        checked: v.boolean(),
      }),
    ),
    async (c) =>
      respond(c, await act(c, (ctx) => setMarks(ctx, c.var.who, c.req.valid('param').id, c.req.valid('json')))),
  )
  .post('/applications/:id/opened', byId, json(v.object({ attachmentId: uuid })), async (c) =>
    respond(
      c,
      await act(c, (ctx) => markOpened(ctx, c.var.who, c.req.valid('param').id, c.req.valid('json').attachmentId)),
    ),
  )
  .post(
    '/applications/:id/messages',
    byId,
    json(v.object({ id: uuid, text: v.pipe(v.string(), v.maxLength(1000)) })),
    async (c) => {
      const { id } = c.req.valid('param')
      const taken = await c.var.platform.limiter.take(messaging, `${c.var.who.accountId} ${id}`)
      if (!taken.allowed) return problem(refuse('request.too-many', { seconds: taken.retryAfter }))
      return respond(c, await act(c, (ctx) => messageApplicant(ctx, c.var.who, id, c.req.valid('json'))))
    },
  )
  .get('/applications/:id/notices', byId, async (c) =>
    respond(c, await noticeRecord(c.var.platform, c.var.who, c.req.valid('param').id)),
  )
  .post(
    '/applications/:id/notices/:noticeId/resend',
    param(v.object({ id: uuid, noticeId: uuid })),
    json(v.object({ channel: v.picklist(channels) })),
    async (c) => {
      const { id, noticeId } = c.req.valid('param')
      const { channel } = c.req.valid('json')
      const taken = await c.var.platform.limiter.take(resending, `${noticeId} ${channel}`)
      if (!taken.allowed) return problem(refuse('request.too-many', { seconds: taken.retryAfter }))
      return respond(c, await act(c, (ctx) => resendNotice(ctx, c.var.who, id, noticeId, channel)))
    },
  )
  .post('/applications/:id/transition', byId, json(transitionRequest), async (c) => {
    const { transition, ...input } = c.req.valid('json')
    return respond(c, await act(c, (ctx) => takeTransition(ctx, c.var.who, c.req.valid('param').id, transition, input)))
  })
