import { createMiddleware } from 'hono/factory'
import { Hono } from 'hono'
import * as v from 'valibot'
import { ok, refuse } from '#domain/problems.ts'
import { listSentSms } from '#server/notices/actions.ts'
import type { MovableClock } from '#server/platform/clock.ts'
import type { Env } from '#server/platform/environment.ts'
import { problem, respond } from '#server/platform/problem-response.ts'
import { json } from '#server/platform/validate.ts'

/** Without E2E=1 these routes do not exist. */
const onlyE2e = createMiddleware<Env>(async (c, next) =>
  c.var.platform.config.e2e ? next() : problem(refuse('request.not-found')),
)

/** What a test of the whole may do that a person may not (DESIGN §10): read the SMS that went out, and move the clock. */
export const e2eRoutes = new Hono<Env>()
  .use(onlyE2e)
  .get('/outbox', async (c) => {
    const { database, secrets } = c.var.platform
    return respond(c, ok(await listSentSms(database.db, secrets)))
  })
  .post('/clock', json(v.object({ now: v.pipe(v.string(), v.isoTimestamp()) })), async (c) => {
    const clock = c.var.platform.clock as MovableClock
    clock.moveTo(new Date(c.req.valid('json').now))
    return respond(c, ok({ now: await clock.now(c.var.platform.database.db) }))
  })
