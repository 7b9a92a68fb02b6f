import { Hono } from 'hono'
import * as v from 'valibot'
import { ok, refuse } from '#domain/problems.ts'
import { dayRange } from '#server/platform/day-range.ts'
import type { Env } from '#server/platform/environment.ts'
import { respond } from '#server/platform/problem-response.ts'
import { param, query } from '#server/platform/validate.ts'
import { findBulletin, listBulletins } from './queries.ts'

const PAGE = 20

const listing = v.object({
  kind: v.optional(v.picklist(['announcement', 'policy'])),
  ...dayRange.entries,
  q: v.optional(v.pipe(v.string(), v.trim(), v.maxLength(100))),
  page: v.optional(v.pipe(v.string(), v.regex(/^[1-9]\d{0,4}$/), v.transform(Number)), '1'),
})

/** 公告通知 and 政策规范 as their readers see them (R107–R112). No login is needed for what is meant for all. */
export const bulletinRoutes = new Hono<Env>()
  .get('/', query(listing), async (c) => {
    const { clock, database } = c.var.platform
    const { kind, from, to, q, page } = c.req.valid('query')
    const now = await clock.now(database.db)
    const filter = { kind, q, from: from?.start, to: to?.end, offset: (page - 1) * PAGE, atMost: PAGE }
    const found = await listBulletins(database.db, c.var.who, now, filter)
    return respond(c, ok({ ...found, page, pages: Math.max(1, Math.ceil(found.total / PAGE)) }))
  })
  .get('/:id', param(v.object({ id: v.pipe(v.string(), v.uuid()) })), async (c) => {
    const { clock, database } = c.var.platform
    const found = await findBulletin(database.db, c.var.who, await clock.now(database.db), c.req.valid('param').id)
    return respond(c, found ? ok(found) : refuse('request.not-found'))
  })
