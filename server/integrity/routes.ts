import { Hono } from 'hono'
import * as v from 'valibot'
import { withoutIdNumber } from '#domain/identity/number-in-words.ts'
import { ok } from '#domain/problems.ts'
import { isRealDate } from '#domain/working-days.ts'
import type { SignedEnv } from '#server/platform/environment.ts'
import { withRole } from '#server/platform/permit.ts'
import { respond } from '#server/platform/problem-response.ts'
import { act } from '#server/platform/transaction.ts'
import { json, param, query } from '#server/platform/validate.ts'
import { endRecord, enterRecord, register } from './actions.ts'

const typed = v.pipe(v.string(), v.maxLength(200))
const words = v.pipe(v.string(), v.trim(), v.minLength(5), v.maxLength(500))
const entry = v.object({
  idNumber: typed,
  fullName: typed,
  reason: words,
  documentNumber: v.pipe(v.string(), v.trim(), v.minLength(1), v.maxLength(100)),
  until: v.pipe(v.string(), v.check(isRealDate)),
})

const sought = v.pipe(v.string(), v.trim(), v.maxLength(100))
const readers = withRole('office', 'auditor')

/** 诚信档案: the office keeps it, the auditor reads it. */
export const integrityRoutes = new Hono<SignedEnv>()
  // For pages of before; of an ID number only its end is in an address (A40).
  .get(
    '/',
    readers,
    query(v.object({ q: v.optional(v.pipe(sought, v.transform(withoutIdNumber)), '') })),
    async (c) => {
      const { database, secrets } = c.var.platform
      return respond(c, ok(await register(database.db, secrets, c.var.who, c.req.valid('query').q)))
    },
  )
  // In the body, where a whole ID number may stand (A40).
  .post('/search', readers, json(v.object({ q: sought })), async (c) => {
    const { database, secrets } = c.var.platform
    return respond(c, ok(await register(database.db, secrets, c.var.who, c.req.valid('json').q)))
  })
  .post('/', withRole('office'), json(entry), async (c) =>
    respond(c, await act(c, (ctx) => enterRecord(ctx, c.var.platform.secrets, c.var.who, c.req.valid('json')))),
  )
  .post(
    '/:id/end',
    withRole('office'),
    param(v.object({ id: v.pipe(v.string(), v.uuid()) })),
    json(v.object({ reason: words })),
    async (c) =>
      respond(c, await act(c, (ctx) => endRecord(ctx, c.var.who, c.req.valid('param').id, c.req.valid('json').reason))),
  )
