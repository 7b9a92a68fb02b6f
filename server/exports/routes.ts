import { Hono } from 'hono'
import * as v from 'valibot'
import { ok } from '#domain/problems.ts'
import { exportingRoles, exportKindIds, exportKinds, recordReaders } from '#domain/rosters/export-kinds.ts'
import type { SignedEnv } from '#server/platform/environment.ts'
import { downloadHeaders } from '#server/platform/download.ts'
import { withRole } from '#server/platform/permit.ts'
import { problem, respond } from '#server/platform/problem-response.ts'
import { act } from '#server/platform/transaction.ts'
import { json, param, query } from '#server/platform/validate.ts'
import { queueFilter } from '#server/review/queue-query.ts'
import { exportFile, orderExport, overviewSheet, recentExports } from './actions.ts'

const wish = v.object({
  kind: v.picklist(exportKindIds),
  filter: v.record(v.pipe(v.string(), v.maxLength(40)), v.pipe(v.string(), v.maxLength(8000))),
  fullIdNumbers: v.optional(v.boolean(), false),
  reason: v.optional(v.pipe(v.string(), v.maxLength(500)), ''),
})

/** What leaves the house in files: ordered, on record, and fetched by whoever ordered it. */
export const exportRoutes = new Hono<SignedEnv>()
  .get('/', withRole(...recordReaders), async (c) =>
    respond(c, ok(await recentExports(c.var.platform.database.db, c.var.who))),
  )
  .get('/overview', withRole(...exportKinds.overview.roles), query(v.object(queueFilter)), async (c) =>
    respond(c, ok(await overviewSheet(c.var.platform, c.var.who, c.req.valid('query')))),
  )
  .post('/', withRole(...exportingRoles), json(wish), async (c) =>
    respond(c, await act(c, (ctx) => orderExport(ctx, c.var.who, c.req.valid('json')))),
  )
  .get('/:id/file', withRole(...exportingRoles), param(v.object({ id: v.pipe(v.string(), v.uuid()) })), async (c) => {
    const made = await exportFile(c, c.var.who, c.req.valid('param').id)
    if (!made.ok) return problem(made)
    const { fileName, mediaType, fetch } = made.value
    const headers = downloadHeaders(fileName, mediaType)
    // To a HEAD nothing of it is shown.
    return c.req.method === 'HEAD' ? c.body(null, 200, headers) : c.body(await fetch(), 200, headers)
  })
