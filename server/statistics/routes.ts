import { Hono } from 'hono'
import * as v from 'valibot'
import { ok } from '#domain/problems.ts'
import type { SignedEnv } from '#server/platform/environment.ts'
import { withRole } from '#server/platform/permit.ts'
import { respond } from '#server/platform/problem-response.ts'
import { query } from '#server/platform/validate.ts'
import { statisticsOf } from './actions.ts'

const filter = v.object({
  batch: v.optional(v.pipe(v.string(), v.uuid())),
  year: v.optional(v.pipe(v.string(), v.regex(/^20\d\d$/), v.transform(Number))),
  type: v.optional(v.picklist(['initial', 'review', 'reissue'])),
})

/** Figures over everything a person of the back office reaches. */
export const statisticsRoutes = new Hono<SignedEnv>()
  .use(withRole('pointClerk', 'deptReviewer', 'office', 'secretary', 'auditor'))
  .get('/', query(filter), async (c) =>
    respond(c, ok(await statisticsOf(c.var.platform.database.db, c.var.who, c.req.valid('query')))),
  )
