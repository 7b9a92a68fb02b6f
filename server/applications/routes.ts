import { Hono } from 'hono'
import * as v from 'valibot'
import { ok, refuse } from '#domain/problems.ts'
import type { SignedEnv } from '#server/platform/environment.ts'
import { signedIn } from '#server/platform/permit.ts'
import { problem, respond } from '#server/platform/problem-response.ts'
import { act, actUpon } from '#server/platform/transaction.ts'
import { json, param, query } from '#server/platform/validate.ts'
import { copyApplication } from './actions/copy-application.ts'
import { deleteDraft, requestReturn } from './actions/own-application.ts'
import { acceptReading, openReading } from './actions/start-application.ts'
import { lockToSubmit, submitApplication } from './actions/submit-application.ts'
import { history, ownApplications, viewOwn } from './actions/views.ts'

const uuid = v.pipe(v.string(), v.uuid())
const byId = param(v.object({ id: uuid }))
const inBatch = json(v.object({ batchId: uuid }))
const acceptance = json(
  v.object({
    batchId: uuid,
    textId: v.exactOptional(uuid),
    consentTo: v.exactOptional(v.nullable(v.pipe(v.string(), v.maxLength(20)))),
  }),
)
const asText = v.pipe(v.string(), v.maxLength(100))

const historyQuery = v.object({
  year: v.optional(v.pipe(v.string(), v.regex(/^\d{4}$/), v.transform(Number))),
  type: v.optional(v.picklist(['initial', 'review', 'reissue'])),
  q: v.optional(asText),
})

/** A person's own applications. Somebody else's is not found, whoever asks (R1). */
export const applicationRoutes = new Hono<SignedEnv>()
  .use(signedIn)
  .get('/', async (c) => {
    const { database, clock } = c.var.platform
    return respond(c, ok(await ownApplications(database.db, c.var.who, await clock.now(database.db))))
  })
  .get('/history', query(historyQuery), async (c) => {
    const { database, clock } = c.var.platform
    return respond(c, ok(await history(database.db, c.var.who, c.req.valid('query'), await clock.now(database.db))))
  })
  .get('/:id', byId, async (c) => respond(c, await viewOwn(c.var.platform, c.var.who, c.req.valid('param').id)))
  .delete('/:id', byId, async (c) =>
    respond(c, await act(c, (ctx) => deleteDraft(ctx, c.var.who, c.req.valid('param').id))),
  )
  .post('/:id/reading', byId, inBatch, async (c) =>
    respond(
      c,
      await act(c, (ctx) => openReading(ctx, c.var.who, c.req.valid('param').id, c.req.valid('json').batchId)),
    ),
  )
  .post('/:id/reading/accept', byId, acceptance, async (c) =>
    respond(c, await act(c, (ctx) => acceptReading(ctx, c.var.who, c.req.valid('param').id, c.req.valid('json')))),
  )
  .post('/:id/copy', byId, json(v.object({ from: uuid })), async (c) =>
    respond(
      c,
      await act(c, (ctx) => copyApplication(ctx, c.var.who, c.req.valid('param').id, c.req.valid('json').from)),
    ),
  )
  .post('/:id/submit', byId, json(v.object({ version: v.pipe(v.number(), v.integer(), v.minValue(0)) })), async (c) => {
    const key = v.safeParse(uuid, c.req.header('idempotency-key'))
    if (!key.success) return problem(refuse('request.invalid', undefined, { path: 'Idempotency-Key' }))
    const { id } = c.req.valid('param')
    const { version } = c.req.valid('json')
    const { who } = c.var
    return respond(
      c,
      await actUpon(
        c,
        (db) => lockToSubmit(db, who, id, key.output),
        (ctx, draft) => submitApplication(ctx, who, id, version, key.output, draft),
      ),
    )
  })
  .post('/:id/request-return', byId, json(v.object({ reason: v.pipe(v.string(), v.maxLength(500)) })), async (c) =>
    respond(
      c,
      await act(c, (ctx) => requestReturn(ctx, c.var.who, c.req.valid('param').id, c.req.valid('json').reason)),
    ),
  )
